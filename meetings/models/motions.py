"""Motions and amendments, and the votes on them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.business import Tally
from meetings.business_enums import Casting, Choice, MotionState, VoteMethod
from meetings.models.pages import AgendaItem
from meetings.models.rooms import Room
from wards.models import Councillor

MAX_MOTION_LENGTH = 5_000

_WITHOUT_SECONDER = [MotionState.MOVED, MotionState.WITHDRAWN, MotionState.NOT_PUT]


class Motion(models.Model):
    """A proposal to the meeting, or an amendment to one. What was moved stays; what it has become stands beside it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="motions")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+")
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("amends")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text as moved"))
    substantive_text = models.TextField(_("text as amended"), blank=True)
    mover = models.ForeignKey(Councillor, models.PROTECT, related_name="+", verbose_name=_("mover"))
    seconder = models.ForeignKey(
        Councillor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seconder")
    )
    is_budget = models.BooleanField(_("decides the budget or the council tax"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=MotionState.choices, default=MotionState.MOVED)
    moved_at = models.DateTimeField(_("moved at"))
    written_in_at = models.DateTimeField(
        _("written into the motion at"), null=True, blank=True, help_text=_("Of an amendment that was carried.")
    )

    class Meta:
        verbose_name = _("motion")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=MotionState.values), name="motion_state_is_known"),
            models.CheckConstraint(condition=~models.Q(text=""), name="motion_has_a_text"),
            models.CheckConstraint(
                condition=models.Q(seconder__isnull=True) | ~models.Q(seconder=models.F("mover")),
                name="motion_is_seconded_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_WITHOUT_SECONDER) | models.Q(seconder__isnull=False),
                name="motion_is_seconded_before_it_is_put",
            ),
            models.UniqueConstraint(
                fields=["room", "number"], condition=models.Q(amends__isnull=True), name="motion_number_once"
            ),
            models.UniqueConstraint(
                fields=["amends", "number"], condition=models.Q(amends__isnull=False), name="amendment_number_once"
            ),
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state=MotionState.VOTING), name="one_vote_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def reference(self) -> str:
        """The motion as the record names it."""
        return f"motion:{self.pk}"

    @property
    def words(self) -> str:
        """The text that stands: as amended, else as moved."""
        return self.substantive_text or self.text


class Vote(models.Model):
    """The vote on a motion or amendment: open, then closed with its result."""

    motion = models.OneToOneField(Motion, models.CASCADE, primary_key=True, related_name="vote")
    method = models.CharField(_("method"), max_length=8, choices=VoteMethod.choices)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    votes_for = models.PositiveIntegerField(_("votes for"), default=0)
    against = models.PositiveIntegerField(_("votes against"), default=0)
    abstained = models.PositiveIntegerField(_("abstentions"), default=0)
    not_voting = models.PositiveIntegerField(_("not present or not voting"), default=0)
    casting = models.CharField(_("casting vote"), max_length=8, choices=Casting.choices, blank=True)
    chair = models.ForeignKey(
        Councillor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person presiding")
    )
    is_carried = models.BooleanField(_("carried"), null=True)

    class Meta:
        verbose_name = _("vote")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, is_carried__isnull=True)
                | models.Q(closed_at__isnull=False, is_carried__isnull=False),
                name="closed_vote_has_a_result",
            ),
            models.CheckConstraint(
                condition=models.Q(casting="") | models.Q(votes_for=models.F("against")),
                name="casting_vote_only_when_votes_are_equal",
            ),
            models.CheckConstraint(
                condition=~models.Q(casting__in=[Casting.FOR, Casting.AGAINST]) | models.Q(chair__isnull=False),
                name="casting_vote_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id} {self.method}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def known_not_voting(self) -> int | None:
        """How many did not vote. Nobody counts them where hands are raised."""
        return self.not_voting if self.method == VoteMethod.RECORDED else None

    @property
    def tally(self) -> Tally:
        """What it came to, once it is closed."""
        return Tally(self.votes_for, self.against, self.abstained, self.not_voting)


class RollEntry(models.Model):
    """One councillor on the roll of a recorded vote: once, whatever is clicked, sent or read out."""

    vote = models.ForeignKey(Vote, models.CASCADE, related_name="roll")
    councillor = models.ForeignKey(Councillor, models.PROTECT, related_name="+")
    choice = models.CharField(_("choice"), max_length=12, choices=Choice.choices, blank=True)
    is_barred = models.BooleanField(_("may not vote, having declared an interest"), default=False)
    is_entered_by_officer = models.BooleanField(_("entered by the clerk"), default=False)
    cast_at = models.DateTimeField(_("voted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry on the roll of a vote")
        verbose_name_plural = _("entries on the roll of a vote")
        constraints = [
            models.UniqueConstraint(fields=["vote", "councillor"], name="one_vote_per_councillor"),
            models.CheckConstraint(condition=models.Q(choice__in=["", *Choice.values]), name="choice_is_known"),
            models.CheckConstraint(
                condition=models.Q(is_barred=False) | models.Q(choice__in=["", Choice.NOT_VOTING]),
                name="who_is_barred_does_not_vote",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vote_id} {self.councillor_id} {self.choice}"

"""Polls: as planned on a meeting's page, as run in its room, and the ballots in them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable, TranslatableMixin

from meetings.enums import PUBLIC_POLL_STATES, PollKind, PollState, ResultsPolicy, WordStanding
from meetings.models.pages import AgendaItem, MeetingPage
from meetings.models.rooms import Room
from meetings.polls import (
    MAX_FOLDED_LENGTH,
    MAX_OPTION_LENGTH,
    MAX_QUESTION_LENGTH,
    BadPoll,
    most_marks,
    option_lines,
    options_for,
)

MAX_LABEL_LENGTH = 40


class PollDefinition(models.Model):
    """What an officer writes of a poll, wherever it is written."""

    question = models.CharField(_("question"), max_length=MAX_QUESTION_LENGTH)
    kind = models.CharField(_("kind"), max_length=10, choices=PollKind.choices, default=PollKind.SINGLE)
    at_most = models.PositiveSmallIntegerField(
        _("choices or words at most"),
        null=True,
        blank=True,
        help_text=_("For several choices or a word cloud; empty for as many as there are."),
    )
    low_label = models.CharField(_("words beside 1"), max_length=MAX_LABEL_LENGTH, blank=True)
    high_label = models.CharField(_("words beside 5"), max_length=MAX_LABEL_LENGTH, blank=True)
    results = models.CharField(
        _("when people see the results"),
        max_length=14,
        choices=ResultsPolicy.choices,
        default=ResultsPolicy.AFTER_VOTING,
    )

    class Meta:
        abstract = True


class PlannedPoll(PollDefinition, TranslatableMixin, Orderable):
    """A poll as it is prepared on a meeting's page. Publishing the page puts it on the desk as a draft.

    What happens in the room happens to ``Poll``: a page's revisions must not bring back what a poll once was.
    """

    meeting = ParentalKey(MeetingPage, on_delete=models.CASCADE, related_name="planned_polls")
    options = models.TextField(
        _("options"), blank=True, help_text=_("One on each line. A rating and a word cloud need none.")
    )
    agenda_number = models.CharField(
        _("number of the agenda item"), max_length=10, blank=True, help_text=_("If it belongs to one.")
    )

    panels = [
        FieldPanel("question"),
        FieldPanel("kind"),
        FieldPanel("options"),
        FieldPanel("at_most"),
        FieldRowPanel(
            [
                FieldPanel("low_label", heading=_("What 1 stands for"), help_text=_("For a rating.")),
                FieldPanel("high_label", heading=_("What 5 stands for"), help_text=_("For a rating.")),
            ]
        ),
        FieldPanel("results"),
        FieldPanel("agenda_number"),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("planned poll")

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        super().clean()
        try:
            options = options_for(PollKind(self.kind), option_lines(self.options))
            most_marks(PollKind(self.kind), self.at_most, len(options))
        except BadPoll as error:
            raise ValidationError({error.field: error.message}) from error


class PollQuerySet(models.QuerySet["Poll"]):
    def public(self) -> PollQuerySet:
        """Polls a reader may see."""
        return self.filter(state__in=PUBLIC_POLL_STATES)


class Poll(PollDefinition):
    """A poll in a meeting's room. Not a vote of the council, and nobody's sample: it says what those here think."""

    key = models.UUIDField(
        _("key"), help_text=_("Of the form it was written in, or of the planned poll, so that it is one poll.")
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="polls")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=PollState.choices, default=PollState.DRAFT)
    is_planned = models.BooleanField(
        _("planned on the page"), default=False, help_text=_("While it is a draft, publishing the page changes it.")
    )
    written_at = models.DateTimeField(_("written at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    revision = models.PositiveBigIntegerField(
        default=0, editable=False, help_text=_("Grows with every ballot and every word judged: its tally is new.")
    )

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        indexes = [models.Index(fields=["room", "state"], name="poll_room_state")]
        constraints = [
            models.UniqueConstraint(fields=["room", "key"], name="poll_key_once_in_a_room"),
            models.CheckConstraint(condition=models.Q(state__in=PollState.values), name="poll_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state=PollState.DRAFT) | models.Q(opened_at__isnull=False),
                name="opened_poll_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[PollState.DRAFT, PollState.OPEN]) | models.Q(closed_at__isnull=False),
                name="closed_poll_has_its_moment",
            ),
            models.CheckConstraint(condition=models.Q(at_most__gte=1), name="poll_takes_at_least_one_mark"),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def reference(self) -> str:
        """The poll as everybody may name it, in the record for one."""
        return f"poll:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == PollState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state in {PollState.CLOSED, PollState.SHOWN}

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_POLL_STATES


class PollOption(models.Model):
    """Something to mark: an option, a score from 1 to 5, or a word that somebody put into a cloud."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options")
    place = models.PositiveIntegerField(_("place"))
    text = models.CharField(_("text"), max_length=MAX_OPTION_LENGTH)
    folded = models.CharField(_("as it is counted"), max_length=MAX_FOLDED_LENGTH)
    standing = models.CharField(
        _("standing of a word"), max_length=8, choices=WordStanding.choices, default=WordStanding.COUNTED
    )

    class Meta:
        verbose_name = _("option of a poll")
        constraints = [
            models.UniqueConstraint(fields=["poll", "place"], name="poll_option_place_once"),
            models.UniqueConstraint(fields=["poll", "folded"], name="poll_option_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Ballot(models.Model):
    """One person's answer to a poll: once, and changed rather than doubled."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots")
    voter = models.CharField(_("voter"), max_length=64, help_text=_("Account or device; never shown."))
    cast_at = models.DateTimeField(_("cast at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("ballot")
        constraints = [models.UniqueConstraint(fields=["poll", "voter"], name="one_ballot_per_voter_and_poll")]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.voter}"


class BallotMark(models.Model):
    """One option on a ballot; of a ranking, with its place."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="marks")
    option = models.ForeignKey(PollOption, models.CASCADE, related_name="marks")
    rank = models.PositiveSmallIntegerField(_("place in the ranking"), null=True, blank=True)

    class Meta:
        verbose_name = _("mark on a ballot")
        constraints = [
            models.UniqueConstraint(fields=["ballot", "option"], name="option_once_on_a_ballot"),
            models.UniqueConstraint(fields=["ballot", "rank"], name="rank_once_on_a_ballot"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.option_id}"

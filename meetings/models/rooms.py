"""The live online side of a meeting, and its append-only log."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.codes import LENGTH as CODE_LENGTH
from meetings.enums import EventKind, ExemptParagraph, RoomState
from meetings.models.pages import AgendaItem, MeetingPage


class Room(models.Model):
    """The live online side of a meeting. It belongs to the meeting in the site's first language."""

    # The meeting's own key: a room's address is its meeting's, in every language.
    meeting = models.OneToOneField(MeetingPage, models.CASCADE, primary_key=True, related_name="room")
    state = models.CharField(_("state"), max_length=12, choices=RoomState.choices, default=RoomState.WAITING)
    current_agenda_item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agenda item being taken"),
    )
    exempt_paragraph = models.PositiveSmallIntegerField(
        _("why the public is excluded"),
        choices=ExemptParagraph.choices,
        null=True,
        blank=True,
        help_text=_("While it is in private session."),
    )
    resumes_at = models.DateTimeField(
        _("resumes at"), null=True, blank=True, help_text=_("As announced, while the public waits.")
    )
    current_question = models.ForeignKey(
        "meetings.PublicQuestion",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("question being answered"),
    )
    takes_reactions = models.BooleanField(_("takes reactions"), default=True)
    takes_hands = models.BooleanField(_("takes raised hands"), default=True)
    epoch = models.UUIDField(
        default=uuid.uuid4,
        editable=False,
        help_text=_("Changes when the log begins anew: whoever knew the old one starts from a snapshot."),
    )
    code = models.CharField(  # noqa: DJ001  unique, so rooms that have none yet must not share an empty one
        _("short code"),
        max_length=CODE_LENGTH,
        unique=True,
        null=True,
        editable=False,
        help_text=_("Leads to the room by /m/<code>. Stays for ever, since it is printed and filmed."),
    )

    forgotten_at = models.DateTimeField(
        _("people forgotten at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Since then nobody can tell who took part: nothing can be counted once a person any more."),
    )

    class Meta:
        verbose_name = _("room")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(forgotten_at__isnull=True) | models.Q(state=RoomState.CLOSED),
                name="only_a_closed_room_forgets",
            ),
            models.CheckConstraint(condition=models.Q(state__in=RoomState.values), name="room_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(
                    state=RoomState.EXEMPT,
                    exempt_paragraph__isnull=False,
                    exempt_paragraph__in=ExemptParagraph.values,
                )
                | (~models.Q(state=RoomState.EXEMPT) & models.Q(exempt_paragraph__isnull=True)),
                name="room_is_private_for_a_reason_and_only_then",
            ),
            models.CheckConstraint(
                condition=models.Q(resumes_at__isnull=True)
                | models.Q(state__in=[RoomState.ADJOURNED, RoomState.EXEMPT]),
                name="only_an_interrupted_room_resumes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("meetings:room", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in {RoomState.IN_SESSION, RoomState.ADJOURNED, RoomState.EXEMPT}

    @property
    def is_private(self) -> bool:
        """Whether the press and the public are excluded at the moment."""
        return self.state == RoomState.EXEMPT

    @property
    def public_agenda_item_id(self) -> int | None:
        """The agenda item that the public may know is being taken."""
        return None if self.is_private or self.is_closed else self.current_agenda_item_id

    @property
    def public_question_id(self) -> int | None:
        """The question that the public may know is being answered."""
        return None if self.is_private or self.is_closed else self.current_question_id

    @property
    def is_closed(self) -> bool:
        return self.state == RoomState.CLOSED


class KeptInside(models.Model):
    """A thing that was made or changed in a private session: readers do not see it until an officer discloses it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="kept_inside")
    collection = models.CharField(_("kind of thing"), max_length=20, help_text=_("As in a snapshot, “polls” say."))
    thing = models.PositiveBigIntegerField(_("its key"))
    kept_at = models.DateTimeField(_("kept since"))

    class Meta:
        verbose_name = _("thing kept inside a private session")
        verbose_name_plural = _("things kept inside private sessions")
        constraints = [
            models.UniqueConstraint(fields=["room", "collection", "thing"], name="thing_kept_inside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.collection} {self.thing}"


class RoomEvent(models.Model):
    """One line of a room's log, numbered per audience. Written once, never changed.

    Rows of a room are inserted under that room's lock, so their primary keys are in the order of commit.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="events")
    audience = models.CharField(_("audience"), max_length=40)
    sequence = models.PositiveBigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind.choices)
    payload = models.JSONField(_("what changed"))
    created_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("room event")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "audience", "sequence"], name="room_event_number_once_per_audience"
            ),
        ]
        indexes = [models.Index(fields=["room", "id"], name="room_events_in_order")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.audience} {self.sequence} {self.kind}"

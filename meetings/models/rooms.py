"""The live online side of a meeting, and its append-only log."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.codes import LENGTH as CODE_LENGTH
from meetings.enums import EventKind, RoomState
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

    class Meta:
        verbose_name = _("room")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RoomState.values), name="room_state_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("meetings:room", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in {RoomState.IN_SESSION, RoomState.ADJOURNED}

    @property
    def is_closed(self) -> bool:
        return self.state == RoomState.CLOSED


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

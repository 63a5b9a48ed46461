"""Who speaks at a meeting, who waits to, and for how long."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.business_enums import Side, SpeakerKind, SpeakerState
from meetings.models.pages import AgendaItem
from meetings.models.rooms import Room
from wards.models import Councillor

MAX_SPEAKER_NAME_LENGTH = 120

MAX_ALLOTTED_SECONDS = 3_600
"""An hour: nobody is given longer by a procedure rule."""

DEFAULT_ALLOTTED_SECONDS = 180
"""Three minutes, as most councils' procedure rules give a speaker."""


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    def in_order(self) -> SpeakerQuerySet:
        """As the queue stands: points of order before all others, then by place."""
        return self.order_by("-is_point_of_order", "place", "pk")

    def shown(self) -> SpeakerQuerySet:
        """Everybody but those who were taken out, each with their councillor."""
        return self.exclude(state=SpeakerState.LEFT).select_related("councillor")


class Speaker(models.Model):
    """One turn to speak: somebody in the queue, speaking, or having spoken.

    The clock is three numbers that change only when somebody presses a button: whoever shows it counts by itself.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="speakers")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(_("speaks as"), max_length=12, choices=SpeakerKind.choices)
    councillor = models.ForeignKey(Councillor, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=MAX_SPEAKER_NAME_LENGTH, help_text=_("As it was read out."))
    side = models.CharField(_("side"), max_length=8, choices=Side.choices, blank=True)
    is_point_of_order = models.BooleanField(_("point of order"), default=False)
    place = models.PositiveIntegerField(_("place in the queue"))
    state = models.CharField(_("state"), max_length=8, choices=SpeakerState.choices, default=SpeakerState.WAITING)
    allotted_seconds = models.PositiveIntegerField(_("time allotted, in seconds"), default=DEFAULT_ALLOTTED_SECONDS)
    spoken_ms = models.PositiveBigIntegerField(_("milliseconds spoken until the clock last stopped"), default=0)
    running_since = models.DateTimeField(_("clock running since"), null=True, blank=True)
    asked_at = models.DateTimeField(_("put into the queue at"))
    started_at = models.DateTimeField(_("began to speak at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        indexes = [models.Index(fields=["room", "place"], name="speakers_in_order")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SpeakerState.values), name="speaker_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind=SpeakerKind.COUNCILLOR, councillor__isnull=False)
                | (~models.Q(kind=SpeakerKind.COUNCILLOR) & models.Q(councillor__isnull=True)),
                name="speaker_is_councillor_or_is_not",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SpeakerState.SPEAKING, running_since__isnull=False)
                | (~models.Q(state=SpeakerState.SPEAKING) & models.Q(running_since__isnull=True)),
                name="clock_runs_while_speaking",
            ),
            models.CheckConstraint(
                condition=models.Q(allotted_seconds__gte=1, allotted_seconds__lte=MAX_ALLOTTED_SECONDS),
                name="speaker_has_time",
            ),
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state=SpeakerState.SPEAKING), name="one_speaks_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["room", "councillor", "is_point_of_order"],
                condition=models.Q(state=SpeakerState.WAITING, councillor__isnull=False),
                name="councillor_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """The turn as the record names it."""
        return f"speaker:{self.pk}"

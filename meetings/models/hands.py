"""Raised hands: who would like to be heard, until somebody puts them down."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.questions import MAX_NAME_LENGTH
from meetings.models.rooms import Room


class Hand(models.Model):
    """One person's raised hand. It is a row, so that it outlives a reload and the queue of speakers can take it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="hands")
    person = models.CharField(_("person"), max_length=64, help_text=_("Account or device; never shown."))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(
        _("name"), max_length=MAX_NAME_LENGTH, blank=True, help_text=_("Shown to officers; empty for who gave none.")
    )
    raised_at = models.DateTimeField(_("raised at"))

    class Meta:
        verbose_name = _("raised hand")
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="one_hand_per_person_and_room")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.name or self.pk}"

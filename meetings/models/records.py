"""The record of a meeting: what was done in its room, each entry chained to the one before it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.check_record import START
from meetings.models.rooms import Room

HASH_LENGTH = 64
"""Letters of a SHA-256 in hexadecimal."""


class Record(models.Model):
    """Where a room's record stands. Its row is what an act locks, last of all, to add the next entry."""

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="record")
    length = models.PositiveBigIntegerField(_("entries"), default=0)
    fingerprint = models.CharField(_("hash of the last entry"), max_length=HASH_LENGTH, default=START)

    class Meta:
        verbose_name = _("record of a meeting")

    def __str__(self) -> str:
        return f"{self.room_id} {self.length} {self.fingerprint}"


class RecordEntry(models.Model):
    """One act in a room. Written once, in the act's own transaction; never changed, never deleted.

    ``content`` is the canonical JSON that was hashed, to the byte; what is in it stands in ``docs/meetings.md``.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="entries")
    sequence = models.PositiveBigIntegerField(_("number"))
    previous = models.OneToOneField(
        "self",
        models.PROTECT,
        to_field="hash",
        db_column="previous",
        null=True,
        editable=False,
        related_name="next",
        verbose_name=_("hash of the entry before"),
        help_text=_("Empty for the first. The database refuses a hash that no entry has, or that has a follower."),
    )
    hash = models.CharField(_("hash"), max_length=HASH_LENGTH, unique=True)
    content = models.TextField(_("what was done"))

    class Meta:
        verbose_name = _("entry in a meeting's record")
        constraints = [
            models.UniqueConstraint(fields=["record", "sequence"], name="record_entry_number_once"),
            models.CheckConstraint(
                condition=models.Q(sequence=1, previous__isnull=True)
                | models.Q(sequence__gt=1, previous__isnull=False),
                name="record_entry_follows_another_unless_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.sequence} {self.hash}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An entry in a record is written once.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An entry in a record is never deleted.")

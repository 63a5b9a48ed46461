"""The figures kept for each ward, so that a page never reads a text it does not show."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from wards.models import Ward

SUMMARY_LASTS = timedelta(hours=1)
"""A summary counts days back from its own moment, so an untouched one still grows old."""


class WardSummaryQuerySet(models.QuerySet["WardSummary"]):
    def due_at(self, moment: datetime) -> WardSummaryQuerySet:
        """Summaries that something changed under, or that have grown old."""
        return self.filter(
            models.Q(revision__gt=models.F("computed_revision"))
            | models.Q(computed_at__isnull=True)
            | models.Q(computed_at__lte=moment - SUMMARY_LASTS)
        )


class WardSummary(models.Model):
    """What was said in one ward, counted. Whoever changes a text raises ``revision``; whoever counts catches up."""

    ward = models.OneToOneField(Ward, models.CASCADE, related_name="feedback_summary")
    revision = models.PositiveBigIntegerField(default=0, help_text=_("Changes so far."))
    computed_revision = models.PositiveBigIntegerField(default=0, help_text=_("Changes the figures know of."))
    is_queued = models.BooleanField(default=False, help_text=_("A task that will count again is waiting."))
    computed_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    phrase_texts = models.JSONField(
        default=dict, help_text=_("Keys of the texts that hold each phrase, by period. Read only to list them.")
    )

    objects = WardSummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ward summary")

    def __str__(self) -> str:
        return str(self.ward)

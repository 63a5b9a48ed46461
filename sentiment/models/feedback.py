"""What was said, how the machine read it, and what a person decided instead."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sentiment.enums import FeedbackKind, PlacementMethod, ToneLabel
from sentiment.models.sources import Source
from wards.models import Ward

SURE_OF_WARD = 0.6
"""Confidence from which a text counts for its ward; below it, for the council only (our own line)."""


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def counted_for(self, ward: Ward) -> FeedbackQuerySet:
        """Texts that are surely enough ``ward``'s to be counted for it."""
        return self.filter(ward=ward, ward_confidence__gte=SURE_OF_WARD)

    def said_between(self, from_at: datetime, until_at: datetime) -> FeedbackQuerySet:
        return self.filter(said_at__gte=from_at, said_at__lt=until_at)


class Feedback(models.Model):
    """One text somebody said, wherever it came from. It has no author and never will."""

    kind = models.CharField(_("kind"), max_length=10, choices=FeedbackKind)
    origin = models.CharField(
        _("origin"), max_length=200, help_text=_("Names the row it came from, for example answer:12.")
    )
    text = models.TextField(_("text"))
    text_hash = models.CharField(
        max_length=64, help_text=_("SHA-256 of the text: tells a changed text from the same one.")
    )
    said_at = models.DateTimeField(_("said at"))
    ward = models.ForeignKey(
        Ward, models.SET_NULL, null=True, blank=True, related_name="feedback", verbose_name=_("ward")
    )
    ward_confidence = models.FloatField(_("confidence in the ward"), default=1.0)
    ward_method = models.CharField(
        _("how the ward was found"), max_length=10, choices=PlacementMethod, default=PlacementMethod.GIVEN
    )
    ward_evidence = models.CharField(_("words that gave the ward"), max_length=200, blank=True)
    about = models.CharField(_("about"), max_length=255, blank=True)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    question = models.TextField(_("question"), blank=True, help_text=_("What the text answers."))
    source = models.ForeignKey(
        Source, models.CASCADE, null=True, blank=True, related_name="feedback", verbose_name=_("source")
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    label = models.CharField(
        _("tone"),
        max_length=10,
        choices=ToneLabel,
        blank=True,
        help_text=_("As shown: a person's correction, else the newest reading. Blank until it was read."),
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["kind", "origin"], name="feedback_once_per_origin"),
            models.CheckConstraint(
                condition=models.Q(ward_confidence__gte=0, ward_confidence__lte=1), name="ward_confidence_is_a_share"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="feedback_says_something"),
        ]
        indexes = [
            models.Index(fields=["ward", "said_at"], name="feedback_by_ward_and_moment"),
            models.Index(fields=["kind", "said_at"], name="feedback_by_kind_and_moment"),
        ]

    def __str__(self) -> str:
        return self.text[:60] + "…" if len(self.text) > 60 else self.text

    @property
    def counts_for_its_ward(self) -> bool:
        return self.ward_id is not None and self.ward_confidence >= SURE_OF_WARD


class Reading(models.Model):
    """How one version of the reader read one text. Kept when a person says otherwise."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="readings")
    reader = models.CharField(_("reader"), max_length=60, help_text=_("Name and version of what read it."))
    text_hash = models.CharField(max_length=64, help_text=_("Of the text that was read."))
    tone = models.FloatField(_("tone"), null=True, blank=True, help_text=_("From -1 to +1; empty when not read."))
    label = models.CharField(_("label"), max_length=10, choices=ToneLabel)
    because = models.JSONField(
        _("because"), default=list, help_text=_("Spans that carried the tone: start, end, weight and rule.")
    )
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading")
        constraints = [
            models.UniqueConstraint(fields=["feedback", "reader"], name="one_reading_per_reader"),
            models.CheckConstraint(
                condition=models.Q(tone__isnull=True) | models.Q(tone__gte=-1, tone__lte=1), name="tone_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_label_display()} ({self.reader})"


class Correction(models.Model):
    """What a person decided the tone of a text is. It wins over every reading of that text."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="corrections")
    text_hash = models.CharField(max_length=64, help_text=_("Of the text that was judged."))
    label = models.CharField(
        _("tone"), max_length=10, choices=[choice for choice in ToneLabel.choices if choice[0] != ToneLabel.UNREAD]
    )
    reason = models.CharField(_("reason"), max_length=500)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("corrected by")
    )
    corrected_at = models.DateTimeField(_("corrected at"))

    class Meta:
        verbose_name = _("correction")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="correction_has_a_reason"),
        ]
        indexes = [models.Index(fields=["feedback", "corrected_at"], name="corrections_in_order")]

    def __str__(self) -> str:
        return f"{self.get_label_display()}: {self.reason}"

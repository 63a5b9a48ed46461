"""What was said, how the machine read it, and what a person decided instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext_lazy as _

from sentiment.enums import FeedbackKind, PlacementMethod, ToneLabel
from sentiment.models.sources import Source
from wards.models import Ward

SURE_OF_WARD = 0.6
"""Confidence from which a text counts for its ward; below it, for the council only (our own line)."""


READER_LENGTH = 120
"""Characters of a reader's name and version."""
SHARES_APART = 0.001
"""By which three probabilities may miss 1 in all: far more than rounding does."""


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def counted_for(self, ward: Ward) -> FeedbackQuerySet:
        """Texts that are surely enough ``ward``'s to be counted for it."""
        return self.filter(ward=ward, ward_confidence__gte=SURE_OF_WARD)

    def said_between(self, from_at: datetime, until_at: datetime) -> FeedbackQuerySet:
        return self.filter(said_at__gte=from_at, said_at__lt=until_at)

    def not_read_by(self, readers: Mapping[str, str]) -> FeedbackQuerySet:
        """Texts that another reader than their language's read last, or none. ``readers`` are by language."""
        by_another = Q(read_by="")
        for language, reader in readers.items():
            # Two ranges, because an index cannot find what is unequal.
            by_another |= Q(language=language) & (Q(read_by__lt=reader) | Q(read_by__gt=reader))
        return self.filter(by_another)


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
    read_as = models.CharField(
        _("tone as the machine read it"), max_length=10, choices=ToneLabel, blank=True, editable=False
    )
    read_by = models.CharField(
        _("reader"),
        max_length=READER_LENGTH,
        blank=True,
        editable=False,
        help_text=_("Name and version of what read it last. Blank until it was read."),
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["kind", "origin"], name="feedback_once_per_origin"),
            models.CheckConstraint(
                condition=Q(ward_confidence__gte=0, ward_confidence__lte=1), name="ward_confidence_is_a_share"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="feedback_says_something"),
        ]
        indexes = [
            models.Index(fields=["ward", "said_at"], name="feedback_by_ward_and_moment"),
            models.Index(fields=["kind", "said_at"], name="feedback_by_kind_and_moment"),
            models.Index(fields=["read_by"], name="feedback_by_reader"),
        ]

    def __str__(self) -> str:
        return self.text[:60] + "…" if len(self.text) > 60 else self.text

    @property
    def counts_for_its_ward(self) -> bool:
        return self.ward_id is not None and self.ward_confidence >= SURE_OF_WARD


class Reading(models.Model):
    """How one version of the reader read one text. Kept when a person says otherwise."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="readings")
    reader = models.CharField(_("reader"), max_length=READER_LENGTH, help_text=_("Name and version of what read it."))
    text_hash = models.CharField(max_length=64, help_text=_("Of the text that was read."))
    tone = models.FloatField(_("tone"), null=True, blank=True, help_text=_("From -1 to +1; empty when not read."))
    label = models.CharField(_("label"), max_length=10, choices=ToneLabel)
    p_negative = models.FloatField(_("probability of negative"), null=True, blank=True)
    p_neutral = models.FloatField(_("probability of neutral"), null=True, blank=True)
    p_positive = models.FloatField(_("probability of positive"), null=True, blank=True)
    because = models.JSONField(
        _("because"), default=list, help_text=_("Spans that carried the tone: start, end, weight and rule.")
    )
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading")
        constraints = [
            models.UniqueConstraint(fields=["feedback", "reader"], name="one_reading_per_reader"),
            models.CheckConstraint(
                condition=Q(tone__isnull=True) | Q(tone__gte=-1, tone__lte=1), name="tone_within_bounds"
            ),
            models.CheckConstraint(
                condition=Q(p_negative__isnull=True, p_neutral__isnull=True, p_positive__isnull=True)
                | Q(
                    GreaterThan(F("p_negative") + F("p_neutral") + F("p_positive"), 1 - SHARES_APART),
                    LessThan(F("p_negative") + F("p_neutral") + F("p_positive"), 1 + SHARES_APART),
                    p_negative__isnull=False,  # else a missing one would make the whole unknown, which passes
                    p_neutral__isnull=False,
                    p_positive__isnull=False,
                    p_negative__gte=0,
                    p_neutral__gte=0,
                    p_positive__gte=0,
                ),
                name="probabilities_are_shares_of_one",
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
    is_random_check = models.BooleanField(
        _("check of a random text"),
        default=False,
        help_text=_(
            "Of a text drawn at random, judged before the machine's tone was seen. Only these tell how often it errs:"
            " what somebody noticed is wrong more often than not."
        ),
    )

    class Meta:
        verbose_name = _("correction")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["feedback", "corrected_at"], name="corrections_in_order"),
            models.Index(fields=["feedback"], condition=Q(is_random_check=True), name="random_checks"),
        ]

    def __str__(self) -> str:
        return f"{self.get_label_display()}: {self.reason}"


class Flag(models.Model):
    """A councillor's word that a text was read wrongly. It changes no label; an officer's correction settles it."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="flags")
    reason = models.CharField(_("reason"), max_length=500)
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("flagged by")
    )
    flagged_at = models.DateTimeField(_("flagged at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, help_text=_("When an officer judged the text."))

    class Meta:
        verbose_name = _("reading flagged as wrong")
        verbose_name_plural = _("readings flagged as wrong")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="flag_has_a_reason"),
            models.UniqueConstraint(
                fields=["feedback", "flagged_by"], condition=Q(settled_at=None), name="one_open_flag_each"
            ),
        ]

    def __str__(self) -> str:
        return self.reason

"""Where the council listens, on what footing, and what was taken away again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sentiment.enums import LawfulBasis, SourceKind, SourceState
from wards.models import Ward

HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400


class SourceQuerySet(models.QuerySet["Source"]):
    def due_at(self, moment: datetime) -> SourceQuerySet:
        """Sources that are on and whose next reading has come."""
        return (
            self.filter(is_on=True)
            .exclude(state=SourceState.GONE)
            .filter(models.Q(next_at__isnull=True) | models.Q(next_at__lte=moment))
        )


class Source(models.Model):
    """A public place the council reads: a news site, a residents' association, a blog. Never a private person."""

    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind, default=SourceKind.FEED)
    address = models.URLField(
        _("address"), max_length=500, unique=True, help_text=_("Of the feed itself, as in its reader.")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("As residents know it."))
    purpose = models.TextField(
        _("purpose"),
        blank=True,
        help_text=_(
            "Why the council reads it. Its intended audience must be the wider community, not friends or family."
        ),
    )
    basis = models.CharField(_("lawful basis"), max_length=20, choices=LawfulBasis, blank=True)
    dpia_url = models.URLField(
        _("data protection impact assessment"), max_length=500, blank=True, help_text=_("Where it can be read.")
    )
    ward = models.ForeignKey(
        Ward,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("ward"),
        help_text=_("Only if it writes about one ward alone."),
    )
    is_on = models.BooleanField(_("switched on"), default=False)
    cadence_seconds = models.PositiveIntegerField(
        _("seconds between readings"),
        default=HOUR_SECONDS,
        validators=[MinValueValidator(HOUR_SECONDS), MaxValueValidator(7 * DAY_SECONDS)],
        help_text=_("An hour (3600) at least."),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("days texts are kept"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("Texts are deleted after this many days, and are no longer counted."),
    )
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=SourceState, default=SourceState.NEW, editable=False)
    checked_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    next_at = models.DateTimeField(_("next reading"), null=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on=False)
                | (~models.Q(purpose="") & ~models.Q(basis="") & ~models.Q(dpia_url="")),
                name="source_on_only_with_purpose_basis_and_assessment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.is_on:
            missing = {
                field: _("A source can be switched on only when this is filled in.")
                for field in ("purpose", "basis", "dpia_url")
                if not getattr(self, field).strip()
            }
            if missing:
                raise ValidationError(missing)


class Tombstone(models.Model):
    """Marks a post that expired or was taken away, so that a later reading does not bring it back."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="tombstones")
    remote_id_hash = models.CharField(max_length=64, help_text=_("SHA-256 of the post's id at its source."))
    buried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "remote_id_hash"], name="one_tombstone_per_post"),
        ]

    def __str__(self) -> str:
        return self.remote_id_hash

"""What looked unusual among the responses to a consultation, as last looked for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage


class PatternReport(models.Model):
    """Unusual patterns, made again when something is new (``consultations.watching``). It changes no response.

    ``patterns`` is a list of ``consultations.watching.Pattern`` as plain values: keys of responses and figures, no words.
    """

    consultation = models.OneToOneField(
        ConsultationPage,
        models.CASCADE,
        primary_key=True,
        related_name="pattern_report",
        verbose_name=_("consultation"),
    )
    looked_at = models.DateTimeField(_("looked"))
    took_seconds = models.FloatField(_("seconds it took"))
    fingerprint = models.CharField(max_length=64, help_text=_("What was there when it was looked for."))
    patterns = models.JSONField(_("patterns"), default=list)

    class Meta:
        verbose_name = _("report of unusual patterns")
        verbose_name_plural = _("reports of unusual patterns")

    def __str__(self) -> str:
        return f"{self.consultation_id}"

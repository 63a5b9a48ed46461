"""What the responses to a consultation come to, as last counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage


class ResponseCounts(models.Model):
    """Counts that officers' pages read, so that their time does not grow with the number of answers.

    ``consultations.counting`` makes them again when there is something new. ``counts`` is its ``Counted``.
    """

    consultation = models.OneToOneField(
        ConsultationPage, models.CASCADE, primary_key=True, related_name="counts", verbose_name=_("consultation")
    )
    counted_at = models.DateTimeField(_("counted"))
    took_seconds = models.FloatField(_("seconds it took"))
    fingerprint = models.CharField(max_length=64, help_text=_("What was there when it was counted."))
    counts = models.JSONField(_("counts"))

    class Meta:
        verbose_name = _("counts of responses")
        verbose_name_plural = _("counts of responses")

    def __str__(self) -> str:
        return f"{self.consultation_id}"

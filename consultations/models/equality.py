"""Answers of equality monitoring, apart from every response. No column, key, moment or order leads to one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage


class EqualitySlip(models.Model):
    """One person's answers until ten have come and they are counted together; then it is deleted.

    Its key is random and was printed in a form of its own, so that a form sent twice counts once. Nobody is shown it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="+", verbose_name=_("consultation")
    )
    answers = models.JSONField(_("answers"), help_text=_("Answers by question."))

    class Meta:
        verbose_name = _("equality slip")
        verbose_name_plural = _("equality slips")

    def __str__(self) -> str:
        return str(self.pk)


class EqualityTally(models.Model):
    """How many gave one answer to one question. The answers of one person are not kept together."""

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="equality_tallies", verbose_name=_("consultation")
    )
    question = models.CharField(_("question"), max_length=20)
    answer = models.CharField(_("answer"), max_length=20)
    count = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("equality tally")
        verbose_name_plural = _("equality tallies")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "question", "answer"], name="equality_tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"

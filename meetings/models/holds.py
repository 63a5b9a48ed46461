"""Which question an officer has open: a courtesy to colleagues, never a lock."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.questions import PublicQuestion


class QuestionHold(models.Model):
    """One question that an officer has open for editing, believed until a moment."""

    question = models.OneToOneField(PublicQuestion, models.CASCADE, primary_key=True, related_name="hold")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until_at = models.DateTimeField(_("believed until"))

    class Meta:
        verbose_name = _("question held open")

    def __str__(self) -> str:
        return f"{self.question_id} {self.officer_id}"

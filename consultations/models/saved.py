"""Questions an officer keeps to ask again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from consultations.kinds.blocks import QuestionsBlock
from consultations.panels import AskedIfPanel


class QuestionSet(models.Model):
    """One question or many, to be put into consultations. A consultation holds copies: changing the set changes none."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    note = models.TextField(
        _("note"), blank=True, max_length=500, help_text=_("When to use it, and where its wording comes from.")
    )
    questions = StreamField(QuestionsBlock(), verbose_name=_("questions"))

    panels = [FieldPanel("name"), FieldPanel("note"), AskedIfPanel(), FieldPanel("questions")]

    class Meta:
        verbose_name = _("saved questions")
        verbose_name_plural = _("saved questions")

    def __str__(self) -> str:
        return self.name

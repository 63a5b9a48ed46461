"""What consultations are about, in the council's own few words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class Topic(models.Model):
    """A subject that people look for, such as "Roads and travel"."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    name_cy = models.CharField(_("name in Welsh"), max_length=60, blank=True)
    slug = models.SlugField(
        _("address"), max_length=60, unique=True, help_text=_("What stands for it in links. Keep it once it is used.")
    )

    panels = [FieldPanel("name"), FieldPanel("name_cy"), FieldPanel("slug")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.name_cy if self.name_cy and get_language() == "cy" else self.name

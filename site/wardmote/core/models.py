"""What every app stands on: the base page and the officers' permission."""

from __future__ import annotations

from typing import Self

from django.db import models
from wagtail.models import Locale, Page


class BasePage(Page):
    """Common ground of all page types. Pages read; views and services write."""

    class Meta:
        abstract = True

    def canonical(self) -> Self:
        """The page in the site's first language, to which answers and rooms belong whatever language they came in."""
        default = Locale.get_default()
        if self.locale_id == default.pk:
            return self
        return self.get_translation_or_none(default) or self


class DemocraticServices(models.Model):  # noqa: DJ008
    """Carries the permission to run consultations and meetings; has no rows."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("run_democratic_services", "Can run consultations, meetings and moderation")]

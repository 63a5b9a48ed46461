"""The committees that meet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Body(models.Model):  # type: ignore[django-manager-missing]  # a page manager made from a queryset
    """A committee that meets: full council, planning, an area forum."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_cy = models.CharField(_("name in Welsh"), max_length=120, blank=True)
    description = models.TextField(_("what it decides"), blank=True)
    moderngov_id = models.PositiveIntegerField(
        _("number in ModernGov"), null=True, blank=True, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

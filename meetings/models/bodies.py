"""The committees that meet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel

from meetings.panels import BodyForm


class Body(ClusterableModel):  # type: ignore[django-manager-missing]  # a page manager made from a queryset
    """A committee that meets: full council, planning, an area forum."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_cy = models.CharField(_("name in Welsh"), max_length=120, blank=True)
    description = models.TextField(_("what it decides"), blank=True)
    has_every_councillor = models.BooleanField(
        _("every councillor is a member"),
        default=False,
        help_text=_(
            "As of full council: then add below only its chair, its vice-chair, and whoever is no councillor."
        ),
    )
    moderngov_id = models.PositiveIntegerField(
        _("number in ModernGov"), null=True, blank=True, unique=True, editable=False
    )

    base_form_class = BodyForm
    panels = [
        FieldPanel("name"),
        FieldPanel("name_cy"),
        FieldPanel("description"),
        FieldPanel("has_every_councillor"),
        InlinePanel("members", heading=_("Members"), label=_("Member")),
    ]

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.name_cy if self.name_cy and get_language() == "cy" else self.name

"""A page of the admin about the responses to one consultation."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from consultations.models import ConsultationPage
from consultations.reports import LIST_URL_NAME, RESPONSES_URL_NAME, OfficersOnly


class ConsultationView(OfficersOnly, WagtailAdminTemplateMixin, TemplateView):
    """For officers alone; the address holds the consultation's page in the site's first language as ``pk_kwarg``."""

    pk_kwarg = "pk"

    @cached_property
    def consultation(self) -> ConsultationPage:
        return get_object_or_404(ConsultationPage.objects.canonical(), pk=self.kwargs[self.pk_kwarg])

    def get_page_subtitle(self) -> str:
        return self.consultation.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST_URL_NAME), "label": _("Consultations")},
            {
                "url": reverse(RESPONSES_URL_NAME, args=[self.consultation.pk]),
                "label": _("Responses"),
                "sublabel": self.consultation.title,
            },
            *self.further_breadcrumbs(),
        ]

    def further_breadcrumbs(self) -> list[dict[str, Any]]:
        """What comes after the responses."""
        return [{"url": "", "label": self.get_page_title()}]

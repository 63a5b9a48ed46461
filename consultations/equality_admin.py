"""The counts of equality monitoring in the admin: tables with small numbers hidden, and no row of anybody."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from consultations.equality import BATCH, tables
from consultations.models import ConsultationPage
from consultations.reports import LIST_URL_NAME, RESPONSES_URL_NAME, OfficersOnly

EQUALITY_URL_NAME = "consultation_equality:index"


class EqualityView(OfficersOnly, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "group"
    page_title = _("Who has answered")
    template_name = "consultations/admin/equality.html"
    http_method_names = ["get", "head", "options"]

    @cached_property
    def consultation(self) -> ConsultationPage:
        return get_object_or_404(ConsultationPage.objects.canonical(), pk=self.kwargs["pk"])

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
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consultation": self.consultation,
            "tables": tables(self.consultation),
            "batch": BATCH,
        }


class EqualityViewSet(ViewSet):
    """Reached from its consultation, so there is nothing in the menu."""

    name = "consultation_equality"
    url_prefix = "consultations/equality"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", EqualityView.as_view(), name="index")]

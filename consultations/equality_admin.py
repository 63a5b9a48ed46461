"""The counts of equality monitoring in the admin: tables with small numbers hidden, and no row of anybody."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from consultations.consultation_admin import ConsultationView
from consultations.equality import BATCH, tables

EQUALITY_URL_NAME = "consultation_equality:index"


class EqualityView(ConsultationView):
    header_icon = "group"
    page_title = _("Who has answered")
    template_name = "consultations/admin/equality.html"
    http_method_names = ["get", "head", "options"]

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

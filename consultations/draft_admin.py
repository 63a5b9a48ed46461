"""A page of the admin about the newest draft of one consultation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from consultations.fairness_check import draft_of
from consultations.models import ConsultationPage


class DraftView(WagtailAdminTemplateMixin, TemplateView):
    """For whoever may edit the consultation, unless ``is_allowed`` says otherwise. Needs no JavaScript."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.is_allowed(self.draft.permissions_for_user(request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def is_allowed(self, permissions: Any) -> bool:
        """``permissions`` are Wagtail's, of this user for the consultation."""
        return bool(permissions.can_edit())

    @cached_property
    def draft(self) -> ConsultationPage:
        draft = draft_of(Page.objects.filter(pk=self.kwargs["pk"]).first())
        if draft is None:
            raise Http404
        return draft

    def get_page_subtitle(self) -> str:
        return str(self.draft.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = {
            "url": reverse("wagtailadmin_pages:edit", args=[self.draft.pk]),
            "label": self.draft.get_admin_display_title(),
        }
        return [*super().get_breadcrumbs_items(), edit, {"url": "", "label": self.get_page_title()}]

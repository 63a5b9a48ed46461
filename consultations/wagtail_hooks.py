"""The officers' group "Consultations" in the admin, its audit log entries, and what keeps responses from deletion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import Page, PageLogEntry

from consultations.models import ConsultationPage, Response
from consultations.models.querysets import ConsultationQuerySet
from consultations.queries import with_response_counts
from consultations.reports import EXPORT_ACTION, RESPONSES_URL_NAME, MomentColumn, ResponsesView, ResponseView
from wardmote.core.roles import is_officer

SUBMENU_HOOK = "register_consultations_menu_item"


class OfficersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_officer(request.user)


class ConsultationsView(IndexView):
    """Every consultation once, under the title in the site's first language."""

    default_ordering = "-closes_at"

    def annotate_queryset(self, pages: ConsultationQuerySet) -> Any:
        return super().annotate_queryset(with_response_counts(pages.canonical()))


class ConsultationsViewSet(PageListingViewSet):
    name = "consultations_admin"
    url_prefix = "consultations"
    model = ConsultationPage
    index_view_class = ConsultationsView
    icon = "form"
    menu_label = _("All consultations")
    menu_item_class = OfficersMenuItem
    columns = [
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("stage", label=_("Stage"), accessor=lambda page: page.stage_at(timezone.now()).label),
        MomentColumn("closes_at", label=_("Closes"), sort_key="closes_at"),
        TitleColumn(
            "response_count",
            label=_("Responses"),
            get_url=lambda page: reverse(RESPONSES_URL_NAME, args=[page.pk]),
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class ResponsesViewSet(ViewSet):
    """Responses are reached from their consultation, so there is nothing in the menu."""

    name = "consultation_responses"
    url_prefix = "consultations/responses"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:consultation_pk>/", ResponsesView.as_view(), name="index"),
            path("<int:consultation_pk>/results/", ResponsesView.as_view(results_only=True), name="results"),
            path("<int:consultation_pk>/<int:pk>/", ResponseView.as_view(), name="response"),
        ]


class ConsultationsGroup(ViewSetGroup):
    items = (ConsultationsViewSet,)
    menu_label = _("Consultations")
    menu_icon = "form"
    menu_order = 150
    submenu_hook = SUBMENU_HOOK


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [ResponsesViewSet(), ConsultationsGroup()]


@hooks.register(SUBMENU_HOOK)
def add_consultation() -> MenuItem:
    return OfficersMenuItem(
        _("Add a consultation"),
        reverse("consultations_admin:choose_parent"),
        name="add-consultation",
        icon_name="plus",
        order=900,
    )


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action(EXPORT_ACTION)
    class ExportFormatter(LogFormatter):
        """Who took which responses out of the house."""

        label = _("Export responses")

        def format_message(self, log_entry: PageLogEntry) -> str:
            data: dict[str, Any] = log_entry.data
            return gettext("%(responses)s responses exported as %(format)s") % data


def _pages_with_responses(pages: Iterable[Page]) -> list[str]:
    """Titles of consultations at or below ``pages`` that hold responses."""
    below = Q()
    for page in pages:
        below |= Q(consultation__path__startswith=page.path)
    if not below:
        return []
    found = Response.objects.filter(below).order_by("consultation__title")
    return list(found.values_list("consultation__title", flat=True).distinct())


def _refuse_deletion(request: HttpRequest, titles: list[str]) -> HttpResponse:
    message = gettext("People have answered %(titles)s, so it cannot be deleted. Unpublish it instead.")
    messages.error(request, message % {"titles": ", ".join(titles)})
    return redirect(reverse("consultations_admin:index"))


@hooks.register("before_delete_page")
def keep_answered_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    titles = _pages_with_responses([page])
    return _refuse_deletion(request, titles) if titles else None


@hooks.register("before_bulk_action")
def keep_answered_pages(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type != "delete":
        return None
    titles = _pages_with_responses(thing for thing in objects if isinstance(thing, Page))
    return _refuse_deletion(request, titles) if titles else None

"""The officers' group "Consultations" in the admin, and what keeps responses from deletion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
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
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from consultations import (
    codes_admin,
    counts_admin,
    entry_admin,
    equality_admin,
    fairness_admin,
    import_admin,
    log_admin,
    paper_admin,
    patterns_admin,
    saved_admin,
    trial_admin,
)
from consultations.models import ConsultationPage, CouncilPeriod, QuestionSet, Response, Topic
from consultations.models.querysets import ConsultationQuerySet
from consultations.queries import with_response_counts
from consultations.reports import (
    RESPONSES_URL_NAME,
    FileView,
    MomentColumn,
    ResponsesView,
    ResponseView,
)
from wardmote.core.roles import is_officer
from wards.policies import OfficerPolicy

SUBMENU_HOOK = "register_consultations_menu_item"

register_permission_policy(
    CouncilPeriod, OfficerPolicy(CouncilPeriod, for_officers=("view", "add", "change", "delete"))
)


register_permission_policy(QuestionSet, OfficerPolicy(QuestionSet, for_officers=("view", "add", "change", "delete")))
register_permission_policy(Topic, OfficerPolicy(Topic, for_officers=("view", "add", "change", "delete")))


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
            path("<int:consultation_pk>/<int:pk>/files/<uuid:upload_pk>/", FileView.as_view(), name="file"),
        ]


class PeriodsViewSet(fairness_admin.CouncilPeriodsViewSet):
    menu_item_class = OfficersMenuItem


class TopicsViewSet(SnippetViewSet):
    """The council's list of topics."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_item_class = OfficersMenuItem
    list_display = ["name", "name_cy", "slug"]
    ordering = ["name"]
    copy_view_enabled = False


class QuestionSetsViewSet(saved_admin.QuestionSetsViewSet):
    menu_item_class = OfficersMenuItem


class ConsultationsGroup(ViewSetGroup):
    items = (ConsultationsViewSet, QuestionSetsViewSet, TopicsViewSet, PeriodsViewSet)
    menu_label = _("Consultations")
    menu_icon = "form"
    menu_order = 150
    submenu_hook = SUBMENU_HOOK


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [
        ResponsesViewSet(),
        fairness_admin.FairnessViewSet(),
        counts_admin.CountsViewSet(),
        paper_admin.PaperViewSet(),
        codes_admin.CodesViewSet(),
        equality_admin.EqualityViewSet(),
        patterns_admin.PatternsViewSet(),
        entry_admin.EntryViewSet(),
        import_admin.ImportViewSet(),
        saved_admin.SavedQuestionsViewSet(),
        trial_admin.TrialViewSet(),
        ConsultationsGroup(),
    ]


@hooks.register(SUBMENU_HOOK)
def add_consultation() -> MenuItem:
    return OfficersMenuItem(
        _("Add a consultation"),
        reverse("consultations_admin:choose_parent"),
        name="add-consultation",
        icon_name="plus",
        order=900,
    )


hooks.register("register_log_actions", log_admin.register_log_actions)
hooks.register("before_publish_page", fairness_admin.keep_unfair_page)
hooks.register("before_publish_page", counts_admin.show_changes_first)
hooks.register("after_publish_page", fairness_admin.warn_of_unfair_page)
hooks.register("before_bulk_action", fairness_admin.keep_unfair_pages)
hooks.register("before_bulk_action", counts_admin.show_changes_of_each_first)


@hooks.register("insert_editor_js")
def rule_lists() -> SafeString:
    """The lists from which an editor chooses a rule's question and answer."""
    return format_html('<script type="module" src="{}"></script>', static("wardmote/js/asked-if-editor.js"))


@hooks.register("register_page_header_buttons")
def fairness_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way from a consultation to its check, whatever the browser can do."""
    if view_name == "edit" and page.pk and isinstance(page, ConsultationPage):
        url = reverse(fairness_admin.FAIRNESS_URL_NAME, args=[page.pk])
        yield Button(_("Fairness check"), url, icon_name="glasses", priority=70)


@hooks.register("register_page_header_buttons")
def trial_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way from a consultation to its form, to try it out."""
    if view_name == "edit" and page.pk and isinstance(page, ConsultationPage):
        yield Button(
            _("Try it out"), reverse(trial_admin.TRIAL_URL_NAME, args=[page.pk]), icon_name="view", priority=72
        )


@hooks.register("register_page_header_buttons")
def saved_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The ways from a consultation to saved questions, and to a new one made from it."""
    if view_name == "edit" and page.pk and isinstance(page, ConsultationPage):
        saved, new_from = (
            reverse(name, args=[page.pk]) for name in (saved_admin.SAVED_URL_NAME, saved_admin.NEW_FROM_URL_NAME)
        )
        yield Button(_("Saved questions"), saved, icon_name="list-ul", priority=74)
        yield Button(_("New consultation from this one"), new_from, icon_name="copy", priority=76)


@hooks.register("register_page_header_buttons")
def paper_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way from a consultation to its form on paper."""
    if view_name == "edit" and page.pk and isinstance(page, ConsultationPage):
        url = reverse(paper_admin.PAPER_URL_NAME, args=[page.pk])
        yield Button(_("Paper form"), url, icon_name="doc-full", priority=71)


hooks.register("register_page_header_buttons", entry_admin.entry_button)


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

"""The officers' group "Meetings" in the admin, the way to a room's desk, the log's words, what may not be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages as notices
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Locale, Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from meetings.downloads import EXPORT_ACTION
from meetings.enums import Act, Decision
from meetings.import_admin import IMPORT_URL_NAME, ImportViewSet
from meetings.models import Body, MeetingPage
from wardmote.core.roles import is_officer
from wards.policies import OfficerPolicy

SUBMENU_HOOK = "register_meetings_menu_item"

register_permission_policy(Body, OfficerPolicy(Body))


class OfficersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_officer(request.user)


class MeetingsView(IndexView):
    """Every meeting once, under the title in the site's first language."""

    default_ordering = "-starts_at"

    def annotate_queryset(self, pages: Any) -> Any:
        return super().annotate_queryset(pages.filter(locale=Locale.get_default()).select_related("room"))


class MeetingsViewSet(PageListingViewSet):
    name = "meetings_admin"
    url_prefix = "meetings"
    model = MeetingPage
    index_view_class = MeetingsView
    icon = "date"
    menu_label = _("All meetings")
    menu_item_class = OfficersMenuItem
    columns = [
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        DateColumn("starts_at", label=_("Starts"), sort_key="starts_at"),
        Column("state", label=_("Room"), accessor=lambda page: page.room.get_state_display()),
        TitleColumn(
            "desk",
            label=_("Desk"),
            accessor=lambda _page: gettext("Open the desk"),
            get_url=lambda page: reverse("meetings:desk", args=[page.pk]),
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class BodiesViewSet(SnippetViewSet):
    model = Body
    icon = "group"
    menu_label = _("Bodies")
    menu_item_class = OfficersMenuItem
    list_display = ["name", "description"]
    search_fields = ["name"]
    copy_view_enabled = False


class MeetingsGroup(ViewSetGroup):
    items = (MeetingsViewSet, BodiesViewSet)
    menu_label = _("Meetings")
    menu_icon = "date"
    menu_order = 160
    submenu_hook = SUBMENU_HOOK


@hooks.register("register_admin_viewset")
def register_viewsets() -> MeetingsGroup:
    return MeetingsGroup()


@hooks.register(SUBMENU_HOOK)
def add_meeting() -> MenuItem:
    return OfficersMenuItem(
        _("Add a meeting"), reverse("meetings_admin:choose_parent"), name="add-meeting", icon_name="plus", order=900
    )


@hooks.register("register_admin_viewset")
def register_import() -> ImportViewSet:
    return ImportViewSet()


@hooks.register(SUBMENU_HOOK)
def import_meetings() -> MenuItem:
    return OfficersMenuItem(
        _("Import from ModernGov"), reverse(IMPORT_URL_NAME), name="import-meetings", icon_name="download", order=910
    )


@hooks.register("register_page_header_buttons")
def desk_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way from a meeting's page in the admin to its desk."""
    if isinstance(page, MeetingPage) and page.live and is_officer(user):
        desk = reverse("meetings:desk", args=[page.canonical().pk])
        yield Button(_("Open the desk"), desk, icon_name="desktop", priority=5)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    """What is written down of each act: by whom, in which role, from what to what."""
    actions.register_action("meetings.room.change", _("Change room"), _("Changed the live room"))
    actions.register_action(
        "meetings.room.disclose", _("Disclose"), _("Let the public see what a private session had kept inside")
    )
    actions.register_action(EXPORT_ACTION, _("Export questions"), _("Took away all questions with names"))
    actions.register_action("meetings.room.agenda", _("Set agenda item"), _("Said which agenda item is being taken"))
    actions.register_action("meetings.room.question", _("Set question"), _("Said which question is being answered"))
    for act, label, done in (
        (Act.EDIT, _("Edit question"), _("Changed the question’s words")),
        (Act.MERGE, _("Join question"), _("Joined the question to another")),
        (Act.UNMERGE, _("Separate question"), _("Separated the question again")),
        (Act.ASSIGN, _("Assign question"), _("Assigned the question to a councillor, or took it back")),
        (Act.SHORTLIST, _("Shortlist question"), _("Put the question on the shortlist, or took it off")),
        (Act.PROPOSE_ANSWER, _("Propose answer"), _("Proposed a written answer")),
        (Act.FORGET_ASKER, _("Forget asker"), _("Forgot who asked the question")),
    ):
        actions.register_action(f"meetings.{act.value}", label, done)
    for decision, done in {
        Decision.PUBLISH: _("Published the question"),
        Decision.WITHHOLD: _("Did not publish the question"),
        Decision.ANSWER: _("Marked the question as answered"),
        Decision.REOPEN: _("Marked the question as not answered"),
    }.items():
        actions.register_action(f"meetings.question.{decision.value}", decision.label, done)
    for act, (label, done) in POLL_LOG.items():
        actions.register_action(f"meetings.{act.value}", label, done)


POLL_LOG = {
    Act.WRITE_POLL: (_("Write a poll"), _("Wrote the poll")),
    Act.REMOVE_POLL: (_("Remove a poll"), _("Took the draft of a poll away")),
    Act.OPEN_POLL: (_("Open a poll"), _("Opened the poll")),
    Act.CLOSE_POLL: (_("Close a poll"), _("Closed the poll")),
    Act.REOPEN_POLL: (_("Reopen a poll"), _("Opened the poll again")),
    Act.SHOW_POLL: (_("Show results"), _("Showed the poll's results")),
    Act.KEEP_POLL: (_("Keep results"), _("Kept the poll's results with the officers")),
    Act.SETTLE_HANDS: (_("Put hands down"), _("Put raised hands down")),
    Act.TAKE_PART: (_("Change taking part"), _("Said whether reactions and raised hands are taken")),
    Act.JUDGE_WORD: (_("Judge a word"), _("Decided whether a word of a cloud is shown")),
}
"""What is written down of a poll."""


def _meetings_with_questions(pages: Iterable[Page]) -> list[str]:
    """Titles of meetings at or below ``pages`` at which somebody asked or did something."""
    below = Q()
    for page in pages:
        below |= Q(path__startswith=page.path)
    if not below:
        return []
    kept = Q(room__questions__isnull=False) | Q(room__record__length__gt=0)
    return list(
        MeetingPage.objects.filter(below).filter(kept).order_by("title").values_list("title", flat=True).distinct()
    )


def _refuse(request: HttpRequest, titles: list[str]) -> HttpResponse:
    text = gettext(
        "Something was asked or done at %(titles)s, so it cannot be deleted: its record stays. Unpublish it instead."
    )
    notices.error(request, text % {"titles": ", ".join(titles)})
    return redirect("meetings_admin:index")


@hooks.register("before_delete_page")
def keep_meeting_with_questions(request: HttpRequest, page: Page) -> HttpResponse | None:
    titles = _meetings_with_questions([page])
    return _refuse(request, titles) if titles else None


@hooks.register("before_bulk_action")
def keep_meetings_with_questions(
    request: HttpRequest, action_type: str, pages: Iterable[Page], action_class: Any
) -> HttpResponse | None:
    if action_type != "delete" or not all(isinstance(page, Page) for page in pages):
        return None
    titles = _meetings_with_questions(pages)
    return _refuse(request, titles) if titles else None

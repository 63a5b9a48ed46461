"""The officers' group "Wards and councillors" in the admin, and the imports' entries in the audit log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from wards.models import Councillor, Seat, Term, Ward, WardSet
from wards.policies import OfficerPolicy

# Ward sets and wards come with their boundaries, by import_wards: no form could ask for one.
register_permission_policy(WardSet, OfficerPolicy(WardSet, for_officers=("view", "change")))
register_permission_policy(Ward, OfficerPolicy(Ward, for_officers=("view", "change")))
register_permission_policy(Seat, OfficerPolicy(Seat))
register_permission_policy(Councillor, OfficerPolicy(Councillor))
register_permission_policy(Term, OfficerPolicy(Term))


class _OfficersViewSet(SnippetViewSet):
    """Common ground of the group's lists."""

    list_per_page = 50
    copy_view_enabled = False


class WardSetViewSet(_OfficersViewSet):
    model = WardSet
    icon = "globe"
    menu_label = _("Ward sets")
    list_display = [
        "name",
        "council",
        DateColumn("from_date"),
        DateColumn("until_date"),
        Column("wards_count", label=_("Wards")),
    ]
    list_filter = ["council"]
    search_fields = ["name", "council__name"]
    ordering = ["-from_date"]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("from_date"), FieldPanel("until_date")], heading=_("In force")),
        FieldPanel("attribution"),
    ]

    def get_queryset(self, request: Any) -> QuerySet[WardSet]:
        return WardSet.objects.select_related("council").annotate(wards_count=Count("wards"))


class WardViewSet(_OfficersViewSet):
    model = Ward
    icon = "site"
    menu_label = _("Wards")
    list_display = ["name", "code", "ward_set", "population"]
    list_filter = ["ward_set"]
    search_fields = ["name", "name_cy", "code"]
    ordering = ["name"]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_cy")], heading=_("Name")),
        MultiFieldPanel([FieldPanel("profile"), FieldPanel("profile_cy")], heading=_("Profile")),
        FieldPanel("population"),
        FieldRowPanel(
            [FieldPanel("code", read_only=True), FieldPanel("ward_set", read_only=True)], heading=_("From the import")
        ),
    ]

    def get_queryset(self, request: Any) -> QuerySet[Ward]:
        return Ward.objects.select_related("ward_set").defer("boundary")


class SeatViewSet(_OfficersViewSet):
    model = Seat
    icon = "list-ul"
    menu_label = _("Seats")
    list_display = ["ward", "number", Column("holder", label=_("Held by"))]
    list_filter = ["ward__ward_set"]
    search_fields = ["ward__name"]
    ordering = ["ward__name", "number"]
    panels = [FieldRowPanel([FieldPanel("ward"), FieldPanel("number")])]

    def get_queryset(self, request: Any) -> QuerySet[Seat]:
        held = _held_today().filter(seat=OuterRef("pk"))
        return Seat.objects.select_related("ward").annotate(holder=Subquery(held.values("councillor__name")[:1]))


class CouncillorViewSet(_OfficersViewSet):
    model = Councillor
    icon = "user"
    menu_label = _("Councillors")
    list_display = ["name", "email", Column("sits_for", label=_("Sits for")), Column("party", label=_("Party"))]
    search_fields = ["name", "email"]
    ordering = ["name"]
    panels = [FieldPanel("name"), FieldPanel("email"), FieldPanel("user")]

    def get_queryset(self, request: Any) -> QuerySet[Councillor]:
        held = _held_today().filter(councillor=OuterRef("pk"))
        return Councillor.objects.annotate(
            sits_for=Subquery(held.values("seat__ward__name")[:1]), party=Subquery(held.values("party")[:1])
        )


class TermViewSet(_OfficersViewSet):
    model = Term
    icon = "calendar"
    menu_label = _("Terms")
    list_display = ["councillor", "seat", "party", DateColumn("from_date"), DateColumn("until_date")]
    list_filter = ["party", "seat__ward"]
    search_fields = ["councillor__name", "seat__ward__name", "party"]
    ordering = ["-from_date", "seat__ward__name", "seat__number"]
    panels = [
        FieldPanel("councillor"),
        FieldPanel("seat"),
        FieldPanel("party"),
        FieldRowPanel([FieldPanel("from_date"), FieldPanel("until_date")], heading=_("Held")),
    ]

    def get_queryset(self, request: Any) -> QuerySet[Term]:
        return Term.objects.select_related("councillor", "seat__ward")


def _held_today() -> QuerySet[Term]:
    today: date = timezone.localdate()
    return Term.objects.held_on(today).order_by("pk")


class WardsGroup(SnippetViewSetGroup):
    items = (WardSetViewSet, WardViewSet, SeatViewSet, CouncillorViewSet, TermViewSet)
    menu_label = _("Wards and councillors")
    menu_icon = "group"
    menu_order = 500


register_snippet(WardsGroup)


class _ImportFormatter(LogFormatter):
    """An import in the log: the file and what it changed."""

    def format_message(self, log_entry: ModelLogEntry) -> str:
        data: dict[str, Any] = log_entry.data
        return gettext(
            "Imported %(file)s: %(added)s added, %(changed)s changed, %(removed)s removed, %(bad)s left out"
        ) % {key: data.get(key, 0) for key in ("file", "added", "changed", "removed", "bad")}


_IMPORTS = {
    "wards.import_wards": _("Import wards"),
    "wards.import_postcodes": _("Import postcodes"),
    "wards.import_councillors": _("Import councillors"),
}


@hooks.register("register_log_actions")
def register_imports(actions: LogActionRegistry) -> None:
    for action, label in _IMPORTS.items():
        actions.register_action(action)(type("ImportFormatter", (_ImportFormatter,), {"label": label}))

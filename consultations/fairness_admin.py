"""The fairness check in the admin: its own page, where findings are set aside, and what it says when one publishes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page
from wagtail.snippets.views.snippets import SnippetViewSet

from consultations.draft_admin import DraftView
from consultations.fairness_check import (
    FindingChanged,
    check_draft,
    check_page,
    set_finding_aside,
    take_finding_back,
)
from consultations.models import ConsultationPage, CouncilPeriod

FAIRNESS_URL_NAME = "consultation_fairness:check"


class SetAsideForm(forms.Form):
    """Why a finding is no unfairness, in the officer's words."""

    mark = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why this is fair as it stands"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason: it is what the council relies on if it is asked.")},
    )


class FairnessView(DraftView):
    """The newest draft's check on a page of its own."""

    header_icon = "glasses"
    template_name = "consultations/admin/fairness.html"
    page_title = _("Fairness check")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mark = request.POST.get("mark", "")
        if "take-back" in request.POST:
            take_finding_back(page=self.draft, mark=mark, user=request.user)
            messages.success(request, gettext("The finding is open again."))
            return redirect(FAIRNESS_URL_NAME, self.draft.pk)
        form = SetAsideForm(request.POST, auto_id=f"{mark}-%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(refused=form), status=422)
        try:
            set_finding_aside(
                page=self.draft,
                mark=mark,
                reason=form.cleaned_data["reason"],
                user=request.user,
                set_aside_at=timezone.now(),
            )
        except FindingChanged:
            messages.error(
                request,
                gettext("The page was changed meanwhile and the finding with it. Look again at what is open."),
            )
            return self.render_to_response(self.get_context_data(lost=form.cleaned_data["reason"]), status=409)
        messages.success(request, gettext("Your reason is recorded."))
        return redirect(FAIRNESS_URL_NAME, self.draft.pk)

    def get_context_data(self, *, refused: SetAsideForm | None = None, **kwargs: Any) -> dict[str, Any]:
        check = check_page(self.draft)
        refused_mark = refused.data.get("mark") if refused else None
        rows = []
        for judged in check.open:
            mark = judged.finding.mark
            earlier = {"reason": judged.earlier.reason} if judged.earlier else {}
            blank = SetAsideForm(initial={"mark": mark} | earlier, auto_id=f"{mark}-%s")
            rows.append((judged, refused if mark == refused_mark else blank))
        return super().get_context_data(**kwargs) | {"page": self.draft, "check": check, "open_with_forms": rows}


class FairnessViewSet(ViewSet):
    """The check is reached from its consultation, so there is nothing in the menu."""

    name = "consultation_fairness"
    url_prefix = "consultations/fairness"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", FairnessView.as_view(), name="check")]


class CouncilPeriodsViewSet(SnippetViewSet):
    model = CouncilPeriod
    icon = "calendar"
    menu_label = _("Holidays and elections")
    list_display = [
        "name",
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        DateColumn("from_date", label=_("First day")),
        DateColumn("until_date", label=_("Until")),
    ]
    ordering = ["-from_date", "name"]
    copy_view_enabled = False


def keep_unfair_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Before publishing: where the council wants it so, hold back a page with open findings. Its draft is saved."""
    check = check_draft(page)
    if check is None or not check.holds_back:
        return None
    messages.error(
        request,
        gettext("%(title)s is saved as a draft and not published: %(findings)s.")
        % {"title": page.get_admin_display_title(), "findings": say_open(len(check.open))},
        buttons=[_way_to_check(page)],
    )
    return redirect(FAIRNESS_URL_NAME, page.pk)


def warn_of_unfair_page(request: HttpRequest, page: Page) -> None:
    """After publishing: say what is open."""
    check = check_draft(page)
    if check and check.open:
        text = gettext("Published with an incomplete fairness check: %(findings)s.")
        messages.warning(request, text % {"findings": say_open(len(check.open))}, buttons=[_way_to_check(page)])


def keep_unfair_pages(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Before publishing several at once, with what is below them where that is asked for."""
    pages = [thing for thing in objects if isinstance(thing, Page)]
    if action_type != "publish" or not pages:
        return None
    chosen = Q(pk__in=[page.pk for page in pages])
    if request.POST.get("include_descendants"):
        for page in pages:
            chosen |= Q(path__startswith=page.path, live=False)
    for page in ConsultationPage.objects.filter(chosen):
        if refusal := keep_unfair_page(request, page):
            return refusal
    return None


def say_open(count: int) -> str:
    return ngettext("%(count)s finding is open", "%(count)s findings are open", count) % {"count": count}


def _way_to_check(page: Page) -> Any:
    return messages.button(reverse(FAIRNESS_URL_NAME, args=[page.pk]), gettext("Fairness check"))

"""What officers see of counts, and of a change to a survey that people have answered, before it is published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from consultations.consultation_admin import ConsultationView
from consultations.counting import count_again
from consultations.draft_admin import DraftView
from consultations.enums import Standing
from consultations.fairness_check import draft_of
from consultations.models import ConsultationPage, ResponseCounts
from consultations.queries import changes_to
from consultations.survey_changes import mark_of

COUNTS_URL_NAME = "consultation_counts:counts"
CHANGES_URL_NAME = "consultation_counts:changes"

SEEN = "consultation_changes_seen"
"""Attribute of a request: the mark of the changes that its officer has seen and wants."""


class CountsView(ConsultationView):
    """What the responses come to, as last counted. ``POST`` counts again."""

    header_icon = "table"
    page_title = _("Counts")
    template_name = "consultations/admin/counts.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        count_again(self.consultation, timezone.now())
        return redirect(COUNTS_URL_NAME, self.consultation.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = ResponseCounts.objects.filter(consultation=self.consultation).first()
        counts = counted.counts if counted else None
        with_left_out = bool(counts and counts["with_left_out"]) and "left-out" in self.request.GET
        return super().get_context_data(**kwargs) | {
            "consultation": self.consultation,
            "counted": counted,
            "counts": counts,
            "standings": _standings(counts["standings"]) if counts else [],
            "questions": (counts["with_left_out" if with_left_out else "questions"]) if counts else [],
            "with_left_out": with_left_out,
            "now": timezone.now(),
        }


def _standings(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(one.label), counts.get(one.value, 0)) for one in Standing if counts.get(one.value)]


class ChangesView(DraftView):
    """What publishing the newest draft does to the answers already given, and the button that publishes it."""

    header_icon = "warning"
    page_title = _("Before you publish")
    template_name = "consultations/admin/changes.html"

    def is_allowed(self, permissions: Any) -> bool:
        return bool(permissions.can_publish())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("mark") != mark_of(changes_to(self.draft)):
            messages.error(request, gettext("The draft or the answers changed meanwhile. Look again, then publish."))
            return self.render_to_response(self.get_context_data(), status=409)
        setattr(request, SEEN, request.POST["mark"])
        for hook in hooks.get_hooks("before_publish_page"):
            if isinstance(refusal := hook(request, self.draft), HttpResponse):
                return refusal
        revision = self.draft.get_latest_revision()
        revision.publish(user=request.user)
        for hook in hooks.get_hooks("after_publish_page"):
            if isinstance(answer := hook(request, self.draft), HttpResponse):
                return answer
        messages.success(
            request, gettext("%(title)s is published.") % {"title": self.draft.get_admin_display_title()}
        )
        return redirect("wagtailadmin_pages:edit", self.draft.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = changes_to(self.draft)
        return super().get_context_data(**kwargs) | {
            "page": self.draft,
            "changes": changes,
            "mark": mark_of(changes),
        }


class CountsViewSet(ViewSet):
    """Counts and changes are reached from their consultation, so there is nothing in the menu."""

    name = "consultation_counts"
    url_prefix = "consultations/counts"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", CountsView.as_view(), name="counts"),
            path("<int:pk>/changes/", ChangesView.as_view(), name="changes"),
        ]


def show_changes_first(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Before publishing: show what the change does to answers already given. The draft is saved."""
    draft = draft_of(page)
    changes = changes_to(draft) if draft else ()
    if not changes or getattr(request, SEEN, "") == mark_of(changes):
        return None
    return redirect(CHANGES_URL_NAME, page.pk)


def show_changes_of_each_first(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Before publishing several at once: those with answers are published one by one."""
    pages = [thing for thing in objects if isinstance(thing, Page)]
    if action_type != "publish" or not pages:
        return None
    chosen = Q(pk__in=[page.pk for page in pages])
    if request.POST.get("include_descendants"):
        for page in pages:
            chosen |= Q(path__startswith=page.path)
    for consultation in ConsultationPage.objects.filter(chosen):
        draft = draft_of(consultation)
        if draft and changes_to(draft):
            text = gettext("%(title)s has answers, and its questions were changed. Publish it by itself.")
            messages.warning(request, text % {"title": consultation.get_admin_display_title()})
            return redirect(CHANGES_URL_NAME, consultation.pk)
    return None

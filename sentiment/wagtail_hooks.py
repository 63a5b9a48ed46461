"""The officers' group "Feedback" in the admin: what was said, where it is listened for, and what officers did."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet, SnippetViewSetGroup

from sentiment.enums import ToneLabel
from sentiment.forms import CorrectionForm, SourceForm
from sentiment.models import Feedback, Flag, Source
from sentiment.queries import told
from sentiment.services import correct_reading, remove_post
from wardmote.core.roles import is_officer
from wards.policies import OfficerPolicy

# What somebody said is never written or rewritten in the admin: it is filed, withdrawn and corrected by services.
register_permission_policy(Feedback, OfficerPolicy(Feedback, for_officers=("view",)))
register_permission_policy(Flag, OfficerPolicy(Flag, for_officers=("view",)))
register_permission_policy(Source, OfficerPolicy(Source, for_officers=("view", "add", "change", "delete")))


class FeedbackView(InspectView):
    """One text, the words behind its tone, and what officers may do about it."""

    template_name = "sentiment/admin/feedback.html"
    page_title = _("Feedback")
    inspect_url_name = ""

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["sentiment/admin.css"]})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", CorrectionForm())
        return super().get_context_data(told=told(self.object), may_correct=is_officer(self.request.user), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_anonymous or not is_officer(request.user):
            return HttpResponse(status=403)
        if "remove" in request.POST and self.object.source_id:
            remove_post(feedback=self.object, removed_by=request.user, removed_at=timezone.now())
            messages.success(request, _("The post was removed. It will not be taken in again."))
            return redirect(self.index_url_name)
        form = CorrectionForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        correct_reading(
            feedback=self.object,
            label=ToneLabel(form.cleaned_data["label"]),
            reason=form.cleaned_data["reason"],
            corrected_by=request.user,
            corrected_at=timezone.now(),
        )
        messages.success(request, _("The correction was recorded. The machine's reading is kept beside it."))
        return redirect(reverse(self.inspect_url_name, args=[self.object.pk]))


class FeedbackViewSet(SnippetViewSet):
    model = Feedback
    icon = "comment"
    menu_label = _("What was said")
    list_display = ["__str__", "kind", "ward", "label", DateColumn("said_at")]
    list_filter = ["kind", "label", "ward", "source"]
    search_fields = ["text"]
    search_backend_name = None
    ordering = ["-said_at", "-pk"]
    list_per_page = 50
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = FeedbackView
    panels: list[FieldPanel] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return Feedback.objects.select_related("ward", "source")


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "globe"
    menu_label = _("Sources")
    list_display = [
        "name",
        "address",
        "is_on",
        "state",
        DateColumn("checked_at"),
        "error",
    ]
    list_filter = ["is_on", "state", "ward"]
    search_fields = ["name", "address"]
    search_backend_name = None
    ordering = ["name"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("address"), FieldPanel("ward")], heading=_("Where")),
            MultiFieldPanel(
                [FieldPanel("purpose"), FieldPanel("basis"), FieldPanel("dpia_url")], heading=_("On what footing")
            ),
            FieldRowPanel(
                [FieldPanel("cadence_seconds"), FieldPanel("retention_days")], heading=_("How often, how long")
            ),
            FieldPanel("is_on"),
            MultiFieldPanel(
                [
                    FieldPanel(field, read_only=True)
                    for field in ("state", "checked_at", "next_at", "failures", "error")
                ],
                heading=_("How it is doing"),
            ),
        ],
        base_form_class=SourceForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return Source.objects.select_related("ward")


class FlagViewSet(SnippetViewSet):
    """What councillors say was read wrongly, unsettled first. A text opens where an officer corrects it."""

    model = Flag
    icon = "warning"
    menu_label = _("Flagged as wrong")
    list_display = [
        TitleColumn(
            "text",
            label=_("Text"),
            accessor=lambda flag: str(flag.feedback),
            get_url=lambda flag: reverse("wagtailsnippets_sentiment_feedback:inspect", args=[flag.feedback_id]),
        ),
        Column("ward", label=_("Ward"), accessor=lambda flag: flag.feedback.ward),
        Column("tone", label=_("Tone"), accessor=lambda flag: flag.feedback.get_label_display()),
        Column("reason", label=_("Reason")),
        Column("flagged_by", label=_("Flagged by")),
        DateColumn("flagged_at", label=_("Flagged")),
        DateColumn("settled_at", label=_("Judged by an officer")),
    ]
    list_filter = {"settled_at": ["isnull"], "feedback__ward": ["exact"]}
    search_fields = ["reason", "feedback__text"]
    search_backend_name = None
    list_per_page = 50
    copy_view_enabled = False
    panels: list[FieldPanel] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        flags = Flag.objects.select_related("feedback__ward", "flagged_by")
        return flags.order_by(F("settled_at").desc(nulls_first=True), "-flagged_at", "-pk")


class FeedbackGroup(SnippetViewSetGroup):
    items = (FeedbackViewSet, FlagViewSet, SourceViewSet)
    menu_label = _("Feedback")
    menu_icon = "comment"
    menu_order = 400


register_snippet(FeedbackGroup)


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    actions.register_action("sentiment.remove", _("Remove a post"), _("Removed on request"))

    @actions.register_action("sentiment.correct")
    class CorrectionFormatter(LogFormatter):
        label = _("Correct a reading")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            names = {value: str(label) for value, label in ToneLabel.choices}
            data: dict[str, str] = log_entry.data
            return gettext("Tone corrected from %(before)s to %(after)s: %(reason)s") % {
                "before": names.get(data.get("before", ""), gettext("not read yet")),
                "after": names.get(data.get("after", ""), ""),
                "reason": data.get("reason", ""),
            }

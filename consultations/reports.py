"""What officers read in the admin: the responses to one consultation, as a list, one by one, or as a spreadsheet."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.log_actions import log

from consultations.cells import write_cell
from consultations.entering import CORRECTABLE
from consultations.enums import ENTERED_CHANNELS, Standing
from consultations.models import Answer, ConsultationPage, Response, Upload
from sentiment.nlp.exports import safe_cell
from wardmote.core.moments import say_moment
from wardmote.core.roles import is_officer
from wards.models import Ward

EXPORT_ACTION = "consultations.export_responses"
DOWNLOAD_ACTION = "consultations.download_file"

EXPORT_CHUNK = 500
"""Responses held in memory at once while a spreadsheet is written."""

LIST_URL_NAME = "consultations_admin:index"
RESPONSES_URL_NAME = "consultation_responses:index"
RESPONSE_URL_NAME = "consultation_responses:response"
WORDS_SHOWN = 24

OWN_COLUMNS = {
    "reference": gettext_lazy("Reference"),
    "sent": gettext_lazy("Sent"),
    "from": gettext_lazy("From"),
    "language": gettext_lazy("Language"),
    "channel": gettext_lazy("Channel"),
    "standing": gettext_lazy("Standing"),
}
"""Headings of a spreadsheet's columns before those of the questions."""


def origin_of(response: Response) -> str:
    """Where a response comes from, in words."""
    if response.ward:
        return response.ward.name
    return _("Outside the area") if response.is_outside_area else _("Not said")


def fate_of(response: Response) -> str:
    """Why a response does not count, or that it was changed after it was sent."""
    if response.standing != Standing.COUNTED:
        return response.get_standing_display()
    return _("Changed") if response.changed_at else ""


class MomentColumn(Column):
    """A moment said in full: Wagtail's own column says how long ago it was, and "just now" of what is to come."""

    def get_value(self, instance: Any) -> str:
        return say_moment(super().get_value(instance), timezone.now())


class OfficersOnly:
    """Refuses everybody but officers. Responses belong to no page permission: who may edit a page may not read them."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_officer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ResponseFilterSet(WagtailFilterSet):
    ward = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Ward"), queryset=Ward.objects.none(), null_label=gettext_lazy("No ward")
    )
    submitted_at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Sent"), widget=DateRangePickerWidget)

    class Meta:
        model = Response
        fields = ["ward", "is_outside_area", "standing", "submitted_at", "language", "channel", "batch"]

    def __init__(self, *args: Any, consultation: ConsultationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heard = Ward.objects.filter(responses__consultation=consultation).distinct().order_by("name")
        self.filters["ward"].queryset = heard
        self.filters["batch"].queryset = consultation.batches.order_by("name")


class ResponsesView(OfficersOnly, ReportView):
    """The responses to one consultation, searched and filtered. Read only."""

    header_icon = "list-ul"
    filterset_class = ResponseFilterSet
    is_searchable = True
    default_ordering = "-submitted_at"
    verbose_name_plural = gettext_lazy("responses")
    columns = [
        TitleColumn("reference", label=gettext_lazy("Reference"), get_url=lambda response: response_url(response)),
        Column("first_words", label=gettext_lazy("First words"), accessor=lambda response: first_words(response)),
        Column("origin", label=gettext_lazy("From"), accessor=origin_of),
        Column("language", label=gettext_lazy("Language"), accessor="get_language_display"),
        Column("channel", label=gettext_lazy("Channel"), accessor="get_channel_display"),
        MomentColumn("submitted_at", label=gettext_lazy("Sent"), sort_key="submitted_at"),
        Column("fate", label=gettext_lazy("Since then"), accessor=lambda response: fate_of(response)),
    ]

    @cached_property
    def consultation(self) -> ConsultationPage:
        return get_object_or_404(ConsultationPage.objects.canonical(), pk=self.kwargs["consultation_pk"])

    def get_page_title(self) -> str:
        return _("Responses")

    def get_page_subtitle(self) -> str:
        return self.consultation.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = {"url": reverse(LIST_URL_NAME), "label": _("Consultations")}
        home, *rest = super().get_breadcrumbs_items()
        return [home, up, *rest]

    def get_index_url(self) -> str:
        return reverse(RESPONSES_URL_NAME, args=[self.consultation.pk])

    def get_index_results_url(self) -> str:
        return reverse("consultation_responses:results", args=[self.consultation.pk])

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(), "consultation": self.consultation}

    def get_base_queryset(self) -> QuerySet[Response]:
        answers = Prefetch("answers", queryset=Answer.objects.order_by("position"), to_attr="answers_in_order")
        responses = Response.objects.filter(consultation=self.consultation)
        return responses.select_related("ward").prefetch_related(answers)

    def search_queryset(self, queryset: QuerySet[Response]) -> QuerySet[Response]:
        if not self.is_searching:
            return queryset
        said = Answer.objects.filter(text__icontains=self.search_query).values("response")
        return queryset.filter(Q(reference__icontains=self.search_query) | Q(pk__in=said))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.is_export:
            return super().get(request, *args, **kwargs)
        chosen = self.get_queryset().exclude(standing=Standing.WITHDRAWN)
        log(
            instance=self.consultation,
            action=EXPORT_ACTION,
            user=request.user,
            data={"format": request.GET["export"], "responses": chosen.count()},
        )
        return self.as_spreadsheet(chosen.iterator(chunk_size=EXPORT_CHUNK), request.GET["export"])

    # The spreadsheet: a row for each response, a column for each question that was ever answered. What is kept aside
    # is left out: a sum over a column must come to what the counts say.

    @cached_property
    def question_headings(self) -> dict[str, str]:
        """Wordings by question id: those asked now in their order, then those taken out that still hold answers."""
        headings = {question.id: question.wording for question in self.consultation.question_list}
        answers = Answer.objects.filter(response__consultation=self.consultation).order_by("question_id")
        for question_id, wording in answers.values_list("question_id", "wording").distinct():
            headings.setdefault(question_id, wording)
        return headings

    @cached_property
    def list_export(self) -> list[str]:
        return [*OWN_COLUMNS, *self.question_headings]

    def get_heading(self, queryset: Any, field: str) -> str:
        own = OWN_COLUMNS.get(field)
        return str(own) if own else safe_cell(self.question_headings[field])

    def to_row_dict(self, item: Response) -> OrderedDict[str, str]:
        said = {answer.question_id: answer.in_one_line for answer in answers_of(item) if answer.is_asked}
        return OrderedDict(
            {
                "reference": item.reference,
                "sent": f"{timezone.localtime(item.submitted_at):%Y-%m-%d %H:%M}",
                "from": safe_cell(origin_of(item)),
                "language": item.get_language_display(),
                "channel": item.get_channel_display(),
                "standing": item.get_standing_display(),
                **{question_id: write_cell(said.get(question_id, "")) for question_id in self.question_headings},
            }
        )

    def stream_csv(self, queryset: Iterable[Response]) -> Iterator[bytes]:
        # Without this mark Excel takes the file for Windows-1252 and spoils Welsh letters.
        yield "\ufeff".encode()
        yield from super().stream_csv(queryset)

    def get_filename(self) -> str:
        return f"responses-{self.consultation.slug}-{timezone.localdate():%Y-%m-%d}"


class FileView(OfficersOnly, View):
    """A file that came with a response: to be saved, never to be shown by the browser."""

    def get(self, request: HttpRequest, consultation_pk: int, pk: int, upload_pk: UUID) -> HttpResponseBase:
        upload = get_object_or_404(
            Upload.objects.select_related("response__consultation"),
            pk=upload_pk,
            response=pk,
            response__consultation=consultation_pk,
        )
        if upload.response is None or not upload.path.exists():
            raise Http404
        log(
            instance=upload.response.consultation,
            action=DOWNLOAD_ACTION,
            user=request.user,
            data={"file": upload.name, "reference": upload.response.reference},
        )
        answer = FileResponse(
            upload.path.open("rb"), as_attachment=True, filename=upload.name, content_type=upload.content_type
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["Cache-Control"] = "private, no-store"
        return answer


class ResponseView(OfficersOnly, WagtailAdminTemplateMixin, TemplateView):
    """One response with all its answers. Read only."""

    header_icon = "list-ul"
    template_name = "consultations/admin/response.html"

    @cached_property
    def response(self) -> Response:
        responses = Response.objects.select_related("ward", "consultation", "batch", "entered_by")
        return get_object_or_404(responses, pk=self.kwargs["pk"], consultation=self.kwargs["consultation_pk"])

    def get_page_title(self) -> str:
        return self.response.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        consultation = self.response.consultation
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST_URL_NAME), "label": _("Consultations")},
            {
                "url": reverse(RESPONSES_URL_NAME, args=[consultation.pk]),
                "label": _("Responses"),
                "sublabel": consultation.title,
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = list(self.response.answers.order_by("position"))
        return super().get_context_data(**kwargs) | {
            "response": self.response,
            "origin": origin_of(self.response),
            "answers": answers,
            "versions": self.response.versions.select_related("replaced_by", "ward").order_by("-version"),
            "is_correctable": self.response.channel in ENTERED_CHANNELS and self.response.standing in CORRECTABLE,
            "has_kept_aside": not all(answer.is_asked for answer in answers),
        }


def answers_of(response: Response) -> list[Answer]:
    """The answers that ``ResponsesView`` read beforehand, in the order of the questions."""
    answers: list[Answer] = response.answers_in_order  # type: ignore[attr-defined]
    return answers


def first_words(response: Response) -> str:
    text = next((answer.text for answer in answers_of(response) if answer.text and answer.is_asked), "")
    return Truncator(text).words(WORDS_SHOWN)


def response_url(response: Response) -> str:
    return reverse(RESPONSE_URL_NAME, args=[response.consultation_id, response.pk])

"""Typing in what came on paper, by telephone, at a drop-in or by e-mail: batches, entries, checks."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from consultations.correct_admin import CorrectView, StandingView
from consultations.entering import (
    FIRST,
    EnteredTwiceAlready,
    NameTaken,
    NoSuchNumber,
    NotSettled,
    ReceivedBeforeOpening,
    ReceivedInFuture,
    SameOfficer,
    StandingRefused,
    differences_between,
    enter_again,
    enter_response,
    open_batch,
    settle_entries,
)
from consultations.entry_forms import BatchForm, EntryForm, NumberForm, make_entry_form, today_and_language
from consultations.entry_pages import EntryPage, add_refusal
from consultations.enums import ENTERED_CHANNELS, Standing
from consultations.models import Batch, ConsultationPage, Response, SecondEntry
from consultations.paper import mark_of, number_questions
from consultations.reports import response_url
from consultations.services import AnswerRefused

BATCHES_URL_NAME = "consultation_entry:batches"
ENTER_URL_NAME = "consultation_entry:enter"

LAST_SHOWN = 8
"""Responses of a batch shown below its form."""

CARRIED = ("received_date", "received_time", "language")
"""What the next form takes over from the last: it is nearly always the same in one pile."""


def with_counts(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """``batches`` with how many responses each holds, by standing; one query."""
    counted = {standing.value: Count("responses", filter=Q(responses__standing=standing)) for standing in Standing}
    return batches.annotate(entered=Count("responses"), **counted)


class BatchesView(EntryPage):
    """The batches of one consultation, and a new one."""

    template_name = "consultations/admin/batches.html"

    @cached_property
    def consultation(self) -> ConsultationPage:
        return get_object_or_404(ConsultationPage.objects.canonical(), pk=self.kwargs["consultation_pk"])

    def get_page_title(self) -> str:
        return _("Paper, telephone and e-mail")

    def get_page_subtitle(self) -> str:
        return self.consultation.title

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BatchForm(request.POST)
        if form.is_valid():
            try:
                batch = open_batch(
                    consultation=self.consultation,
                    name=form.cleaned_data["name"],
                    channel=form.cleaned_data["channel"],
                    is_entered_twice=form.cleaned_data["is_entered_twice"],
                    made_by=self.officer,
                    made_at=timezone.now(),
                )
            except NameTaken:
                form.add_error("name", _("This consultation has a batch of that name already."))
            else:
                return redirect(ENTER_URL_NAME, batch.pk)
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def get_context_data(self, *, form: BatchForm | None = None, **kwargs: Any) -> dict[str, Any]:
        batches = with_counts(self.consultation.batches.all()).select_related("made_by").order_by("-made_at", "-pk")
        return super().get_context_data(**kwargs) | {
            "consultation": self.consultation,
            "batches": batches,
            "form": form or BatchForm(),
            "typed_in": ENTERED_CHANNELS,
        }


class BatchPage(EntryPage):
    """A page about one batch."""

    @cached_property
    def batch(self) -> Batch:
        batches = with_counts(Batch.objects.filter(channel__in=ENTERED_CHANNELS))
        return get_object_or_404(batches.select_related("consultation__locale"), pk=self.kwargs["pk"])

    @cached_property
    def form_class(self) -> type[EntryForm]:
        return make_entry_form(self.batch.consultation)

    def get_page_subtitle(self) -> str:
        return f"{self.batch.name} – {self.batch.consultation.title}"

    def trail(self) -> list[tuple[str, str]]:
        batches = reverse(BATCHES_URL_NAME, args=[self.batch.consultation_id])
        return [(batches, _("Paper, telephone and e-mail"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation = self.batch.consultation
        differing = SecondEntry.objects.filter(response__batch=self.batch, settled_at=None).count()
        return super().get_context_data(**kwargs) | {
            "batch": self.batch,
            "consultation": consultation,
            "differing": differing,
            "mark": mark_of(consultation.survey),
        }


class EnterView(BatchPage):
    """One response after another. "Check" (and Enter without JavaScript) reads the codes back and saves nothing."""

    template_name = "consultations/admin/entry.html"

    def get_page_title(self) -> str:
        return _("Type in a response")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        carried = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
        initial = today_and_language(timezone.now(), self.batch.consultation.locale.language_code) | carried
        return self.render_to_response(self.get_context_data(form=self.form_class(initial=initial)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if "save" not in request.POST:
            return self._show(form, HTTPStatus.OK)
        try:
            response = enter_response(
                batch=self.batch,
                answers=form.answers(),
                received_at=form.received_at,  # type: ignore[arg-type]  # a valid form has it
                entered_by=self.officer,
                entered_at=timezone.now(),
            )
        except (ReceivedBeforeOpening, ReceivedInFuture, AnswerRefused) as refused:
            add_refusal(form, refused)
            return self._show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        tell_saved(request, response)
        carried = urlencode({name: request.POST.get(name, "") for name in CARRIED})
        return redirect(f"{reverse(ENTER_URL_NAME, args=[self.batch.pk])}?{carried}")

    def _show(self, form: EntryForm, status: HTTPStatus) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form: EntryForm = kwargs["form"]
        last = self.batch.responses.select_related("entered_by").order_by("-number")[:LAST_SHOWN]
        return super().get_context_data(**kwargs) | {
            "read_back": form.read_back() if form.is_bound else [],
            "is_checked": form.is_bound and not form.errors,
            "last": [(response, response_url(response)) for response in last],
        }


class EnterAgainView(BatchPage):
    """The second entry of a batch, blind: what the first officer typed is not shown."""

    template_name = "consultations/admin/entry.html"

    def get_page_title(self) -> str:
        return _("Type in a second time")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self._blank_form(), NumberForm(initial={"number": self._next()}), HTTPStatus.OK)

    def _blank_form(self, data: Any = None) -> EntryForm:
        form = self.form_class(data, initial=today_and_language(timezone.now(), "en"))
        for name in ("received_date", "received_time"):  # the first entry holds when it came
            del form.fields[name]
        return form

    def _next(self) -> int | None:
        waiting = self._waiting().exclude(entered_by=self.officer.pk).order_by("number")
        return waiting.values_list("number", flat=True).first()

    def _waiting(self) -> QuerySet[Response]:
        return self.batch.responses.filter(standing=Standing.WAITING, second_entry=None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, number = self._blank_form(request.POST), NumberForm(request.POST)
        is_valid = form.is_valid()
        if not (number.is_valid() and is_valid):
            return self._show(form, number, HTTPStatus.UNPROCESSABLE_ENTITY)
        if "save" not in request.POST:
            return self._show(form, number, HTTPStatus.OK)
        try:
            entry = enter_again(
                batch=self.batch,
                number=number.cleaned_data["number"],
                answers=form.answers(),
                entered_by=self.officer,
                entered_at=timezone.now(),
            )
        except (NoSuchNumber, EnteredTwiceAlready, SameOfficer) as refused:
            said = {
                NoSuchNumber: _("No paper of this number waits for its second entry."),
                EnteredTwiceAlready: _("This paper has been typed in twice already."),
                SameOfficer: _("You typed this paper in the first time. Somebody else must do it now."),
            }
            number.add_error("number", said[type(refused)])
            return self._show(form, number, HTTPStatus.UNPROCESSABLE_ENTITY)
        except AnswerRefused as refused:
            add_refusal(form, refused)
            return self._show(form, number, HTTPStatus.UNPROCESSABLE_ENTITY)
        if entry.settled_at:
            messages.success(request, _("Number %(n)s: both entries agree.") % {"n": entry.response.number})
        else:
            text = _("Number %(n)s: the entries differ. The differences wait to be settled.")
            messages.warning(request, text % {"n": entry.response.number})
        return redirect("consultation_entry:again", self.batch.pk)

    def _show(self, form: EntryForm, number: NumberForm, status: HTTPStatus) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, number_form=number), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form: EntryForm = kwargs["form"]
        number_form: NumberForm = kwargs["number_form"]
        return super().get_context_data(**kwargs) | {
            "read_back": form.read_back() if form.is_bound else [],
            "is_checked": form.is_bound and not form.errors and not number_form.errors,
            "waiting": self._waiting().count(),
        }


class DifferencesView(BatchPage):
    """Where two entries differ, one response at a time, side by side."""

    template_name = "consultations/admin/differences.html"

    def get_page_title(self) -> str:
        return _("Settle differences")

    @cached_property
    def entry(self) -> SecondEntry | None:
        open_ones = SecondEntry.objects.filter(response__batch=self.batch, settled_at=None).order_by(
            "response__number"
        )
        return open_ones.select_related("response__ward", "response__entered_by", "entered_by").first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            entry = get_object_or_404(SecondEntry, pk=request.POST.get("entry"), response__batch=self.batch)
        except ValueError as no_number:
            raise Http404 from no_number
        try:
            response = settle_entries(
                entry=entry,
                chosen={each.key: request.POST.get(each.key, "") for each in differences_between(entry)},
                settled_by=self.officer,
                settled_at=timezone.now(),
            )
        except NotSettled:
            messages.error(request, _("Choose one of the two for every difference."))
            return self.render_to_response(self.get_context_data(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except StandingRefused:
            messages.info(request, _("Somebody else has settled this one already."))
        else:
            messages.success(request, _("Number %(n)s is settled.") % {"n": response.number})
        return redirect("consultation_entry:differences", self.batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        numbers = number_questions(self.batch.consultation.survey)
        found = differences_between(self.entry) if self.entry else []
        rows = [(numbers.get(each.key), each, self.request.POST.get(each.key, "")) for each in found]
        return super().get_context_data(**kwargs) | {"entry": self.entry, "rows": rows, "first": FIRST}


def tell_saved(request: HttpRequest, response: Response) -> None:
    said = {"n": response.number, "reference": response.reference}
    if response.standing == Standing.LATE:
        text = _(
            "Saved as number %(n)s (%(reference)s): it came late and is not counted unless you say why it should."
        )
        url = reverse("consultation_entry:standing", args=[response.pk])
        messages.warning(request, text % said, buttons=[messages.button(url, _("Count it"))])
        return
    messages.success(request, _("Saved as number %(n)s (%(reference)s). Write the number on the paper.") % said)


class EntryViewSet(ViewSet):
    """Entry is reached from its consultation, so there is nothing in the menu."""

    name = "consultation_entry"
    url_prefix = "consultations/entry"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:consultation_pk>/", BatchesView.as_view(), name="batches"),
            path("batch/<int:pk>/", EnterView.as_view(), name="enter"),
            path("batch/<int:pk>/again/", EnterAgainView.as_view(), name="again"),
            path("batch/<int:pk>/differences/", DifferencesView.as_view(), name="differences"),
            path("response/<int:pk>/correct/", CorrectView.as_view(), name="correct"),
            path("response/<int:pk>/standing/", StandingView.as_view(), name="standing"),
        ]


def entry_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way from a consultation to typing in what came on paper."""
    if view_name == "edit" and page.pk and isinstance(page, ConsultationPage):
        url = reverse(BATCHES_URL_NAME, args=[page.canonical().pk])
        yield Button(_("Type in responses"), url, icon_name="edit", priority=72)

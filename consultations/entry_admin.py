"""Typing in what came on paper, by telephone, at a drop-in or by e-mail: batches, entries, checks, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from consultations.contents import content_of, say_origin
from consultations.entering import (
    CORRECTABLE,
    FIRST,
    EnteredTwiceAlready,
    EntryRefused,
    NameTaken,
    NoSuchNumber,
    NotSettled,
    ReceivedBeforeOpening,
    ReceivedInFuture,
    SameOfficer,
    StandingRefused,
    correct_response,
    count_late,
    count_unconfirmed,
    differences_between,
    enter_again,
    enter_response,
    leave_out,
    open_batch,
    settle_entries,
    take_in,
)
from consultations.entry_forms import (
    BatchForm,
    EntryForm,
    NumberForm,
    ReasonForm,
    initial_of,
    make_entry_form,
    today_and_language,
)
from consultations.enums import ENTERED_CHANNELS, Standing
from consultations.models import Batch, ConsultationPage, Response, SecondEntry
from consultations.paper import mark_of, number_questions
from consultations.reports import LIST_URL_NAME, OfficersOnly, response_url
from consultations.services import AnswerRefused, Answers

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


@method_decorator(never_cache, name="dispatch")
class EntryPage(OfficersOnly, WagtailAdminTemplateMixin, TemplateView):
    """What the pages here share: officers only, and the way up."""

    header_icon = "edit"

    @property
    def officer(self) -> AbstractBaseUser:
        return cast(AbstractBaseUser, self.request.user)  # OfficersOnly lets nobody else in

    def trail(self) -> list[tuple[str, str]]:
        """Addresses and labels between the list of consultations and this page."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = [(reverse(LIST_URL_NAME), _("Consultations")), *self.trail(), ("", self.get_page_title())]
        return [*super().get_breadcrumbs_items(), *({"url": url, "label": label} for url, label in up)]


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
        entry = get_object_or_404(SecondEntry, pk=request.POST.get("entry"), response__batch=self.batch)
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


class ResponsePage(EntryPage):
    """A page about one response."""

    @cached_property
    def response(self) -> Response:
        responses = Response.objects.select_related("ward", "batch", "consultation__locale")
        return get_object_or_404(responses, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.response.reference

    def trail(self) -> list[tuple[str, str]]:
        return [(response_url(self.response), self.response.reference)]


class CorrectView(ResponsePage):
    """Mend what was typed in wrongly. What stood before is kept."""

    template_name = "consultations/admin/entry.html"

    def get_page_title(self) -> str:
        return _("Correct what was typed in")

    def _form(self, data: Any = None) -> EntryForm:
        response = self.response
        content = content_of(response, response.answers.order_by("position"))
        page = response.consultation
        return make_entry_form(page)(
            data, initial=initial_of(page, content, response.submitted_at), keeps_residence=say_origin(content)
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._is_refused():
            return redirect(response_url(self.response))
        return self._show(self._form(), ReasonForm(), HTTPStatus.OK)

    def _is_refused(self) -> bool:
        may = self.response.channel in ENTERED_CHANNELS and self.response.standing in CORRECTABLE
        if not may:
            messages.error(self.request, _("Only what officers typed in, and have checked, can be corrected."))
        return not may

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._is_refused():
            return redirect(response_url(self.response))
        form, reason = self._form(request.POST), ReasonForm(request.POST)
        is_valid = form.is_valid()
        if "save" not in request.POST and is_valid:
            return self._show(form, ReasonForm(initial={"reason": request.POST.get("reason", "")}), HTTPStatus.OK)
        if not (reason.is_valid() and is_valid):
            return self._show(form, reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            correct_response(
                response=self.response,
                answers=self._answers(form),
                received_at=form.received_at,  # type: ignore[arg-type]  # a valid form has it
                reason=reason.cleaned_data["reason"],
                corrected_by=self.officer,
                corrected_at=timezone.now(),
            )
        except (ReceivedBeforeOpening, ReceivedInFuture, AnswerRefused) as refused:
            add_refusal(form, refused)
            return self._show(form, reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        except StandingRefused:
            messages.error(request, _("Somebody else has changed this response meanwhile. Look at it again."))
        else:
            messages.success(request, _("Corrected. What stood there before is kept below."))
        return redirect(response_url(self.response))

    def _answers(self, form: EntryForm) -> Answers:
        answers = form.answers()
        if not form.keeps_ward:
            return answers
        return Answers(
            key=answers.key,
            language=answers.language,
            ward=self.response.ward,
            is_outside_area=self.response.is_outside_area,
            given=answers.given,
        )

    def _show(self, form: EntryForm, reason: ReasonForm, status: HTTPStatus) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            reason_form=reason,
            consultation=self.response.consultation,
            batch=self.response.batch,
            read_back=form.read_back() if form.is_bound else [],
            is_checked=form.is_bound and not form.errors,
            mark=mark_of(self.response.consultation.survey),
        )
        return self.render_to_response(context, status=status)


class StandingView(ResponsePage):
    """Count a late response, leave one out, or take it back in, each with a reason."""

    template_name = "consultations/admin/standing.html"

    def get_page_title(self) -> str:
        return {
            Standing.LATE: _("Count a late response"),
            Standing.TO_CONFIRM: _("Count a response that was not confirmed"),
            Standing.LEFT_OUT: _("Take a response back in"),
        }.get(Standing(self.response.standing), _("Leave a response out"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReasonForm(request.POST)
        verbs = {
            "count": count_late,
            "count_unconfirmed": count_unconfirmed,
            "leave_out": leave_out,
            "take_in": take_in,
        }
        verb = verbs.get(request.POST.get("verb", ""))
        if verb is None or not form.is_valid():
            context = self.get_context_data(form=form)
            return self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            response = verb(response=self.response, reason=form.cleaned_data["reason"], decided_by=self.officer)
        except EntryRefused:
            messages.error(request, _("Somebody else has changed this response meanwhile. Look at it again."))
        else:
            messages.success(request, f"{response.reference}: {response.get_standing_display()}")
        return redirect(response_url(self.response))

    def get_context_data(self, *, form: ReasonForm | None = None, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"response": self.response, "form": form or ReasonForm()}


def add_refusal(form: EntryForm, refused: Exception) -> None:
    """Say at its field why a service refused."""
    match refused:
        case ReceivedBeforeOpening():
            form.add_error("received_date", _("This is before the consultation opened. Check the day."))
        case ReceivedInFuture():
            form.add_error("received_date", _("This moment is still to come. Check the day and the time."))
        case _:
            form.add_error(None, _("The questions have just been changed. Look through the codes and save again."))


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

"""Correcting what was typed in, and counting a response or leaving it out, each with a reason."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from consultations.contents import content_of, say_origin
from consultations.entering import (
    CORRECTABLE,
    CorrectedMeanwhile,
    EntryRefused,
    ReceivedBeforeOpening,
    ReceivedInFuture,
    StandingRefused,
    correct_response,
    count_late,
    count_unconfirmed,
    leave_out,
    take_in,
)
from consultations.entry_forms import CorrectionForm, EntryForm, ReasonForm, initial_of, make_entry_form
from consultations.entry_pages import EntryPage, add_refusal
from consultations.enums import ENTERED_CHANNELS, Standing
from consultations.models import Response
from consultations.paper import mark_of
from consultations.reports import response_url
from consultations.services import AnswerRefused, Answers


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
        return self._show(self._form(), CorrectionForm(initial={"version": self.response.version}), HTTPStatus.OK)

    def _is_refused(self) -> bool:
        may = self.response.channel in ENTERED_CHANNELS and self.response.standing in CORRECTABLE
        if not may:
            messages.error(self.request, _("Only what officers typed in, and have checked, can be corrected."))
        return not may

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._is_refused():
            return redirect(response_url(self.response))
        form, reason = self._form(request.POST), CorrectionForm(request.POST)
        is_valid = form.is_valid()
        if "save" not in request.POST and is_valid:
            return self._show(form, CorrectionForm(initial=request.POST.dict()), HTTPStatus.OK)
        if not (reason.is_valid() and is_valid):
            return self._show(form, reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            correct_response(
                response=self.response,
                expected_version=reason.cleaned_data["version"],
                answers=self._answers(form),
                received_at=form.received_at,  # type: ignore[arg-type]  # a valid form has it
                reason=reason.cleaned_data["reason"],
                corrected_by=self.officer,
                corrected_at=timezone.now(),
            )
        except (ReceivedBeforeOpening, ReceivedInFuture, AnswerRefused) as refused:
            add_refusal(form, refused)
            return self._show(form, reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        except CorrectedMeanwhile as refused:
            return self._show_moved(form, refused.current)
        except StandingRefused:
            messages.error(request, _("Somebody else has changed this response meanwhile. Look at it again."))
        else:
            messages.success(request, _("Corrected. What stood there before is kept below."))
        return redirect(response_url(self.response))

    def _show_moved(self, form: EntryForm, current: Response) -> HttpResponse:
        """What was typed, which may be saved over what somebody else saved, once it was held against that."""
        form.add_error(
            None,
            _(
                "Somebody else has corrected this response meanwhile. Compare what stands here, as you typed it, with "
                "the response itself, then save again."
            ),
        )
        told = self.request.POST.dict() | {"version": str(current.version)}
        return self._show(form, CorrectionForm(told), HTTPStatus.CONFLICT)

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

    def _show(self, form: EntryForm, reason: CorrectionForm, status: HTTPStatus) -> HttpResponse:
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

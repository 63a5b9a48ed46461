"""The questions of equality monitoring, on a page of their own after the answers were sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations import about_you
from consultations.equality import questions_of, take_slip
from consultations.equality_questions import EqualityQuestion
from consultations.views import find_consultation, in_reader_language, is_barred


class EqualityForm(forms.Form):
    """A question each, none of which must be answered. ``slip`` is the form's random key and stands nowhere else."""

    use_required_attribute = False

    slip = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, questions: list[EqualityQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question.key] = forms.ChoiceField(
                label=str(question.wording), choices=question.choices, required=False, widget=forms.RadioSelect
            )

    def clean_slip(self) -> UUID:
        try:
            return UUID(self.cleaned_data["slip"])
        except ValueError:
            return uuid4()

    def answers(self) -> dict[str, str]:
        """The answers given, by question."""
        return {question.key: said for question in self.questions if (said := self.cleaned_data[question.key])}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions, in a browser that sent its answers; ``POST`` keeps what is said, and thanks."""
    consultation = find_consultation(slug)
    questions = questions_of(consultation)
    if not questions or is_barred(consultation, request):
        raise Http404
    context: dict[str, Any] = {
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "now": timezone.now(),
    }
    if not about_you.is_asked(request.session, slug, timezone.now()):
        if request.method == "POST":  # sent before, or too late: there is nothing to go back to
            return render(request, "consultations/about_you_done.html", context)
        return redirect("consultations:respond", slug)
    form = EqualityForm(request.POST if request.method == "POST" else None, questions=questions)
    status = HTTPStatus.OK
    if form.is_bound:
        if form.is_valid():
            take_slip(consultation=consultation, slip=form.cleaned_data["slip"], answers=form.answers())
            about_you.done(request.session, slug)
            return render(request, "consultations/about_you_done.html", context)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    special = [question for question in questions if question.is_special]
    context |= {"form": form, "special": special}
    return render(request, "consultations/about_you.html", context, status=status)

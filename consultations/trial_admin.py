"""A draft tried out as a respondent: the real form with its rules and checks, and nothing of it kept."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from consultations.draft_admin import DraftView
from consultations.forms import AnswerForm, make_answer_form
from consultations.models import ConsultationPage

TRIAL_URL_NAME = "consultation_trial:try"


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer as it would be kept; ``is_asked`` is off for one that would be kept aside."""

    wording: str
    labels: list[str]
    text: str
    is_asked: bool


class TrialView(DraftView):
    """The newest draft's questions on one page, as respondents will see them, in the draft's own language."""

    page_title = _("Try it out")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(self.draft.locale.language_code):
            return self._show(request, self._form_class()(on=timezone.localdate()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(self.draft.locale.language_code):
            form = self._form_class()(request.POST, on=timezone.localdate())
            if not form.is_valid() or form.newly_asked:
                return self._show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return self._show(request, form, tried=tried_in(self.draft, form))

    def _form_class(self) -> type[AnswerForm]:
        return make_answer_form(self.draft.survey)

    def _show(
        self,
        request: HttpRequest,
        form: AnswerForm,
        *,
        tried: list[Tried] | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        context = {"form": form, "page": self.draft, "tried": tried, "now": timezone.now()}
        return render(request, "consultations/trial.html", context, status=status)


def tried_in(draft: ConsultationPage, form: AnswerForm) -> list[Tried]:
    """The answers of a valid form, in the order of the questions."""
    given = {each.question_id: each for each in form.given if not each.is_blank}
    return [
        Tried(
            question.wording,
            question.lines(question.keep(given[question.id])),
            question.keep_text(given[question.id]),
            question.id in form.asked,
        )
        for question in draft.question_list
        if question.id in given
    ]


class TrialViewSet(ViewSet):
    """Reached from a consultation's editor, so there is nothing in the menu."""

    name = "consultation_trial"
    url_prefix = "consultations/try"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", TrialView.as_view(), name="try")]

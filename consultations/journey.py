"""How far somebody has come through a survey of several pages: which they meet, how far each has come, what they said."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from consultations.answer_fields import done_name, field_name, said_in_field
from consultations.forms import AnswerForm
from consultations.kinds import Question, Unfit
from consultations.paging import Progress, SurveyPage, asked_pages


@dataclass(frozen=True, slots=True)
class Said:
    """One question on the way to being sent: ``lines`` and ``text`` as they will be kept, or as typed so far."""

    question: Question
    lines: tuple[str, ...]
    text: str
    errors: tuple[str, ...]
    target: str
    """Id of the control that is wrong, or of the question."""

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.text)


class Journey:
    """``fields`` is everything typed so far, by field name; ``whole`` the form of everything."""

    def __init__(self, whole: type[AnswerForm], fields: Mapping[str, list[str]], *, on: date) -> None:
        self.fields = fields
        self.judged = whole.holding(fields, on=on)
        self.judged.is_valid()

    @cached_property
    def pages(self) -> tuple[SurveyPage, ...]:
        """The pages that are met, in order."""
        return asked_pages(self.judged.survey, self.judged.asked)

    def page(self, page_id: str) -> SurveyPage | None:
        return next((page for page in self.pages if page.id == page_id), None)

    def number(self, page_id: str) -> int:
        """Place of a page among those that are met, from 1; 0 for others."""
        return next((number for number, page in enumerate(self.pages, start=1) if page.id == page_id), 0)

    def before(self, page_id: str) -> SurveyPage | None:
        place = self.number(page_id) - 1
        return self.pages[place - 1] if place > 0 else None

    def after(self, page_id: str, *, unfinished_only: bool = False) -> SurveyPage | None:
        following = self.pages[self.number(page_id) :]
        if unfinished_only:
            following = tuple(page for page in following if self.progress(page) != Progress.DONE)
        return following[0] if following else None

    def first_unfinished(self) -> SurveyPage | None:
        return next((page for page in self.pages if self.progress(page) != Progress.DONE), None)

    def progress(self, page: SurveyPage) -> Progress:
        names = [
            field_name(question, part)
            for question in page.questions
            if question.id in self.judged.asked
            for part in question.fields()
        ]
        went_on = bool(self.fields.get(done_name(page.id)))
        if went_on and not any(name in self.judged.errors for name in names):
            return Progress.DONE
        if went_on or any(self.fields.get(name) for name in names):
            return Progress.STARTED
        return Progress.NOT_STARTED

    def said_on(self, page: SurveyPage) -> list[Said]:
        """What is asked on ``page``, with what was said."""
        asked = self.judged.asked
        return [self.said(question) for question in page.questions if question.is_asked and question.id in asked]

    @cached_property
    def kept_aside(self) -> list[Said]:
        """Answers to what is no longer asked."""
        all_said = (
            self.said(question)
            for question in self.judged.survey
            if question.is_asked and question.id not in self.judged.asked
        )
        return [said for said in all_said if not said.is_empty]

    def said(self, question: Question) -> Said:
        bound = [self.judged[field_name(question, part)] for part in question.fields()]
        wrong = [field for field in bound if field.errors]
        given = next((each for each in self.judged.given if each.question_id == question.id), None)
        lines, text = tuple(said for field in bound if (said := said_in_field(field))), ""
        if given and not given.is_blank:
            with suppress(Unfit):  # what was typed says it then
                lines, text = tuple(question.lines(question.keep(given))), question.keep_text(given)
        return Said(
            question=question,
            lines=lines,
            text=text,
            errors=tuple(str(error) for field in wrong for error in field.errors),
            target=wrong[0].auto_id if wrong else f"asked-{question.id}",
        )

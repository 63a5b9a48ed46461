"""Verbs of consultations: take a response in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from consultations.enums import QuestionKind, Stage
from consultations.models import Answer, ConsultationPage, Response
from consultations.questions import Question
from sentiment.enums import FeedbackKind
from sentiment.services import file_feedback
from wardmote.core.text import MAX_TEXT_LENGTH, clean_text
from wards.models import Ward

REFERENCE_ALPHABET = "23456789CDFGHJKMNPQRTVWX"
"""Digits and capitals without those mistaken for another aloud or on paper: 0 and O, 1, I and L are out, and of 2 Z,
5 S, 8 B and U V only 2, 5, 8 and V are in. There are no vowels, so that no word comes out."""

REFERENCE_TRIES = 5
"""24 ** 8 references: with a million taken, five tries in a row meet a taken one once in 10 ** 25 times."""


class ResponseRefused(Exception):
    """A response was not taken in; nothing of it is stored."""


class ConsultationNotOpen(ResponseRefused):
    """The consultation opens later, or is not published."""


class ConsultationClosed(ResponseRefused):
    """The response came at or after ``closes_at``."""


class AnswerRefused(ResponseRefused):
    """An answer does not fit what the consultation asks; the message says how, for a programmer."""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One reply: ``text`` to a free-text question, else the ids of the chosen options."""

    question_id: str
    text: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not clean_text(self.text).strip() and not self.choices


@dataclass(frozen=True, slots=True)
class Answers:
    """A respondent's whole submission. ``key`` is the one-use key printed in their form.

    With neither ``ward`` nor ``is_outside_area`` they would rather not say where they live.
    """

    key: UUID
    language: str
    ward: Ward | None = None
    is_outside_area: bool = False
    given: tuple[AnswerGiven, ...] = ()


@transaction.atomic
def submit_response(*, consultation: ConsultationPage, answers: Answers, submitted_at: datetime) -> Response:
    """Record a respondent's answers and queue their free text to be read.

    ``submitted_at`` is timezone-aware; the caller reads the clock. Raises ``ConsultationNotOpen`` before
    ``opens_at``, ``ConsultationClosed`` at or after ``closes_at``, ``AnswerRefused`` for a question or option that
    is not asked. Safe to repeat with the same ``answers.key``, after closing too: the first response is returned,
    nothing is added.
    """
    consultation = consultation.canonical()
    if earlier := _response_of(consultation, answers.key):
        return earlier
    _refuse_unless_open(consultation, submitted_at)
    page = consultation.in_language(answers.language)
    rows = _answer_rows(page, answers.given)
    response, is_first = _insert_response(consultation, answers, submitted_at)
    if is_first:
        for row in rows:
            row.response = response
        _file_texts(Answer.objects.bulk_create(rows), response=response, page=page)
    return response


def _response_of(consultation: ConsultationPage, key: UUID) -> Response | None:
    return Response.objects.filter(consultation=consultation, key=key).first()


def _refuse_unless_open(consultation: ConsultationPage, moment: datetime) -> None:
    stage = consultation.stage_at(moment)
    if stage == Stage.FORTHCOMING or not consultation.live:
        raise ConsultationNotOpen
    if stage != Stage.OPEN:
        raise ConsultationClosed


def _insert_response(
    consultation: ConsultationPage, answers: Answers, submitted_at: datetime
) -> tuple[Response, bool]:
    """Insert the response, or return the one with its key that another process inserted a moment ago."""
    for _ in range(REFERENCE_TRIES):
        reference = make_reference()
        try:
            with transaction.atomic():
                return Response.objects.create(
                    consultation=consultation,
                    key=answers.key,
                    reference=reference,
                    submitted_at=submitted_at,
                    ward=answers.ward,
                    is_outside_area=answers.is_outside_area,
                    language=answers.language,
                ), True
        except IntegrityError:
            if earlier := _response_of(consultation, answers.key):
                return earlier, False
            if not Response.objects.filter(reference=reference).exists():
                raise
    raise RuntimeError("No free reference was found")


def _answer_rows(page: ConsultationPage, given: Sequence[AnswerGiven]) -> list[Answer]:
    """Unsaved rows of the answers that are not blank, in the order in which the questions are asked."""
    places = {question.id: (position, question) for position, question in enumerate(page.question_list)}
    if len({answer.question_id for answer in given}) < len(given):
        raise AnswerRefused("A question is answered twice")
    rows = []
    for answer in given:
        if answer.question_id not in places:
            raise AnswerRefused(f"Question {answer.question_id!r} is not asked")
        if not answer.is_blank:
            rows.append(_answer_row(*places[answer.question_id], answer))
    return sorted(rows, key=lambda row: row.position)


def _answer_row(position: int, question: Question, answer: AnswerGiven) -> Answer:
    return Answer(
        question_id=question.id,
        position=position,
        kind=question.kind,
        wording=question.wording,
        text=_fitting_text(question, answer),
        choices=_fitting_choices(question, answer),
    )


def _fitting_text(question: Question, answer: AnswerGiven) -> str:
    if answer.text and question.kind != QuestionKind.FREE_TEXT:
        raise AnswerRefused(f"Question {question.id!r} takes no text")
    if len(answer.text) > MAX_TEXT_LENGTH:
        raise AnswerRefused(f"Question {question.id!r}: a text of {len(answer.text)} characters is too long")
    return clean_text(answer.text)


def _fitting_choices(question: Question, answer: AnswerGiven) -> list[dict[str, str]]:
    most = len(question.options) if question.kind == QuestionKind.SEVERAL_CHOICES else 1
    if len(answer.choices) > most or len(set(answer.choices)) < len(answer.choices):
        raise AnswerRefused(f"Question {question.id!r}: too many options, or one chosen twice")
    chosen = []
    for option_id in answer.choices:
        option = question.option(option_id)
        if option is None:
            raise AnswerRefused(f"Question {question.id!r} has no option {option_id!r}")
        chosen.append({"id": option.id, "label": option.label})
    return chosen


def _file_texts(rows: Sequence[Answer], *, response: Response, page: ConsultationPage) -> None:
    for row in rows:
        if row.text:
            file_feedback(
                kind=FeedbackKind.ANSWER,
                origin=f"answer:{row.pk}",
                text=row.text,
                said_at=response.submitted_at,
                ward=response.ward,
                about=page.title,
                url=page.url or "",
                question=row.wording,
            )


def make_reference() -> str:
    """A reference a person can read out, such as ``WM-7F3K-92QD``. It names a response and opens nothing."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"WM-{code[:4]}-{code[4:]}"

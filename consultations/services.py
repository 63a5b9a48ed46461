"""Verbs of consultations: take a response in."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from consultations.claims import Claim, claim
from consultations.enums import QuestionKind, Stage, Standing
from consultations.kinds import AnswerGiven, Question, Unfit, asked_of
from consultations.kinds.files import FileHeld
from consultations.models import Answer, ConsultationPage, Draft, Response, Upload
from consultations.places import say_wards
from sentiment.enums import FeedbackKind
from sentiment.services import Said, file_together
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


class DraftChanged(ResponseRefused):
    """Somebody else changed the draft after its sender had seen it. ``draft`` is how it stands."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"{draft.reference} is at revision {draft.revision}")
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who sends a draft saw of it: the ``revision``, and the name of their open form, ``writer``."""

    revision: int
    writer: UUID


@dataclass(frozen=True, slots=True)
class Answers:
    """A respondent's whole submission. ``key`` is the one-use key printed in their form, ``token_hash`` the SHA-256 of
    the secret printed there too, by which they may come back to it; empty for none.

    With neither ``ward`` nor ``is_outside_area`` they would rather not say where they live. ``claims`` are what they
    may answer once with; ``standing`` is how the response begins; ``seen`` what they saw of the draft with that key.
    """

    key: UUID
    language: str
    ward: Ward | None = None
    is_outside_area: bool = False
    given: tuple[AnswerGiven, ...] = ()
    token_hash: str = ""
    claims: tuple[Claim, ...] = ()
    standing: Standing = Standing.COUNTED
    seen: Seen | None = None


@transaction.atomic
def submit_response(*, consultation: ConsultationPage, answers: Answers, submitted_at: datetime) -> Response:
    """Record a respondent's answers and queue their free text to be read.

    ``submitted_at`` is timezone-aware; the caller reads the clock. Raises ``ConsultationNotOpen`` before
    ``opens_at``, ``ConsultationClosed`` at or after ``closes_at``, ``AnswerRefused`` for a question or option that
    is not asked, ``AlreadyAnswered`` when one of ``answers.claims`` was used. Safe to repeat with the same
    ``answers.key``, after closing too: the first response is returned, nothing is added. The draft with that key goes
    in the same transaction; raises ``DraftChanged`` when it holds what ``answers.seen`` does not know. Texts are queued
    only of a response that counts.
    """
    consultation = consultation.canonical()
    if earlier := response_of(consultation, answers.key):
        return earlier
    refuse_unless_open(consultation, submitted_at)
    page = consultation.in_language(answers.language)
    rows = say_wards(answer_rows(page, answers.given), submitted_at)
    files = files_of(rows, consultation, answers.key)
    response, is_first = insert_response(consultation, answers, submitted_at, standing=answers.standing)
    if is_first:
        claim(consultation, answers.claims)
        tie_files(files, response)
        for row in rows:
            row.response = response
        Answer.objects.bulk_create(rows)
        if response.standing == Standing.COUNTED:
            file_texts(rows, response=response, page=page)
        _take_draft(consultation, answers)
    return response


def _take_draft(consultation: ConsultationPage, answers: Answers) -> None:
    draft = Draft.objects.select_for_update().filter(consultation=consultation, key=answers.key).first()
    if draft is None:
        return
    seen = answers.seen
    if seen and not draft.follows(revision=seen.revision, writer=seen.writer):
        raise DraftChanged(draft)
    draft.delete()


def response_of(consultation: ConsultationPage, key: UUID) -> Response | None:
    return Response.objects.filter(consultation=consultation, key=key).first()


def refuse_unless_open(consultation: ConsultationPage, moment: datetime) -> None:
    """Raise ``ConsultationNotOpen`` or ``ConsultationClosed`` unless answers are taken at ``moment``."""
    stage = consultation.stage_at(moment)
    if stage == Stage.FORTHCOMING or not consultation.live:
        raise ConsultationNotOpen
    if stage != Stage.OPEN:
        raise ConsultationClosed


def insert_response(
    consultation: ConsultationPage, answers: Answers, submitted_at: datetime, **fields: Any
) -> tuple[Response, bool]:
    """Insert the response, or return the one with its key that another process inserted a moment ago.

    ``fields`` are those of a response that did not come through the site.
    """
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
                    token_hash=answers.token_hash,
                    **fields,
                ), True
        except IntegrityError:
            if earlier := response_of(consultation, answers.key):
                return earlier, False
            if not Response.objects.filter(reference=reference).exists():
                raise
    raise RuntimeError("No free reference was found")


def answer_rows(page: ConsultationPage, given: Sequence[AnswerGiven]) -> list[Answer]:
    """Unsaved rows of the answers that are not blank, in the order in which the questions are asked.

    An answer whose question's rule the other answers do not meet is kept aside.
    """
    places = {question.id: (position, question) for position, question in enumerate(page.question_list)}
    if len({answer.question_id for answer in given}) < len(given):
        raise AnswerRefused("A question is answered twice")
    asked = asked_of(page.survey, given)
    rows = []
    for answer in given:
        if answer.question_id not in places:
            raise AnswerRefused(f"Question {answer.question_id!r} is not asked")
        if not answer.is_blank:
            row = _answer_row(*places[answer.question_id], answer)
            row.is_asked = answer.question_id in asked
            rows.append(row)
    return sorted(rows, key=lambda row: row.position)


def tie_files(files: Collection[Upload], response: Response) -> None:
    """Give the files that answers name to their response; what else came with its form goes."""
    for upload in files:
        upload.response = response
    Upload.objects.bulk_update(files, ["response"])
    Upload.objects.filter(consultation=response.consultation, key=response.key, response__isnull=True).delete()


def files_of(rows: Sequence[Answer], consultation: ConsultationPage, key: UUID) -> list[Upload]:
    """The files that answers name; the names they have are put into the answers.

    Raises ``AnswerRefused`` for one that did not come with this form to this question.
    """
    named = {choice["id"]: (row, choice) for row in rows if row.kind == QuestionKind.FILES for choice in row.choices}
    if not named:
        return []
    own = Upload.objects.filter(consultation=consultation, key=key, pk__in=named)
    found = {str(each.pk): each for each in own}
    for upload_id, (row, choice) in named.items():
        held = found.get(upload_id)
        if held is None or held.question_id != row.question_id:
            raise AnswerRefused(f"Question {row.question_id!r} has no file {upload_id!r}")
        choice.update(FileHeld(upload_id, held.size_bytes, held.name).choice)
    return list(found.values())


def _answer_row(position: int, question: Question, answer: AnswerGiven) -> Answer:
    try:
        text, choices = question.keep_text(answer), question.keep(answer)
    except Unfit as unfit:
        raise AnswerRefused(str(unfit)) from unfit
    return Answer(
        question_id=question.id,
        position=position,
        kind=question.kind,
        wording=question.wording,
        text=text,
        choices=choices,
    )


def file_texts(rows: Sequence[Answer], *, response: Response, page: ConsultationPage) -> list[str]:
    """Put the texts that are views before the reader, or anew where they were: the origins of what is filed."""
    filed: list[Said] = []
    read = {question.id for question in page.question_list if question.is_text_read}
    for row in rows:
        if row.is_asked and row.text and row.question_id in read:
            filed.append(Said(origin_of(row), row.text, row.wording))
    file_together(
        kind=FeedbackKind.ANSWER,
        said=filed,
        said_at=response.submitted_at,
        ward=response.ward,
        about=page.title,
        url=page.url or "",
    )
    return [each.origin for each in filed]


def origin_of(answer: Answer) -> str:
    """What an answer's text is filed under."""
    return f"answer:{answer.pk}"


def make_reference(prefix: str = "WM") -> str:
    """A reference a person can read out, such as ``WM-7F3K-92QD``. It names a response and opens nothing."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"{prefix}-{code[:4]}-{code[4:]}"

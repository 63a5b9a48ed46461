"""Verbs on a response that was sent: change it, withdraw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from consultations.drafts import hash_token
from consultations.enums import Standing
from consultations.kinds import AnswerGiven
from consultations.models import Answer, ConsultationPage, Response, ResponseVersion
from consultations.places import say_wards
from consultations.services import answer_rows, file_texts, files_of, origin_of, refuse_unless_open, tie_files
from sentiment.enums import FeedbackKind
from sentiment.services import withdraw_feedback

KEPT = ("question_id", "position", "kind", "wording", "text", "choices", "is_asked")
"""Of an answer, in an earlier version."""


class ChangeRefused(Exception):
    """A response was not changed; it stands as it stood."""


class MayNotChange(ChangeRefused):
    """The consultation does not let people change their answers."""


class ResponseWithdrawn(ChangeRefused):
    """Its respondent took the response back."""


class ResponseMovedOn(ChangeRefused):
    """It was changed in another window since the sender saw it. ``current`` is the response as it stands."""

    def __init__(self, current: Response) -> None:
        super().__init__(f"{current.reference} is at version {current.version}")
        self.current = current


def find_response(*, consultation: ConsultationPage, token: str) -> Response | None:
    """The response whose form held ``token``, or None."""
    found = Response.objects.filter(consultation=consultation.canonical(), token_hash=hash_token(token))
    return found.select_related("ward", "consultation__locale").order_by("-pk").first()


@transaction.atomic
def change_response(
    *,
    response: Response,
    given: Sequence[AnswerGiven],
    language: str,
    expected_version: int,
    changed_at: datetime,
) -> Response:
    """Put what is ``given`` now in the place of what was given to the questions asked now; the rest stays.

    What stood there before becomes a ``ResponseVersion``; texts that were filed for reading are replaced, withdrawn or
    filed. Where the respondent lives stays as they said it. Nothing changes when the same is given again. Raises
    ``ConsultationNotOpen``, ``ConsultationClosed``, ``AnswerRefused``, ``MayNotChange``, ``ResponseWithdrawn``,
    ``ResponseMovedOn``.
    """
    response = Response.objects.select_for_update().get(pk=response.pk)
    consultation = response.consultation.canonical()
    refuse_unless_open(consultation, changed_at)
    if not consultation.answers_may_change:
        raise MayNotChange
    if response.is_withdrawn:
        raise ResponseWithdrawn
    page = consultation.in_language(language)
    asked = {question.id for question in page.question_list}
    before = list(response.answers.order_by("position", "pk"))
    after = say_wards(answer_rows(page, given), changed_at)
    files = files_of(after, consultation, response.key)
    old = {answer.question_id: answer for answer in before if answer.question_id in asked}
    if _said_in(old.values()) == _said_in(after):
        return response
    if response.version != expected_version:
        raise ResponseMovedOn(response)
    ResponseVersion.objects.create(
        response=response,
        version=response.version,
        said_at=response.changed_at or response.submitted_at,
        replaced_at=max(changed_at, response.changed_at or response.submitted_at),
        language=response.language,
        answers=[{name: getattr(answer, name) for name in KEPT} for answer in before],
    )
    response.version += 1
    response.changed_at, response.language = changed_at, language
    response.save(update_fields=["version", "changed_at", "language"])
    tie_files(files, response)
    for answer in after:
        answer.response = response
        # An answer keeps its row, so that what was filed for reading is read anew and not twice.
        if earlier := old.pop(answer.question_id, None):
            answer.pk = earlier.pk
        answer.save()
    filed_before = {origin_of(answer) for answer in before if answer.question_id in asked}
    Answer.objects.filter(pk__in=[gone.pk for gone in old.values()]).delete()
    # What an officer left out is not read, changed or not.
    filed = file_texts(after, response=response, page=page) if response.standing == Standing.COUNTED else []
    for origin in filed_before.difference(filed):
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin=origin)
    return response


@transaction.atomic
def withdraw_response(*, response: Response, withdrawn_at: datetime) -> Response:
    """Mark a response as withdrawn: it counts nowhere, and its texts are no longer read. Safe to repeat.

    Raises ``ConsultationNotOpen`` or ``ConsultationClosed`` outside the open period: by then it may have been counted.
    """
    response = Response.objects.select_for_update().get(pk=response.pk)
    if response.is_withdrawn:
        return response
    refuse_unless_open(response.consultation.canonical(), withdrawn_at)
    response.standing, response.withdrawn_at = Standing.WITHDRAWN, withdrawn_at
    response.save(update_fields=["standing", "withdrawn_at"])
    for answer in response.answers.all():
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin=origin_of(answer))
    return response


def _said_in(answers: Iterable[Answer]) -> list[tuple[object, ...]]:
    """What is said, whatever the words of the question and its options: comparable."""
    return sorted(
        (each.question_id, each.text, [(one["id"], one.get("value")) for one in each.choices], each.is_asked)
        for each in answers
    )

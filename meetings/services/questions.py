"""What becomes of a public question: each service writes the row and the log in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from meetings.enums import Act, Action, AnsweredHow, Decision, QuestionState
from meetings.models import PublicQuestion, Room
from meetings.models.questions import MAX_ANSWER_LENGTH, MAX_ANSWERED_BY_LENGTH, MAX_REASON_LENGTH
from meetings.room import ImpossibleChange, question_after
from meetings.services.acting import Actor, tell
from meetings.services.errors import NotPossible, ReasonMissing, WordsErased
from meetings.services.finding import question_and_room
from meetings.services.taking import no_longer_taken
from meetings.services.telling import file_question, told_of, write_down_act
from wardmote.core.text import clean_text


@transaction.atomic
def decide_question(
    *,
    question_pk: int,
    actor: Actor,
    decision: Decision,
    decided_at: datetime,
    reason: str = "",
    answer: str = "",
    how: AnsweredHow | None = None,
    answered_by: str = "",
) -> PublicQuestion:
    """Publish, withhold (with a ``reason``), mark as answered (with an ``answer`` to show, if any) or reopen.

    A question was answered ``how`` is said, else live while the meeting goes on and in writing before and after it, by
    ``answered_by`` where that is given. Saying again what is already so changes nothing. A published question is filed
    as feedback of its ward and agenda item, a withheld one is withdrawn from it. Raises a ``RoomError``.
    """
    action = Action.ANSWER if decision in {Decision.ANSWER, Decision.REOPEN} else Action.MODERATE
    question, room = question_and_room(question_pk, actor, action)
    before = QuestionState(question.state)
    reason = clean_text(reason, limit=MAX_REASON_LENGTH).strip()
    given = _Answered(
        clean_text(answer, limit=MAX_ANSWER_LENGTH).strip(),
        how,
        clean_text(answered_by, limit=MAX_ANSWERED_BY_LENGTH).strip(),
    )
    if decision is Decision.WITHHOLD and not reason:
        raise ReasonMissing
    if _already(question, decision, reason, given):
        return question
    if decision is Decision.PUBLISH and not question.has_words:
        raise WordsErased
    try:
        after = question_after(before, decision)
    except ImpossibleChange as error:
        raise NotPossible from error
    _move(question, room, after, decided_at, reason, given)
    tell(room, decided_at, told_of(question, before))
    if after is not QuestionState.PUBLISHED:
        no_longer_taken(question, room, decided_at)
    file_question(question, room)
    write_down_act(
        question, room, Act(f"question.{decision.value}"), actor, decided_at, before=before.value, reason=reason
    )
    return question


def answer_question(
    *,
    question_pk: int,
    actor: Actor,
    answered_at: datetime,
    answer: str = "",
    how: AnsweredHow | None = None,
    answered_by: str = "",
) -> PublicQuestion:
    """Mark a published question as answered, with the answer in short if there is one to write down."""
    return decide_question(
        question_pk=question_pk,
        actor=actor,
        decision=Decision.ANSWER,
        decided_at=answered_at,
        answer=answer,
        how=how,
        answered_by=answered_by,
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer: its words, where it was given and by whom."""

    answer: str
    how: AnsweredHow | None
    by: str


_SETTLED: Mapping[Decision, QuestionState] = {
    Decision.PUBLISH: QuestionState.PUBLISHED,
    Decision.REOPEN: QuestionState.PUBLISHED,
    Decision.WITHHOLD: QuestionState.WITHHELD,
    Decision.ANSWER: QuestionState.ANSWERED,
}


def _already(question: PublicQuestion, decision: Decision, reason: str, given: _Answered) -> bool:
    """Whether a decision only repeats what is so."""
    if question.state != _SETTLED[decision]:
        return False
    if decision is Decision.WITHHOLD:
        return question.withheld_reason == reason
    said = (question.answer, question.answered_by, question.answered_how)
    return decision is not Decision.ANSWER or said == (given.answer, given.by, given.how or question.answered_how)


def _move(
    question: PublicQuestion, room: Room, after: QuestionState, moment: datetime, reason: str, given: _Answered
) -> None:
    question.state = after
    question.withheld_reason = reason if after is QuestionState.WITHHELD else ""
    if after is QuestionState.PUBLISHED and question.published_at is None:
        question.published_at = moment
    if after is QuestionState.ANSWERED:
        question.answer, question.answered_by = given.answer, given.by
        by_now = AnsweredHow.LIVE if room.is_live else AnsweredHow.WRITTEN
        question.answered_how = given.how or question.answered_how or by_now
        question.answered_at = question.answered_at or moment
    else:
        question.answered_at, question.answered_how = None, ""
    question.save()

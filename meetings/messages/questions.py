"""Frames about public questions, and what readers and moderators see of one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from meetings.enums import PUBLIC_STATES, AnsweredHow, Decision, QuestionState
from meetings.messages.frames import Command, Frame, RowId
from meetings.models import PublicQuestion
from meetings.models.questions import (
    MAX_ANSWER_LENGTH,
    MAX_ANSWERED_BY_LENGTH,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
    MAX_REASON_LENGTH,
)


class Ask(Command):
    type: Literal["ask"]
    key: UUID
    text: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_LENGTH)]
    name: Annotated[str, Field(max_length=MAX_NAME_LENGTH)] = ""
    name_is_public: bool = False
    postcode: Annotated[str, Field(max_length=20)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    agenda_item: RowId | None = None
    on_notice: bool = False
    councillor: RowId | None = None
    supplementary_to: RowId | None = None


class Support(Command):
    type: Literal["support"]
    question: RowId


class WithdrawSupport(Command):
    type: Literal["withdraw_support"]
    question: RowId


class Decide(Command):
    """An officer publishes, withholds (with a reason the asker reads), or takes an answer back."""

    type: Literal["decide"]
    question: RowId
    decision: Literal[Decision.PUBLISH, Decision.WITHHOLD, Decision.REOPEN]
    reason: Annotated[str, Field(max_length=MAX_REASON_LENGTH)] = ""


class Answer(Command):
    """An officer marks a question as answered, with the answer in short if there is one to write down.

    Without ``how``, it was answered live while the meeting goes on, and in writing before and after it.
    """

    type: Literal["answer"]
    question: RowId
    answer: Annotated[str, Field(max_length=MAX_ANSWER_LENGTH)] = ""
    how: AnsweredHow | None = None
    answered_by: Annotated[str, Field(max_length=MAX_ANSWERED_BY_LENGTH)] = ""


class QuestionView(Frame):
    """A question as readers see it."""

    id: int
    text: str
    is_edited: bool
    name: str
    ward: str
    agenda_item: int | None
    on_notice: bool
    councillor: str
    supplementary_to: int | None
    state: QuestionState
    answer: str
    answered_how: AnsweredHow | None
    answered_by: str
    asked_at: datetime
    published_at: datetime | None
    taken_at: datetime | None
    answered_at: datetime | None


class FindingView(Frame):
    """A place in a question's text at which the word check found something: ``kind`` says what."""

    kind: str
    start: int
    end: int


class ModeratedQuestionView(QuestionView):
    """A question as moderators see it: also who asked, in which words, what the word check found, and what to do."""

    asker_name: str
    original: str
    findings: tuple[FindingView, ...]
    reason: str
    merged_into: int | None
    assigned_to: int | None
    assignee: str
    proposed_answer: str
    is_shortlisted: bool


class AssignedQuestionView(QuestionView):
    """A question as the councillor sees it to whom it is assigned: no private name."""

    proposed_answer: str


class Removed(Frame):
    """A question that readers see no longer; ``into`` is the one it was joined to, where they see that."""

    id: int
    into: int | None = None


class Fate(Frame):
    """What became of a question, to whoever follows its key."""

    type: Literal["fate"] = "fate"
    key: UUID
    question: int
    state: QuestionState
    reason: str
    into: int | None = None
    """The question it was joined to, where readers see that."""
    into_state: QuestionState | None = None


def question_view(question: PublicQuestion) -> QuestionView:
    """What readers see of ``question``, which was read ``with_people``."""
    return QuestionView(**_common(question))


def moderated_view(question: PublicQuestion) -> ModeratedQuestionView:
    """What moderators see of ``question``, which was read ``with_people``."""
    return ModeratedQuestionView(
        **_common(question) | {"answer": question.answer, "answered_by": question.answered_by},
        asker_name=question.asker_name,
        findings=tuple(FindingView(**found) for found in question.findings),
        reason=question.withheld_reason,
        original=question.original_text,
        merged_into=question.merged_into_id,
        assigned_to=question.assigned_to_id,
        assignee=question.assigned_to.name if question.assigned_to else "",
        proposed_answer=question.proposed_answer,
        is_shortlisted=question.is_shortlisted,
    )


def assigned_view(question: PublicQuestion) -> AssignedQuestionView:
    """What the councillor sees of ``question``, which was read ``with_people``."""
    return AssignedQuestionView(**_common(question), proposed_answer=question.proposed_answer)


def removed(question: PublicQuestion) -> Removed:
    """That readers see ``question`` no longer, which was read ``with_people``."""
    main = question.merged_into
    return Removed(id=question.pk, into=main.pk if main and main.state in PUBLIC_STATES else None)


def fate_of(question: PublicQuestion) -> Fate:
    """What became of ``question``, which was read ``with_people``; where it was joined to another, of that too."""
    main = question.merged_into
    return Fate(
        key=question.key,
        question=question.pk,
        state=QuestionState(question.state),
        reason=main.withheld_reason if main else question.withheld_reason,
        into=main.pk if main and main.state in PUBLIC_STATES else None,
        into_state=QuestionState(main.state) if main else None,
    )


def _common(question: PublicQuestion) -> dict[str, Any]:
    return {
        "id": question.pk,
        "text": question.text,
        "is_edited": question.edited_at is not None,
        "name": question.shown_name,
        "ward": question.ward.name if question.ward else "",
        "agenda_item": question.agenda_item_id,
        "on_notice": question.on_notice,
        "councillor": question.addressed_to.name if question.addressed_to else "",
        "supplementary_to": question.supplementary_to_id,
        "state": QuestionState(question.state),
        "answer": question.shown_answer,
        "answered_how": AnsweredHow(question.answered_how) if question.answered_how else None,
        "answered_by": question.shown_answered_by,
        "asked_at": question.asked_at,
        "published_at": question.published_at,
        "taken_at": question.taken_at,
        "answered_at": question.answered_at,
    }

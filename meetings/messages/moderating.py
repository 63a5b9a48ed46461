"""Frames by which officers work on questions, and councillors answer them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.messages.frames import Command, Frame, RowId
from meetings.models.questions import MAX_ANSWER_LENGTH, MAX_QUESTION_LENGTH


class Edit(Command):
    """An officer changes a question's words. ``seen`` are those they had before them: others are not overwritten."""

    type: Literal["edit"]
    question: RowId
    text: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_LENGTH)]
    seen: Annotated[str, Field(max_length=MAX_QUESTION_LENGTH)]


class Merge(Command):
    """An officer joins a question to another that asks the same."""

    type: Literal["merge"]
    question: RowId
    into: RowId


class Unmerge(Command):
    type: Literal["unmerge"]
    question: RowId


class Assign(Command):
    """An officer gives a question to a councillor to answer, or takes it back."""

    type: Literal["assign"]
    question: RowId
    councillor: RowId | None


class Shortlist(Command):
    type: Literal["shortlist"]
    question: RowId
    is_shortlisted: bool


class ProposeAnswer(Command):
    """A councillor proposes a written answer to a question assigned to them."""

    type: Literal["propose_answer"]
    question: RowId
    answer: Annotated[str, Field(max_length=MAX_ANSWER_LENGTH)]


class TakeQuestion(Command):
    """An officer says which question is being answered, or none."""

    type: Literal["take"]
    question: RowId | None


class Hold(Command):
    """An officer's desk has a question open for editing, or none any more: said again every twenty seconds."""

    type: Literal["hold"]
    question: RowId | None


class HoldView(Frame):
    """Who has a question open: an officer's account and name."""

    by: int
    name: str


class Holding(Frame):
    """Latest values, to moderators: which questions are open on whose desk."""

    type: Literal["holding"] = "holding"
    questions: dict[int, HoldView]

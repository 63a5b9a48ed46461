"""The kinds of question, each one class. A new kind is a ``QuestionKind``, a block and a class in ``_CLASSES``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from consultations import conditions
from consultations.enums import QuestionKind
from consultations.kinds.base import (
    MAIN,
    AnswerGiven,
    Choice,
    Option,
    OptionCount,
    Question,
    QuestionCounts,
    Unfit,
)
from consultations.kinds.choices import AgreeScale, SeveralChoices, SingleChoice, YesNo
from consultations.kinds.dates import DateAsked
from consultations.kinds.files import Files
from consultations.kinds.lists import Budget, Matrix, Ranking
from consultations.kinds.numbers import Number
from consultations.kinds.places import Place
from consultations.kinds.ratings import Rating
from consultations.kinds.sections import PageBreak, SectionText
from consultations.kinds.texts import FreeText, ShortText

__all__ = [
    "KINDS",
    "MAIN",
    "AnswerGiven",
    "Choice",
    "Option",
    "OptionCount",
    "PageBreak",
    "Question",
    "QuestionCounts",
    "Unfit",
    "asked_of",
    "read_questions",
    "said_in",
]

_CLASSES: tuple[type[Question], ...] = (
    FreeText,
    ShortText,
    SingleChoice,
    SeveralChoices,
    YesNo,
    AgreeScale,
    Rating,
    Ranking,
    Matrix,
    Budget,
    Number,
    DateAsked,
    Place,
    Files,
    SectionText,
    PageBreak,
)

KINDS: dict[QuestionKind, type[Question]] = {each.kind: each for each in _CLASSES}


def read_questions(stream: Any) -> tuple[Question, ...]:
    """The questions of a page's ``questions`` stream and the text between them, in their order."""
    return tuple(KINDS[QuestionKind(block.block_type)].read(block.id, block.value) for block in stream)


def said_in(given: Iterable[AnswerGiven]) -> dict[str, tuple[str, ...]]:
    """Answers as rules see them."""
    return {each.question_id: each.choices or (each.text,) for each in given if not each.is_blank}


def asked_of(survey: Sequence[Question], given: Iterable[AnswerGiven]) -> frozenset[str]:
    """Ids of the blocks of ``survey`` that are put to somebody who has ``given`` these answers."""
    return conditions.asked(conditions.askings([question.step for question in survey]), said_in(given))

"""What every kind of question has: how it is read, asked, understood, kept, shown and counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django import forms

from consultations.conditions import Clause, Level, Operator, Rule, Step
from consultations.enums import QuestionKind
from wardmote.core.text import MAX_TEXT_LENGTH, clean_text

Choice = dict[str, str]
"""One closed part of a kept answer: an ``id`` to count by and the ``label`` its respondent saw."""

MAIN = ""
"""The part of a question that is the question itself. Other parts, such as a "tell us why", have a name."""


class Unfit(Exception):
    """An answer does not fit its question; the message says how, for a programmer."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen. ``id`` stays the same through edits and translations of ``label``."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One reply: ``text`` in the respondent's own words, ``choices`` the ids of what they chose or entered."""

    question_id: str
    text: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not clean_text(self.text).strip() and not self.choices


@dataclass(frozen=True, slots=True)
class OptionCount:
    option: Option
    count: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What the answers come to in one number or day, such as their average."""

    label: str
    value: Decimal | date


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """How often each option of one question was chosen; for free text ``options`` is empty.

    ``figures`` sums up numbers and days; there are none where nobody answered.
    """

    question: Question
    answered: int
    options: tuple[OptionCount, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(ABC):
    """One thing asked in a consultation. ``id`` is its stream block's, the same in every language.

    A kind of question is one subclass, registered in ``consultations.kinds``, and its block. Its answers are kept as a
    text and a list of choices, whatever the kind, so that they are read, exported and counted alike.
    """

    kind: ClassVar[QuestionKind]
    template: ClassVar[str] = "consultations/kinds/fields.html"
    """Draws the question in the form. Accepts: group (consultations.answer_fields.QuestionGroup)."""
    level: ClassVar[Level] = Level.QUESTION
    """How far its rule reaches."""
    takes_answers: ClassVar[bool] = True
    """Text between questions stands among them but asks nothing."""
    operators: ClassVar[tuple[Operator, ...]] = (Operator.ANSWERED,)
    """How a later question's rule may compare with its answer."""

    id: str
    wording: str
    help: str = ""
    is_required: bool = False
    options: tuple[Option, ...] = ()
    """What the answers are counted by."""
    rule: Rule | None = None
    """Of whom it is asked, when not of everybody."""

    @classmethod
    def read(cls, block_id: str, value: Any) -> Self:
        """The question that an editor's block asks."""
        return cls(
            id=block_id,
            wording=value["wording"],
            help=value["help"],
            is_required=value["is_required"],
            rule=read_rule(value),
            **cls.settings_of(value),
        )

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        """What the kind adds to the fields that every question has."""
        return {}

    @property
    def hint(self) -> str:
        return self.help

    @property
    def is_asked(self) -> bool:
        """Whether it takes an answer."""
        return self.takes_answers

    @property
    def step(self) -> Step:
        """What the rules of a survey need to know of it."""
        operators = frozenset(self.operators) if self.is_asked else frozenset[Operator]()
        return Step(self.id, self.rule, self.level, operators, self.compared_with)

    @property
    def compared_with(self) -> frozenset[str] | None:
        """Ids with which a rule may compare its answer; None stands for any number."""
        return frozenset(option.id for option in self.options)

    def say_compared(self, answer: str) -> str:
        """The answer that a rule compares with, in words."""
        option = self.option(answer)
        return f"“{option.label}”" if option else answer

    def read_compared(self, typed: str) -> str:
        """The answer that a rule compares with, as it is kept."""
        return typed.strip()

    @property
    def takes_text(self) -> bool:
        return False

    @property
    def is_text_read(self) -> bool:
        """Whether the text is a view, filed for reading, and not a fact such as a street or an organisation."""
        return self.takes_text

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        """What the consultation's page tells people they will choose from."""
        return ()

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)

    @property
    def common(self) -> dict[str, Any]:
        """The arguments of the form field that asks the question itself."""
        return {"label": self.wording, "help_text": self.hint, "required": self.is_required}

    @abstractmethod
    def fields(self) -> dict[str, forms.Field]:
        """The form's fields by part, in the order in which they are filled in."""

    @abstractmethod
    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        """The answer that the cleaned ``parts`` make.

        Raises ``ValidationError`` with messages by part when they do not go together.
        """

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        """The values, by part, that a kept answer was given with: what a form shows to whoever changes it.

        A text stands in the question's own field, or beside it where that holds what was chosen.
        """
        parts = list(self.fields())
        filled = {MAIN: [choice["id"] for choice in choices]}
        if text:
            filled[parts[1] if len(parts) > 1 else MAIN] = [text]
        return filled

    def keep(self, given: AnswerGiven) -> list[Choice]:
        """The choices to be kept. Raises ``Unfit`` for what the question does not ask."""
        if given.choices:
            raise Unfit(f"Question {self.id!r} takes no choices")
        return []

    def keep_text(self, given: AnswerGiven) -> str:
        """The text to be kept. Raises ``Unfit`` where none is asked for, or for one that is too long."""
        if given.text and not self.takes_text:
            raise Unfit(f"Question {self.id!r} takes no text")
        if len(given.text) > MAX_TEXT_LENGTH:
            raise Unfit(f"Question {self.id!r}: a text of {len(given.text)} characters is too long")
        return clean_text(given.text)

    @classmethod
    def lines(cls, choices: Iterable[Choice]) -> list[str]:
        """Kept choices as people read them: they are shown long after the question was changed or taken out."""
        return [choice["label"] for choice in choices]

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        """Counts of kept answers. ``rows`` holds different lists of choices, each with how many gave it."""
        answered, chosen = 0, Counter[str]()
        for choices, count in rows:
            answered += count
            for choice in choices:
                chosen[choice["id"]] += count
        return QuestionCounts(
            question=self,
            answered=answered,
            options=tuple(OptionCount(option, chosen[option.id]) for option in self.options),
        )


def read_rule(value: Any) -> Rule | None:
    """The rule of a block's value (``consultations.kinds.blocks.AskedIfBlock``), or None where there is none."""
    clauses = tuple(
        Clause(clause["question"] or "", Operator(clause["operator"] or Operator.IS), clause["answer"] or "")
        for clause in value.get("asked_if") or ()
    )
    return Rule(clauses, needs_any=bool(value["asked_if_any"])) if clauses else None


def no_format(words: str) -> str:
    """``words`` for a message that Django formats once more."""
    return words.replace("%", "%%")

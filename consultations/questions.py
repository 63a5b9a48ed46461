"""Questions as plain values, read once from the page's stream and handed to forms, services and queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consultations.enums import Agreement, QuestionKind


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen. ``id`` stays the same through edits and translations of ``label``."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked in a consultation. ``id`` is its stream block's, the same in every language."""

    id: str
    kind: QuestionKind
    wording: str
    help: str = ""
    is_required: bool = False
    options: tuple[Option, ...] = ()
    max_characters: int = 0
    """Longest free text that is taken; 0 for other kinds."""

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)


def read_questions(stream: Any) -> tuple[Question, ...]:
    """The questions of a page's ``questions`` stream, in the order in which they are asked."""
    return tuple(_read_question(block) for block in stream)


def _read_question(block: Any) -> Question:
    kind, value = QuestionKind(block.block_type), block.value
    return Question(
        id=block.id,
        kind=kind,
        wording=value["wording"],
        help=value["help"],
        is_required=value["is_required"],
        options=_read_options(kind, value),
        max_characters=value["max_characters"] if kind == QuestionKind.FREE_TEXT else 0,
    )


def _read_options(kind: QuestionKind, value: Any) -> tuple[Option, ...]:
    match kind:
        case QuestionKind.AGREE_SCALE:
            return tuple(Option(point.value, str(point.label)) for point in Agreement)
        case QuestionKind.SINGLE_CHOICE | QuestionKind.SEVERAL_CHOICES:
            return tuple(Option(child.id, child.value) for child in value["options"].bound_blocks)
        case QuestionKind.FREE_TEXT:
            return ()

"""The consultation as it is printed: every question with its boxes and lines, and a short code beside each.

The codes are what officers type when a form comes back (``consultations.entry_forms``), so both come from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from string import ascii_lowercase

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.kinds import Option, Question
from consultations.kinds.choices import OTHER, OneChoice, SeveralChoices, SingleChoice
from consultations.kinds.dates import DateAsked
from consultations.kinds.files import Files
from consultations.kinds.lists import Budget, Matrix, Ranking
from consultations.kinds.numbers import Number
from consultations.kinds.places import Place
from consultations.kinds.ratings import Rating
from consultations.kinds.sections import SectionText
from consultations.kinds.texts import FreeText, ShortText
from consultations.residence import NO_POSTCODE_CHOICES
from consultations.services import REFERENCE_ALPHABET
from wardmote.core.moments import say_clock, say_day

MARK_LENGTH = 4
"""Characters of a form's mark: of 24 ** 4 marks two editions of one form share one in 331,776 cases."""

CHARACTERS_A_LINE = 60
"""Of handwriting, across an A4 page with margins (our own estimate: 2.7 mm a character)."""
FEWEST_LINES, MOST_LINES = 4, 14
"""Of a free text. Nobody should feel held short, and a form of five questions should stay on four sheets."""

WIDEST_TABLE, WIDEST_LARGE_TABLE = 6, 4
"""Points of a scale that fit beside the names of the rows; beyond it each row is printed as a list."""


@dataclass(frozen=True, slots=True)
class Box:
    """What is ticked or filled in, with its code: ``4b``, or ``5a`` for a row."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """One question on paper, or (without a ``number``) text between questions. ``layout`` names its template."""

    question: Question
    layout: str
    number: int | None = None
    how: str = ""
    """How to fill it in, where paper differs from a screen."""
    boxes: tuple[Box, ...] = ()
    rows: tuple[Box, ...] = ()
    lines: int = 0
    unit: str = ""
    text_after: str = ""
    """Asks for words after the boxes, such as why."""
    directions: tuple[str, ...] = ()
    """Where to go next, by the answer, or who should answer it at all."""

    @property
    def template(self) -> str:
        return f"consultations/paper/{self.layout}.html"

    @property
    def hint(self) -> str:
        return self.how or self.question.help

    @property
    def writing_lines(self) -> range:
        return range(self.lines)


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """The whole form. ``mark`` changes with the questions, so that old prints are not taken for new ones."""

    mark: str
    questions: tuple[PrintedQuestion, ...]
    postcode_number: int
    residence: tuple[Box, ...] = field(default_factory=tuple)


Directions = Callable[[Sequence[Question], Mapping[str, int]], Mapping[str, Sequence[str]]]
"""From a survey and the printed number of each question to sentences such as "go to question 7", by question id."""


def no_directions(survey: Sequence[Question], numbers: Mapping[str, int]) -> Mapping[str, Sequence[str]]:
    """Every question is asked of everybody."""
    return {}


def print_form(
    survey: Sequence[Question], *, is_large: bool = False, directions: Directions = no_directions
) -> PrintedForm:
    """``survey`` as it stands on paper."""
    numbers = number_questions(survey)
    said = directions(survey, numbers)
    questions = tuple(
        _print_question(question, numbers.get(question.id), is_large, tuple(said.get(question.id, ())))
        for question in survey
    )
    last = len(numbers) + 1
    boxes = tuple(Box(f"{last}{letter(place)}", str(label)) for place, (_id, label) in enumerate(NO_POSTCODE_CHOICES))
    return PrintedForm(mark_of(survey), questions, last, boxes)


def number_questions(survey: Sequence[Question]) -> dict[str, int]:
    """The number of each question that takes an answer, from 1, by its id."""
    asked = (question for question in survey if question.is_asked)
    return {question.id: number for number, question in enumerate(asked, start=1)}


def letter(place: int) -> str:
    """The letter of the option at ``place`` (from 0): ``a`` to ``z``, then ``aa``, ``ab``."""
    rest, last = divmod(place, len(ascii_lowercase))
    return (letter(rest - 1) if rest else "") + ascii_lowercase[last]


def short_codes(ids: Sequence[str]) -> dict[str, str]:
    """Codes within one question, by option id: letters, or the numbers themselves where the options are numbers."""
    if ids and all(option_id.isdecimal() for option_id in ids):
        return {option_id: option_id for option_id in ids}
    return {option_id: letter(place) for place, option_id in enumerate(ids)}


def mark_of(survey: Sequence[Question]) -> str:
    """Four characters that stand for the questions asked, their options and the order of both; not for wordings."""
    asked = (question for question in survey if question.is_asked)
    told = "\n".join(" ".join([question.id, *(option.id for option in question.options)]) for question in asked)
    number = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8])
    signs = []
    for _place in range(MARK_LENGTH):
        number, sign = divmod(number, len(REFERENCE_ALPHABET))
        signs.append(REFERENCE_ALPHABET[sign])
    return "".join(signs)


def say_deadline(closes_at: datetime) -> str:
    """``Saturday 5 December 2026 at 5pm``: paper lies about for years, so the year is always there."""
    day = say_day(timezone.localdate(closes_at), date.min)
    return _("%(day)s at %(clock)s") % {"day": day, "clock": say_clock(closes_at)}


def _print_question(
    question: Question, number: int | None, is_large: bool, directions: tuple[str, ...]
) -> PrintedQuestion:
    if number is None:
        layout = "section" if isinstance(question, SectionText) else "nothing"
        return PrintedQuestion(question, layout, directions=directions)

    def printed(layout: str, **fields: object) -> PrintedQuestion:
        return PrintedQuestion(question, layout, number, directions=directions, **fields)  # type: ignore[arg-type]

    match question:
        case Rating():
            points = _boxes(number, question.options)
            why = _("Tell us why, if you wish:") if question.asks_why else ""
            how = _with_help(question, _("Circle or tick one."))
            return printed("boxes", boxes=points, how=how, text_after=why, lines=4 if why else 0)
        case SingleChoice() | OneChoice():
            return printed(
                "boxes",
                boxes=_boxes(number, question.options),
                how=_with_help(question, _("Tick one.")),
                text_after=_if_other(question),
                lines=1 if question.takes_text else 0,
            )
        case SeveralChoices():
            return printed(
                "boxes",
                boxes=_boxes(number, question.options),
                how=question.hint,
                text_after=_if_other(question),
                lines=1 if question.takes_text else 0,
            )
        case Ranking():
            return printed("numbers", rows=_boxes(number, question.options), how=question.hint)
        case Budget():
            return printed("amounts", rows=_boxes(number, question.options), how=question.hint, unit=question.unit)
        case Matrix():
            widest = WIDEST_LARGE_TABLE if is_large else WIDEST_TABLE
            layout = "table" if len(question.scale) <= widest else "lists"
            points = tuple(Box(str(place), point.label) for place, point in enumerate(question.scale, start=1))
            how = _with_help(question, _("Tick one for each row."))
            return printed(layout, rows=_boxes(number, question.rows), boxes=points, how=how)
        case Number():
            return printed("number", unit=question.unit, how=question.hint)
        case DateAsked():
            return printed("date", how=question.help)
        case ShortText():
            return printed("lines", lines=1, how=question.help)
        case FreeText():
            wanted = question.max_characters // CHARACTERS_A_LINE
            lines = min(MOST_LINES, max(FEWEST_LINES, wanted))
            more = _("Use another sheet if you need to, and write the number of the question on it.")
            return printed("lines", lines=lines, how=_with_help(question, more))
        case Place():
            return printed("lines", lines=2, how=question.hint)
        case Files():
            how = _("Put a copy into the envelope, and write the number of this question on it.")
            return printed("lines", lines=1, how=_with_help(question, how))
    # A kind that has no layout of its own yet is answered in words.
    if question.options:
        return printed("boxes", boxes=_boxes(number, question.options), how=question.hint)
    return printed("lines", lines=FEWEST_LINES, how=question.hint)


def _boxes(number: int, options: Sequence[Option]) -> tuple[Box, ...]:
    codes = short_codes([option.id for option in options])
    return tuple(
        Box(codes[option.id] if codes[option.id].isdecimal() else f"{number}{codes[option.id]}", option.label)
        for option in options
    )


def _with_help(question: Question, how: str) -> str:
    return f"{question.help} {how}".strip()


def _if_other(question: Question) -> str:
    return _("If you ticked “Other”, please say:") if question.option(OTHER) and question.takes_text else ""


def say_length(form: PrintedForm) -> str:
    """How many questions there are, the one about the postcode among them."""
    count = form.postcode_number
    return ngettext("%(n)s question", "%(n)s questions", count) % {"n": count}

"""Questions answered with a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median_low
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations.conditions import Operator
from consultations.enums import QuestionKind
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Figure, Question, QuestionCounts, Unfit

LARGEST = Decimal(10**12)
"""No number asked of residents comes near a million million; beyond it somebody leant on a key."""

NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Question):
    """A number, kept as one choice whose ``id`` is its shortest writing (``12.5``), so that equal answers fold."""

    kind = QuestionKind.NUMBER
    template: ClassVar[str] = "consultations/kinds/number.html"
    operators: ClassVar[tuple[Operator, ...]] = (
        Operator.AT_LEAST,
        Operator.AT_MOST,
        Operator.IS,
        Operator.IS_NOT,
        Operator.ANSWERED,
    )
    minimum: Decimal
    maximum: Decimal
    is_whole: bool
    unit: str = ""

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {
            "minimum": -LARGEST if value["minimum"] is None else value["minimum"],
            "maximum": LARGEST if value["maximum"] is None else value["maximum"],
            "is_whole": bool(value["is_whole"]),
            "unit": (value["unit"] or "").strip(),
        }

    @property
    def compared_with(self) -> frozenset[str] | None:
        return None

    def say_compared(self, answer: str) -> str:
        number = read_number(answer)
        return answer if number is None else say_amount(number, self.unit)

    def read_compared(self, typed: str) -> str:
        number = read_number(typed)
        return typed if number is None else write_number(number)

    @property
    def has_unit_first(self) -> bool:
        return is_currency(self.unit)

    def fields(self) -> dict[str, forms.Field]:
        return {
            MAIN: forms.CharField(
                **self.common,
                widget=number_input(is_whole=self.is_whole),
                error_messages={"required": _("Enter a number for “%(question)s”") % {"question": self.wording}},
            )
        }

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        typed = parts[MAIN]
        if not typed:
            return AnswerGiven(self.id)
        number = read_number(typed)
        if number is None or (self.is_whole and number != number.to_integral_value()):
            wrong = (
                _("The answer to “%(question)s” must be a whole number, like 12")
                if self.is_whole
                else _("The answer to “%(question)s” must be a number, like 12.5")
            )
            raise ValidationError({MAIN: wrong % {"question": self.wording}})
        if not self.minimum <= number <= self.maximum:
            raise ValidationError({MAIN: self._out_of_range(number)})
        return AnswerGiven(self.id, choices=(write_number(number),))

    def _out_of_range(self, number: Decimal) -> str:
        if number > self.maximum and self.minimum == -LARGEST:
            said = _("The answer to “%(question)s” must be %(most)s or less")
        elif number < self.minimum and self.maximum == LARGEST:
            said = _("The answer to “%(question)s” must be %(least)s or more")
        else:
            said = _("The answer to “%(question)s” must be between %(least)s and %(most)s")
        least, most = say_amount(self.minimum, self.unit), say_amount(self.maximum, self.unit)
        return said % {"question": self.wording, "least": least, "most": most}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        if len(given.choices) > 1:
            raise Unfit(f"Question {self.id!r} takes one number")
        number = read_number(given.choices[0]) if given.choices else None
        fits = number is not None and self.minimum <= number <= self.maximum
        if number is None or not fits or (self.is_whole and number != number.to_integral_value()):
            raise Unfit(f"Question {self.id!r} does not take {given.choices!r}")
        return [{"id": write_number(number), "label": say_amount(number, self.unit)}]

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        rows = list(rows)
        numbers = sorted(
            Decimal(choice["id"]) for choices, count in rows for choice in choices for _n in range(count)
        )
        counts = Question.count(self, rows)
        if not numbers:
            return counts
        return replace(
            counts,
            figures=(
                Figure(_("Lowest"), numbers[0]),
                Figure(_("Middle (half gave this or less)"), median_low(numbers)),
                Figure(_("Average"), sum(numbers, Decimal()) / len(numbers)),
                Figure(_("Highest"), numbers[-1]),
            ),
        )


def number_input(*, is_whole: bool) -> forms.TextInput:
    """A text box, not ``type=number``, which loses what it cannot read and changes when the wheel is turned."""
    mode = "numeric" if is_whole else "decimal"
    return forms.TextInput(attrs={"inputmode": mode, "class": "govuk-input--width-10", "autocomplete": "off"})


def read_number(typed: str) -> Decimal | None:
    """The number that somebody typed as people write it: ``1,200``, ``£40``, ``12.5``, ``−3``; None for others."""
    plain = re.sub(r"[\s,£]", "", typed).replace("\N{MINUS SIGN}", "-")
    return Decimal(plain) if NUMBER.fullmatch(plain) else None


def write_number(number: Decimal) -> str:
    """The shortest writing, the same for equal numbers: ``12.50`` is ``12.5``, ``-0`` is ``0``."""
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def is_currency(unit: str) -> bool:
    return unit in ("£", "€", "$")


def say_amount(number: Decimal, unit: str) -> str:
    """A number as people read it: ``1,200 miles``, ``£40``."""
    plain = write_number(number)
    whole, point, rest = plain.partition(".")
    said = f"{int(whole):,}{point}{rest}" if int(whole) else plain
    if is_currency(unit):
        return f"-{unit}{said.removeprefix('-')}" if said.startswith("-") else f"{unit}{said}"
    return f"{said}{unit}" if unit == "%" else f"{said} {unit}".strip()

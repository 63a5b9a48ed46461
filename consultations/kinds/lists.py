"""Questions answered item by item: put in order, rated row by row, or given shares of a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations.conditions import Operator
from consultations.enums import QuestionKind
from consultations.kinds.base import (
    AnswerGiven,
    Choice,
    Figure,
    Option,
    OptionCount,
    Question,
    QuestionCounts,
    Unfit,
    no_format,
)
from consultations.kinds.choices import choice_messages, keep_options, read_options
from consultations.kinds.fields import as_part
from consultations.kinds.numbers import number_input, read_number, say_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(Question):
    """Options put in order, the first counting most; some may be left out. Kept in that order."""

    kind = QuestionKind.RANKING
    template: ClassVar[str] = "consultations/kinds/parts.html"

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"options": read_options(value["options"])}

    @property
    def hint(self) -> str:
        how = _("Give 1 to what matters most to you, 2 to the next, and so on. You may leave some out.")
        return f"{self.help} {how}".strip()

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options

    def fields(self) -> dict[str, forms.Field]:
        places = [("", _("Left out")), *((str(place), str(place)) for place in range(1, len(self.options) + 1))]
        return {
            option.id: as_part(
                forms.ChoiceField(
                    label=option.label, required=False, choices=places, error_messages=choice_messages(self)
                )
            )
            for option in self.options
        }

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        asked, placed = {"question": self.wording}, dict[int, str]()
        for option_id, place in parts.items():
            if not place:
                continue
            if int(place) in placed:
                wrong = _("You gave %(place)s twice in “%(question)s”: give each its own number")
                raise ValidationError({option_id: wrong % (asked | {"place": place})})
            placed[int(place)] = option_id
        missing = next((place for place in range(1, len(placed) + 1) if place not in placed), None)
        if missing:
            wrong = _("Number from 1 without a gap in “%(question)s”: nothing has %(place)s")
            raise ValidationError({placed[min(placed)]: wrong % (asked | {"place": missing})})
        if self.is_required and not placed:
            wrong = _("Give 1 to what matters most to you in “%(question)s”")
            raise ValidationError({self.options[0].id: wrong % asked})
        return AnswerGiven(self.id, choices=tuple(placed[place] for place in sorted(placed)))

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        return {choice["id"]: [str(place)] for place, choice in enumerate(choices, start=1)}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        return keep_options(self, given.choices, most=len(self.options))

    @classmethod
    def lines(cls, choices: Iterable[Choice]) -> list[str]:
        return [f"{place}. {choice['label']}" for place, choice in enumerate(choices, start=1)]

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        """Each option's count is of those who put it first; its figure is its average place where it was given one."""
        answered, first, times, places = 0, Counter[str](), Counter[str](), Counter[str]()
        for choices, count in rows:
            answered += count
            for place, choice in enumerate(choices, start=1):
                first[choice["id"]] += count if place == 1 else 0
                times[choice["id"]] += count
                places[choice["id"]] += place * count
        return QuestionCounts(
            question=self,
            answered=answered,
            options=tuple(OptionCount(option, first[option.id]) for option in self.options),
            figures=tuple(
                Figure(option.label, Decimal(places[option.id]) / times[option.id])
                for option in self.options
                if times[option.id]
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Question):
    """Rows answered on one scale. Its options are the pairs of a row and a point, with the id ``row:point``."""

    kind = QuestionKind.MATRIX
    template: ClassVar[str] = "consultations/kinds/parts.html"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.INCLUDES, Operator.EXCLUDES, Operator.ANSWERED)
    rows: tuple[Option, ...]
    scale: tuple[Option, ...]

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        rows, scale = read_options(value["rows"]), read_options(value["scale"])
        pairs = tuple(
            Option(f"{row.id}:{point.id}", f"{row.label}: {point.label}") for row in rows for point in scale
        )
        return {"rows": rows, "scale": scale, "options": pairs}

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.rows

    def fields(self) -> dict[str, forms.Field]:
        points = [(point.id, point.label) for point in self.scale]
        return {row.id: as_part(self._field(row, points)) for row in self.rows}

    def _field(self, row: Option, points: list[tuple[str, str]]) -> forms.Field:
        said = {"row": row.label, "question": self.wording}
        offered = _("Choose one of the answers offered for “%(row)s” in “%(question)s”")
        return forms.ChoiceField(
            label=row.label,
            required=self.is_required,
            choices=points,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose an answer for “%(row)s” in “%(question)s”") % said,
                "invalid_choice": offered % {name: no_format(words) for name, words in said.items()},
            },
        )

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        return AnswerGiven(self.id, choices=tuple(f"{row}:{point}" for row, point in parts.items() if point))

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        return {row: [point] for row, _colon, point in (choice["id"].partition(":") for choice in choices)}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        kept = keep_options(self, given.choices, most=len(self.rows))
        if len({choice["id"].partition(":")[0] for choice in kept}) < len(kept):
            raise Unfit(f"Question {self.id!r}: a row is answered twice")
        return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Question):
    """A total shared out among options. Kept as each option with its amount as ``value``, nothing given being 0."""

    kind = QuestionKind.BUDGET
    template: ClassVar[str] = "consultations/kinds/budget.html"
    total: int
    unit: str = ""

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        unit = (value["unit"] or "").strip()
        return {"options": read_options(value["options"]), "total": value["total"] or 0, "unit": unit}

    @property
    def hint(self) -> str:
        how = _("Share out %(total)s. Your amounts must add up to it.") % {"total": self._say(self.total)}
        return f"{self.help} {how}".strip()

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options

    def _say(self, amount: int) -> str:
        return say_amount(Decimal(amount), self.unit)

    def fields(self) -> dict[str, forms.Field]:
        unit = f" ({self.unit})" if self.unit else ""
        return {
            option.id: as_part(
                forms.CharField(label=f"{option.label}{unit}", required=False, widget=number_input(is_whole=True))
            )
            for option in self.options
        }

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        said = {"question": self.wording, "total": self._say(self.total)}
        if not any(parts.values()):
            if self.is_required:
                wrong = _("Share out %(total)s in “%(question)s”: enter a number for at least one choice")
                raise ValidationError({self.options[0].id: wrong % said})
            return AnswerGiven(self.id)
        amounts: dict[str, int] = {}
        wrong_parts = {}
        for option in self.options:
            amount = self._amount(parts[option.id] or "0")
            if amount is None:
                wrong = _("The amount for “%(option)s” in “%(question)s” must be a whole number from 0 to %(total)s")
                wrong_parts[option.id] = wrong % (said | {"option": option.label})
            else:
                amounts[option.id] = amount
        if wrong_parts:
            raise ValidationError(wrong_parts)
        if (come_to := sum(amounts.values())) != self.total:
            wrong = _("Your amounts in “%(question)s” add up to %(sum)s: they must add up to %(total)s")
            raise ValidationError({self.options[0].id: wrong % (said | {"sum": self._say(come_to)})})
        return AnswerGiven(self.id, choices=tuple(f"{option_id}:{amount}" for option_id, amount in amounts.items()))

    def _amount(self, typed: str) -> int | None:
        number = read_number(typed)
        if number is None or number != number.to_integral_value() or not 0 <= number <= self.total:
            return None
        return int(number)

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        return {choice["id"]: [choice["value"]] for choice in choices}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        amounts = dict(choice.rpartition(":")[::2] for choice in given.choices)
        kept = keep_options(self, tuple(amounts), most=len(self.options))
        shares = [self._amount(amount) for amount in amounts.values()]
        if len(amounts) < len(given.choices) or None in shares or sum(filter(None, shares)) != self.total:
            raise Unfit(f"Question {self.id!r}: {given.choices!r} does not share out {self.total}")
        return [
            choice | {"label": f"{choice['label']}: {self._say(share or 0)}", "value": str(share)}
            for choice, share in zip(kept, shares, strict=True)
        ]

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        """Each option's count is of those who gave it anything; its figure is what it was given on average."""
        rows = list(rows)
        given = [([choice for choice in choices if choice["value"] != "0"], count) for choices, count in rows]
        counts, amounts = Question.count(self, given), Counter[str]()
        if not counts.answered:
            return counts
        for choices, count in rows:
            for choice in choices:
                amounts[choice["id"]] += int(choice["value"]) * count
        averages = ((option.label, Decimal(amounts[option.id]) / counts.answered) for option in self.options)
        return replace(counts, figures=tuple(Figure(label, average) for label, average in averages))

"""Questions answered by a point on a scale with a name at either end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from consultations.conditions import Operator
from consultations.enums import QuestionKind
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Figure, Option, Question, QuestionCounts
from consultations.kinds.choices import OneChoice
from consultations.kinds.fields import PlainTextField, as_part
from consultations.kinds.texts import too_long

WHY = "why"
"""The part in which people say why."""

MAX_WHY = 2_000
"""Characters: as long as a free text may be by default."""

DEFAULT_POINTS = 5

POINTS_FROM_ZERO = 11
"""A scale of eleven points runs from 0 to 10, as people know it; shorter ones begin at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(OneChoice):
    kind = QuestionKind.RATING
    operators: ClassVar[tuple[Operator, ...]] = (Operator.AT_LEAST, Operator.AT_MOST, *OneChoice.operators)
    low: str
    high: str
    asks_why: bool = False

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        low, high = value["low"], value["high"]
        count = value["points"] or DEFAULT_POINTS  # a draft may lack it
        first = 0 if count == POINTS_FROM_ZERO else 1
        last = first + count - 1
        named = {first: f"{first} – {low}", last: f"{last} – {high}"}
        points = tuple(Option(str(point), named.get(point, str(point))) for point in range(first, last + 1))
        return {"options": points, "low": low, "high": high, "asks_why": bool(value["asks_why"])}

    @property
    def takes_text(self) -> bool:
        return self.asks_why

    def fields(self) -> dict[str, forms.Field]:
        fields = OneChoice.fields(self)
        if self.asks_why:
            why = PlainTextField(
                label=_("Tell us why"),
                required=False,
                max_length=MAX_WHY,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"max_length": too_long(self)},
            )
            # Where the rating may be left out its label says so; where it may not, this one must say that it may.
            fields[WHY] = why if self.is_required else as_part(why)
        return fields

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        chosen = (parts[MAIN],) if parts[MAIN] else ()
        return AnswerGiven(self.id, text=parts.get(WHY, ""), choices=chosen)

    def keep(self, given: AnswerGiven) -> list[Choice]:
        # A bare number says nothing without the scale that it was chosen from.
        return [choice | {"label": self._with_scale(choice["id"])} for choice in OneChoice.keep(self, given)]

    def _with_scale(self, point: str) -> str:
        return _("%(point)s, where %(first)s and %(last)s") % {
            "point": point,
            "first": self.options[0].label,
            "last": self.options[-1].label,
        }

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        counts = Question.count(self, rows)
        rated = sum(each.count for each in counts.options)
        if not rated:
            return counts
        points = sum(int(each.option.id) * each.count for each in counts.options)
        return replace(counts, figures=(Figure(_("Average"), Decimal(points) / rated),))

"""Questions answered with a place: in words, as a point, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations.enums import QuestionKind
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Question, Unfit
from consultations.kinds.fields import PlainTextField, as_part
from consultations.kinds.texts import too_long

AT = "at"
"""The part that holds the point."""

OUTSIDE = "outside"
"""Stands for a ward in a kept point that lies in none."""

MAX_WORDS = 300
"""Characters: an address and what is there."""

FINE_DECIMALS, ROUGH_DECIMALS = 4, 3
"""Of a degree. 0.0001 of latitude is 11 metres and 0.001 is 111; of longitude, in Britain, about 6 in 10 of that."""

_DEGREES = r"([+-]?\d{1,3}(?:\.\d{1,15})?)\s*°?\s*"
_POINT = re.compile(rf"{_DEGREES}([NS]?)[\s,;]+{_DEGREES}([EW]?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS 84, rounded."""

    latitude: Decimal
    longitude: Decimal

    @property
    def id(self) -> str:
        """Its one writing, so that equal points are equal answers."""
        return f"{self.latitude},{self.longitude}"

    @property
    def label(self) -> str:
        return f"{self.latitude}, {self.longitude}"


def read_point(typed: str, decimals: int) -> Point | None:
    """A point as people and maps write it, latitude first: ``52.0567, 1.1482``, ``52.0567N 1.1482E``; None for others."""
    found = _POINT.fullmatch(typed.strip().replace("\N{MINUS SIGN}", "-"))
    if not found:
        return None
    latitude, longitude = Decimal(found[1]), Decimal(found[3])
    latitude = -latitude if found[2].upper() == "S" else latitude
    longitude = -longitude if found[4].upper() == "W" else longitude
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    step = Decimal(1).scaleb(-decimals)
    # Adding 0 turns -0 into 0.
    return Point(*(value.quantize(step, rounding=ROUND_HALF_UP) + 0 for value in (latitude, longitude)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Question):
    """A place, kept as its words and, where one was given, its point as one choice.

    When a response is recorded the choice gets the ward it lies in as ``value`` (``consultations.places``).
    """

    kind = QuestionKind.PLACE
    template: ClassVar[str] = "consultations/kinds/place.html"
    decimals: int = FINE_DECIMALS

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"decimals": ROUGH_DECIMALS if value["is_rough"] else FINE_DECIMALS}

    @property
    def hint(self) -> str:
        how = _("Give an address, a postcode or what is there.")
        return f"{self.help} {how}".strip()

    @property
    def takes_text(self) -> bool:
        return True

    @property
    def is_text_read(self) -> bool:
        return False

    def fields(self) -> dict[str, forms.Field]:
        words = PlainTextField(
            label=_("The place, in words"),
            required=False,
            max_length=MAX_WORDS,
            widget=forms.TextInput(),
            error_messages={"max_length": too_long(self)},
        )
        rounding = (
            _("Latitude and longitude, like 52.057, 1.148. We keep them to about 100 metres.")
            if self.decimals == ROUGH_DECIMALS
            else _("Latitude and longitude, like 52.0567, 1.1482. We keep them to about 10 metres.")
        )
        point = forms.CharField(
            label=_("Or as coordinates"),
            help_text=rounding,
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
        )
        return {MAIN: as_part(words), AT: as_part(point)}

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        asked, typed = {"question": self.wording}, parts[AT]
        point = read_point(typed, self.decimals) if typed else None
        if typed and point is None:
            wrong = _("The coordinates for “%(question)s” must be like 52.0567, 1.1482, or left empty")
            raise ValidationError({AT: wrong % asked})
        if self.is_required and not parts[MAIN] and point is None:
            wrong = _("Say where it is for “%(question)s”: an address, a postcode, what is there, or a point")
            raise ValidationError({MAIN: wrong % asked})
        return AnswerGiven(self.id, text=parts[MAIN], choices=(point.id,) if point else ())

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        filled = {MAIN: [text]} if text else {}
        return filled | ({AT: [choices[0]["id"].replace(",", ", ")]} if choices else {})

    def keep(self, given: AnswerGiven) -> list[Choice]:
        if len(given.choices) > 1:
            raise Unfit(f"Question {self.id!r} takes one point")
        if not given.choices:
            return []
        point = read_point(given.choices[0], self.decimals)
        if point is None or point.id != given.choices[0]:
            raise Unfit(f"Question {self.id!r} does not take {given.choices!r}")
        return [{"id": point.id, "label": point.label}]

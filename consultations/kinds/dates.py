"""Questions answered with a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.enums import QuestionKind
from consultations.kinds.base import AnswerGiven, Choice, Figure, Question, QuestionCounts, Unfit

DAY, MONTH, YEAR = "day", "month", "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateAsked(Question):
    """A day in three fields, kept as one choice whose ``id`` is its ISO writing."""

    kind = QuestionKind.DATE
    template: ClassVar[str] = "consultations/kinds/date.html"
    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"earliest": value["earliest"], "latest": value["latest"]}

    @property
    def hint(self) -> str:
        return self.help or _("For example, 27 3 2026")

    def fields(self) -> dict[str, forms.Field]:
        return {DAY: _box(_("Day"), 2), MONTH: _box(_("Month"), 2), YEAR: _box(_("Year"), 4)}

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        asked = {"question": self.wording}
        if not any(parts.values()):
            if self.is_required:
                raise ValidationError({DAY: _("Enter a date for “%(question)s”, like 27 3 2026") % asked})
            return AnswerGiven(self.id)
        missing = {
            DAY: _("The date for “%(question)s” must include a day"),
            MONTH: _("The date for “%(question)s” must include a month"),
            YEAR: _("The date for “%(question)s” must include a year"),
        }
        if wrong := {part: said % asked for part, said in missing.items() if not parts[part]}:
            raise ValidationError(wrong)
        day = _read_day(parts)
        if day is None:
            raise ValidationError(
                {DAY: _("The answer to “%(question)s” must be a real date, like 27 3 2026") % asked}
            )
        if self.earliest and day < self.earliest:
            said = _("The date for “%(question)s” must be %(day)s or later")
            raise ValidationError({DAY: said % (asked | {"day": _say(self.earliest)})})
        if self.latest and day > self.latest:
            said = _("The date for “%(question)s” must be %(day)s or earlier")
            raise ValidationError({DAY: said % (asked | {"day": _say(self.latest)})})
        return AnswerGiven(self.id, choices=(day.isoformat(),))

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        if not choices:
            return {}
        day = date.fromisoformat(choices[0]["id"])
        return {DAY: [str(day.day)], MONTH: [str(day.month)], YEAR: [str(day.year)]}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        try:
            (iso,) = given.choices
            day = date.fromisoformat(iso)
        except ValueError as wrong:
            raise Unfit(f"Question {self.id!r} takes one date, not {given.choices!r}") from wrong
        if (self.earliest and day < self.earliest) or (self.latest and day > self.latest):
            raise Unfit(f"Question {self.id!r} does not take {iso}")
        return [{"id": day.isoformat(), "label": _say(day)}]

    def count(self, rows: Iterable[tuple[list[Choice], int]]) -> QuestionCounts:
        rows = list(rows)
        counts = Question.count(self, rows)
        days = sorted(choice["id"] for choices, _count in rows for choice in choices)
        if not days:
            return counts
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        return replace(counts, figures=(Figure(_("Earliest"), first), Figure(_("Latest"), last)))


def _box(label: str, width: int) -> forms.CharField:
    attrs = {"inputmode": "numeric", "class": f"govuk-date-input__input govuk-input--width-{width}"}
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs))


def _read_day(parts: Mapping[str, str]) -> date | None:
    """The day, or None for one that is not in the calendar; a year has four digits, so that 26 is not AD 26."""
    try:
        day = date(int(parts[YEAR]), int(parts[MONTH]), int(parts[DAY]))
    except (ValueError, OverflowError):
        return None
    return day if day.year >= 1000 else None


def _say(day: date) -> str:
    return date_format(day, "j F Y")

"""What a council measures by, and how many days people really have: plain values in, plain values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consultations.bank_holidays import DAY, Nation, bank_holidays
from consultations.plain_english import Jargon


class PeriodKind(StrEnum):
    """Why days count for less. Holidays are taken off the time people have; a pre-election period is named."""

    SCHOOL_HOLIDAY = "school_holiday"
    PRE_ELECTION = "pre_election"
    BANK_HOLIDAY = "bank_holiday"


@dataclass(frozen=True, slots=True)
class Period:
    """Days a council entered, half-open: ``until`` is the first day after them."""

    kind: PeriodKind
    name: str
    start: date
    until: date

    def holds(self, day: date) -> bool:
        return self.start <= day < self.until


@dataclass(frozen=True, slots=True)
class Standard:
    """What the council measures by."""

    nation: Nation
    shortest_days: int
    highest_grade: int
    jargon: tuple[Jargon, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """How long people have. The day it opens is not counted, as the law counts periods; its last day is."""

    days: int
    bank_holidays: int
    school_holidays: int
    """Days of school holidays that are not bank holidays too."""

    @property
    def counted(self) -> int:
        return self.days - self.bank_holidays - self.school_holidays


def time_given(opens_on: date, last_day: date, standard: Standard) -> Time:
    """The days after ``opens_on`` up to ``last_day``, and how many of them are holidays."""
    days = [opens_on + n * DAY for n in range(1, (last_day - opens_on).days + 1)]
    bank = {day for day in days if _is_bank_holiday(day, standard)}
    school = sum(day not in bank and _is_in(day, PeriodKind.SCHOOL_HOLIDAY, standard) for day in days)
    return Time(len(days), len(bank), school)


def earliest_last_day(opens_on: date, standard: Standard) -> date:
    """The first day at whose end the council's shortest time is over."""
    day, counted = opens_on, 0
    while counted < standard.shortest_days:
        day += DAY
        counted += not (_is_bank_holiday(day, standard) or _is_in(day, PeriodKind.SCHOOL_HOLIDAY, standard))
    return day


def _is_bank_holiday(day: date, standard: Standard) -> bool:
    return day in bank_holidays(day.year, standard.nation) or _is_in(day, PeriodKind.BANK_HOLIDAY, standard)


def _is_in(day: date, kind: PeriodKind, standard: Standard) -> bool:
    return any(period.kind == kind and period.holds(day) for period in standard.periods)

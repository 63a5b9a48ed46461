"""The bank holidays of a year, worked out by rule: no list to keep up to date, no network.

Sources: Banking and Financial Dealings Act 1971, schedule 1 (the days named there, by nation), with the days that are
holidays by common law or yearly proclamation (New Year's Day, the first Monday of May, Good Friday and Christmas Day
where the schedule does not name them); St Andrew's Day Bank Holiday (Scotland) Act 2007. A day proclaimed for one year
alone, or moved for one, follows no rule: the council enters it as a period of its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import cache

DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5


class Nation(StrEnum):
    """The part of the United Kingdom whose holidays a council keeps."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian ``year``.

    Source: the anonymous algorithm in J. Meeus, Astronomical Algorithms (1991), chapter 8; the letters are its own.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int, nation: Nation) -> frozenset[date]:
    """The days of ``year`` on which banks are closed in ``nation``, never a Saturday or a Sunday.

    A holiday that falls on a weekend is kept on the next weekday that is not a holiday itself.
    """
    easter = easter_sunday(year)
    days = [
        date(year, 1, 1),
        easter - 2 * DAY,
        _first_monday(year, 5),
        _last_monday(year, 5),
        date(year, 12, 25),
        date(year, 12, 26),
    ]
    if nation == Nation.SCOTLAND:
        days += [date(year, 1, 2), _first_monday(year, 8), date(year, 11, 30)]
    else:
        days += [easter + DAY, _last_monday(year, 8)]
    if nation == Nation.NORTHERN_IRELAND:
        days += [date(year, 3, 17), date(year, 7, 12)]
    kept = {day for day in days if day.weekday() < SATURDAY}
    for day in sorted(set(days) - kept):
        while day.weekday() >= SATURDAY or day in kept:
            day += DAY
        kept.add(day)
    return frozenset(kept)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + (MONDAY - first.weekday()) % 7 * DAY


def _last_monday(year: int, month: int) -> date:
    """The last Monday of a month of 31 days."""
    last = date(year, month, 31)
    return last - (last.weekday() - MONDAY) * DAY

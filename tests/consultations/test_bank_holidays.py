"""Bank holidays by rule, held against the days that were published for each nation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.bank_holidays import Nation, bank_holidays, easter_sunday

YEARS = st.integers(1978, 2400)
"""From the first year with every one of today's holidays in England."""

NATIONS = st.sampled_from(list(Nation))


def days(year: int, *told: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for day in told)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28)],
)
def test_easter_falls_where_the_almanac_has_it(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("year", "nation", "expected"),
    [
        (2026, Nation.ENGLAND, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2026, Nation.WALES, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2025, Nation.SCOTLAND, "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26"),
        (2026, Nation.NORTHERN_IRELAND, "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28"),
        # Christmas Day on a Saturday: both days move past it.
        (2021, Nation.ENGLAND, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        # New Year's Day on a Sunday: in Scotland the Monday is a holiday already, so it moves to the Tuesday.
        (2023, Nation.SCOTLAND, "01-02 01-03 04-07 05-01 05-29 08-07 11-30 12-25 12-26"),
        # New Year's Day on a Saturday.
        (2028, Nation.SCOTLAND, "01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26"),
    ],
)
def test_each_nation_keeps_its_own_days(year, nation, expected):
    assert bank_holidays(year, nation) == days(year, *expected.split())


@given(YEARS, NATIONS)
def test_no_bank_holiday_falls_on_a_weekend_or_into_another_year(year, nation):
    assert {(day.year, day.weekday() < 5) for day in bank_holidays(year, nation)} == {(year, True)}


@given(YEARS, NATIONS)
def test_no_holiday_is_lost_to_another(year, nation):
    expected = {Nation.SCOTLAND: 9, Nation.NORTHERN_IRELAND: 10}
    assert len(bank_holidays(year, nation)) == expected.get(nation, 8)


@given(st.integers(1583, 4000))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    easter = easter_sunday(year)
    assert (easter.weekday(), date(year, 3, 22) <= easter <= date(year, 4, 25)) == (6, True)
    assert easter - timedelta(days=2) in bank_holidays(year, Nation.SCOTLAND)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.changes import Change, change_point

Shares = tuple[float, float, float]
CALM: Shares = (0.3, 0.2, 0.5)
WORSE: Shares = (0.5, 0.2, 0.3)


def series(draw: np.random.Generator, shares: list[Shares], a_week: int) -> list[tuple[int, int, int]]:
    return [tuple(int(n) for n in draw.multinomial(draw.poisson(a_week), each)) for each in shares]  # type: ignore[misc]


@pytest.mark.parametrize("a_week", [3, 30])
def test_an_unchanged_ward_raises_an_alarm_in_one_of_twenty_series_at_most(a_week: int) -> None:
    draw = np.random.default_rng(1)
    alarms = sum(change_point(series(draw, [CALM] * 13, a_week)) is not None for _ in range(300))
    assert alarms <= 0.05 * 300 + 3 * (0.05 * 0.95 * 300) ** 0.5  # three standard errors of 300 series


def test_a_shift_of_four_tenths_at_forty_texts_a_week_is_found_near_its_week() -> None:
    draw = np.random.default_rng(2)
    found = [change_point(series(draw, [CALM] * 7 + [WORSE] * 6, 40)) for _ in range(100)]
    near = [change for change in found if change and abs(change.week - 7) <= 1]
    assert len(near) >= 80


def test_a_plain_change_is_told_with_both_net_tones() -> None:
    change = change_point([(2, 0, 8)] * 5 + [(0, 0, 0)] + [(8, 0, 2)] * 5)
    assert change is not None
    assert change == Change(change.week, pytest.approx(0.6), pytest.approx(-0.6), 0.001)
    assert change.week in (5, 6)  # the empty week between belongs to neither side


@pytest.mark.parametrize("weeks", [[], [(1, 1, 1)], [(0, 0, 0)] * 13, [(2, 0, 0), (0, 0, 2)], [(0, 9, 0)] * 9])
def test_where_there_is_too_little_to_tell_nothing_is_told(weeks: list[tuple[int, int, int]]) -> None:
    assert change_point(weeks) is None


@pytest.mark.parametrize("rate", [0, 1, -0.1])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate of false alarms"):
        change_point([(1, 1, 1)] * 9, rate)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        change_point([(1, -1, 1)] * 9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 3), max_size=20))
def test_the_mirror_of_a_series_has_the_mirror_of_its_change(weeks: list[tuple[int, int, int]]) -> None:
    change, turned = change_point(weeks), change_point([(p, n, m) for m, n, p in weeks])
    if change and turned:
        assert (turned.week, turned.before, turned.after) == (change.week, -change.before, -change.after)

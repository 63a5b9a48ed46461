import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.nlp.uncertainty import Interval, RunningMean, mean_interval, share_interval, t_point


def rounded(interval: Interval, digits: int = 3) -> Interval:
    return Interval(round(interval.low, digits), round(interval.high, digits))


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [
        (0, 0, Interval(0.0, 1.0)),
        (0, 10, Interval(0.0, 0.278)),
        (10, 10, Interval(0.722, 1.0)),
        (5, 10, Interval(0.237, 0.763)),
        (81, 263, Interval(0.255, 0.366)),  # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (15, 148, Interval(0.062, 0.160)),  # the same
        (1, 29, Interval(0.006, 0.172)),  # the same
    ],
)
def test_share_has_the_interval_printed_in_the_literature(successes, n, expected):
    assert rounded(share_interval(successes, n)) == expected


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_an_impossible_share_is_refused(successes, n):
    with pytest.raises(ValueError, match="between 0 and n"):
        share_interval(successes, n)


@given(n=st.integers(0, 5_000), data=st.data())
def test_share_interval_holds_the_share_and_stays_a_share(n, data):
    successes = data.draw(st.integers(0, n))
    interval = share_interval(successes, n)

    assert 0 <= interval.low <= interval.high <= 1
    if n:
        assert interval.low <= successes / n <= interval.high


@pytest.mark.parametrize(
    ("degrees", "expected"), [(1, 12.706), (4, 2.776), (30, 2.042), (31, 2.0395), (40, 2.0211), (120, 1.9799)]
)
def test_t_is_that_of_the_tables(degrees, expected):
    assert t_point(degrees) == pytest.approx(expected, abs=2e-4)


def test_t_needs_a_degree_of_freedom():
    with pytest.raises(ValueError, match="1 or more"):
        t_point(0)


def test_mean_of_five_tones_by_hand():
    interval = mean_interval([-0.5, 0.0, 0.1, 0.2, 0.7])  # mean 0.1, s² = 0.185
    half = 2.776 * math.sqrt(0.185 / 5)

    assert interval == Interval(pytest.approx(0.1 - half), pytest.approx(0.1 + half))


@pytest.mark.parametrize("values", [[], [0.3], [0.2, 0.2, 0.2], [0.1] * 50])
def test_no_spread_to_judge_by_means_no_interval(values):
    assert mean_interval(values) is None


def test_an_interval_never_leaves_the_range_of_tones():
    assert mean_interval([-1.0, 1.0]) == Interval(-1.0, 1.0)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50))
def test_a_running_mean_says_the_same_as_the_whole_list(values):
    running = RunningMean()
    for value in values:
        running.add(value)
    whole = mean_interval(values)
    kept = running.interval()

    assert running.n == len(values)
    assert running.mean == pytest.approx(fmean(values), abs=1e-9)
    assert (whole is None) == (kept is None)
    if whole is not None and kept is not None:
        assert (kept.low, kept.high) == pytest.approx((whole.low, whole.high), abs=1e-6)

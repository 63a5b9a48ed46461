"""A ward's net tone as it is kept: what corrects it, what draws it to the mean, and when there is none."""

from __future__ import annotations

import pytest

from sentiment.checks import Check
from sentiment.enums import ToneLabel
from sentiment.net_tone import among, own, uncorrected
from sentiment.nlp.net import ROW_CHECKS
from sentiment.nlp.uncertainty import mean_interval


def checks(each: int, wrong: int) -> list[Check]:
    """So many checks of each tone, of which the machine called ``wrong`` negative ones neutral."""
    pairs = [(tone, tone) for tone in ("negative", "neutral", "positive") for _number in range(each)]
    pairs[:wrong] = [("neutral", "negative")] * wrong
    return [Check(number, 1, ToneLabel(machine), ToneLabel(person)) for number, (machine, person) in enumerate(pairs)]


def kept(value, low, high, n=40, checked=0):
    return {"own": [value, low, high], "shown": [value, low, high], "n": n, "checks": checked}


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_nothing_is_kept_below_the_small_number_threshold(n, shown):
    assert (own({"negative": n, "unread": 50, "": 50}, []) is not None) is shown


def test_without_checks_it_is_as_the_machine_read():
    interval = mean_interval([-1.0] * 20 + [0.0] * 10 + [1.0] * 10)
    found = own({"negative": 20, "neutral": 5, "unsure": 5, "positive": 10, "unread": 7}, [])
    assert found == kept(-0.25, pytest.approx(interval.low), pytest.approx(interval.high))


def test_texts_all_alike_still_leave_room_for_others():
    assert uncorrected({"negative": 10}, 10).interval.low == -1.0
    assert -0.6 < uncorrected({"negative": 10}, 10).interval.high < -0.3
    assert uncorrected({"neutral": 10}, 10).interval.low == -uncorrected({"neutral": 10}, 10).interval.high


@pytest.mark.parametrize(("each", "corrected"), [(ROW_CHECKS - 1, 0), (ROW_CHECKS, 3 * ROW_CHECKS)])
def test_checks_correct_it_once_each_tone_was_found_often_enough(each, corrected):
    found = own({"negative": 10, "neutral": 20, "positive": 10}, checks(each, wrong=0))
    assert found["checks"] == corrected


def test_a_machine_that_misses_complaints_is_corrected_downwards():
    counts = {"negative": 20, "neutral": 40, "positive": 40}
    found = own(counts, checks(30, wrong=15))
    assert abs(found["own"][0]) < 0.1 < 0.2 == own(counts, [])["own"][0]


def test_a_small_ward_is_drawn_towards_the_others_and_its_own_figure_is_kept():
    mine = kept(-0.8, -1.0, -0.2, n=10)
    found = among(mine, [kept(value, value - 0.05, value + 0.05) for value in (0.1, 0.2, 0.3, 0.15)] + [None])
    assert found["own"] == mine["own"]
    assert -0.8 < found["shown"][0] < 0.3


def test_with_few_wards_to_compare_each_stays_as_it_is():
    mine = kept(-0.8, -1.0, -0.2)
    assert among(mine, [kept(0.1, 0.0, 0.2)]) == mine
    assert among(None, [mine]) is None

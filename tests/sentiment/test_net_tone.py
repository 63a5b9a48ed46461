"""A ward's net tone as it is kept: what corrects it, what draws it to the mean, and when there is none."""

from __future__ import annotations

import pytest

from sentiment.checks import Check
from sentiment.enums import ToneLabel
from sentiment.net_tone import among, own
from sentiment.nlp import net, tone
from sentiment.nlp.net import ROW_CHECKS


def checks(each: int, wrong: int) -> list[Check]:
    """So many checks of each tone, of which the machine called ``wrong`` negative ones neutral."""
    pairs = [(tone, tone) for tone in ("negative", "neutral", "positive") for _number in range(each)]
    pairs[:wrong] = [("neutral", "negative")] * wrong
    return [Check(number, 1, ToneLabel(machine), ToneLabel(person)) for number, (machine, person) in enumerate(pairs)]


def kept(value, low, high, n=40, checked=0):
    return {"own": [value, low, high], "shown": [value, low, high], "n": n, "checks": checked}


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_nothing_is_kept_below_the_small_number_threshold(n, shown):
    assert (own({"negative": n, "unread": 50, "": 50}, [], "fast") is not None) is shown


@pytest.mark.parametrize("tier", tone.TIERS)
def test_without_checks_the_known_errors_of_the_tiers_reader_correct_it(tier):
    counts = {"negative": 20, "neutral": 5, "unsure": 5, "positive": 10, "unread": 7}
    expected = net.net_tone(counts, held_out=net.HELD_OUT[tier])
    assert own(counts, [], tier) == kept(expected.net, expected.interval.low, expected.interval.high)


def test_each_tier_is_corrected_by_its_own_errors():
    counts = {"negative": 20, "neutral": 40, "positive": 40}
    assert len({own(counts, [], tier)["own"][0] for tier in tone.TIERS}) == len(tone.TIERS)


def test_with_few_checks_the_interval_is_wide_and_with_many_it_is_narrower():
    def width(found):
        _value, low, high = found["own"]
        return high - low

    counts = {"negative": 100, "neutral": 60, "positive": 240}
    few, many = own(counts, [], "fast"), own(counts, checks(60, wrong=0), "fast")
    assert width(many) < 0.7 * width(few)


@pytest.mark.parametrize(("each", "corrected"), [(ROW_CHECKS - 1, 0), (ROW_CHECKS, 3 * ROW_CHECKS)])
def test_checks_correct_it_once_each_tone_was_found_often_enough(each, corrected):
    found = own({"negative": 10, "neutral": 20, "positive": 10}, checks(each, wrong=0), "fast")
    assert found["checks"] == corrected


def test_a_machine_that_misses_complaints_is_corrected_downwards():
    counts = {"negative": 20, "neutral": 40, "positive": 40}
    found = own(counts, checks(30, wrong=15), "fast")
    assert found["own"][0] < 0.1 < own(counts, checks(30, wrong=0), "fast")["own"][0]


def test_a_small_ward_is_drawn_towards_the_others_and_its_own_figure_is_kept():
    mine = kept(-0.8, -1.0, -0.2, n=10)
    found = among(mine, [kept(value, value - 0.05, value + 0.05) for value in (0.1, 0.2, 0.3, 0.15)] + [None])
    assert found["own"] == mine["own"]
    assert -0.8 < found["shown"][0] < 0.3


def test_with_few_wards_to_compare_each_stays_as_it_is():
    mine = kept(-0.8, -1.0, -0.2)
    assert among(mine, [kept(0.1, 0.0, 0.2)]) == mine
    assert among(None, [mine]) is None

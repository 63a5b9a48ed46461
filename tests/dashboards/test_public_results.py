"""Public counts against somebody who subtracts what is shown from what is shown."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.queries import PublicResults, public_results_of
from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.nlp.small_numbers import THRESHOLD

COUNTS = st.integers(0, 40)
LABELS = st.fixed_dictionaries(dict.fromkeys((*ToneLabel.values, ""), COUNTS))
MONDAY = date(2026, 8, 3)


def weeks_of(labels: dict[str, dict[str, int]]) -> list[dict[str, object]]:
    """Twelve whole weeks, all of it said in the first, and a running week that must not be counted."""
    rows: list[dict[str, object]] = [
        {"from": (MONDAY + timedelta(weeks=number)).isoformat(), **{kind.value: {} for kind in FeedbackKind}}
        for number in range(13)
    ]
    rows[0] |= labels
    rows[-1] |= {kind.value: {"positive": 99} for kind in FeedbackKind}
    return rows


def results(labels: dict[str, dict[str, int]]) -> PublicResults:
    return public_results_of(weeks_of(labels))


def possible_range(shown: list[int | None], total: int | None) -> tuple[int, float]:
    """The least and the most a hidden count can be for who knows the rest, and that each hidden one is at least 1."""
    if total is None:
        return 1, float("inf")
    left = total - sum(n for n in shown if n is not None)
    others = sum(1 for n in shown if n is None) - 1
    return (left, left) if others == 0 else (1, left - others)


def assert_safe(shown: list[int | None], total: int | None) -> None:
    for n in shown:
        if n is None:
            assert possible_range(shown, total)[1] >= THRESHOLD
        else:
            assert n == 0 or n >= THRESHOLD


@settings(max_examples=500, deadline=None)
@given(st.fixed_dictionaries({kind.value: LABELS for kind in FeedbackKind}))
def test_no_small_number_can_be_worked_out(labels):
    found = results(labels)
    assert_safe([n for _kind, n in found.kinds], found.total)
    if found.tones is not None:
        answers = dict(found.kinds)[FeedbackKind.ANSWER]
        assert answers is not None
        assert_safe([n for _label, n in found.tones], answers)


def test_large_numbers_are_shown_as_they_are_without_the_running_week():
    labels = {kind.value: dict.fromkeys((*ToneLabel.values, ""), 0) | {"positive": 20} for kind in FeedbackKind}
    assert results(labels) == PublicResults(
        first_day=MONDAY,
        last_day=MONDAY + timedelta(days=83),
        kinds=tuple((kind, 20) for kind in FeedbackKind),
        total=60,
        tones=tuple((label, 20 if label == ToneLabel.POSITIVE else 0) for label in ToneLabel),
    )

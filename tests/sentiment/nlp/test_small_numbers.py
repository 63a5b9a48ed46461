from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.small_numbers import publishable_total, suppress


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ({}, {}, 0),
        ({"negative": 10, "positive": 11}, {"negative": 10, "positive": 11}, 21),
        ({"negative": 0, "neutral": 30, "positive": 40}, {"negative": 0, "neutral": 30, "positive": 40}, 70),
        ({"negative": 9, "neutral": 30, "positive": 40}, {"negative": None, "neutral": None, "positive": 40}, 79),
        ({"negative": 9, "neutral": 9, "positive": 40}, {"negative": None, "neutral": None, "positive": 40}, 58),
        ({"negative": 1, "neutral": 2, "positive": 40}, {"negative": None, "neutral": None, "positive": None}, 43),
        ({"negative": 5, "neutral": 5, "positive": 0}, {"negative": None, "neutral": None, "positive": 0}, None),
        ({"negative": 3}, {"negative": None}, None),
        ({"negative": 3, "neutral": 0}, {"negative": None, "neutral": 0}, None),
        ({"a": 4, "b": 12, "c": 12}, {"a": None, "b": None, "c": 12}, 28),
        ({"a": 1, "b": 10}, {"a": None, "b": None}, 11),
    ],
)
def test_small_counts_and_those_that_give_them_away_are_hidden(counts, shown, total):
    assert suppress(counts) == shown
    assert publishable_total(counts) == total


def test_the_threshold_can_be_set():
    assert suppress({"a": 4, "b": 6, "c": 9}, threshold=5) == {"a": None, "b": None, "c": 9}


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        suppress({"a": -1})


@settings(max_examples=500)
@given(
    counts=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60)),
    threshold=st.integers(2, 20),
)
def test_no_hidden_count_can_be_worked_out_to_be_small(counts, threshold):
    shown = suppress(counts, threshold)
    total = publishable_total(counts, threshold)

    assert list(shown) == list(counts)
    hidden = [key for key, value in shown.items() if value is None]
    assert all(shown[key] == counts[key] for key in counts if key not in hidden)
    assert all(counts[key] == 0 or counts[key] >= threshold for key in counts if key not in hidden)
    if hidden and total is not None:
        remainder = total - sum(value for value in shown.values() if value is not None)
        assert len(hidden) >= 2
        for _ in hidden:
            largest_possible = remainder - (len(hidden) - 1)  # the others hold at least one each
            assert largest_possible >= threshold


@settings(max_examples=300)
@given(counts=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 40)))
def test_the_total_is_kept_back_only_when_no_choice_of_hidden_counts_would_do(counts):
    if publishable_total(counts) is not None:
        return
    small = {key for key, count in counts.items() if 0 < count < 10}
    large = [key for key, count in counts.items() if count >= 10]
    for size in range(len(large) + 1):
        for extra in combinations(large, size):
            hidden = small | set(extra)
            assert len(hidden) < 2 or sum(counts[key] for key in hidden) - (len(hidden) - 1) < 10

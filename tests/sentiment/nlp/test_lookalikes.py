import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.nlp.lookalikes import Alike, find_alike

PAIRS = [
    (line[0] == "=", *(part.strip() for part in line[2:].split("|")))
    for line in Path(__file__).with_name("question_pairs.txt").read_text(encoding="utf-8").splitlines()
    if "|" in line
]


def places(text, others, **more):
    return [one.place for one in find_alike(text, others, **more)]


@pytest.mark.parametrize(("first", "recall", "precision"), [(0, 0.85, 0.80), (1, 0.90, 0.80)], ids=["odd", "even"])
def test_pairs_that_ask_the_same_are_proposed_and_few_others(first, recall, precision):
    pairs = PAIRS[first::2]
    texts = sorted({text for _same, *both in pairs for text in both})
    same = {frozenset(both) for is_same, *both in pairs if is_same}
    proposed = set()
    for text in texts:
        others = [other for other in texts if other != text]
        proposed |= {frozenset((text, others[place])) for place in places(text, others)}
    assert len(proposed & same) / len(same) >= recall
    assert len(proposed & same) / len(proposed) >= precision


def test_the_likeliest_comes_first_and_no_more_than_asked_for():
    others = [
        "Can dogs be kept out of the playground?",
        "When will the Mill Street library open again on Sundays?",
        "When will the library in Mill Street reopen?",
    ]
    assert find_alike("When will the library in Mill Street reopen?", others, most=1) == (Alike(2, 1.0),)
    assert places("When will the library in Mill Street reopen?", others) == [2, 1]


def test_a_thing_called_by_another_word_is_the_same_thing():
    assert places("Why are the bins in Elm Close overflowing?", ["The rubbish overflows in Elm Close. Why?"]) == [0]


def test_what_is_common_here_joins_nobody():
    others = [
        f"Will the library get {thing}?" for thing in ("a lift", "new carpets", "a children's corner", "heating")
    ]
    assert places("Will the library lend tools?", others) == []
    assert places("", [*others, ""]) == []
    assert places("Why?", ["Why?"]) == []


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_texts_can_be_compared(text, others):
    assert all(0 < one.likeness <= 1.000001 and one.place < len(others) for one in find_alike(text, others))


def test_two_thousand_questions_are_looked_through_while_somebody_waits():
    others = [f"{text} In ward {number}?" for number in range(11) for _same, *both in PAIRS for text in both][:2_000]
    assert len(others) == 2_000
    find_alike("When will the library reopen?", others)  # words are met once, and remembered
    began = time.process_time()
    find_alike("Will the market move back to the square?", others)
    assert time.process_time() - began < 2  # about 0.03 s in practice

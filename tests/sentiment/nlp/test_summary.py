import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.summary import Sentence, Summary, summarise

BUS = [
    "The evening buses stop far too early for shift workers.",
    "Evening buses must run later for shift workers. I walk home.",
    "Please run the evening buses later, shift workers need them.",
    "Evening buses stop before my shift ends.",
]
PARK = ["The playground in the park has broken swings.", "Broken swings in the park playground are dangerous."]


def test_lead_says_what_most_say_and_quotes_let_the_minority_speak():
    summary = summarise(BUS + PARK, limit=2)

    assert summary.lead[0].text_index < len(BUS)
    assert {quote.text_index < len(BUS) for quote in summary.quotes} == {True, False}
    assert summary.considered == 6
    assert summary.excluded_share == 0.0
    assert 0.4 < summary.coverage <= 1.0


def test_more_quotes_never_cover_less():
    coverages = [summarise(BUS + PARK, limit=limit).coverage for limit in range(5)]

    assert coverages == sorted(coverages)
    assert coverages[0] == 0.0


def test_a_lead_does_not_repeat_itself():
    assert len(summarise([BUS[0]] * 5).lead) == 1


def test_of_one_short_text_that_text_is_the_summary():
    only = Sentence(0, 0, 10, "More bins!")

    assert summarise(["More bins!"]) == Summary((only,), (only,), 1.0, 0.0, 1)


@pytest.mark.parametrize(
    ("texts", "considered", "excluded"), [([], 0, 0.0), (["", "  "], 0, 0.0), (["the of", "and"], 2, 1.0)]
)
def test_texts_without_a_subject_have_no_summary(texts, considered, excluded):
    assert summarise(texts) == Summary((), (), 0.0, excluded, considered)


def test_five_thousand_texts_are_summarised_in_seconds_and_always_alike():
    draw = random.Random(3)
    words = [
        f"{a}{b}" for a in ("park", "road", "bin", "lamp", "bus") for b in ("side", "way", "ing", "land", "shop")
    ]
    texts = [" ".join(draw.choices(words, k=25)) + ". " + " ".join(draw.choices(words, k=8)) for _ in range(6_000)]
    start = time.process_time()

    first = summarise(texts, limit=5)

    assert time.process_time() - start < 12  # about 1.5 s in practice
    assert first.considered == 5_000
    assert len(first.quotes) == 5
    assert summarise(texts, limit=5) == first


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(
        st.one_of(
            st.text(st.characters(), max_size=60),
            st.lists(st.sampled_from(["bins", "road", "the", "late.", "Why?", "\n\n", "school"]), max_size=20).map(
                " ".join
            ),
        ),
        max_size=7,
    ),
    limit=st.integers(0, 4),
)
def test_every_sentence_is_one_somebody_wrote(texts, limit):
    summary = summarise(texts, limit=limit)

    for sentence in (*summary.lead, *summary.quotes):
        assert texts[sentence.text_index][sentence.start : sentence.end] == sentence.text
    owners = [quote.text_index for quote in summary.quotes]
    assert len(owners) == len(set(owners)) <= limit
    assert 0.0 <= summary.coverage <= 1.0001
    assert 0.0 <= summary.excluded_share <= 1.0


BUSES = ["The number 4 bus comes far too late in the evening."] * 4 + [
    "The bus shelter on Mill Road has no roof."
] * 4
TREES = ["Please plant more trees along the river bank.", "More trees by the river would be a joy."]


def test_quotes_are_shared_out_over_groups_so_that_the_smaller_has_a_voice():
    texts, groups = BUSES + TREES, ["oppose"] * 8 + ["support"] * 2
    quotes = summarise(texts, 3, groups=groups).quotes
    assert sorted(groups[quote.text_index] for quote in quotes) == ["oppose", "oppose", "support"]


def test_with_fewer_quotes_than_groups_the_largest_speak():
    texts, groups = BUSES + TREES, ["oppose"] * 8 + ["support"] * 2
    assert [groups[quote.text_index] for quote in summarise(texts, 1, groups=groups).quotes] == ["oppose"]


def test_groups_of_another_number_than_texts_are_refused():
    with pytest.raises(ValueError, match="10 texts but 1 groups"):
        summarise(BUSES + TREES, groups=["oppose"])


def test_likeness_by_meaning_joins_what_no_word_joins():
    texts = [
        "The bus is late every evening.",
        "Public transport never runs on time at night.",
        "Plant a tree by the river.",
    ]

    def embed(said):
        return np.array([[0.0, 1.0] if "tree" in text else [1.0, 0.0] for text in said], dtype=np.float32)

    found = summarise(texts, 2, embed=embed)
    assert {quote.text_index for quote in found.quotes} == {0, 2}
    assert (found.coverage, found.excluded_share) == (1.0, 0.0)


def test_a_quote_is_exchanged_when_others_cover_more_together():
    """The sentence in the middle covers most alone, and would come first; those on either side cover more."""
    places = {"left": (1.0, 0.0), "middle": (0.71, 0.71), "right": (0.0, 1.0)}
    texts = [
        "The left side of the street floods.",
        "On the left side there is always water.",
        "It is the middle of the road that floods.",
        "The right side of the street floods.",
        "On the right side there is always water.",
    ]

    def embed(said):
        return np.array([next(at for name, at in places.items() if name in text) for text in said], dtype=np.float32)

    found = summarise(texts, 2, embed=embed)
    assert {quote.text_index for quote in found.quotes} == {0, 3}


def test_a_quote_may_be_shorter_than_a_lead():
    texts = ["Staff are very kind.", "The wardens at the park are very kind to us.", "Staff are very kind."]
    found = summarise(texts, 3)
    assert "Staff are very kind." in [quote.text for quote in found.quotes]
    assert [sentence.text for sentence in found.lead] == ["The wardens at the park are very kind to us."]

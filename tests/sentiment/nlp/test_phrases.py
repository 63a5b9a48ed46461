import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.phrases import Phrase, key_phrases

PARKING = [
    "Residents parking on Nacton Road is full by six",
    "There is no residents parking left on Nacton Road after school",
    "Please extend resident parking to Nacton Road",
    "The library opens too late for students",
    "Nacton Road needs residents' parking now",
]


def texts_of(phrases: tuple[Phrase, ...]) -> list[str]:
    return [phrase.text for phrase in phrases]


def test_phrases_are_counted_by_texts_and_forms_of_a_word_count_together():
    found = {phrase.text: phrase.count for phrase in key_phrases(PARKING)}

    assert found["Nacton Road"] == 4
    assert found["residents parking"] == 3  # "residents' parking" has a mark between the words
    assert "library" not in found  # one person's word is no key phrase


def test_the_same_word_ten_times_in_one_text_is_no_key_phrase():
    assert key_phrases(["bins " * 10, "the lights are out"]) == ()


def test_a_capital_is_kept_only_where_nobody_wrote_it_small():
    texts = ["Potholes everywhere", "so many potholes", "Potholes in Bramford", "the potholes of Bramford"]

    assert texts_of(key_phrases(texts)) == ["potholes", "Bramford"]


def test_part_of_a_phrase_is_not_told_again_unless_it_stands_on_its_own():
    texts = ["bus lane on the hill", "the bus lane again", "that bus lane", "a bus lane, a hill"]

    assert "lane" not in texts_of(key_phrases(texts))
    assert texts_of(key_phrases(texts))[0] == "bus lane"


def test_punctuation_parts_phrases():
    assert "park gate" not in texts_of(key_phrases(["the park. Gate is shut", "a park, gate open", "park; gate"]))


def test_with_a_background_only_what_is_said_more_here_is_given():
    here = ["the crossing is missing", "we need a crossing", "a crossing and a bus", "crossing please"]
    elsewhere = ["the bus is late", "a bus again", "bus and bus", "the crossing"] * 5

    assert texts_of(key_phrases(here, background=elsewhere)) == ["crossing"]


def test_the_limit_holds_and_half_of_the_places_are_for_phrases_of_several_words():
    random.seed(7)
    words = ["bins", "street", "lights", "litter", "flood", "school", "traffic"]
    texts = [" and ".join(random.sample(words, 3)) for _ in range(60)]
    texts += ["the market square is empty", "empty market square", "market square stalls", "stalls on market square"]

    found = key_phrases(texts, limit=4)

    assert len(found) == 4
    assert "market square" in texts_of(found)


def test_the_order_of_the_texts_does_not_matter():
    shuffled = PARKING[::-1]

    assert key_phrases(shuffled) == key_phrases(PARKING)


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\x00"], ["the and of", "the and of"], ["😀 😀", "😀"]])
def test_nothing_said_gives_no_phrases(texts):
    assert key_phrases(texts) == ()
    assert key_phrases(texts, background=texts) == ()


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(
        st.one_of(
            st.text(st.characters(), max_size=40),
            st.lists(st.sampled_from(["bin", "bins", "of", "road's", "x"])).map(" ".join),
        ),
        max_size=8,
    ),
    limit=st.integers(0, 6),
)
def test_any_texts_give_phrases_held_by_at_least_two(texts, limit):
    found = key_phrases(texts, limit=limit)

    assert len(found) <= limit
    assert all(2 <= phrase.count <= len(texts) for phrase in found)
    assert [phrase.score for phrase in found] == sorted((phrase.score for phrase in found), reverse=True)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.plain_english import (
    Jargon,
    jargon_in,
    long_sentences,
    read_jargon,
    reading_grade,
    sentences,
    words,
)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("", []),
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("It opens at 9. 30 stalls wait.", ["It opens at 9.", "30 stalls wait."]),
        ("Shops, e.g. Bakers, close. So do we.", ["Shops, e.g. Bakers, close.", "So do we."]),
        ("Ask Mr Jones or Cllr. Ann Lee. She knows.", ["Ask Mr Jones or Cllr. Ann Lee.", "She knows."]),
        ("It costs £1.50 a day\nfrom May.", ["It costs £1.50 a day from May."]),
        ("He said “no.” We asked again.", ["He said “no.”", "We asked again."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(paragraph, expected):
    assert sentences(paragraph) == expected


def test_a_word_is_what_is_said_in_one_breath():
    assert words("Don't close the long-term car park: 1,500 cars – gone.") == [
        "Don't", "close", "the", "long-term", "car", "park", "1,500", "cars", "gone",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "is_long"), [(24, False), (25, False), (26, True)])
def test_a_sentence_of_more_than_25_words_is_long(count, is_long):
    sentence = " ".join(["word"] * count) + "."
    assert long_sentences([f"Short. {sentence.capitalize()}"]) == ((sentence.capitalize(),) if is_long else ())


@pytest.mark.parametrize(("count", "is_graded"), [(99, False), (100, True), (101, True)])
def test_a_text_below_100_words_has_no_grade(count, is_graded):
    assert (reading_grade([" ".join(["word"] * count)]) is not None) == is_graded


def test_the_grade_is_the_formula_of_its_source():
    paragraph = "Ten words of five letters each stand in this line. " * 10
    letters = sum(map(len, "Ten words of five letters each stand in this line".split()))
    assert reading_grade([paragraph]) == round(4.71 * letters / 10 + 0.5 * 10 - 21.43, 1)


@given(st.text(max_size=400))
def test_no_word_is_lost_between_a_text_and_its_sentences(text):
    assert [word for sentence in sentences(text) for word in words(sentence)] == words(" ".join(text.split()))


def test_the_jargon_list_is_a_line_for_each_term():
    assert read_jargon("utilise: use\n\n section 106 : what a builder pays: roads\n") == (
        Jargon("utilise", "use"),
        Jargon("section 106", "what a builder pays: roads"),
    )


@pytest.mark.parametrize("lines", ["use: x\nutilise", "use: x\nutilise:", "use: x\n: use"])
def test_a_line_of_the_jargon_list_without_both_halves_is_named(lines):
    with pytest.raises(ValueError, match=r"^Line 2: "):
        read_jargon(lines)


def test_jargon_is_found_whole_in_any_case_and_number():
    known = (Jargon("stakeholder", "person affected"), Jargon("utilise", "use"), Jargon("(tbc)", "not settled"))
    assert jargon_in(["Stakeholders meet.", "Utilised, not re-utilised."], known) == known[:1]

"""Codes as people copy them from a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.one_time_codes import (
    ALPHABET,
    LENGTH,
    CodeMistyped,
    check_character,
    make_code,
    print_code,
    read_code,
)
from consultations.services import REFERENCE_ALPHABET

CODES = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(
    lambda payload: payload + check_character(payload)
)


def test_codes_have_the_characters_of_references():
    assert ALPHABET == REFERENCE_ALPHABET


def test_a_code_made_is_read_again_as_it_is_printed():
    codes = {make_code() for _time in range(100)}
    assert len(codes) == 100
    assert {read_code(print_code(code)) for code in codes} == codes


@given(CODES, st.sampled_from([" ", "-", "", " . "]))
def test_case_and_grouping_do_not_matter(code, between):
    assert read_code(between.join([code[:5].lower(), code[5:]])) == code


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_one_character_changed_is_found(code, place, character):
    mistyped = code[:place] + character + code[place + 1 :]
    if mistyped != code:
        with pytest.raises(CodeMistyped):
            read_code(mistyped)


@given(CODES, st.integers(0, LENGTH - 2))
def test_neighbours_swapped_are_found_but_for_one_pair(code, place):
    pair = code[place : place + 2]
    swapped = code[:place] + pair[::-1] + code[place + 2 :]
    if pair[0] == pair[1] or set(pair) == {ALPHABET[0], ALPHABET[-1]}:
        return
    with pytest.raises(CodeMistyped):
        read_code(swapped)


@given(CODES)
def test_look_alikes_are_read_as_what_was_meant(code):
    written = code.translate(str.maketrans({"2": "Z", "5": "S", "8": "B", "V": "U"}))
    assert read_code(written) == code


@given(st.text(max_size=30))
def test_anything_else_is_mistyped_and_nothing_worse(text):
    try:
        code = read_code(text)
    except CodeMistyped:
        return
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)

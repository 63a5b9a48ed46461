"""What a postcode looks like, however it is typed."""

from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wards.forms import PostcodeField
from wards.postcodes import PATTERN, PostcodeMalformed, normalise, printed

SHAPES = ("M11AA", "M601NW", "CR26XH", "DN551PT", "W1A1HQ", "EC1A1BB", "N1P2NG", "GIR0AA")
"""One postcode of each shape, with P in the third place and the one outside the pattern."""

postcodes = st.from_regex(PATTERN, fullmatch=True).filter(str.isascii)
fillings = st.text(alphabet=" \t\u00a0.-–", max_size=3)


@pytest.mark.parametrize("code", SHAPES)
def test_every_shape_of_the_standard_is_a_postcode(code):
    assert normalise(code) == code


@pytest.mark.parametrize(
    "typed",
    ["QA1 1AA", "VA1 1AA", "XA1 1AA", "AI1 1AA", "AJ1 1AA", "AZ1 1AA", "A1I 1AA", "AA1C 1AA"]
    + [f"IP1 2{letter}A" for letter in "CIKMOV"]
    + [f"IP1 2A{letter}" for letter in "CIKMOV"],
)
def test_letters_the_standard_leaves_out_make_no_postcode(typed):
    with pytest.raises(PostcodeMalformed):
        normalise(typed)


@given(code=postcodes, fill=fillings, lead=fillings, lower=st.booleans())
def test_case_and_filling_do_not_matter(code, fill, lead, lower):
    typed = lead + code[:-3] + fill + code[-3:]
    assert normalise(typed.lower() if lower else typed) == code


@given(code=postcodes)
def test_printing_and_reading_again_gives_the_same(code):
    assert normalise(printed(code)) == code


@given(st.text(max_size=60))
def test_any_text_is_a_postcode_or_is_called_malformed(typed):
    with contextlib.suppress(PostcodeMalformed):
        assert PATTERN.fullmatch(normalise(typed))


@pytest.mark.parametrize(("typed", "meant"), [("IP1 ODE", "IP10DE"), ("ip1 lde", "IP11DE"), ("IP1 IDE", "IP11DE")])
def test_letter_typed_for_the_digit_after_the_space_is_put_right(typed, meant):
    assert normalise(typed) == meant


def test_letter_where_one_belongs_is_never_made_a_digit():
    assert normalise("SO1 1AA") == "SO11AA"
    assert normalise("OL1 1AA") == "OL11AA"
    for letter in string.ascii_uppercase:
        if PATTERN.fullmatch(f"{letter}11AA"):
            assert normalise(f"{letter}1 1AA") == f"{letter}11AA"


def test_field_cleans_to_the_printed_form_and_empty_when_it_may_be():
    assert PostcodeField().clean(" ip12de ") == "IP1 2DE"
    assert PostcodeField(required=False).clean("") == ""

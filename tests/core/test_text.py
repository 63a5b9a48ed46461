"""One door for people's words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardmote.core.text import MAX_TEXT_LENGTH, clean_html, clean_text

anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_whatever_was_typed_can_be_stored_and_is_not_changed_twice(typed: str) -> None:
    cleaned = clean_text(typed)
    cleaned.encode()
    assert "\0" not in cleaned
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@pytest.mark.parametrize(
    "typed", ["a<b and c>d", "<jo@example.org>", "I <3 the park & its ducks", "tŷ â ffenestri", "👍🏽 café"]
)
def test_plain_words_are_kept_exactly_as_typed(typed: str) -> None:
    assert clean_text(typed) == typed


def test_a_lone_surrogate_and_nul_are_dropped_and_line_ends_folded() -> None:
    assert clean_text("a\ud800b\0c\r\nd\re") == "abc\nd\ne"


def test_length_is_capped_before_anything_else_is_done() -> None:
    assert len(clean_text("x" * (MAX_TEXT_LENGTH + 1))) == MAX_TEXT_LENGTH


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Fine <b>words</b></p>", "<p>Fine <b>words</b></p>"),
        ("<script>alert(1)</script>", "alert(1)"),
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>"),
        ('<a href="javascript:alert(1)">go</a>', '<a rel="nofollow noopener">go</a>'),
        (
            '<a href="https://example.org/">go</a>',
            '<a href="https://example.org/" rel="nofollow noopener">go</a>',
        ),
    ],
)
def test_rich_text_is_reduced_to_the_allow_list(html: str, kept: str) -> None:
    assert clean_html(html) == kept

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.tokens import Span, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("The bus was late. Again.", ["The bus was late.", "Again."]),
        (
            "Cllr. Jones met Mr. Smith at 3.30 p.m. on St. John's Rd. It went well.",
            ["Cllr. Jones met Mr. Smith at 3.30 p.m. on St. John's Rd.", "It went well."],
        ),
        ("Take the No. 5 bus. It is free.", ["Take the No. 5 bus.", "It is free."]),
        ("I said no. Nobody listened.", ["I said no.", "Nobody listened."]),
        ("It is up to you, e.g. more bins.", ["It is up to you, e.g. more bins."]),
        ("Why? Because! Fine", ["Why?", "Because!", "Fine"]),
        ("Three wishes:\n- more bins\n- fewer cars", ["Three wishes:", "- more bins", "- fewer cars"]),
        ("1. Fix the road\n2. Fix the lights", ["1.", "Fix the road", "2.", "Fix the lights"]),
        ("A wrapped line\ngoes on here", ["A wrapped line\ngoes on here"]),
        ("First thought\n\nsecond thought", ["First thought", "second thought"]),
        ("Take the no.", ["Take the no."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert [span.text for span in sentences(text)] == expected


def test_words_carry_their_places():
    assert words("Don't close St-John's, 24-7!") == (
        Span(0, 5, "Don't"),
        Span(6, 11, "close"),
        Span(12, 21, "St-John's"),
        Span(23, 27, "24-7"),
    )


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(
        st.text(st.characters(), max_size=120),
        st.lists(st.sampled_from(["No.", "5", "Rd.", "It", ".", "\n", "\n\n", "- ", "ok", " ", "?", "'s"])).map(
            "".join
        ),
    )
)
def test_every_span_is_cut_from_the_text_in_order_and_loses_no_word(text):
    for spans in (sentences(text), words(text)):
        end = 0
        for span in spans:
            assert text[span.start : span.end] == span.text
            assert end <= span.start < span.end
            end = span.end
    inside = "".join(span.text for span in sentences(text))
    assert "".join(inside.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["a.b." * 10_000, "? " * 10_000, "\n- x" * 10_000, "." * 40_000, "\n " * 20_000, "a\n" + " " * 90_000 + "b"],
)
def test_noise_is_split_in_bounded_time(text):
    start = time.process_time()

    sentences(text)
    words(text)

    assert time.process_time() - start < 5

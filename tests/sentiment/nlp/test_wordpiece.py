import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.nlp.encoder import VOCABULARY_FILE, WEIGHTS
from sentiment.nlp.wordpiece import UNKNOWN, WordPiece

# Ids as the `tokenizers` package 0.23.3 gives them with all-MiniLM-L6-v2's own file.
CASES = json.loads((Path(__file__).parent / "wordpiece_cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    return WordPiece((WEIGHTS / VOCABULARY_FILE).read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(len(CASES))])
def test_words_are_cut_as_the_published_tokenizer_cuts_them(pieces: WordPiece, case: dict) -> None:
    assert [number for word in pieces.words(case["text"]) for number in word.ids] == case["ids"]


def test_each_word_knows_where_it_stands(pieces: WordPiece) -> None:
    text = "Café (open)"
    assert [text[word.start : word.end] for word in pieces.words(text)] == ["Café", "(", "open", ")"]


def test_a_word_of_over_a_hundred_letters_is_unknown(pieces: WordPiece) -> None:
    assert [word.ids for word in pieces.words("a" * 101)] == [(UNKNOWN,)]


@given(st.text(st.characters(), max_size=200))
def test_any_string_is_cut_into_words_in_order(pieces: WordPiece, text: str) -> None:
    places = [(word.start, word.end) for word in pieces.words(text)]
    assert places == sorted(places)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))

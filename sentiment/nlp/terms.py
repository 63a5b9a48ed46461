"""Words brought to the form in which they are compared: lower case, no possessive, stemmed by NLTK's Snowball."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from nltk.stem import SnowballStemmer

from sentiment.nlp.stopwords import STOP_WORDS
from sentiment.nlp.tokens import WORD_PATTERN

TERMS_REMEMBERED = 50_000  # distinct words, about 15 MB at most
SHORTEST_TERM = 3  # letters; "of" and "uk" say little alone

_WORD = re.compile(WORD_PATTERN)


@dataclass(frozen=True, slots=True)
class Term:
    """A word to compare by. ``bears_subject`` is False for stop words, numbers and scraps."""

    stem: str
    bears_subject: bool


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")


@lru_cache(maxsize=TERMS_REMEMBERED)
def term(word: str) -> Term:
    """The term of one word as it stands in a text."""
    plain = word.lower().replace("’", "'")
    if plain in STOP_WORDS:
        return Term(plain, bears_subject=False)
    plain = plain.removesuffix("'s")
    stem: str = _stemmer().stem(plain)
    letters = sum(character.isalpha() for character in plain)
    return Term(stem, bears_subject=plain not in STOP_WORDS and letters >= SHORTEST_TERM)


def terms(text: str) -> list[str]:
    """The stems of a text's subject-bearing words, in order, repeats kept."""
    found = map(term, _WORD.findall(text))
    return [each.stem for each in found if each.bears_subject]

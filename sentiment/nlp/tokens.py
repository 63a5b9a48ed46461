"""Sentences and words, each with its place in the text, so that whatever is found can be shown where it was said.

NLTK's Punkt finds the sentences with parameters written here instead of its downloaded model, which splits after
"Cllr."; NLTK's regular-expression tokeniser finds the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nltk.tokenize import RegexpTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

# Lower case, without the last full stop. "no" is not among them: "I said no." ends a sentence far more often than
# "No. 5" begins one, and that case is mended afterwards.
ABBREVIATIONS = frozenset(
    "cllr cllrs clr ald mr mrs ms mx dr prof rev hon sgt capt insp st ste rd ave av cres ln sq gdns ct pl pk nr "
    "bldg a.m p.m e.g i.e etc cf vs approx est tel para pp vol jan feb apr jun jul aug sept oct nov mon tue tues "
    "thu thur thurs fri dept govt assoc ltd plc inc co bros p.s n.b c.c b.b.c".split()
)

# Words that open a sentence when they follow an abbreviation with a capital: "on Mill Rd. It floods."
SENTENCE_STARTERS = frozenset(
    "i it the we they this that these those there he she you my our their his her its a an if when where why how "
    "what who in on at for with after before since as but and so then also please thank thanks can could would "
    "should will is are was were do does did have has no not never every some many most all more".split()
)

_HARD_BREAK = re.compile(r"\n\s*(?:\n\s*|(?=[-*•‣◦–]\s)|(?=\d{1,2}[.)]\s))")
_NUMBER_AFTER = re.compile(r"\s+\d")
_ENDS_IN_NUMBER_SIGN = re.compile(r"\bno\.\Z", re.IGNORECASE)
WORD_PATTERN = r"[^\W_]+(?:['’.\-][^\W_]+)*"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: ``text`` is the text from ``start`` up to ``end``, counted in characters."""

    start: int
    end: int
    text: str


@cache
def _punkt() -> PunktSentenceTokenizer:
    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATIONS)
    parameters.sent_starters = set(SENTENCE_STARTERS)
    return PunktSentenceTokenizer(parameters)


@cache
def _words() -> RegexpTokenizer:
    return RegexpTokenizer(WORD_PATTERN)


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order, without the blanks around them. Empty for a blank text.

    An empty line, a bullet or a numbered item begins a new sentence whatever the punctuation; any other line break is
    taken for a wrapped line.
    """
    found: list[Span] = []
    for start, end in _paragraphs(text):
        found.extend(_sentences_within(text, start, end))
    return tuple(found)


def words(text: str) -> tuple[Span, ...]:
    """The words of a text in order: runs of letters and digits, held together by a single ' - or . inside."""
    return tuple(Span(start, end, text[start:end]) for start, end in _words().span_tokenize(text))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _HARD_BREAK.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _sentences_within(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    opened: int | None = None
    for first, last in _punkt().span_tokenize(piece):
        begin = first if opened is None else opened
        if _ENDS_IN_NUMBER_SIGN.search(piece, begin, last) and _NUMBER_AFTER.match(piece, last):
            opened = begin
            continue
        opened = None
        if piece[begin:last].strip():
            yield _trimmed(piece, begin, last, start)
    if opened is not None:
        yield _trimmed(piece, opened, len(piece), start)


def _trimmed(piece: str, first: int, last: int, offset: int) -> Span:
    body = piece[first:last]
    first += len(body) - len(body.lstrip())
    body = body.strip()
    return Span(offset + first, offset + first + len(body), body)

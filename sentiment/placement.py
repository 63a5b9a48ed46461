"""Which ward a local post belongs to, how surely, and by which words. Pure: asks no database.

Evidence is tried from the surest down; the first kind that points at exactly one ward decides. Two wards named, or
two postcodes in different wards, decide nothing: a post is never guessed into a ward.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sentiment.enums import PlacementMethod

W = TypeVar("W")

POSTCODE_CONFIDENCE = 0.95
"""A full postcode in the text: looked up exactly, but a post may name a place it is not about (our estimate)."""
SOURCE_CONFIDENCE = 0.9
"""An officer said that the source writes about one ward (our estimate)."""
NAME_CONFIDENCE = 0.8
"""A ward's name, alone in the text (our estimate; to be measured on labelled posts)."""

MAX_POSTCODES = 20
"""Postcodes looked up of one text: more is a list, not a post about a place."""

COMMON_WORDS = frozenset(
    "abbey alexandra bank bridge broad brook castle central centre chapel church college common cross dean east "
    "field forest gainsborough garden gate grange green grove hale hall harbour heath high hill hope king kingsway "
    "lake market marsh meadow mill moor north park priory quay queen river sale school shore south spring sprites "
    "station stone town trinity valley victoria village wells west wood".split()
)
"""Ward names that are also an everyday word, a first name or a painter: they count only as "Bridge ward"."""

_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][ABD-HJLNP-UW-Z]{2}\b")
"""Full postcodes in capitals; BS 7666's letters of the inward code. The directory has the last word."""

_TITLES = frozenset("mr mrs ms miss mx dr sir dame lord lady cllr councillor prof professor rev revd pc sgt".split())
_LEADING = frozenset(
    "a about across an and around at both by for from how in is like love my near new of on only our over poor "
    "so that this through to towards under via was we what when where why with your yn o i ym ger".split()
)
"""Words that may stand before a place name with a capital, because a sentence begins with them."""

_WORD = re.compile(r"#?\w+(?:[.'’]\w+)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Placement(Generic[W]):
    """A ward or none, how surely (0 to 1), by what method, and the words that showed it."""

    ward: W | None
    confidence: float
    method: PlacementMethod
    evidence: str


NOWHERE: Placement[object] = Placement(None, 0.0, PlacementMethod.NONE, "")


def place(
    text: str,
    *,
    names: Mapping[str, W],
    ward_of_postcode: Callable[[str], W | None],
    source_ward: W | None = None,
) -> Placement[W]:
    """Place ``text``. ``names`` maps each ward's names to it; postcodes are passed on as written."""
    postcodes = postcodes_in(text)
    found = {ward for ward in map(ward_of_postcode, postcodes) if ward is not None}
    if len(found) == 1:
        return Placement(found.pop(), POSTCODE_CONFIDENCE, PlacementMethod.POSTCODE, ", ".join(postcodes))
    if source_ward is not None:
        return Placement(source_ward, SOURCE_CONFIDENCE, PlacementMethod.SOURCE, "")
    if found:
        return Placement(None, 0.0, PlacementMethod.NONE, ", ".join(postcodes))
    named = names_in(text, names)
    words = ", ".join(dict.fromkeys(words for words, _ward in named))
    if len({ward for _words, ward in named}) == 1:
        return Placement(named[0][1], NAME_CONFIDENCE, PlacementMethod.NAME, words)
    return Placement(None, 0.0, PlacementMethod.NONE, words)


def postcodes_in(text: str) -> list[str]:
    """Full postcodes in a text, as written, each once, in order."""
    return list(dict.fromkeys(_POSTCODE.findall(text)))[:MAX_POSTCODES]


def names_in(text: str, names: Mapping[str, W]) -> list[tuple[str, W]]:
    """Ward names standing for the place in ``text``: the words as written, and the ward."""
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
    by_first: dict[str, list[tuple[list[str], W]]] = {}
    for name, ward in names.items():
        words = folded_words(name)
        if words:
            by_first.setdefault(words[0], []).append((words, ward))
    found = []
    for index, (token, start, _end) in enumerate(tokens):
        if token.startswith("#"):
            found += [
                (token, ward) for name, ward in names.items() if "".join(folded_words(name)) == _fold(token[1:])
            ]
            continue
        for words, ward in by_first.get(_fold(token), ()):
            last = index + len(words) - 1
            if [_fold(word) for word, _s, _e in tokens[index : last + 1]] == words and _is_the_place(
                text, tokens, index, last, words
            ):
                found.append((text[start : tokens[last][2]], ward))
    return found


def _is_the_place(text: str, tokens: list[tuple[str, int, int]], first: int, last: int, words: list[str]) -> bool:
    """Whether a name is written as a name, and is not part of a longer one ("Castle Hill Road", "Mrs Whitton")."""
    if not tokens[first][0][0].isupper() or not tokens[last][0][0].isupper():
        return False
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    if after and _fold(after[0]) == "ward" and _joined(text, tokens[last], after):
        return True
    if len(words) == 1 and words[0] in COMMON_WORDS:
        return False
    if after and after[0][0].isupper() and _joined(text, tokens[last], after):
        return False
    before = tokens[first - 1] if first else None
    if before is None or not _joined(text, before, tokens[first]):
        return True
    word = _fold(before[0])
    if word in _TITLES or word == "the":  # "the Gipping" is the river, not the ward
        return False
    return not before[0][0].isupper() or word in _LEADING


def _joined(text: str, left: tuple[str, int, int], right: tuple[str, int, int]) -> bool:
    """Whether two words follow each other with only spaces, a hyphen or an abbreviation's full stop between."""
    between = text[left[2] : right[1]]
    return "\n" not in between and between.strip(" \t-") in ("", "." if _fold(left[0]) in _TITLES | {"st"} else "")


def folded_words(name: str) -> list[str]:
    """A name as its folded words: "St. Mary’s & Park" and "St Marys and Park" are the same."""
    return [_fold(match) for match in _WORD.findall(name.replace("&", " and "))]


def _fold(word: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
    return bare.casefold().replace("'", "").replace("’", "").replace(".", "")


def ward_names(wards: Iterable[tuple[W, Iterable[str]]]) -> dict[str, W]:
    """Names to wards, without the names that two wards share."""
    owners: dict[str, set[W]] = {}
    for ward, names in wards:
        for name in names:
            if name:
                owners.setdefault(name, set()).add(ward)
    return {name: next(iter(wards)) for name, wards in owners.items() if len(wards) == 1}

"""Questions that seem to ask the same, for a moderator to look at: proposals, never a decision.

Texts are compared by their subject-bearing words (``terms``), each weighed by how few of the other questions hold it:
in a meeting about a library, "library" says little and "Sundays" much. Words a council's public uses for one thing
count as one (``SAME``). What is asked about that thing is not understood: "when does it open" and "why does it cost"
are told apart only by their own words.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sentiment.nlp.terms import terms

ALIKE = 0.53
"""Likeness asked for. Chosen on the odd pairs of ``tests/sentiment/nlp/question_pairs.txt``, measured on the even."""

FEWEST_SHARED = 2
"""Different words in common asked for, unless a question has only one: "the council" joins nobody."""

UNASKED = 20
"""Questions about other matters that are imagined beside those asked, so that the first words weigh something."""

MOST_CHARACTERS = 2_000
"""Of a question are compared."""

_SAME_WORDS = """
    bin rubbish refuse trash
    fix repair mend
    price cost
    rise increase raise
    shut close closure closed closing
    open reopen opening reopened
    bike bicycle cycle cycling
    pavement footpath footway
    play playground
    doctor gp
    pool swimming
    lighting light lamp
    house housing home
    cut reduce reduction
    fell felled felling
    speed speeding
    toilet loo wc
    dog dogs
    plan planned planning
    protect protection
    charge fee charging
    permit permits
    pay paying paid
"""
_PARKING = re.compile(r"\b(?:car[ -]?)?park(?:ing|ed)\b|\bcar[ -]?parks?\b", re.IGNORECASE)
"""Has the stem of "park", which is another thing."""


def _same() -> dict[str, str]:
    """Each stem of a line of ``_SAME_WORDS``: the first of its line."""
    found: dict[str, str] = {}
    for line in _SAME_WORDS.strip().splitlines():
        stems = [stem for word in line.split() for stem in terms(word)]
        found |= dict.fromkeys(stems, stems[0])
    return found


SAME = _same()


@dataclass(frozen=True, slots=True)
class Alike:
    """``place`` in the list of the other questions, and how alike the two are, 0..1."""

    place: int
    likeness: float


def find_alike(text: str, others: Sequence[str], most: int = 3) -> tuple[Alike, ...]:
    """Those of ``others`` that seem to ask what ``text`` asks, the likeliest first, at most ``most``.

    Blank texts are like nothing. The others also tell which words are common here.
    """
    mine = _words(text)
    sets = [_words(other) for other in others]
    holders = Counter(word for words in (mine, *sets) for word in words)
    weights = {word: _weight(count, len(sets) + 1) for word, count in holders.items()}
    total = sum(weights[word] for word in mine)
    found = []
    for place, words in enumerate(sets):
        shared = mine & words
        if len(shared) < min(FEWEST_SHARED, len(mine), len(words)) or not shared:
            continue
        weight = sum(weights[word] for word in shared)
        bounds = total * sum(weights[word] for word in words)
        likeness = weight / math.sqrt(bounds) if bounds else 0.0
        if likeness >= ALIKE:
            found.append(Alike(place, likeness))
    return tuple(sorted(found, key=lambda one: (-one.likeness, one.place))[:most])


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(SAME.get(stem, stem) for stem in terms(_PARKING.sub("carpark", text[:MOST_CHARACTERS])))


def _weight(holders: int, questions: int) -> float:
    """Never nothing, also in a room of two questions: as if ``UNASKED`` other questions had been asked."""
    return math.log((questions + UNASKED) / (holders + 0.5))

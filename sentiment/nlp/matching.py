"""Finding the rules of the council layer in a text: one pass, whatever the number of rules.

The rules' forms make a tree of words; at each word of the text the tree is walked for the longest form that begins
there. What the tree needs to know of a word depends on the word alone, so it is remembered.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nltk.sentiment.vader import VaderConstants

from sentiment.nlp.rulebook import WORD_KINDS, Rule

MEMO_SIZE = 65_536  # distinct words remembered, about 30 MB at most
MEMO_LONGEST = 40  # characters; longer ones are links and noise, not worth remembering

_EDGES = string.punctuation + "“”‘’…–—•"
_ENDS = tuple(".!?:;…")
_PAUSES = (*_ENDS, ",", "-", "–", "—")
_CLOSING = "\"')]}”’"
_ANY = "*"
_NAME = "<name>"
_START, _END = "^", "$"
_SPECIAL = frozenset({_ANY, _NAME, _START})
_INNER = str.maketrans("", "", "'’/")
_NEGATIONS = frozenset(word.translate(_INNER) for word in VaderConstants.NEGATE) | {"no"}


@dataclass(slots=True)  # not frozen, as ``layer.Part``
class Match:
    """A rule found from the word at ``first`` to the word before ``last``."""

    first: int
    last: int
    rule: Rule


class _Node:
    """A place in the tree: what may come next, and the rule that is complete here (or only at a sentence's end)."""

    __slots__ = ("closing", "edges", "rule")

    def __init__(self) -> None:
        self.edges: dict[str, _Node] = {}
        self.rule: Rule | None = None
        self.closing: Rule | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, as rules see it.

    ``plain`` is its bare form, which stands from ``start`` to ``end`` of it; ``ends`` says that a sentence ends with
    it, ``pauses`` that at least a pause follows; ``booster`` (valence points) and ``negates`` are VADER's. The rest is
    where in the tree it leads: ``opening`` at the beginning of a sentence, ``inner`` elsewhere.
    """

    plain: str
    ends: bool
    start: int
    end: int
    pauses: bool
    booster: float
    negates: bool
    keys: tuple[str, ...]
    opening: tuple[_Node, ...]
    inner: tuple[_Node, ...]


class Matcher:
    """The rules as a tree, and what is remembered of the words met so far."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._root = _Node()
        self._memo: dict[str, Word] = {}
        for rule in rules:
            for form in rule.forms:
                self._plant(form, rule)
        opening = self._root.edges.get(_START)
        self._opening = opening.edges if opening else {}

    def words(self, raws: Sequence[str]) -> list[Word]:
        """What is known of each blank-divided piece of a text."""
        memo = self._memo
        return [memo.get(raw) or self._word(raw) for raw in raws]

    def find(self, words: Sequence[Word]) -> list[Match]:
        """The longest rules from left to right, never overlapping. The first in the rulebook wins between equals."""
        found: list[Match] = []
        after = 0
        begins = True  # whether a sentence begins here
        for place, word in enumerate(words):
            nodes = word.opening if begins else word.inner
            if nodes and place >= after:
                best: tuple[int, Rule] | None = None
                for node in nodes:
                    best = _longest(node, words, place + 1, best)
                if best is not None:
                    found.append(Match(place, best[0], best[1]))
                    after = best[0]
            begins = word.ends
        return found

    def _plant(self, form: Sequence[str], rule: Rule) -> None:
        closes = form[-1] == _END
        node = self._root
        for pattern in form[:-1] if closes else form:
            node = node.edges.setdefault(_planted(pattern), _Node())
        if closes:
            node.closing = node.closing or rule
        else:
            node.rule = node.rule or rule

    def _word(self, raw: str) -> Word:
        plain = _plain(raw)
        keys = [plain]
        if raw.lstrip(_EDGES)[:1].isupper():
            keys.append(plain.capitalize())
            if not raw.isupper():
                keys.append(_NAME)
        keys += [kind for kind, members in WORD_KINDS.items() if plain in members]
        if plain[:1].isdigit():
            keys.append("<number>")
        keys.append(_ANY)
        edges = self._root.edges
        starts = [edges[key] for key in keys if key in edges and key not in _SPECIAL]
        names = [edges[_NAME]] if _NAME in keys and _NAME in edges else []
        openings = [self._opening[key] for key in keys if key in self._opening]
        bare = raw.strip(_EDGES) or raw
        front = raw.index(bare)
        ending = raw.rstrip(_CLOSING)
        word = Word(
            plain,
            ending.endswith(_ENDS),
            front,
            front + len(bare),
            ending.endswith(_PAUSES),
            VaderConstants.BOOSTER_DICT.get(plain, 0.0),
            plain in _NEGATIONS,
            tuple(keys),
            tuple(openings + starts),
            tuple(names + starts),
        )
        if len(raw) <= MEMO_LONGEST:
            if len(self._memo) >= MEMO_SIZE:
                self._memo.clear()
            self._memo[raw] = word
        return word


def _longest(
    node: _Node, words: Sequence[Word], place: int, best: tuple[int, Rule] | None
) -> tuple[int, Rule] | None:
    """The longest of ``best`` and the rules from ``node`` on; ``place`` is the word to come."""
    closed = words[place - 1].ends or place == len(words)
    rule = (node.closing if closed or words[place - 1].pauses else None) or node.rule
    if rule is not None and (best is None or place > best[0]):
        best = (place, rule)
    if node.edges and not closed:
        for key in words[place].keys:
            child = node.edges.get(key)
            if child is not None:
                best = _longest(child, words, place + 1, best)
    return best


def _planted(pattern: str) -> str:
    if pattern in _SPECIAL or pattern in WORD_KINDS:
        return pattern
    plain = _plain(pattern)
    return plain.capitalize() if pattern[0].isupper() else plain


def _plain(raw: str) -> str:
    """The word in small letters, without punctuation around it or apostrophes in it; emoji and smileys as they are."""
    return raw.strip(_EDGES).translate(_INNER).lower() or raw

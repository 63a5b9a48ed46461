"""What the fast tier sees in a text: runs of one to three words, marked in reach of a negation, and VADER's points.

The marking is that of ``nltk.sentiment.util.mark_negation`` (Das and Chen 2001; Pang, Lee and Vaithyanathan 2002): a
word after "not" and before the next stop is another word. The points are VADER's word list and modifiers (Hutto and
Gilbert 2014), looked at only as far as a stop, so that leaving a word out changes what stands next to it and no more.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from nltk.sentiment.vader import VaderConstants

from sentiment.nlp.layer import Asked
from sentiment.nlp.lexicon import vader_lexicon
from sentiment.nlp.vader import (
    ALPHA,
    BUT_AFTER,
    BUT_BEFORE,
    DAMPING,
    EXCLAMATION_WEIGHT,
    EXCLAMATIONS_COUNTED,
    REACH,
)

LONG = 100  # words and marks; a longer text is read as the average of passages of so many
MEMO_SIZE = 65_536  # distinct words remembered, about 25 MB at most
MEMO_LONGEST = 40  # characters; longer ones are links and noise
START, END = "^", "$"
SHORT = 6  # words and marks; how an answer so short sounds depends on the question
SIGNALS = 13
ROUNDING = 1e-9  # valence points that are nothing but the order of a sum

_TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+|(?<![\w.+-])[^\s@<>]{1,64}@[^\s@<>]+|@\w+|</?[A-Za-z][^<>]*>|&\#?\w{1,8};)"
    r"|(?P<word>[^\W\d_][^\W_]*(?:['’][^\W_]+)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)"
    r"|(?P<face>[:;=8][-']?[)(\]\[DPpOo/|\\]+|<3+|[\U0001F300-\U0001FAFF\u2600-\u27BF])"
    r"|(?P<stop>[!?]+|[.,;:…]+)"
    r"|(?P<mark>[£$€%&#*/-])"
)
_REPEATED = re.compile(r"(.)\1{2,}")
_NEGATIONS = frozenset(each.replace("'", "") for each in VaderConstants.NEGATE) | frozenset(
    "no nobody noone lack lacks lacking".split()
)
_LEXICON = vader_lexicon()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a word whatever stands around it.

    ``key`` is its form in runs of words and ``turned`` that within reach of a negation; ``valence`` and ``booster``
    are VADER's, in valence points; ``ends`` says that a negation reaches no further. A link's ``key`` is empty: it is
    passed over.
    """

    key: str
    turned: str
    valence: float
    booster: float
    negates: bool
    ends: bool
    but: bool
    capitals: bool
    is_word: bool
    exclaimed: int
    questioned: int


class Token(NamedTuple):
    """One word or mark and its place in the text, in characters. A tuple, because one is made for every word."""

    start: int
    end: int
    known: Known


class _Memo(dict[str, Known]):
    def __missing__(self, raw: str) -> Known:
        known = _known(raw)
        if len(raw) <= MEMO_LONGEST:
            if len(self) >= MEMO_SIZE:
                self.clear()
            self[raw] = known
        return known


_MEMO = _Memo()


def tokens(text: str) -> list[Token]:
    """The words and marks of a text, in order."""
    found = [Token(match.start(), match.end(), _MEMO[match[0]]) for match in _TOKEN.finditer(text)]
    return [token for token in found if token.known.key]


def keys_of(known: Sequence[Known]) -> list[str]:
    """The form of each word, marked where a negation reaches it."""
    keys = []
    turned = False
    for each in known:
        if each.ends:
            turned = False
        keys.append(each.turned if turned else each.key)
        if each.negates:
            turned = True
    return keys


def runs(keys: Sequence[str], asked: Asked = "") -> Iterator[str]:
    """Every run of one, two and three forms; the text's start and end count as forms in the longer ones."""
    padded = (START, *keys, END)
    yield from keys
    yield from map(" ".join, pairwise(padded))
    yield from map(" ".join, zip(padded, padded[1:], padded[2:], strict=False))
    if asked:
        yield from answer_runs(keys, asked)


def answer_runs(keys: Sequence[str], asked: Asked) -> Iterator[str]:
    """What an answer adds to its runs: what was asked, and with ``SHORT`` forms or fewer, each run with that."""
    yield f"{asked}:"
    if len(keys) <= SHORT:
        yield from (f"{asked}: {run}" for run in runs(keys))
        yield f"{asked}: {START}{END}"


def scale(length: int) -> float:
    """What the sum over a text's runs is multiplied by: 1/sqrt(length + 2), and for a long text its passages' mean."""
    return (length + 2) ** -0.5 if length <= LONG else math.sqrt(LONG + 2) / (length + 2)


def points(known: Sequence[Known], place: int, some_capitals: bool, without: int = -1) -> float:
    """What the word at ``place`` is worth in valence points, as if the word at ``without`` were not there."""
    valence = known[place].valence
    if some_capitals and known[place].capitals:
        valence += math.copysign(VaderConstants.C_INCR, valence)
    near, distance = place - 1, 0
    while near >= 0 and distance < REACH:
        if near != without:
            before = known[near]
            if before.ends:
                break
            if before.booster:
                valence += math.copysign(before.booster * DAMPING[distance], before.booster * valence)
            if before.negates:
                valence *= VaderConstants.N_SCALAR
            distance += 1
        near -= 1
    return valence


class Totals(NamedTuple):
    """A text's points: ``gained`` (0 or more) by ``warm`` words, ``lost`` (0 or less) by ``cold`` ones; marks; length."""

    gained: float
    lost: float
    warm: int
    cold: int
    exclaimed: int
    questioned: int
    length: int

    def signals(self) -> tuple[float, ...]:
        """``SIGNALS`` figures for the linear model, each about -1..+1; the last is the constant."""
        size, gained, lost, length = scale(self.length), self.gained, self.lost, self.length
        if length > LONG:
            share = (LONG + 2) / (length + 2)
            gained, lost = gained * share, lost * share
        total = gained + lost
        emphasis = min(self.exclaimed, EXCLAMATIONS_COUNTED) * EXCLAMATION_WEIGHT
        if abs(total) > ROUNDING:
            total += math.copysign(emphasis, total)
        compound = total / math.sqrt(total * total + ALPHA)
        whole = self.gained + self.warm - self.lost + self.cold + max(length, 1)
        return (
            compound,
            compound * abs(compound),
            abs(compound),
            gained * size,
            lost * size,
            min(gained, -lost) * size,
            (self.gained + self.warm) / whole,
            (self.cold - self.lost) / whole,
            float(not self.warm and not self.cold),
            min(self.exclaimed, EXCLAMATIONS_COUNTED) / EXCLAMATIONS_COUNTED,
            min(self.questioned, EXCLAMATIONS_COUNTED) / EXCLAMATIONS_COUNTED,
            math.log1p(length) / 4,
            1.0,
        )

    def less(self, worth: float) -> "Totals":
        """The totals without a word worth so many points."""
        return Totals(
            self.gained - max(worth, 0.0),
            self.lost - min(worth, 0.0),
            self.warm - (worth > 0),
            self.cold - (worth < 0),
            self.exclaimed,
            self.questioned,
            self.length - 1,
        )

    def changed(self, old: float, new: float) -> "Totals":
        """The totals with a word worth ``new`` points instead of ``old``."""
        return Totals(
            self.gained - max(old, 0.0) + max(new, 0.0),
            self.lost - min(old, 0.0) + min(new, 0.0),
            self.warm - (old > 0) + (new > 0),
            self.cold - (old < 0) + (new < 0),
            self.exclaimed,
            self.questioned,
            self.length,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as the model sees it: its words, their forms, each one's points and their totals."""

    tokens: list[Token]
    known: list[Known]
    keys: list[str]
    points: list[float]
    words: int
    capitals: int
    but: int
    totals: Totals

    @property
    def some_capitals(self) -> bool:
        """Whether some words are in capitals and some are not: then capitals count."""
        return 0 < self.capitals < self.words

    def goes_quietly(self, place: int) -> bool:
        """Whether leaving this word out changes what its neighbours are worth and nothing farther away."""
        known = self.known[place]
        if known.negates or known.but or self.words == 1:
            return False
        if not self.capitals:
            return True
        return (0 < self.capitals - known.capitals < self.words - 1) == self.some_capitals

    def totals_without(self, place: int) -> Totals | None:
        """The totals without a word that goes quietly; None when no points change."""
        worth = self.points
        totals = self.totals.less(worth[place]) if worth[place] else None
        for after in range(place + 1, min(place + 1 + REACH, len(worth))):
            if worth[after]:
                changed = points(self.known, after, self.some_capitals, place) * but_factor(after, self.but)
                if changed != worth[after]:
                    totals = (totals or self.totals.less(0.0)).changed(worth[after], changed)
        return totals


def see(found: list[Token]) -> Seen:
    """What each of a text's ``tokens`` is worth and all of them together; in time proportional to their number."""
    known = [token.known for token in found]
    words, capitals, but, exclaimed, questioned = 0, 0, -1, 0, 0
    for place, each in enumerate(known):
        if each.is_word:
            words += 1
            capitals += each.capitals
            if each.but and but < 0:
                but = place
        else:
            exclaimed += each.exclaimed
            questioned += each.questioned
    some_capitals = 0 < capitals < words
    worth = [
        points(known, place, some_capitals) * but_factor(place, but) if each.valence else 0.0
        for place, each in enumerate(known)
    ]
    gains, losses = [each for each in worth if each > 0], [each for each in worth if each < 0]
    totals = Totals(sum(gains), sum(losses), len(gains), len(losses), exclaimed, questioned, len(known))
    return Seen(found, known, keys_of(known), worth, words, capitals, but, totals)


def but_factor(place: int, but: int) -> float:
    """VADER's factor on points before and after the first "but" (its place, or -1)."""
    return 1.0 if but < 0 else BUT_BEFORE if place < but else BUT_AFTER


def _known(raw: str) -> Known:
    found = _TOKEN.fullmatch(raw)
    kind = (found and found.lastgroup) or "mark"
    lower = raw.lower().replace("’", "'")
    plain = _REPEATED.sub(r"\1\1", lower.replace("'", ""))
    key = {"link": "", "word": plain, "number": "0", "stop": lower[:2] if lower[0] in "!?" else lower[0]}.get(
        kind, lower
    )
    is_booster = lower in VaderConstants.BOOSTER_DICT
    return Known(
        key=key,
        turned=f"{key}_" if kind == "word" else key,
        valence=0.0 if is_booster else _LEXICON.get(lower, 0.0),
        booster=VaderConstants.BOOSTER_DICT.get(lower, 0.0),
        negates=kind == "word" and (plain in _NEGATIONS or "n't" in lower),
        ends=kind == "stop" or lower == "but",
        but=lower == "but",
        capitals=kind == "word" and len(raw) > 1 and raw.isupper(),
        is_word=kind in {"word", "number", "face"},
        exclaimed=raw.count("!") if kind == "stop" else 0,
        questioned=raw.count("?") if kind == "stop" else 0,
    )

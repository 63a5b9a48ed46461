"""The fast tier: a linear model over runs of words and VADER's points, in NumPy and plain Python.

Each run of one to three words has four weights (three classes and the tone); a text's are summed and scaled by its
length, and a few figures made of VADER's points are added. Being a sum, it can tell without reading again what the
tone would be without a word. Identity words are hidden from it. ``training/fast.py`` makes its weights.
"""

import operator
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.identity import Hidden, hide_identity
from sentiment.nlp.language import ENGLISH
from sentiment.nlp.layer import Asked, asked_by
from sentiment.nlp.readings import Probabilities, Reading, Reason, WeightsError, label_of
from sentiment.nlp.wordgrams import (
    END,
    SHORT,
    SIGNALS,
    START,
    Seen,
    Token,
    Totals,
    answer_runs,
    scale,
    see,
    tokens,
)

WEIGHTS = Path(__file__).parent / "weights" / "fast.npz"
LEFT_OUT = "left out"
TOLD_FROM = 0.01  # effect on the tone, of either sign, from which a word is named as a reason
MOST_TRIED = 500  # words and marks left out in turn
READ_AGAIN = 10_000  # characters of a text read again for its reasons, about 10 ms
_QUIET = frozenset('.,;:!?…"()')  # what may stand beside a word without becoming part of another when it goes
BATCH = 256  # texts whose probabilities are worked out together
OUTPUTS = 4  # logits of negative, neutral and positive, and the tone


@dataclass(frozen=True, slots=True)
class Weights:
    """``rows`` has each run's row in ``classes`` (n, 3) and ``tones`` (n); row 0 weighs nothing and is for the runs
    that are not known. ``signals``: (k, 4).
    """

    version: str
    rows: dict[str, int]
    classes: NDArray[np.float64]
    tones: list[float]
    signals: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "Weights":
        """Load the weights, about a third of a second. Raises ``WeightsError``."""
        return _loaded(path)


@dataclass(frozen=True, slots=True)
class _Read:
    """A text and the rows of its runs: of one, two and three words, and those that say what was asked."""

    hidden: Hidden
    asked: Asked
    seen: Seen
    singles: list[int]
    pairs: list[int]
    triples: list[int]
    answer: list[int]


class _Reading(Reading):
    """A reading whose reasons are worked out when they are first looked at: most are never shown to anybody."""

    __slots__ = ("_of", "_why")
    _of: "tuple[Fast, str, str]"
    _why: tuple[Reason, ...] | None

    def __init__(self, reader: "Fast", text: str, question: str, tone: float, p: Probabilities) -> None:
        for name, value in (
            ("tone", tone),
            ("label", label_of(p)),
            ("p", p),
            ("language", ENGLISH),
            ("reader", reader.version),
            ("_of", (reader, text, question)),
            ("_why", None),
        ):
            object.__setattr__(self, name, value)

    @property
    def because(self) -> tuple[Reason, ...]:
        if self._why is not None:
            return self._why
        reader, text, question = self._of
        found = reader.because(text, question)
        object.__setattr__(self, "_why", found)
        return found

    def _plain(self) -> tuple[object, ...]:
        return (self.tone, self.label, self.p, self.language, self.because, self.reader)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Reading):
            return self._plain() == other._plain()
        return isinstance(other, Reading) and Reading(*self._plain()) == other  # type: ignore[arg-type]

    def __hash__(self) -> int:
        return hash(self._plain())

    def __reduce__(self) -> tuple[type[Reading], tuple[object, ...]]:
        return Reading, self._plain()


class Fast:
    """Reads with the weights of ``Weights.load()``. Raises ``WeightsError`` when they cannot be used."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights.load()
        self._tone_signals: list[float] = self._weights.signals[:, 3].tolist()
        self.version = self._weights.version

    def read(self, text: str, question: str = "") -> Reading:
        """Read one text, with the effect on the tone of leaving each word out, as reading it again would find.

        Never fails on a string; takes time in proportion to its length.
        """
        read = self._look(hide_identity(text), asked_by(question))
        if not read.seen.words:
            return self._nothing()
        [tone], shares = self._told([read])
        p = Probabilities(*shares[0].tolist())
        return Reading(tone, label_of(p), p, ENGLISH, self._why(text, read), self.version)

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        """A reading for each English text, in order; ``questions`` has what each answers, or "".

        Reasons are worked out where they are first looked at, and cost about as much as the reading.
        """
        found: list[Reading] = []
        for start in range(0, len(texts), BATCH):
            here = slice(start, start + BATCH)
            read = [
                self._look(hide_identity(text), asked_by(question))
                for text, question in zip(texts[here], questions[here], strict=True)
            ]
            tones, shares = self._told(read)
            found += [
                _Reading(self, text, question, tone, Probabilities(*p)) if each.seen.words else self._nothing()
                for text, question, each, tone, p in zip(
                    texts[here], questions[here], read, tones, shares.tolist(), strict=True
                )
            ]
        return found

    def tone_of(self, text: str, question: str = "") -> float:
        """The tone alone, -1..+1: what ``read`` gives, without its reasons."""
        read = self._look(hide_identity(text), asked_by(question))
        return self._tone(self._sum(read), read.seen.totals) if read.seen.words else 0.0

    def _look(self, hidden: Hidden, asked: Asked) -> _Read:
        return self._found(hidden, asked, tokens(hidden.text))

    def _found(self, hidden: Hidden, asked: Asked, found: list[Token]) -> _Read:
        seen = see(found)
        get, keys = self._weights.rows.get, seen.keys
        padded = [START, *keys, END]
        return _Read(
            hidden,
            asked,
            seen,
            [get(run, 0) for run in keys],
            [get(f"{first} {second}", 0) for first, second in pairwise(padded)],
            [get(run, 0) for run in map(" ".join, zip(padded, padded[1:], padded[2:], strict=False))],
            [get(run, 0) for run in answer_runs(keys, asked)] if asked else [],
        )

    def because(self, text: str, question: str) -> tuple[Reason, ...]:
        """What leaving each word out would do to the tone of a text, where it is told."""
        return self._why(text, self._look(hide_identity(text), asked_by(question)))

    def _why(self, text: str, read: _Read) -> tuple[Reason, ...]:
        summed = self._sum(read)
        tone = self._tone(summed, read.seen.totals)
        return tuple(
            Reason(start, end, text[start:end], effect, LEFT_OUT)
            for start, end, effect in self._effects(read, summed, tone)
        )

    def _nothing(self) -> Reading:
        return Reading(0.0, "neutral", Probabilities(0.0, 1.0, 0.0), ENGLISH, (), self.version)

    def _sum(self, read: _Read) -> float:
        weight = self._weights.tones.__getitem__
        rows = (read.singles, read.pairs, read.triples, read.answer)
        return float(sum(sum(map(weight, each)) for each in rows))

    def _tone(self, summed: float, totals: Totals) -> float:
        return bent(summed * scale(totals.length) + self._signalled(totals))

    def _signalled(self, totals: Totals) -> float:
        return float(sum(map(operator.mul, totals.signals(), self._tone_signals)))

    def _told(self, read: Sequence[_Read]) -> tuple[list[float], NDArray[np.float64]]:
        """The tone of each text, and (n, 3): how likely each class is."""
        rows = [[*each.singles, *each.pairs, *each.triples, *each.answer] for each in read]
        starts = np.cumsum([0, *map(len, rows[:-1])])  # none is empty: the pair of start and end is always there
        joined = np.fromiter(chain.from_iterable(rows), dtype=np.intp)
        summed = np.add.reduceat(self._weights.classes[joined], starts, axis=0)
        scales = np.array([scale(each.seen.totals.length) for each in read])
        signals = np.array([each.seen.totals.signals() for each in read])
        logits = summed * scales[:, None] + np.einsum("nk,kc->nc", signals, self._weights.signals[:, :3])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return [self._tone(self._sum(each), each.seen.totals) for each in read], shares

    def _effects(self, read: _Read, summed: float, tone: float) -> Iterator[tuple[int, int, float]]:
        """Place and effect of every word without which the tone differs by ``TOLD_FROM`` or more.

        Most words need only their neighbours looked at; the text is read again for the others, up to ``READ_AGAIN``.
        Of a long text, the first ``MOST_TRIED`` words and marks: a word's effect shrinks with the text's length.
        """
        seen, text = read.seen, read.hidden.text
        simple = not (read.asked and len(seen.known) <= SHORT + 1)
        signalled = self._signalled(seen.totals.less(0.0))  # of any word without points
        budget = READ_AGAIN
        for place, token in enumerate(seen.tokens[:MOST_TRIED]):
            if not token.known.is_word:
                continue
            if simple and seen.goes_quietly(place) and _stands_alone(text, token):
                totals = seen.totals_without(place)
                now = signalled if totals is None else self._signalled(totals)
                other = bent((summed + self._change(read, place)) * scale(seen.totals.length - 1) + now)
            else:
                budget -= len(text)
                if budget < 0:
                    continue
                if _stands_alone(text, token):  # its neighbours are the same words as before
                    rest = self._found(read.hidden, read.asked, [*seen.tokens[:place], *seen.tokens[place + 1 :]])
                else:
                    rest = self._look(Hidden(text[: token.start] + text[token.end :], ()), read.asked)
                other = self._tone(self._sum(rest), rest.seen.totals) if rest.seen.words else 0.0
            if abs(tone - other) >= TOLD_FROM:
                places = read.hidden.origin(token.start, token.end) if read.hidden.places else token[:2]
                yield *places, tone - other

    def _change(self, read: _Read, place: int) -> float:
        """What the sum over runs gains when the word at ``place`` goes: the runs it was in go, its neighbours meet."""
        get, tones, keys, pairs, triples = (
            self._weights.rows.get,
            self._weights.tones,
            read.seen.keys,
            read.pairs,
            read.triples,
        )
        before = keys[place - 1] if place else START
        after = keys[place + 1] if place + 1 < len(keys) else END
        gone = tones[read.singles[place]] + tones[pairs[place]] + tones[pairs[place + 1]]
        come = tones[get(f"{before} {after}", 0)]
        for triple in triples[max(place - 1, 0) : place + 2]:
            gone += tones[triple]
        if place:
            come += tones[get(f"{keys[place - 2] if place > 1 else START} {before} {after}", 0)]
        if place + 1 < len(keys):
            come += tones[get(f"{before} {after} {keys[place + 2] if place + 2 < len(keys) else END}", 0)]
        return come - gone


def bent(whole: float) -> float:
    """A sum bent into -1..+1: nearly itself up to a half, then ever more slowly."""
    return float(whole * (1.0 + whole**4) ** -0.25)


def _stands_alone(text: str, token: Token) -> bool:
    """Whether leaving the word out leaves every other word and mark of the text as it is."""
    before, after = text[token.start - 1 : token.start] or " ", text[token.end : token.end + 1] or " "
    if before.isspace() and after.isspace():
        return True
    if not (before.isspace() or after.isspace()) or "@" in text:
        return False
    return (before if after.isspace() else after) in _QUIET


@cache
def _loaded(path: Path) -> Weights:
    try:
        with np.load(path, allow_pickle=False) as file:
            names = bytes(file["runs"]).decode().split("\n")
            weights = file["weights"].astype(np.float64)
            signals, version = file["signals"].astype(np.float64), str(file["version"])
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read: {error}") from error
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise WeightsError(f"{path.name} is damaged: {error}") from error
    if weights.shape != (len(names), OUTPUTS) or signals.shape != (SIGNALS, OUTPUTS):
        raise WeightsError(f"{path.name} does not fit this reader: {weights.shape} weights of {len(names)} runs")
    weights = np.vstack([np.zeros(OUTPUTS), weights])
    return Weights(
        version,
        {run: row for row, run in enumerate(names, start=1)},
        np.ascontiguousarray(weights[:, :3]),
        weights[:, 3].tolist(),
        signals,
    )

"""What is kept of a stream of readings: a few figures and a fair sample of texts a ward, however long the stream."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sentiment.nlp.phrases import Background, Phrase, background_of, key_phrases
from sentiment.nlp.readings import LABELS, Label, Reading
from sentiment.nlp.summary import Summary, summarise
from sentiment.nlp.uncertainty import Interval, RunningMean

SAMPLE_TEXTS = 300  # kept of each ward for phrases and quotes
SAMPLE_TEXTS_OVERALL = 3_000
SAMPLE_CHARACTERS = 2_000  # kept of each of those texts
MOST_WARDS = 400  # far more than any British council has; beyond this it is not a column of wards
WARD_PHRASES, OVERALL_PHRASES = 6, 12
WARD_QUOTES = 3
NO_WARD = "No ward given"


class TooManyWards(Exception):
    """The ward column holds more different values than a council has wards."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A text kept for phrases and quotes, with how it was read."""

    text: str
    reading: Reading


class Sample:
    """An even sample of a stream (Vitter 1985, algorithm R). The same stream gives the same sample."""

    def __init__(self, size: int, seed: str) -> None:
        self.seen = 0
        self.kept: list[Sampled] = []
        self._size = size
        self._draw = random.Random(seed)  # noqa: S311  which texts are quoted is no secret

    def add(self, text: str, reading: Reading) -> None:
        self.seen += 1
        if len(self.kept) < self._size:
            self.kept.append(Sampled(text[:SAMPLE_CHARACTERS], reading))
            return
        place = self._draw.randrange(self.seen)
        if place < self._size:
            self.kept[place] = Sampled(text[:SAMPLE_CHARACTERS], reading)


class Tally:
    """Running figures of one ward, or of all."""

    def __init__(self, name: str, sample_texts: int) -> None:
        self.name = name
        self.counts: dict[Label, int] = dict.fromkeys(LABELS, 0)
        self.tone = RunningMean()
        self.sample = Sample(sample_texts, name)

    def add(self, text: str, reading: Reading) -> None:
        self.counts[reading.label] += 1
        if reading.tone is not None:
            self.tone.add(reading.tone)
        self.sample.add(text, reading)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was said in one ward, or in all.

    ``counts`` has every label; ``mean`` is the mean tone of the texts that were read (-1..+1), None without any;
    ``phrases``, ``apart`` (said more here than in all wards together) and ``summary`` come from ``sample``, which
    is every text unless there were more than the sample holds.
    """

    name: str
    counts: dict[Label, int]
    mean: float | None
    interval: Interval | None
    phrases: tuple[Phrase, ...]
    apart: tuple[Phrase, ...]
    summary: Summary
    sample: tuple[Sampled, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Analysis:
    """All wards by name, and all of them together. ``blank`` rows had no comment and are counted nowhere else."""

    wards: tuple[Figures, ...]
    overall: Figures
    blank: int


class WardTallies:
    """Everything that is kept while a file is read."""

    def __init__(self) -> None:
        self.blank = 0
        self._overall = Tally("All wards", SAMPLE_TEXTS_OVERALL)
        self._wards: dict[str, Tally] = {}

    def name_of(self, ward: str) -> str:
        """The ward's name as it was first written, whatever the case and blanks now. Raises ``TooManyWards``."""
        return self._tally(ward).name

    def add(self, ward: str, text: str, reading: Reading) -> None:
        self._tally(ward).add(text, reading)
        self._overall.add(text, reading)

    def _tally(self, ward: str) -> Tally:
        name = " ".join(ward.split()) or NO_WARD
        tally = self._wards.get(name.casefold())
        if tally is None:
            if len(self._wards) >= MOST_WARDS:
                raise TooManyWards(f"more than {MOST_WARDS} different values")
            tally = self._wards[name.casefold()] = Tally(name, SAMPLE_TEXTS)
        return tally

    def figures(self) -> Iterator[Figures]:
        """The wards' figures, by name, as they are worked out (the slow part: phrases and quotes)."""
        tallies = sorted(self._wards.values(), key=lambda tally: (tally.name == NO_WARD, tally.name.casefold()))
        everything = None
        if len(tallies) > 1:
            everything = background_of([kept.text for kept in self._overall.sample.kept])
        for tally in tallies:
            yield _figures(tally, everything, WARD_PHRASES)

    def overall(self) -> Figures:
        return _figures(self._overall, None, OVERALL_PHRASES)

    def __len__(self) -> int:
        return len(self._wards)


def _figures(tally: Tally, everything: Background | None, phrases: int) -> Figures:
    texts = [kept.text for kept in tally.sample.kept]
    return Figures(
        name=tally.name,
        counts=tally.counts,
        mean=tally.tone.mean if tally.tone.n else None,
        interval=tally.tone.interval(),
        phrases=key_phrases(texts, limit=phrases),
        apart=key_phrases(texts, limit=phrases, background=everything) if everything is not None else (),
        summary=summarise(texts, limit=WARD_QUOTES),
        sample=tuple(tally.sample.kept),
    )

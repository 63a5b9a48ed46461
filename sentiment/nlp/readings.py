"""The shape of a reading: what every reader of tone gives, whichever words or weights it reads with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sentiment.nlp.language import Language

UNSURE_MARGIN = 0.05  # probability between the two likeliest labels under which a text is "unsure"

Label = Literal["negative", "neutral", "positive", "unsure", "unread"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive", "unsure", "unread")

# What ``Reason.rule`` is made of (joined by "+"), in words for people.
RULES: dict[str, str] = {
    "lexicon": "a word with a tone of its own",
    "capitals": "written in capitals",
    "booster": "strengthened by a word such as “very”",
    "dampener": "weakened by a word such as “slightly”",
    "negation": "turned round by a word such as “not”",
    "least": "turned round by “least”",
    "never so": "strengthened by “never so”",
    "so": "strengthened by “so” or “this”",
    "idiom": "part of a saying with a tone of its own",
    "before but": "counts half, because “but” follows",
    "after but": "counts half as much again, after “but”",
    "repeated": "a repeated word, read as where it first stands",
    "exclamation marks": "exclamation marks, up to four",
    "question marks": "question marks, two or more",
    "subjects": "more often a subject than a feeling in what people tell a council, so it counts little",
    "topics": "names a thing more than a feeling, so it counts little",
    "feelings": "a phrase with a tone of its own",
    "service": "praise or blame for a service and its people",
    "stance": "says that somebody is for or against",
    "idioms": "a saying, or an understatement",
    "complaints": "a complaint told as a fact",
    "sarcasm": "a turn of phrase that often means the opposite",
    "wishes": "a wish",
    "nothing": "says that there is nothing to add or to mend",
    "emoji": "a picture with a tone of its own",
    "request": "counts little, because the sentence asks or wishes for something",
    "question": "what the question asked for: something good, or something to mend",
    "left out": "how the tone would change without this word",
}


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How likely each tone is, as calibrated on texts that people labelled; 0..1, and they sum to 1."""

    negative: float
    neutral: float
    positive: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One place in the text that moved the tone. ``text`` is the text from ``start`` to ``end`` (characters).

    ``weight`` is its part of the tone. ``rule`` is one or more keys of ``RULES`` joined by "+".
    """

    start: int
    end: int
    text: str
    weight: float
    rule: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was read. ``tone`` is -1..+1; ``tone`` and ``p`` are None when it was left unread.

    ``because`` is in text order and never overlaps. ``language`` is "en" or "cy"; ``reader`` names the version.
    """

    tone: float | None
    label: Label
    p: Probabilities | None
    language: Language
    because: tuple[Reason, ...]
    reader: str


class WeightsError(Exception):
    """A reader's weights are not there, not whole, or cannot be run here; the message says which."""


class Reader(Protocol):
    """What stands behind a tier. ``version`` names the reader in each of its readings."""

    version: str

    def read(self, text: str, question: str) -> Reading:
        """A reading of one English text, with as good reasons as the tier can give."""
        ...

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        """A reading for each English text, in order; ``questions`` has what each answers, or ""."""
        ...


def label_of(p: Probabilities | None) -> Label:
    """The likeliest tone; "unsure" when the two likeliest lie less than ``UNSURE_MARGIN`` apart; unread for None."""
    if p is None:
        return "unread"
    shares: tuple[tuple[float, Label], ...] = (
        (p.negative, "negative"),
        (p.neutral, "neutral"),
        (p.positive, "positive"),
    )
    (first, label), (second, _), _ = sorted(shares, reverse=True)
    return label if first - second >= UNSURE_MARGIN else "unsure"

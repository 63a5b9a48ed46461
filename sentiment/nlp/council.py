"""The lexicon tier: NLTK's VADER, and over it a layer that knows how residents write to a council.

Its word list, rules and examples are in ``council/*.txt``, one rule a line (see ``rulebook.py``); how they are
weighed is in ``layer.py``. The three probabilities come from a logistic regression on a few plain figures of a text;
``training/calibrate_lexicon.py`` makes its weights.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from operator import mul

from sentiment.nlp import language, reasons
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.layer import Weighed, squeezed, weigh
from sentiment.nlp.readings import Probabilities, Reading, label_of

READER = "lexicon/council-2+vader-nltk-3.10"
WEIGHTS_FILE = "weights/lexicon.json"
LONG_WORDS = 60  # words from which a text counts as wholly long

FEATURES = (
    "tone",
    "strength of tone",
    "praise in it",
    "blame in it",
    "the smaller of praise and blame",
    "no place with a feeling",
    "asked for blame",
    "asked for praise",
    "asks for something",
    "wishes for something",
    "ends with a question mark",
    "length",
)


@dataclass(frozen=True, slots=True)
class _Weights:
    """For each tone a constant, and a coefficient for each of ``FEATURES`` in their order: (13,)."""

    negative: tuple[float, ...]
    neutral: tuple[float, ...]
    positive: tuple[float, ...]


class Council:
    """The reader of the lexicon tier."""

    version = READER

    def read(self, text: str, question: str) -> Reading:
        return read(text, question)

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        return [read(text, question) for text, question in zip(texts, questions, strict=True)]


def read(text: str, question: str = "") -> Reading:
    """Read one English text, which answers ``question`` if one is given. Never fails on a string.

    Takes time in proportion to the length of both. Words that say who somebody is are read as one and the same.
    """
    hidden = hide_identity(text)
    weighed = weigh(hidden.text, question)
    tone, because = reasons.because(hidden.text, weighed)
    if hidden.places:
        spans = [hidden.origin(reason.start, reason.end) for reason in because]
        because = tuple(
            replace(reason, start=start, end=end, text=text[start:end])
            for reason, (start, end) in zip(because, spans, strict=True)
        )
    p = _probabilities(hidden.text, weighed)
    return Reading(tone, label_of(p), p, language.ENGLISH, because, READER)


def features(text: str, weighed: Weighed) -> tuple[float, ...]:
    """What the probabilities are judged by: (12,) figures in the order of ``FEATURES``, each from -1 to +1."""
    tone = squeezed(weighed.total)
    praise, blame = max(weighed.leaning, 0.0), max(-weighed.leaning, 0.0)
    for part in weighed.parts:
        if part.points > 0:
            praise += part.points
        else:
            blame -= part.points
    praise, blame = squeezed(praise), squeezed(blame)
    return (
        tone,
        abs(tone),
        praise,
        blame,
        min(praise, blame),
        float(not weighed.parts),
        float(weighed.asked == "blame"),
        float(weighed.asked == "praise"),
        float(weighed.asks),
        float(weighed.wishes),
        float(text.rstrip().endswith("?")),
        min(len(weighed.raws), LONG_WORDS) / LONG_WORDS,
    )


@cache
def _weights() -> _Weights:
    found = json.loads((files("sentiment.nlp") / WEIGHTS_FILE).read_text(encoding="utf-8"))
    return _Weights(*(tuple(found[label]) for label in ("negative", "neutral", "positive")))


def _probabilities(text: str, weighed: Weighed) -> Probabilities:
    """Of a text without a word or a feeling nothing was said: neutral."""
    if not weighed.parts and not any(map(str.isalpha, text)):
        return Probabilities(0.0, 1.0, 0.0)
    figures = (1.0, *features(text, weighed))
    weights = _weights()
    negative = math.exp(sum(map(mul, weights.negative, figures)))
    neutral = math.exp(sum(map(mul, weights.neutral, figures)))
    positive = math.exp(sum(map(mul, weights.positive, figures)))
    whole = negative + neutral + positive
    return Probabilities(negative / whole, neutral / whole, positive / whole)

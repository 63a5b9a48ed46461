"""The lexicon tier: NLTK's VADER, and over it a layer that knows how residents write to a council."""

import math
from collections.abc import Sequence

from sentiment.nlp import language, reasons, vader
from sentiment.nlp.readings import Probabilities, Reading, label_of

READER = "lexicon/council-0+vader-nltk-3.10"

# Multinomial logistic regression on (tone, |tone|, whether any word counted), a row each for negative, neutral and
# positive: the last figure of a row is its constant.
_COEFFICIENTS = ((-1.84, -0.14, 0.33, 0.0), (0.02, -0.76, -0.24, 0.59), (1.81, 0.9, -0.09, -0.59))


class Council:
    """The reader of the lexicon tier."""

    version = READER

    def read(self, text: str, question: str) -> Reading:
        return read(text, question)

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        return [read(text, question) for text, question in zip(texts, questions, strict=True)]


def read(text: str, question: str = "") -> Reading:
    """Read one English text. Never fails on a string; takes time in proportion to its length."""
    del question
    explained = vader.explain(text)
    p = _probabilities(explained)
    because = reasons.because(text, explained)
    return Reading(explained.scores.compound, label_of(p), p, language.ENGLISH, because, READER)


def _probabilities(explained: vader.Explained) -> Probabilities:
    tone = explained.scores.compound
    features = (tone, abs(tone), float(bool(explained.hits)), 1.0)
    odds = [math.exp(sum(f * c for f, c in zip(features, row, strict=True))) for row in _COEFFICIENTS]
    whole = sum(odds)
    return Probabilities(odds[0] / whole, odds[1] / whole, odds[2] / whole)

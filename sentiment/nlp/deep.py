"""The deep tier: MiniLM's reading of the tone blended with the lexicon tier's, calibrated together.

What the network says of a text (three logits and a tone) and what the lexicon tier says go into a small linear head,
fitted on texts the network had not seen. Its figures are in the manifest beside the weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.council import Council
from sentiment.nlp.encoder import Encoder, Floats, Passage
from sentiment.nlp.identity import Hidden, hide_identity
from sentiment.nlp.language import ENGLISH
from sentiment.nlp.readings import Probabilities, Reader, Reading, Reason, label_of

LEFT_OUT, LEFT_OUT_ESTIMATED = "left out", "left out (estimated)"
TOLD_FROM = 0.01  # effect on the tone, of either sign, from which a word is named as a reason
MOST_REASONS = 24  # words whose effect is measured by reading the text without them

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the network said of n texts: ``signals`` (n, 5), three logits, its tone and the lexicon's tone."""

    signals: _Matrix
    hidden: list[Hidden]
    passages: list[list[Passage]]
    effects: list[list[Floats]]


class Deep:
    """Reads with the weights of ``Encoder.load()``. Raises ``WeightsError`` when they cannot be used."""

    def __init__(self, encoder: Encoder | None = None, lexicon: Reader | None = None) -> None:
        self._encoder = encoder or Encoder.load()
        self._lexicon = lexicon or Council()
        head = self._encoder.manifest["head"]
        self._classes = np.array(head["classes"])  # (3, 6): five signals and a constant
        self._tone = np.array(head["tone"])  # (6,)
        self.version = f"{self._encoder.manifest['version']}+{self._lexicon.version}"

    def read(self, text: str, question: str = "") -> Reading:
        """Read one text, with the effect of leaving out each of the words that matter most measured, not estimated.

        A place of the text is a reason when the tone without it differs by ``TOLD_FROM`` or more.
        """
        estimated = self.read_many([text], [question])[0]
        tried = sorted(estimated.because, key=lambda reason: -abs(reason.weight))[:MOST_REASONS]
        without = [text[: reason.start] + text[reason.end :] for reason in tried]
        tones = self._tones(self._said(without, [question] * len(without)).signals)
        tone = estimated.tone or 0.0
        because = [
            Reason(reason.start, reason.end, reason.text, float(tone - other), LEFT_OUT)
            for reason, other in zip(tried, tones, strict=True)
            if abs(tone - other) >= TOLD_FROM
        ]
        because.sort(key=lambda reason: reason.start)
        return Reading(tone, estimated.label, estimated.p, ENGLISH, tuple(because), self.version)

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        """Read many texts, with the effect of leaving out each word estimated in the same pass."""
        said = self._said(texts, questions)
        tones, shares = self._tones(said.signals), self._shares(said.signals)
        return [
            self._reading(text, float(tones[row]), Probabilities(*map(float, shares[row])), said, row)
            for row, text in enumerate(texts)
        ]

    def _reading(self, text: str, tone: float, p: Probabilities, said: _Said, row: int) -> Reading:
        if not said.passages[row]:
            tone, p = 0.0, Probabilities(0.0, 1.0, 0.0)  # no words: nothing was said
        because = tuple(
            Reason(start, end, text[start:end], weight, LEFT_OUT_ESTIMATED)
            for start, end, weight in self._effects(text, said, row)
            if abs(weight) >= TOLD_FROM
        )
        return Reading(tone, label_of(p), p, ENGLISH, because, self.version)

    def _effects(self, text: str, said: _Said, row: int) -> Iterator[tuple[int, int, float]]:
        """Each word's place as written and its estimated effect on the tone."""
        hidden, passages = said.hidden[row], said.passages[row]
        whole = sum(map(len, passages)) or 1
        told = 0
        for passage, moved in zip(passages, said.effects[row], strict=True):
            for word, effect in zip(passage.words, moved, strict=True):
                start, end = hidden.origin(word.start), hidden.origin(word.end - 1) + 1
                if start >= told and any(map(str.isalnum, text[start:end])):
                    yield start, end, float(effect * self._tone[3] * len(passage) / whole)
                    told = end

    def _said(self, texts: Sequence[str], questions: Sequence[str]) -> _Said:
        hidden = [hide_identity(text) for text in texts]
        passages = [
            self._encoder.passages(each.text, question) if any(map(str.isalnum, text)) else []
            for each, text, question in zip(hidden, texts, questions, strict=True)
        ]
        found = self._encoder.run([each for of_text in passages for each in of_text])
        signals = np.zeros((len(texts), 5))
        effects: list[list[Floats]] = []
        place = 0
        for row, of_text in enumerate(passages):
            rows = slice(place, place + len(of_text))
            if of_text:
                signals[row, :4] = np.average(found.read[rows], axis=0, weights=[len(each) for each in of_text])
            effects.append(found.effects[rows])
            place = rows.stop
        signals[:, 4] = [each.tone for each in self._lexicon.read_many([h.text for h in hidden], questions)]
        return _Said(signals, hidden, passages, effects)

    def _tones(self, signals: _Matrix) -> _Matrix:
        tones: _Matrix = np.clip(_with_one(signals) @ self._tone, -1.0, 1.0)
        return tones

    def _shares(self, signals: _Matrix) -> _Matrix:
        logits = _with_one(signals) @ self._classes.T
        shares: _Matrix = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares


def _with_one(signals: _Matrix) -> _Matrix:
    return np.hstack([signals, np.ones((len(signals), 1))])

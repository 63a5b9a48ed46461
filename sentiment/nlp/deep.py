"""The deep tier: MiniLM's reading of the tone blended with the lexicon tier's, calibrated together.

What the network says of a text (three logits and a tone) and what the lexicon tier says go into a small linear head,
fitted on texts the network had not seen. Its figures are in the manifest beside the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.council import Council
from sentiment.nlp.encoder import Encoder, Floats, Passage
from sentiment.nlp.identity import Hidden, hide_identity
from sentiment.nlp.language import ENGLISH
from sentiment.nlp.readings import Probabilities, Reader, Reading, Reason, label_of
from sentiment.nlp.tokens import Span, words

LEFT_OUT = "left out"
TOLD_FROM = 0.01  # effect on the tone, of either sign, from which a word is named as a reason
MOST_TRIED = 32  # words left out in turn; of a longer text, those of the passages with the strongest tone


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of one text: ``read`` (k, 4) by the network of each of its passages, and the lexicon's tone."""

    hidden: Hidden
    passages: tuple[Passage, ...]
    read: Floats
    lexicon: float

    @property
    def signals(self) -> NDArray[np.float64]:
        """(6,): three logits and a tone, averaged over the passages by their pieces; the lexicon's tone; a constant."""
        weights = np.array([len(each) for each in self.passages], dtype=np.float64)
        return np.array([*(weights @ self.read / weights.sum()), self.lexicon, 1.0])


class Deep:
    """Reads with the weights of ``Encoder.load()``. Raises ``WeightsError`` when they cannot be used."""

    def __init__(self, encoder: Encoder | None = None, lexicon: Reader | None = None) -> None:
        self._encoder = encoder or Encoder.load()
        self._lexicon = lexicon or Council()
        head = self._encoder.manifest["head"]
        self._classes = np.array(head["classes"])  # (3, 6)
        self._tone = np.array(head["tone"])  # (6,)
        self.version = f"{self._encoder.manifest['version']}+{self._lexicon.version}"

    def read(self, text: str, question: str = "") -> Reading:
        """Read one text and say why: what leaving each word out does to the tone, found by reading it without."""
        said = self._say(text, question)
        reading = self._reading(said)
        because = []
        for passage, word in self._tried(said):
            effect = (reading.tone or 0.0) - self._tone_without(said, passage, word, question)
            if abs(effect) >= TOLD_FROM:
                start, end = said.hidden.origin(word.start, word.end)
                because.append(Reason(start, end, text[start:end], effect, LEFT_OUT))
        because.sort(key=lambda reason: reason.start)
        return replace(reading, because=tuple(because))

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        """Read many texts without reasons: those cost a reading a word."""
        return [self._reading(self._say(text, question)) for text, question in zip(texts, questions, strict=True)]

    def _say(self, text: str, question: str) -> _Said:
        hidden = hide_identity(text)
        speaks = any(map(str.isalnum, text))
        passages = tuple(self._encoder.passages(hidden.text, question)) if speaks else ()
        return _Said(hidden, passages, self._encoder.run(passages).read, self._lexicon_tone(hidden.text, question))

    def _reading(self, said: _Said) -> Reading:
        if not said.passages:  # no words: nothing was said
            return Reading(0.0, "neutral", Probabilities(0.0, 1.0, 0.0), ENGLISH, (), self.version)
        logits = self._classes @ said.signals
        shares = np.exp(logits - logits.max())
        p = Probabilities(*map(float, shares / shares.sum()))
        return Reading(self._tone_of(said), label_of(p), p, ENGLISH, (), self.version)

    def _tone_of(self, said: _Said) -> float:
        return float(np.clip(self._tone @ said.signals, -1.0, 1.0))

    def _tried(self, said: _Said) -> list[tuple[int, Span]]:
        """(passage, word) of the words to leave out, at most ``MOST_TRIED``."""
        found = words(said.hidden.text)
        tried: list[tuple[int, Span]] = []
        for place in np.argsort(-np.abs(said.read[:, 3]), kind="stable"):
            passage = said.passages[place]
            if passage.words:
                first, last = passage.words[0].start, passage.words[-1].end
                tried += [(int(place), word) for word in found if first <= word.start < last]
        return tried[:MOST_TRIED]

    def _tone_without(self, said: _Said, place: int, left_out: Span, question: str) -> float:
        """The tone of the text without one word: only its passage is read again."""
        passage = said.passages[place]
        kept = tuple(word for word in passage.words if not left_out.start <= word.start < left_out.end)
        passages = list(said.passages)
        passages[place] = replace(passage, words=kept)
        if not any(each.words for each in passages):
            return 0.0
        read = said.read.copy()
        read[place] = self._encoder.run([passages[place]]).read[0]
        text = said.hidden.text
        lexicon = self._lexicon_tone(text[: left_out.start] + text[left_out.end :], question)
        return self._tone_of(_Said(said.hidden, tuple(passages), read, lexicon))

    def _lexicon_tone(self, text: str, question: str) -> float:
        return self._lexicon.read_many([text], [question])[0].tone or 0.0

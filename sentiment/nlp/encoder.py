"""MiniLM taught on tone, run as an int8 ONNX file inside this package: tone and meaning from one pass.

``Encoder.load()`` checks the file against the manifest beside it, so a torn or swapped file is named, not run.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.identity import hide_identity
from sentiment.nlp.readings import WeightsError
from sentiment.nlp.wordpiece import CLS, SEP, Word, WordPiece

WEIGHTS = Path(__file__).parent / "weights"
MODEL_FILE, VOCABULARY_FILE, MANIFEST_FILE = "minilm-tone.onnx", "vocab.txt", "manifest.json"
MOST_PIECES = 128  # in one pass, the question's among them; what it was taught with
QUESTION_PIECES = 24
WIDTH = 384

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """What one pass reads: a question's pieces and some words of a text."""

    question: tuple[int, ...]
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return 2 + bool(self.question) + len(self.question) + sum(len(word.ids) for word in self.words)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Of n passages: ``read`` (n, 4), logits of negative, neutral, positive and the tone; ``meaning`` (n, 384), not
    scaled.
    """

    read: Floats
    meaning: Floats


class Encoder:
    """The network and its vocabulary. Runs on one thread, the same answer every time on one machine."""

    def __init__(self, session: Any, wordpiece: WordPiece, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self._session = session
        self._wordpiece = wordpiece

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "Encoder":
        """Check and load the weights, about half a second. Raises ``WeightsError``."""
        return _loaded(folder)

    def passages(self, text: str, question: str = "") -> list[Passage]:
        """The text cut into passages that fit a pass, at the ends of sentences where it can; none for no words."""
        asked = tuple(number for word in self._wordpiece.words(question) for number in word.ids)[:QUESTION_PIECES]
        room = MOST_PIECES - 2 - bool(asked) - len(asked)
        words = self._wordpiece.words(text)
        return [Passage(asked, tuple(words[start:end])) for start, end in _fits(text, words, room)]

    def run(self, passages: Sequence[Passage]) -> Outputs:
        """What the network says of each passage, in order.

        One at a time, because int8 inputs are scaled by their batch: a text must not be read differently for the
        company it came in. It costs a third of the speed.
        """
        read = np.zeros((len(passages), 4), dtype=np.float32)
        meaning = np.zeros((len(passages), WIDTH), dtype=np.float32)
        for row, passage in enumerate(passages):
            (read[row],), (meaning[row],) = self._session.run(None, _inputs(passage))
        return Outputs(read, meaning)

    def embed(self, texts: Sequence[str]) -> Floats:
        """The meaning of each text: (n, 384), rows of length 1; a text without words has a row of zeros.

        The mean of a long text's passages, weighted by their pieces.
        """
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        parts = [(row, each) for row, text in enumerate(texts) for each in self.passages(hide_identity(text).text)]
        meaning = self.run([each for _, each in parts]).meaning
        for (row, each), vector in zip(parts, meaning, strict=True):
            found[row] += vector * len(each)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        np.divide(found, lengths, out=found, where=lengths > 0)
        return found


def _fits(text: str, words: list[Word], room: int) -> Iterator[tuple[int, int]]:
    """(first, past the last) word of each stretch that fits, ended after the last full stop in its second half."""
    start = 0
    while start < len(words):
        size, end = 0, start
        while end < len(words) and size + len(words[end].ids) <= room:
            size += len(words[end].ids)
            end += 1
        end = max(end, start + 1)
        if end < len(words):
            stops = [place for place in range((start + end) // 2, end) if text[words[place].start] in ".!?;\n"]
            end = stops[-1] + 1 if stops else end
        yield start, end
        start = end


def _inputs(passage: Passage) -> dict[str, NDArray[np.int64]]:
    """The network's four inputs, (1, pieces): ids, kinds (1 on a text with a question), mask, and the text's own."""
    start = [CLS, *passage.question, SEP] if passage.question else [CLS]
    ids = np.array([[*start, *(number for word in passage.words for number in word.ids), SEP]], dtype=np.int64)
    own = np.ones_like(ids)  # alone, a text's two marks are averaged with it, as MiniLM was taught
    if passage.question:
        own[0, : len(start)] = 0
    kinds = own if passage.question else np.zeros_like(ids)
    return {"ids": ids, "kinds": kinds, "mask": np.ones_like(ids), "own": own}


@cache
def _loaded(folder: Path) -> Encoder:
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        for name, digest in manifest["sha256"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise WeightsError(f"{name} is not the file its manifest names: it is damaged or was changed")
        vocabulary = (folder / VOCABULARY_FILE).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise WeightsError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise WeightsError(f"{MANIFEST_FILE} is damaged: {error}") from error
    return Encoder(_session(folder / MODEL_FILE), WordPiece(vocabulary), manifest)


def _session(model: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise WeightsError("the package onnxruntime is not installed") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # two threads were slower where others work too
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no better parent
        raise WeightsError(f"{model.name} cannot be run here: {error}") from error

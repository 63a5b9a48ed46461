"""Words cut into the pieces MiniLM knows: uncased BERT WordPiece (Devlin et al. 2019), with where each word stands.

The `tokenizers` package does the same, but brings a download client with it; a test holds the two together.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

UNKNOWN, CLS, SEP = 100, 101, 102  # places of [UNK], [CLS] and [SEP] in the published vocabulary
LONGEST_WORD = 100  # characters; a longer one is [UNK]
REMEMBERED_WORDS = 50_000

_SPACE = "\t\n\r" + "".join(
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp"}
)
_PUNCTUATION = "".join(
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)).startswith("P") or (code < 128 and unicodedata.category(chr(code))[0] == "S")
)
# Each stands alone: the CJK Unified Ideographs and their extensions, as BERT names them.
_IDEOGRAPHS = "\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f"
_ALONE = re.escape(_PUNCTUATION) + _IDEOGRAPHS
_WORD = re.compile(f"[{_ALONE}]|[^{re.escape(_SPACE)}{_ALONE}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its pieces' ids; ``text[start:end]`` is the word as written."""

    start: int
    end: int
    ids: tuple[int, ...]


class WordPiece:
    """Greedy longest-match pieces of a vocabulary, a piece a line in the order of its ids."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._memory: dict[str, tuple[int, ...]] = {}

    def words(self, text: str) -> list[Word]:
        """The words of any string, in order; what BERT drops (control characters) has no word."""
        found = []
        for match in _WORD.finditer(text):
            ids = self._pieces(match[0])
            if ids:
                found.append(Word(match.start(), match.end(), ids))
        return found

    def _pieces(self, written: str) -> tuple[int, ...]:
        known = self._memory.get(written)
        if known is None:
            if len(self._memory) >= REMEMBERED_WORDS:
                self._memory.clear()
            known = self._memory[written] = self._cut(_folded(written))
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        if not word:
            return ()
        if len(word) > LONGEST_WORD:
            return (UNKNOWN,)
        pieces, start = [], 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._ids.get(prefix + word[start:end])
                if number is not None:
                    break
            else:
                return (UNKNOWN,)
            pieces.append(number)
            start = end
        return tuple(pieces)


def _folded(word: str) -> str:
    """Lower case, without accents and without characters that cannot be seen."""
    seen = (letter for letter in word if letter != "\ufffd" and unicodedata.category(letter)[0] != "C")
    bare = (letter for letter in unicodedata.normalize("NFD", "".join(seen)) if unicodedata.category(letter) != "Mn")
    return "".join(letter.lower() for letter in bare)

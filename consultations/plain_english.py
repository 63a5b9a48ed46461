"""How hard a text is to read: its grade, its long sentences, its jargon. Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_SENTENCE_WORDS = 25
"""Words after which a sentence should be split. Source: GOV.UK content design guidance on sentence length."""

FEWEST_WORDS_GRADED = 100
"""Words below which a grade says more about chance than about the text (ours)."""

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_SENTENCE_END = re.compile(r"([.!?…][\"'”’)]*)\s+(?=[\"'“‘(]*[^\W_])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|st|mr|mrs|ms|dr|cllr)|\b[A-Z])\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Jargon:
    """A word of the office, and what a neighbour would say."""

    term: str
    plain: str

    @property
    def pattern(self) -> str:
        return rf"\b{re.escape(self.term)}s?\b"


def words(text: str) -> list[str]:
    """The words and numbers of ``text``; "don't", "long-term" and "1,500" are one each."""
    return _WORD.findall(text)


def sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph. A full stop after "e.g.", "Mr" and their like, or an initial, ends none."""
    found: list[str] = []
    for part in _SENTENCE_END.sub(r"\1\n", " ".join(paragraph.split())).split("\n"):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {part}"
        elif part:
            found.append(part)
    return found


def long_sentences(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """The sentences of more than ``LONGEST_SENTENCE_WORDS`` words, in their order."""
    every = (sentence for paragraph in paragraphs for sentence in sentences(paragraph))
    return tuple(sentence for sentence in every if len(words(sentence)) > LONGEST_SENTENCE_WORDS)


def reading_grade(paragraphs: Iterable[str]) -> float | None:
    """The school grade (United States; add five for the age in years) an English text asks for, to one decimal.

    The Automated Readability Index: 4.71 × characters a word + 0.5 × words a sentence - 21.43. Source: R. J. Senter
    and E. A. Smith, Automated Readability Index, AMRL-TR-66-220 (1967). It counts letters rather than guesses
    syllables, so two people who count get one answer. ``None`` below ``FEWEST_WORDS_GRADED`` words.
    """
    every = [sentence for paragraph in paragraphs for sentence in sentences(paragraph)]
    found = [word for sentence in every for word in words(sentence)]
    if len(found) < FEWEST_WORDS_GRADED:
        return None
    characters = sum(character.isalnum() for word in found for character in word)
    return round(4.71 * characters / len(found) + 0.5 * len(found) / len(every) - 21.43, 1)


def read_jargon(lines: str) -> tuple[Jargon, ...]:
    """The list as the council keeps it: a line for each, ``term: plain words``. Raises ``ValueError`` naming the line."""
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        term, colon, plain = (part.strip() for part in line.partition(":"))
        if not (term and colon and plain):
            raise ValueError(f"Line {number}: write the term, a colon and the plain words.")
        found.append(Jargon(term, plain))
    return tuple(found)


def jargon_in(paragraphs: Iterable[str], known: Iterable[Jargon]) -> tuple[Jargon, ...]:
    """Those of ``known`` that the text uses, in the list's order, whatever their case, in singular or plural."""
    text = "\n".join(paragraphs)
    return tuple(each for each in known if re.search(each.pattern, text, re.IGNORECASE))

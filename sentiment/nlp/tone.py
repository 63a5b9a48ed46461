"""The tone of a text, and which of its words carried it.

Tone is not position: a warm text may oppose a proposal, an angry one may support it. Three tiers of reader give the
same kind of answer: ``lexicon`` (a word list and rules, see ``council.py``), ``fast`` and ``deep``. None of them reads
Welsh, which would be read with English words: in the fast and deep tiers the ``welsh`` extra does where it is
installed, else a Welsh text is counted and shown but left unread.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from sentiment.nlp import council, deep, linear, welsh
from sentiment.nlp import language as languages
from sentiment.nlp.readings import Reader, Reading, WeightsError

logger = logging.getLogger(__name__)

Tier = Literal["lexicon", "fast", "deep"]
TIERS: tuple[Tier, ...] = ("lexicon", "fast", "deep")
DEFAULT_TIER: Tier = "fast"

# Characters of a text that are read, about 1,800 words. What follows is left out, so that no text takes over 50 ms in
# a tier that reads while a person waits.
CHARACTERS_READ = 10_000

# How each tier's reader is made, once, when it is first asked for.
READERS: dict[Tier, Callable[[], Reader]] = {"lexicon": council.Council, "fast": linear.Fast, "deep": deep.Deep}
READING_WELSH: frozenset[Tier] = frozenset({"fast", "deep"})
BELOW: dict[Tier, Tier] = {"deep": "fast", "fast": "lexicon"}


class NoSuchTier(LookupError):
    """This installation has no reader for the tier that was asked for."""


def read(text: str, question: str = "", tier: Tier = DEFAULT_TIER) -> Reading:
    """Read one text, which answers ``question`` if one is given. Never fails on a string, whatever is in it."""
    looked_at = _beginning(text)
    return _reader_of(tier, languages.detect(looked_at)).read(looked_at, question)


def read_many(
    texts: Sequence[str], questions: Sequence[str] | None = None, tier: Tier = DEFAULT_TIER
) -> list[Reading]:
    """A reading for each text, in order. ``questions``, when given, has one for each text ("" for none).

    The deep tier and the Welsh reader then give no reasons, which cost them a reading a word; ``read`` gives them in
    every tier. Raises ``ValueError`` when there are not as many questions as texts, ``NoSuchTier``.
    """
    if questions is None:
        questions = [""] * len(texts)
    if len(questions) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(questions)} questions")
    looked_at = [_beginning(text) for text in texts]
    spoken = [languages.detect(text) for text in looked_at]
    found: dict[int, Reading] = {}
    for language in sorted(set(spoken)):
        places = [place for place, each in enumerate(spoken) if each == language]
        reader = _reader_of(tier, language)
        said = reader.read_many([looked_at[place] for place in places], [questions[place] for place in places])
        found.update(zip(places, said, strict=True))
    return [found[place] for place in range(len(texts))]


def reader_version(tier: Tier = DEFAULT_TIER, language: languages.Language = languages.ENGLISH) -> str:
    """The ``reader`` that readings of this tier carry of texts in a language. Raises ``NoSuchTier``."""
    return _reader_of(tier, language).version


class _Unread:
    """Stands in for a reader of Welsh where there is none, under the name of the tier's own reader."""

    def __init__(self, version: str) -> None:
        self.version = version

    def read(self, text: str, question: str) -> Reading:
        return Reading(None, "unread", None, languages.WELSH, (), self.version)

    def read_many(self, texts: Sequence[str], questions: Sequence[str]) -> list[Reading]:
        return [self.read(text, question) for text, question in zip(texts, questions, strict=True)]


def _reader_of(tier: Tier, language: languages.Language) -> Reader:
    reader = _reader(tier)
    if language == languages.ENGLISH:
        return reader
    return (welsh.reader() if tier in READING_WELSH else None) or _Unread(reader.version)


@cache
def _reader(tier: Tier) -> Reader:
    """The tier's reader, or the next one's below it when its weights cannot be used, with a warning that says why."""
    if tier not in READERS:
        raise NoSuchTier(f"no reader of the tier “{tier}” is installed")
    try:
        return READERS[tier]()
    except WeightsError as error:
        below = BELOW[tier]
        logger.warning("The %s reader cannot be used, the %s one reads instead: %s", tier, below, error)
        return _reader(below)


def _beginning(text: str) -> str:
    """What is read of the text: all of it, or up to the last blank within ``CHARACTERS_READ``."""
    if len(text) <= CHARACTERS_READ:
        return text
    head = text[:CHARACTERS_READ]
    return head[: max(head.rfind(" "), head.rfind("\n")) + 1] or head

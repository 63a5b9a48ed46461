"""The tone of a text, and which of its words carried it.

Tone is not position: a warm text may oppose a proposal, an angry one may support it. This reader is NLTK's VADER,
word for word (see ``vader.py``); Welsh is counted and shown but left unread: it would be read with English words.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sentiment.nlp import language as languages
from sentiment.nlp import vader
from sentiment.nlp.vader import Scores

READER = "vader-nltk-3.10/1"
NEUTRAL_BELOW = 0.05  # |tone| under which a text is neutral: Hutto and Gilbert (2014), the paper VADER comes from

Label = Literal["negative", "neutral", "positive", "unread"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive", "unread")

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
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One place in the text that moved the tone. ``text`` is the text from ``start`` to ``end`` (characters).

    ``weight`` is its part of the tone: the weights of a reading sum to its tone. ``rule`` is one or more keys of
    ``RULES`` joined by "+"; every place found in the word list begins with ``lexicon``.
    """

    start: int
    end: int
    text: str
    weight: float
    rule: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was read. ``tone`` is -1..+1 (4 decimals), None when unread; ``scores`` are NLTK's own figures.

    ``because`` is in text order and never overlaps. ``language`` is "en" or "cy"; ``reader`` names the version.
    """

    tone: float | None
    label: Label
    scores: Scores | None
    language: languages.Language
    because: tuple[Reason, ...]
    reader: str


def read(text: str, question: str = "") -> Reading:
    """Read one text. Never fails on a string, whatever is in it; takes time in proportion to its length.

    ``question`` is what the text answers. This reader takes no notice of it: VADER knows only the text.
    """
    del question
    language = languages.detect(text)
    if language == languages.WELSH:
        return Reading(None, "unread", None, language, (), READER)
    explained = vader.explain(text)
    tone = explained.scores.compound
    return Reading(tone, label_of(tone), explained.scores, language, _because(text, explained), READER)


def label_of(tone: float | None) -> Label:
    """negative at -0.05 or less, positive at +0.05 or more, neutral between; unread for None."""
    if tone is None:
        return "unread"
    if tone <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if tone >= NEUTRAL_BELOW else "neutral"


def _because(text: str, explained: vader.Explained) -> tuple[Reason, ...]:
    """Reasons whose weights sum to the tone.

    VADER adds valence points and then squeezes the total into -1..+1 by total / sqrt(total² + 15). Each place gets
    its points times that same factor; the heaviest takes the rounding of the tone to four decimals.
    """
    factor = (explained.total * explained.total + vader.ALPHA) ** -0.5
    found = _word_reasons(text, explained, factor)
    found += _mark_reasons(text, explained, factor, found)
    if not found:
        return ()
    rounding = explained.scores.compound - sum(reason.weight for reason in found)
    heaviest = max(range(len(found)), key=lambda place: abs(found[place].weight))
    found[heaviest] = _reweighed(found[heaviest], found[heaviest].weight + rounding)
    return tuple(sorted(found, key=lambda reason: reason.start))


def _word_reasons(text: str, explained: vader.Explained, factor: float) -> list[Reason]:
    """One reason a lexicon word, reaching back over the words that changed it ("not very good") unless that would
    run into the reason before or over a "!" or "?", which have reasons of their own.
    """
    spans = vader.token_spans(text)
    reasons = []
    taken = 0
    for hit in explained.hits:
        if not hit.valence:
            continue
        start, end = spans[hit.index]
        if hit.reach:
            reached = spans[hit.index - hit.reach][0]
            between = text[reached:start]
            if reached >= taken and "!" not in between and "?" not in between:
                start = reached
        taken = end
        rule = "+".join(("lexicon", *hit.rules))
        reasons.append(Reason(start, end, text[start:end], hit.valence * factor, rule))
    return reasons


def _mark_reasons(text: str, explained: vader.Explained, factor: float, words: list[Reason]) -> list[Reason]:
    """Reasons for exclamation and question marks, each placed at the first such run of marks outside the words."""
    reasons: list[Reason] = []
    for mark, points, rule in (
        ("!", explained.exclamation, "exclamation marks"),
        ("?", explained.question, "question marks"),
    ):
        if points:
            start, end = _first_free_run(text, mark, words)
            reasons.append(Reason(start, end, text[start:end], points * factor, rule))
    return reasons


def _first_free_run(text: str, mark: str, words: list[Reason]) -> tuple[int, int]:
    """Where the mark first stands outside the words; the empty end of the text when they hold every one of them."""
    place = 0
    for run in re.finditer(re.escape(mark) + "+", text):
        while place < len(words) and words[place].end <= run.start():
            place += 1
        if place == len(words) or words[place].start >= run.end():
            return run.start(), run.end()
    return len(text), len(text)


def _reweighed(reason: Reason, weight: float) -> Reason:
    return Reason(reason.start, reason.end, reason.text, weight, reason.rule)

"""Which places of a text made its tone: VADER's valence points told as ``Reason``s whose weights sum to the tone.

VADER adds valence points and then squeezes the total into -1..+1 by total / sqrt(total² + 15). Each place gets its
points times that same factor; the heaviest takes the rounding of the tone to four decimals.
"""

import re
from dataclasses import replace

from sentiment.nlp import vader
from sentiment.nlp.readings import Reason


def because(text: str, explained: vader.Explained) -> tuple[Reason, ...]:
    """The places of ``text`` that carried its tone, in text order, never overlapping."""
    factor = (explained.total * explained.total + vader.ALPHA) ** -0.5
    found = _word_reasons(text, explained, factor)
    found += _mark_reasons(text, explained, factor, found)
    if not found:
        return ()
    rounding = explained.scores.compound - sum(reason.weight for reason in found)
    heaviest = max(range(len(found)), key=lambda place: abs(found[place].weight))
    found[heaviest] = replace(found[heaviest], weight=found[heaviest].weight + rounding)
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

"""What a moderator should look at before a text is published: rude words, and personal data of anybody.

It holds, it never censors: nothing is masked or refused because of it. Where it is wrong, a person loses a moment.
"""

from dataclasses import dataclass
from typing import Literal

from sentiment.nlp.private import PrivateKind, private_details
from sentiment.nlp.rude import rude_words

Kind = Literal["profanity"] | PrivateKind
KINDS: tuple[Kind, ...] = ("profanity", "card", "national_insurance", "email", "phone", "address", "plate")


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` is the text from ``start`` up to ``end``, counted in characters; ``kind`` says what is seen in it."""

    start: int
    end: int
    kind: Kind
    text: str


def look_over(text: str) -> tuple[Finding, ...]:
    """The findings in a text, in order and never overlapping; none for most texts. Never fails on a string.

    Of findings that overlap the longest stays, then the first of ``KINDS``.
    """
    found: list[tuple[int, int, Kind]] = [(start, end, "profanity") for start, end in rude_words(text)]
    found += private_details(text)
    kept: list[Finding] = []
    reached = 0
    for start, end, kind in _longest_first(found):
        if start >= reached:
            kept.append(Finding(start, end, kind, text[start:end]))
            reached = end
    return tuple(kept)


def _longest_first(found: list[tuple[int, int, Kind]]) -> list[tuple[int, int, Kind]]:
    """In order, and of those that overlap only the one to be kept."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    chosen: list[tuple[int, int, Kind]] = []
    for each in sorted(found, key=lambda one: (one[0], -one[1], order[one[2]])):
        if chosen and each[0] < chosen[-1][1]:
            last = chosen[-1]
            longer = each[1] - each[0] - (last[1] - last[0])
            if longer > 0 or (longer == 0 and order[each[2]] < order[last[2]]):
                chosen[-1] = each
            continue
        chosen.append(each)
    return chosen

"""What pages say of a reading: how likely, by which rule, by which reader."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sentiment.nlp.readings import RULES

# Words for a probability below each figure: the ranges of the UK's Professional Head of Intelligence Assessment
# yardstick (2019), each gap between two of them cut in the middle.
_HOW_LIKELY = (
    (0.075, _("a remote chance")),
    (0.225, _("highly unlikely")),
    (0.375, _("unlikely")),
    (0.525, _("a realistic possibility")),
    (0.775, _("likely")),
    (0.925, _("highly likely")),
)
_NEARLY_CERTAIN = _("almost certain")

READERS = {
    "lexicon": _("the word list and its rules"),
    "fast": _("the fast reader, a model of words and pairs of words"),
    "deep": _("the deep reader, a small neural network"),
    "welsh": _("the reader of Welsh, a neural network that reads many languages"),
}
"""What each tier is, to follow "read by"."""

_RULES = {
    "lexicon": _("a word with a tone of its own"),
    "capitals": _("written in capitals"),
    "booster": _("strengthened by a word such as “very”"),
    "dampener": _("weakened by a word such as “slightly”"),
    "negation": _("turned round by a word such as “not”"),
    "least": _("turned round by “least”"),
    "never so": _("strengthened by “never so”"),
    "so": _("strengthened by “so” or “this”"),
    "idiom": _("part of a saying with a tone of its own"),
    "before but": _("counts half, because “but” follows"),
    "after but": _("counts half as much again, after “but”"),
    "repeated": _("a repeated word, read as where it first stands"),
    "exclamation marks": _("exclamation marks, up to four"),
    "question marks": _("question marks, two or more"),
    "left out": _("how the tone would change without this word"),
    "subjects": _("more often a subject than a feeling in what people tell a council, so it counts little"),
    "topics": _("names a thing more than a feeling, so it counts little"),
    "feelings": _("a phrase with a tone of its own"),
    "service": _("praise or blame for a service and its people"),
    "stance": _("says that somebody is for or against"),
    "idioms": _("a saying, or an understatement"),
    "complaints": _("a complaint told as a fact"),
    "sarcasm": _("a turn of phrase that often means the opposite"),
    "wishes": _("a wish"),
    "nothing": _("says that there is nothing to add or to mend"),
    "emoji": _("a picture with a tone of its own"),
    "request": _("counts little, because the sentence asks or wishes for something"),
    "question": _("what the question asked for: something good, or something to mend"),
}


def how_likely(p: float) -> str:
    """A probability (0..1) in words."""
    return str(next((words for below, words in _HOW_LIKELY if p < below), _NEARLY_CERTAIN))


def reader_in_words(reader: str) -> str:
    """What a reader of this name and version is; "" for one that is not known any more."""
    return str(next((words for tier, words in READERS.items() if reader.startswith(tier)), ""))


def rule_in_words(rule: str) -> str:
    """The rules of a span ("lexicon+negation") in words for people."""
    return "; ".join(
        str(_RULES[part]) if part in _RULES else gettext(RULES.get(part, part)) for part in rule.split("+")
    )

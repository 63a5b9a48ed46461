"""The council layer's rules, as a linguist writes them: one a line, each with the sentences that show what it does.

A line of ``council/*.txt``, a file for each layer::

    not fit for purpose; unfit for purpose = -2.5 | The ramp is not fit for purpose. -> negative
    <name> Road/Street/Lane = 0 | We live on Great Western Road. -> neutral

Before "=" stand the forms, divided by ";". A form is words, compared without capitals, apostrophes or punctuation at
their ends; in a form ``a/b`` is either word (``do_not/dont``: an underscore joins words), ``(the)`` may be left out,
``..`` is up to three words, ``*`` is one, a word with a capital wants the capital, ``^`` is the start of a sentence
and ``$`` its end or a pause in it. Kinds of words, in angle brackets, are listed in ``WORD_KINDS``; ``<name>`` is a
word with a capital inside a sentence. Of the forms that begin at a word the longest counts.

After "=" stands what the place is worth in VADER's valence points (-4..+4), whatever its words are worth alone; 0 is
a topic, not a feeling; ``damps`` weakens the feelings in the rest of the sentence; in ``questions.txt`` it is what
the question asks for (praise, blame or a view). Then, divided by "|", examples: ``[the question] text -> tone``.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Literal

FOLDER = "council"
LONGEST_GAP = 3  # words that ".." can stand for

Worth = float | Literal["damps", "praise", "blame", "view"]
Tone = Literal["negative", "neutral", "positive"]

MONTHS = "january february march april may june july august september october november december"
WORD_KINDS: dict[str, frozenset[str]] = {
    "<number>": frozenset(
        "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty several "
        "many few couple dozen half".split()
    ),
    "<ordinal>": frozenset("second third fourth fifth sixth seventh eighth ninth tenth umpteenth nth".split()),
    "<period>": frozenset(
        "minute minutes min mins hour hours hrs hr day days week weeks wk wks month months mth mths year years yrs "
        "fortnight decade decades night nights".split()
    ),
    "<when>": frozenset(
        f"{MONTHS} jan feb mar apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday "
        "sunday mon tues tue weds wed thurs thur fri sat sun christmas easter xmas spring summer autumn winter "
        "yesterday lunchtime halloween".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, the question it answers ("" for none), and how its tone must come out."""

    text: str
    question: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: any of its ``forms`` (each a tuple of patterns of words) is worth ``worth``."""

    layer: str
    source: str
    forms: tuple[tuple[str, ...], ...]
    worth: Worth
    examples: tuple[Example, ...]


class BadRule(ValueError):
    """A line that is no rule."""


_LINE = re.compile(r"(?P<forms>[^=|]+)=\s*(?P<worth>[-+]?[0-9.]+|damps|praise|blame|view)\s*\|(?P<examples>.+)\Z")
_EXAMPLE = re.compile(r"(?:\[(?P<question>[^\]]+)\]\s*)?(?P<text>.+?)\s*->\s*(?P<tone>negative|neutral|positive)\Z")


def parse_rule(layer: str, line: str) -> Rule:
    """The rule of one line. Raises ``BadRule`` with the line."""
    found = _LINE.match(line.strip())
    if found is None:
        raise BadRule(f"{layer}: {line}")
    examples = []
    for part in found["examples"].split("|"):
        example = _EXAMPLE.match(part.strip())
        if example is None:
            raise BadRule(f"{layer}: {part} in {line}")
        examples.append(Example(example["text"], example["question"] or "", example["tone"]))  # type: ignore[arg-type]
    worth: Worth
    worth = found["worth"] if found["worth"].isalpha() else float(found["worth"])  # type: ignore[assignment]
    source = found["forms"].strip()
    forms = tuple(form for each in source.split(";") for form in _written_out(each.split()))
    return Rule(layer, source, forms, worth, tuple(examples))


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every layer, in the order of the files' names and of their lines."""
    found = []
    for file in sorted((files("sentiment.nlp") / FOLDER).iterdir(), key=lambda each: each.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                found.append(parse_rule(file.name.removesuffix(".txt"), line))
    return tuple(found)


def _written_out(patterns: list[str]) -> list[tuple[str, ...]]:
    """A form without "/", "( )" and "..": each of the ways it can stand in a text."""
    choices: list[list[tuple[str, ...]]] = []
    for pattern in patterns:
        if pattern == "..":
            choices.append([("*",) * length for length in range(LONGEST_GAP + 1)])
        elif pattern.startswith("("):
            choices.append([(), *(tuple(each.split("_")) for each in pattern.strip("()").split("/"))])
        else:
            choices.append([tuple(each.split("_")) for each in pattern.split("/")])
    return [tuple(word for part in way for word in part) for way in product(*choices)]

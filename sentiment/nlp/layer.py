"""The council layer: what the rules of ``council/*.txt`` make of the places that VADER found, and of those it missed.

VADER's figures are taken as they come and then mended, place by place: a place that a rule covers is worth what the
rule says; a negation does not reach out of its sentence or out of a rule's place ("Nothing, it was perfect"); "no"
turns the feeling after it round instead of being one; a sentence that only asks for something weighs little. Then the
question asked has its say. All of it in VADER's valence points, which are summed and squeezed as VADER does it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from nltk.sentiment.vader import VaderConstants

from sentiment.nlp import rulebook, vader
from sentiment.nlp.matching import Match, Matcher, Word

# All in valence points or as factors on them, chosen on the learning half of the council texts and on patients'
# answers (development half).
REQUEST_DAMPING = 0.15  # factor on VADER's feelings in a sentence that asks or wishes for something
NO_ALONE = -0.6  # "no" before no other feeling; VADER's -1.2 is for a "no" to a person
NO_REACH = 2  # words after "no" among which the feeling it turns round may stand
NOTHING_POINTS = 2.0  # "nothing", asked for what was bad; the same below zero when asked for what was good
LEANING_POINTS = 0.8  # any other answer to such a question, unless it says the contrary by COUNTER_POINTS or more
COUNTER_POINTS = 0.5
QUESTION_CHARACTERS = 1_000  # of a question that are read
QUESTIONS_REMEMBERED = 1_024

Asked = Literal["praise", "blame", "view", ""]
YES = frozenset("yes yeah yep yea aye yup".split())
NO = frozenset("no nope nah naw".split())
JOINING = frozenset({"or", "nor"})

_LAYERS = Matcher(rule for rule in rulebook.rules() if rule.layer != "questions")
_QUESTIONS = Matcher(rule for rule in rulebook.rules() if rule.layer == "questions")


@dataclass(slots=True)  # not frozen: making a frozen one takes three times as long, and texts have many
class Part:
    """What the words from ``first`` to before ``last`` add, in valence points, and the keys of ``RULES`` that say why."""

    first: int
    last: int
    points: float
    rules: tuple[str, ...]


@dataclass(slots=True)
class Weighed:
    """A text in valence points. ``parts`` are in text order and never overlap; ``raws`` are its blank-divided words and
    ``words`` what is known of them. ``total`` is the sum of all that adds.

    ``leaning`` is what the question asked adds; ``exclamation`` and ``marks`` are what "!" and "?" add. ``fired`` are
    the rules found; ``asks`` says that a sentence asks, ``wishes`` that one wishes, for something.
    """

    raws: list[str]
    words: list[Word]
    parts: list[Part]
    total: float
    leaning: float
    exclamation: float
    marks: float
    asked: Asked
    fired: tuple[rulebook.Rule, ...]
    asks: bool
    wishes: bool


def squeezed(points: float) -> float:
    """Valence points as -1..+1, as VADER's compound score."""
    return points / math.sqrt(points * points + vader.ALPHA)


@lru_cache(maxsize=QUESTIONS_REMEMBERED)
def asked_by(question: str) -> Asked:
    """What a question asks for: "praise", "blame", a "view" (whether one is for something); "" for none, or for two."""
    found = {match.rule.worth for match in _QUESTIONS.find(_QUESTIONS.words(question[:QUESTION_CHARACTERS].split()))}
    return cast(Asked, found.pop()) if len(found) == 1 else ""


def weigh(text: str, question: str = "") -> Weighed:
    """Every place of ``text`` with what it adds, under the question it answers. Never fails on a string."""
    raws = text.split()
    words = _LAYERS.words(raws)
    matches = _LAYERS.find(words)
    covered = {place for match in matches for place in range(match.first, match.last)}
    parts = _hits(text, raws, words, matches, covered)
    parts += [_rule_part(words, match, covered) for match in matches if match.rule.worth not in (0.0, "damps")]
    parts.sort(key=lambda part: part.last)
    _around_but(words, parts, covered)
    fired = tuple(match.rule for match in matches)
    asked = asked_by(question) if question else ""
    leaning = _leaning(asked, words, fired, parts) if asked and words else 0.0
    total = sum(part.points for part in parts) + leaning
    exclamation, marks = vader.emphasis(text) if total else (0.0, 0.0)
    if total < 0:
        exclamation, marks = -exclamation, -marks
    layers = {rule.layer for rule in fired if rule.worth == "damps"}
    return Weighed(
        raws,
        words,
        parts,
        total + exclamation + marks,
        leaning,
        exclamation,
        marks,
        asked,
        fired,
        "requests" in layers,
        "wishes" in layers,
    )


def _hits(
    text: str, raws: Sequence[str], words: Sequence[Word], matches: Sequence[Match], covered: set[int]
) -> list[Part]:
    """VADER's places that no rule covers, each mended."""
    hits = vader.hits(text)
    if not hits:
        return []
    seen = [place for place, raw in enumerate(raws) if len(raw) > 1]  # VADER drops the others
    found: dict[int, Part] = {}
    for hit in hits:
        place = seen[hit.index]
        if hit.valence and place not in covered:
            found[place] = _mended(hit, place, seen, words, covered)
    for place in [place for place in found if words[place].plain == "no"]:
        _turn_round(place, found, words, covered)
    for place in _asking(matches, words):
        if place in found:
            found[place].points *= REQUEST_DAMPING
            found[place].rules += ("request",)
    return list(found.values())


def _mended(hit: vader.Hit, place: int, seen: Sequence[int], words: Sequence[Word], covered: set[int]) -> Part:
    """A place of VADER's without "but" (which comes later) and without negations that do not belong to it."""
    points, rules, first = hit.valence, hit.rules, seen[hit.index - hit.reach]
    if rules and rules[-1] in ("before but", "after but"):
        points /= vader.BUT_BEFORE if rules[-1] == "before but" else vader.BUT_AFTER
        rules = rules[:-1]
    if "negation" in rules:
        outside = negations = 0
        beyond = joined = False  # past the beginning of the sentence; past a word that carries a negation on
        for before in range(place - 1, first - 1, -1):
            word = words[before]
            beyond = beyond or word.ends
            joined = joined or word.plain in JOINING
            if word.negates and word.plain != "no":
                negations += 1
                outside += beyond or (before in covered and not joined)
        points /= VaderConstants.N_SCALAR**outside
        if negations == outside:
            rules = tuple(rule for rule in rules if rule != "negation")
            first = place
    return Part(first, place + 1, points, ("lexicon", *rules))


def _turn_round(place: int, found: dict[int, Part], words: Sequence[Word], covered: set[int]) -> None:
    """Let a "no" turn round the feeling just after it; alone it says a little itself."""
    if not words[place].ends:
        for after in range(place + 1, min(place + 1 + NO_REACH, len(words))):
            if after in found:
                part = found[after]
                part.points *= VaderConstants.N_SCALAR
                part.first = min(place, part.first)
                part.rules += ("negation",)
            if after in found or after in covered:
                del found[place]
                return
            if words[after].ends:
                break
    found[place].points = NO_ALONE


def _asking(matches: Sequence[Match], words: Sequence[Word]) -> set[int]:
    """The places of the sentences that open with a request or a wish."""
    places: set[int] = set()
    for match in matches:
        if match.rule.worth == "damps":
            last = match.first
            while last < len(words) - 1 and not words[last].ends:
                last += 1
            places.update(range(match.first, last + 1))
    return places


def _rule_part(words: Sequence[Word], match: Match, covered: set[int]) -> Part:
    """A rule's place, strengthened, weakened or turned round by the words before it, as VADER does with its own."""
    points, first = float(match.rule.worth), match.first
    rules = [match.rule.layer]
    for distance in range(1, vader.REACH + 1):
        before = match.first - distance
        if before < 0 or words[before].ends or before in covered:
            break
        word = words[before]
        if word.booster:
            points += math.copysign(word.booster, points * word.booster) * vader.DAMPING[distance - 1]
            rules.append("booster" if word.booster > 0 else "dampener")
            first = before
        if word.negates and "negation" not in rules:
            points *= VaderConstants.N_SCALAR
            rules.append("negation")
            first = before
    return Part(first, match.last, points, tuple(rules))


def _around_but(words: Sequence[Word], parts: list[Part], covered: set[int]) -> None:
    """VADER's rule for the first "but": what comes before counts half, what comes after half as much again."""
    but = next((place for place, word in enumerate(words) if word.plain == "but" and place not in covered), None)
    if but is not None:
        for part in parts:
            before = part.last <= but
            part.points *= vader.BUT_BEFORE if before else vader.BUT_AFTER
            part.rules += ("before but" if before else "after but",)


def _leaning(asked: Asked, words: Sequence[Word], fired: Sequence[rulebook.Rule], parts: Sequence[Part]) -> float:
    """What the question adds: "nothing" and "yes" mean what was asked; any other answer leans to what was asked for."""
    if any(rule.layer == "blank" for rule in fired):
        return 0.0
    if asked == "view":
        return NOTHING_POINTS * ((words[0].plain in YES) - (words[0].plain in NO))
    side = 1 if asked == "praise" else -1
    if any(rule.layer == "nothing" and rule.worth == 0 for rule in fired):
        return -side * NOTHING_POINTS
    counter = sum(part.points for part in parts if part.points * side < 0)
    return side * LEANING_POINTS if abs(counter) < COUNTER_POINTS else 0.0

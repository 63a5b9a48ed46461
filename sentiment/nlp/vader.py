"""NLTK's VADER, number for number, but quick and able to give its reasons.

Hutto, C.J. and Gilbert, E.E. (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text", ICWSM-14. The rules are those of ``nltk.sentiment.vader`` in NLTK 3.10, quirks included; its tables are used,
not repeated. Two observations make it quick:

* what NLTK does to a word (stripping punctuation, looking it up) depends on that word alone, so it is remembered;
* every rule starts at a word of the lexicon, so the other words cost one look-up each.

Quirks kept for parity, all of NLTK 3.10: a repeated word is scored where it *first* stands; punctuation is taken from
one side of a word only; a one-character token is dropped; "but" counts once, at its first place; idioms are compared
with their exact case.
"""

import math
import re
import string
from dataclasses import dataclass

from nltk.sentiment.vader import VaderConstants

from sentiment.nlp.lexicon import vader_lexicon

EXCLAMATION_WEIGHT = 0.292  # valence points for each "!", from nltk.sentiment.vader
EXCLAMATIONS_COUNTED = 4
QUESTION_WEIGHT = 0.18  # valence points for each "?" of two or three
QUESTIONS_WEIGHED = 3
QUESTIONS_MANY = 0.96  # valence points for four "?" or more
ALPHA = 15  # normalisation constant of the compound score, from nltk.sentiment.vader
REACH = 3  # words before a lexicon word that can change it
DAMPING = (1.0, 0.95, 0.9)  # strength of a booster one, two and three words before
BUT_BEFORE = 0.5  # factor on what comes before "but" ...
BUT_AFTER = 1.5  # ... and after it
MEMO_SIZE = 65_536  # distinct tokens remembered, about 25 MB at most
MEMO_LONGEST = 40  # characters; longer tokens are links and noise, not worth remembering

_PUNCTUATION = re.escape(string.punctuation)
_SHAPE = re.compile(rf"([{_PUNCTUATION}]*)([^{_PUNCTUATION}]+)([{_PUNCTUATION}]*)\Z")
_QUIET, _HIT, _BUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Scores:
    """NLTK's four figures: shares of the text in 0..1 (3 decimals), ``compound`` in -1..+1 (4 decimals)."""

    neg: float
    neu: float
    pos: float
    compound: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A lexicon word that counted. ``index`` counts tokens of two characters or more; ``valence`` is its final worth.

    ``rules`` names what changed it, in the order applied; ``reach`` is how many tokens before it did so (0 to 3).
    """

    index: int
    valence: float
    rules: tuple[str, ...]
    reach: int


@dataclass(frozen=True, slots=True)
class Explained:
    """Scores, and what made them: ``hits`` plus the two emphases sum to ``total`` (valence points)."""

    scores: Scores
    total: float
    hits: tuple[Hit, ...]
    exclamation: float
    question: float


class _Token:
    """What VADER knows of one raw token, whatever stands around it."""

    __slots__ = (
        "booster",
        "idiomatic",
        "known",
        "lead",
        "lower",
        "mark",
        "negates",
        "plain",
        "upper",
        "valence",
        "word",
    )

    def __init__(self, raw: str) -> None:
        rules = VaderConstants
        self.word, self.lead = _strip(raw)
        self.lower = self.word.lower()
        self.upper = self.word.isupper()
        self.known = self.lower in _LEXICON
        self.valence = _LEXICON.get(self.lower, 0.0)
        self.booster: float = rules.BOOSTER_DICT.get(self.lower, 0.0)
        self.negates = self.lower in rules.NEGATE or "n't" in self.lower
        self.idiomatic = self.word in _IDIOM_WORDS or self.lower == "kind"
        self.plain = not (self.idiomatic or self.booster or self.negates or self.lower in _SHIFTERS)
        if self.lower == "but":
            self.mark = _BUT
        else:
            self.mark = _HIT if self.known and self.lower not in rules.BOOSTER_DICT else _QUIET


class _Memo(dict[str, "_Token | None"]):
    """Raw token to what is known of it; None for the one-character tokens, which VADER drops."""

    def __missing__(self, raw: str) -> "_Token | None":
        token = _Token(raw) if len(raw) > 1 else None
        if len(raw) <= MEMO_LONGEST:
            if len(self) >= MEMO_SIZE:
                self.clear()
            self[raw] = token
        return token


def _strip(raw: str) -> tuple[str, int]:
    """The word without punctuation on one side, and how many characters went from its front.

    VADER takes punctuation off a word of two characters or more, from its front or its back but not from both, and
    only if it is one of a fixed list of marks ("." "!!" "?!?" ...).
    """
    if raw.isalnum():
        return raw, 0
    shape = _SHAPE.match(raw)
    if shape is None or len(shape[2]) < 2:
        return raw, 0
    front, core, back = shape.groups()
    if (back in VaderConstants.PUNC_LIST and not front) or (front in VaderConstants.PUNC_LIST and not back):
        return core, len(front)
    return raw, 0


_LEXICON = vader_lexicon()
# The longest word of each idiom and of "kind of", "sort of", "just enough": where it is not, the phrase is not.
_IDIOM_WORDS = frozenset(
    max(phrase.split(), key=len)
    for phrase in (*VaderConstants.SPECIAL_CASE_IDIOMS, *VaderConstants.BOOSTER_DICT)
    if " " in phrase
)
_SHIFTERS = frozenset({"never", "so", "this", "least"})
_MEMO = _Memo()


def scores(text: str) -> Scores:
    """Exactly what NLTK's ``SentimentIntensityAnalyzer.polarity_scores`` gives. Never fails on a string."""
    tokens = _tokens(text)
    if not tokens:
        return Scores(0.0, 0.0, 0.0, 0.0)
    _, _, valences = _valences(tokens, None)
    return _combine(valences, len(tokens), sum(emphasis(text)))[0]


def explain(text: str) -> Explained:
    """The same scores, with every lexicon word that counted and the rules that changed it."""
    tokens = _tokens(text)
    if not tokens:
        return Explained(Scores(0.0, 0.0, 0.0, 0.0), 0.0, (), 0.0, 0.0)
    found = _explained_hits(tokens)
    exclamation, question = emphasis(text)
    result, total, sign = _combine([hit.valence for hit in found], len(tokens), exclamation + question)
    return Explained(result, total, found, sign * exclamation, sign * question)


def hits(text: str) -> tuple[Hit, ...]:
    """The lexicon words that counted, as in ``explain`` but without the scores: a quarter less work."""
    return _explained_hits(_tokens(text))


def _explained_hits(tokens: list[_Token]) -> tuple[Hit, ...]:
    traces: dict[str, tuple[tuple[str, ...], int]] = {}
    but, places, valences = _valences(tokens, traces)
    first: set[str] = set()
    found = []
    for index, valence in zip(places, valences, strict=True):
        word = tokens[index].word
        rules, reach = traces[word]
        if word in first:
            rules, reach = (*rules, "repeated"), 0
        first.add(word)
        if but >= 0 and valence != 0:
            rules = (*rules, "before but" if index < but else "after but")
        found.append(Hit(index, valence, rules, reach))
    return tuple(found)


def emphasis(text: str) -> tuple[float, float]:
    """What exclamation marks and question marks add to a feeling, in valence points, whichever its side."""
    questions = text.count("?")
    exclamation = min(text.count("!"), EXCLAMATIONS_COUNTED) * EXCLAMATION_WEIGHT
    if questions < 2:
        return exclamation, 0.0
    return exclamation, questions * QUESTION_WEIGHT if questions <= QUESTIONS_WEIGHED else QUESTIONS_MANY


def forget() -> None:
    """Empty the memory of tokens, as at the start; for measuring. Scores do not depend on it."""
    _MEMO.clear()


def token_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) in characters of each token, in the order of ``Hit.index``, stripped as VADER strips."""
    spans = []
    end = 0
    for raw in text.split():
        start = text.index(raw, end)
        end = start + len(raw)
        token = _MEMO[raw]
        if token is not None:
            start += token.lead
            spans.append((start, start + len(token.word)))
    return spans


def _tokens(text: str) -> list[_Token]:
    return list(filter(None, map(_MEMO.__getitem__, text.split())))


def _valences(
    tokens: list[_Token], traces: dict[str, tuple[tuple[str, ...], int]] | None
) -> tuple[int, list[int], list[float]]:
    """Place of the first "but" (or -1), places of the lexicon words, and what each is worth in valence points."""
    but = -1
    places: list[int] = []
    valences: list[float] = []
    worth: dict[str, float] = {}
    capitals: list[bool] = []  # the answer to "are only some words in capitals?", once it was asked
    for index in [index for index, token in enumerate(tokens) if token.mark]:
        token = tokens[index]
        if token.mark == _BUT:
            if but < 0:
                but = index
            continue
        valence = worth.get(token.word)
        if valence is None:
            trace: list[tuple[str, int]] | None = None if traces is None else []
            valence = worth[token.word] = _valence(tokens, index, capitals, trace)
            if traces is not None and trace is not None:
                rules = tuple(dict.fromkeys(rule for rule, _ in trace))
                traces[token.word] = rules, max((distance for _, distance in trace), default=0)
        places.append(index)
        valences.append(valence)
    if but >= 0:
        valences = [v * (BUT_BEFORE if i < but else BUT_AFTER) for i, v in zip(places, valences, strict=True)]
    return but, places, valences


def _valence(tokens: list[_Token], index: int, capitals: list[bool], trace: list[tuple[str, int]] | None) -> float:
    """What the lexicon word at ``index`` is worth after the words before it; ``trace`` collects (rule, distance)."""
    token = tokens[index]
    if not token.upper and _nothing_near(tokens, index):
        return token.valence
    if token.lower == "kind" and index + 1 < len(tokens) and tokens[index + 1].lower == "of":
        return 0.0
    rules = VaderConstants
    valence = token.valence
    if token.upper and _only_some_capitals(tokens, capitals):
        valence += rules.C_INCR if valence > 0 else -rules.C_INCR
        _note(trace, "capitals", 0)
    for distance in range(1, min(REACH, index) + 1):
        before = tokens[index - distance]
        if before.known:
            continue
        if before.booster:
            scalar = before.booster if valence >= 0 else -before.booster
            if before.upper and _only_some_capitals(tokens, capitals):
                scalar += rules.C_INCR if valence > 0 else -rules.C_INCR
            valence += scalar * DAMPING[distance - 1]
            _note(trace, "booster" if before.booster > 0 else "dampener", distance)
        factor, rule = _negation(tokens, index, distance)
        if rule:
            valence *= factor
            _note(trace, rule, 1 if rule == "so" else distance)
        if distance == REACH and _idiom_near(tokens, index):
            valence = _idiom(tokens, index, valence, trace)
    if _least_before(tokens, index):
        valence *= rules.N_SCALAR
        _note(trace, "least", 1)
    return valence


def _least_before(tokens: list[_Token], index: int) -> bool:
    if not index or tokens[index - 1].lower != "least":
        return False
    return index == 1 or tokens[index - 2].lower not in ("at", "very")


def _nothing_near(tokens: list[_Token], index: int) -> bool:
    """Whether no rule can apply: the common case, and worth asking first."""
    for near in tokens[index - REACH if index > REACH else 0 : index + REACH]:  # noqa: SIM110  twice as quick as all()
        if not near.plain:
            return False
    return True


def _note(trace: list[tuple[str, int]] | None, rule: str, distance: int) -> None:
    if trace is not None:
        trace.append((rule, distance))


def _only_some_capitals(tokens: list[_Token], capitals: list[bool]) -> bool:
    if not capitals:
        shouted = sum(token.upper for token in tokens)
        capitals.append(0 < shouted < len(tokens))
    return capitals[0]


def _negation(tokens: list[_Token], index: int, distance: int) -> tuple[float, str]:
    """Factor and rule for the word ``distance`` before; (1, "") when it does nothing.

    "never so" and "never this" strengthen instead of negating. Three words away, NLTK lets a "so" or "this" directly
    before do that too, with or without "never"; and that word is the cause then.
    """
    before = tokens[index - distance]
    if distance == 2 and before.word == "never" and tokens[index - 1].word in ("so", "this"):
        return 1.5, "never so"
    if distance == REACH:
        if before.word == "never" and tokens[index - 2].word in ("so", "this"):
            return 1.25, "never so"
        if tokens[index - 1].word in ("so", "this"):
            return 1.25, "so"
    if before.negates:
        return VaderConstants.N_SCALAR, "negation"
    return 1.0, ""


def _idiom_near(tokens: list[_Token], index: int) -> bool:
    return any(token.idiomatic for token in tokens[index - REACH : index + REACH])


def _idiom(tokens: list[_Token], index: int, valence: float, trace: list[tuple[str, int]] | None) -> float:
    """The worth of an idiom standing around the word instead of its own, and "kind of" or "sort of" before it.

    The order of the looks is NLTK's: two words, three words, then those just before, and what follows wins over all.
    """
    idioms = VaderConstants.SPECIAL_CASE_IDIOMS
    words = [token.word for token in tokens[index - REACH : index + REACH]]
    three, two, one, here, *after = words
    looks = [
        f"{one} {here}",
        f"{two} {one} {here}",
        f"{two} {one}",
        f"{three} {two} {one}",
        f"{three} {two}",
    ]
    found = next((look for look in looks if look in idioms), None)
    for length in range(1, len(after) + 1):
        look = " ".join([here, *after[:length]])
        found = look if look in idioms else found
    if found is not None:
        valence = idioms[found]
        _note(trace, "idiom", 0)
    if looks[4] in VaderConstants.BOOSTER_DICT or looks[2] in VaderConstants.BOOSTER_DICT:
        valence += VaderConstants.B_DECR
        _note(trace, "dampener", REACH)
    return valence


def _combine(valences: list[float], length: int, emphasis: float) -> tuple[Scores, float, int]:
    """The four figures, the total in valence points, and the sign with which emphasis was added (-1, 0 or +1)."""
    total = float(sum(valences))
    sign = (total > 0) - (total < 0)
    total += sign * emphasis
    positive = negative = 0.0
    neutral = length - len(valences)
    for valence in valences:
        if valence > 0:
            positive += valence + 1  # a neutral word counts 1, so a feeling weighs 1 more than its valence
        elif valence < 0:
            negative += valence - 1
        else:
            neutral += 1
    if positive > -negative:
        positive += emphasis
    elif positive < -negative:
        negative -= emphasis
    whole = positive - negative + neutral
    result = Scores(
        neg=round(math.fabs(negative / whole), 3),
        neu=round(math.fabs(neutral / whole), 3),
        pos=round(math.fabs(positive / whole), 3),
        compound=round(total / math.sqrt(total * total + ALPHA), 4),
    )
    return result, total, sign

"""What a set of texts talks about: words and short phrases that several people used, best first."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nltk.metrics.association import BigramAssocMeasures

from sentiment.nlp.terms import term
from sentiment.nlp.tokens import WORD_PATTERN

FEWEST_TEXTS = (2, 2, 3)  # texts that must hold a phrase of one, two and three words: never one person's alone
LONGEST = 3  # words in a phrase
COLLOCATED = 6.63  # log-likelihood they must reach: the 1 % point of chi-squared with one degree (Dunning 1993)
SAME_TEXTS = 0.5  # a part of a phrase already chosen needs this share of its texts to itself

# Words of praise and blame: they tell the tone, not the subject, so they are no key phrase on their own.
TONE_WORDS = frozenset(
    "amazing awful bad best better brilliant disgusting excellent fantastic fine friendly good great happy hate "
    "helpful horrible important kind lovely love nice perfect pleased poor ridiculous rude terrible wonderful worse "
    "worst wrong".split()
)
LINKS = frozenset({"of", "and", "in", "on", "for"})  # stop words that may stand inside a phrase: "quality of life"

_WORD = re.compile(WORD_PATTERN)
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as people mostly wrote it; ``count`` is how many texts hold it, ``score`` orders (higher is
    better).
    """

    text: str
    count: int
    score: float


@dataclass(frozen=True, slots=True)
class Background:
    """How people speak elsewhere, counted once for many comparisons: of ``size`` texts, how many hold each phrase."""

    holders: Mapping[_Key, int]
    size: int


def background_of(texts: Sequence[str]) -> Background:
    """The background that these texts make."""
    return Background(_holders(texts), len(texts))


def key_phrases(
    texts: Sequence[str], limit: int = 12, background: Background | Sequence[str] | None = None
) -> tuple[Phrase, ...]:
    """The phrases of one to three words that stand out in ``texts``, best first, at most ``limit``.

    Forms of a word count together ("bin", "bins"); a phrase is counted once a text, and needs two texts at least.
    Phrases of several words must be NLTK collocations. Half of the places are kept for phrases of several words, as
    far as there are any, because single words are commoner and would crowd them out. Without ``background`` the
    score is the C-value of Frantzi, Ananiadou and Mima (2000): log2(words + 1) times the texts that hold the phrase
    outside longer phrases. With it, only phrases used more here than in the background are given, by log-likelihood
    keyness (Rayson and Garside 2000) times log2(words + 1). The order of the texts does not matter.
    """
    holders, together, singles = _count(texts)
    candidates = {
        key
        for key, count in holders.items()
        if count >= FEWEST_TEXTS[len(key) - 1] and _is_phrase(key, together, singles)
    }
    if background is None:
        scores = _c_values(candidates, holders)
    else:
        if not isinstance(background, Background):
            background = background_of(background)
        scores = _keyness(candidates, holders, len(texts), background)
    best_first = sorted((key for key in scores if scores[key] > 0), key=lambda key: (-scores[key], key))
    chosen: list[_Key] = []
    _choose((key for key in best_first if len(key) > 1), limit // 2, chosen, holders)
    _choose(best_first, limit, chosen, holders)
    chosen.sort(key=best_first.index)
    written = _as_written(texts, set(chosen))
    return tuple(Phrase(written[key], holders[key], round(scores[key], 3)) for key in chosen)


def _runs(text: str) -> Iterator[list[tuple[str, str, bool]]]:
    """Runs of words with nothing but blanks between them: (as written, stem, bears a subject)."""
    run: list[tuple[str, str, bool]] = []
    end = 0
    for match in _WORD.finditer(text):
        if run and text[end : match.start()].strip():
            yield run
            run = []
        found = term(match[0])
        run.append((match[0], found.stem, found.bears_subject))
        end = match.end()
    if run:
        yield run


def _phrases_in(text: str) -> Iterator[tuple[_Key, list[str]]]:
    """Every possible phrase of a text as (key, words as written). It begins and ends with a word that bears a
    subject; a three-word one may hold a link between ("quality of life").
    """
    for run in _runs(text):
        for first, (_, _, opens) in enumerate(run):
            if not opens:
                continue
            for last in range(first, min(first + LONGEST, len(run))):
                piece = run[first : last + 1]
                if run[last][2] and _may_stand(piece):
                    yield tuple(stem for _, stem, _ in piece), [word for word, _, _ in piece]


def _may_stand(piece: list[tuple[str, str, bool]]) -> bool:
    if len(piece) == 2:
        return piece[0][1] != piece[1][1]  # "very very": the same word twice is no phrase
    return len(piece) < 3 or piece[1][2] or piece[1][1] in LINKS


def _count(texts: Sequence[str]) -> tuple[Counter[_Key], Counter[_Key], Counter[str]]:
    """Texts holding each phrase; occurrences of each phrase of several words; occurrences of each word."""
    holders: Counter[_Key] = Counter()
    together: Counter[_Key] = Counter()
    singles: Counter[str] = Counter()
    for text in texts:
        found = [key for key, _ in _phrases_in(text)]
        holders.update(set(found))
        for key in found:
            if len(key) == 1:
                singles[key[0]] += 1
            else:
                together[key] += 1
    return holders, together, singles


def _is_phrase(key: _Key, together: Counter[_Key], singles: Counter[str]) -> bool:
    """Whether its first and last words keep each other's company more than chance would have it."""
    if len(key) == 1:
        return key[0] not in _TONE_STEMS
    both, one, other, everything = together[key], singles[key[0]], singles[key[-1]], singles.total()
    if both * everything <= one * other:
        return False
    return float(BigramAssocMeasures.likelihood_ratio(both, (one, other), everything)) >= COLLOCATED


def _parts(key: _Key) -> Iterator[_Key]:
    for length in range(1, len(key)):
        for first in range(len(key) - length + 1):
            yield key[first : first + length]


def _c_values(candidates: set[_Key], holders: Counter[_Key]) -> dict[_Key, float]:
    inside: defaultdict[_Key, list[int]] = defaultdict(list)
    for key in candidates:
        for part in set(_parts(key)):
            inside[part].append(holders[key])
    return {
        key: math.log2(len(key) + 1)
        * (holders[key] - (sum(inside[key]) / len(inside[key]) if key in inside else 0.0))
        for key in candidates
    }


def _holders(texts: Sequence[str]) -> Counter[_Key]:
    holders: Counter[_Key] = Counter()
    for text in texts:
        holders.update({key for key, _ in _phrases_in(text)})
    return holders


def _keyness(candidates: set[_Key], holders: Counter[_Key], size: int, background: Background) -> dict[_Key, float]:
    rest = max(1, background.size)
    scores = {}
    for key in candidates:
        here, there = holders[key], background.holders.get(key, 0)
        if here / size > there / rest:
            expected_here = size * (here + there) / (size + rest)
            expected_there = rest * (here + there) / (size + rest)
            likelihood = here * math.log(here / expected_here)
            likelihood += there * math.log(there / expected_there) if there else 0.0
            scores[key] = 2 * likelihood * math.log2(len(key) + 1)
    return scores


def _choose(best_first: Iterable[_Key], limit: int, chosen: list[_Key], holders: Counter[_Key]) -> None:
    for key in best_first:
        if len(chosen) >= limit:
            return
        if key not in chosen and not _told_already(key, chosen, holders):
            chosen.append(key)


def _told_already(key: _Key, chosen: list[_Key], holders: Counter[_Key]) -> bool:
    """Whether a phrase chosen before is most of this one, or this one most of it."""
    for other in chosen:
        if key in _parts(other) and holders[key] - holders[other] < SAME_TEXTS * holders[key]:
            return True
        if other in _parts(key) and holders[key] >= SAME_TEXTS * holders[other]:
            return True
    return False


def _as_written(texts: Sequence[str], keys: set[_Key]) -> dict[_Key, str]:
    """How people mostly wrote each phrase: a capital is kept only where nobody wrote it small."""
    forms: defaultdict[_Key, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for key, words in _phrases_in(text):
            if key in keys:
                forms[key][" ".join(words)] += 1
    written = {}
    for key, seen in forms.items():
        small = {form for form in seen if form == form.lower()}
        if small:
            seen = _lowered(seen)
        written[key] = min(small or seen, key=lambda form: (-seen[form], form))
    return written


def _lowered(forms: Counter[str]) -> Counter[str]:
    lowered: Counter[str] = Counter()
    for form, count in forms.items():
        lowered[form.lower()] += count
    return lowered


_TONE_STEMS = frozenset(term(word).stem for word in TONE_WORDS)

"""Themes: points that many of a set of texts make, found, named and quoted with nothing but the texts themselves.

A theme proposed here is a candidate: an officer adopts, renames, merges or splits it (``mapping.py`` learns from that).
Texts are compared by meaning (an encoder's vectors) and by the words they share (LSA), grouped by k-means, and named
by what their writers say more than the rest (log-likelihood keyness over NLTK's collocations, see ``phrases.py``).
Texts that say nothing ("None", "N/A", "no comment") take no part.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

import numpy as np

from sentiment.nlp import clusters
from sentiment.nlp.clusters import CHUNK
from sentiment.nlp.phrases import COLLOCATED, Background, Phrase, background_of, key_phrases
from sentiment.nlp.terms import term
from sentiment.nlp.tokens import sentences, words
from sentiment.nlp.wordspace import MOST_CHARACTERS, Floats, WordSpace, checked, subject, unit

WORDS_WEIGHT = 0.65  # of words beside the vectors' 1 where texts are put to a frame (``mapping.py``)
SUBJECT_WORDS, WORDS_WEIGHTS = (
    (5, 15),
    (0.5, 0.9),
)  # of LSA beside the vectors' 1, for a text of so many: see ``_points``
ALIKE = 0.9  # cosine of two themes' middles above which they are one: i.AI's rule for themefinder
SMALLEST, SMALLEST_SHARE = 5, 0.001  # texts a theme needs, the greater of the two: the same rule
FEWEST_DIFFERENT = 4
MOST_COMPARED = 5_000  # different texts among which themes are sought; the rest join the nearest
KEY_WORDS = 8
MOST_PHRASES = 16  # looked at
QUOTES = 3
QUOTED_WORDS = (4, 45)  # a text of fewer or more is quoted only when there is no other; of a longer one, a sentence
MOST_QUOTABLE = 50  # of the most central texts
SAME_QUOTE = 0.9  # cosine above which a quote repeats another
KEY_SHARE = 0.05  # of a theme's texts must hold a phrase before it is a key phrase
LABEL_SHARES = {False: 0.15, True: 0.08}  # ... before it names the theme: a word, and a phrase of several words
SECOND_PART = 0.4  # of the first part's keyness must the second part of a label have
LABEL_WORDS = 8  # of a quote that stands in for a label

# Stems of what people write when they have nothing to say. A text with no other subject takes no part.
NOTHING_SAID = frozenset(
    term(word).stem
    for word in "comment add answer applicable n.a nil blank idea dunno know unsure mention dim byd".split()
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote: ``texts[text_index][start:end] == text``."""

    text_index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Theme:
    """``label``: a phrase people used, different for each theme; ``words``: key words and phrases, best first;
    ``size``: texts; ``quotes``: the most central texts that differ.
    """

    label: str
    words: tuple[str, ...]
    size: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A text's theme, an index into ``Themes.themes``, or None for a text that says nothing; ``strength``, 0..1, is
    the cosine between the text and the middle of its theme.
    """

    theme: int | None
    strength: float


@dataclass(frozen=True, slots=True)
class Themes:
    """Largest first, and a place for each text in order. ``silhouette`` (-1 to +1) tells how far apart they lie.

    When ``refused`` is not empty it says why there are none.
    """

    themes: tuple[Theme, ...]
    places: tuple[Place, ...]
    silhouette: float
    refused: str = ""


def says_something(text: str) -> bool:
    """Whether a text has a subject beyond "none", "no comment" and the like."""
    return any(stem not in NOTHING_SAID for stem in subject(text))


def in_order(texts: Sequence[str]) -> list[int]:
    """The indexes of the texts in an order that depends on the texts alone and is otherwise as good as chance.

    Whoever embeds texts in this order gets the same vectors, to the last bit, however they came.
    """
    return sorted(range(len(texts)), key=lambda index: (_digest(texts[index]), texts[index]))


def find_themes(texts: Sequence[str], vectors: Any = None, k: int | Literal["auto"] = "auto") -> Themes:
    """The themes of a set of texts.

    ``vectors``: (n, width) from ``Encoder.embed``, or None to go by words alone. ``k``: how many themes at most;
    "auto" takes the best of 2 to 40 by silhouette. Those that are alike are then merged, and those of fewer than 5
    texts or 0.1 % dissolved, each text to the nearest that stays. The order of the texts does not matter. Themes are
    sought among 5,000 different texts, the rest join the nearest. Raises ``ValueError`` when there is not one row of
    vectors for each text; anything else that cannot be done is told in ``refused``.
    """
    rows = None if vectors is None else checked(vectors, len(texts))
    present = [index for index in in_order(texts) if says_something(texts[index])]
    if rows is not None:  # one text with different vectors still comes in one order
        present.sort(key=lambda index: (_digest(texts[index]), rows[index].tobytes()))
    sought = _different(texts, rows, present)
    points = _points(texts, rows, present, sought)
    smallest = max(SMALLEST, math.ceil(SMALLEST_SHARE * len(present)))
    most = min(len(present) // smallest, len(sought) - 1)
    refused = _refusal(len(present), len(sought), smallest, most, k)
    if refused:
        return Themes((), (Place(None, 0.0),) * len(texts), 0.0, refused)
    numbers = [number for number in clusters.TRIED if number <= most] if k == "auto" else [k]
    of, silhouette = _grouped(points, sought, numbers, smallest)
    middles = clusters.centres(points, of)
    strengths = np.clip((points * middles[of]).sum(axis=1), 0, 1)
    quotes = [tuple(_quotes(texts, present, points, strengths, of == number)) for number in range(len(middles))]
    names = _names([texts[present[place]] for place in sought], of[sought], quotes)
    places = [Place(None, 0.0)] * len(texts)
    for place, index in enumerate(present):
        places[index] = Place(int(of[place]), round(float(strengths[place]), 4))
    themes = tuple(
        Theme(label, key_words, int((of == number).sum()), quotes[number])
        for number, (label, key_words) in enumerate(names)
    )
    return Themes(themes, tuple(places), round(silhouette, 4))


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _different(texts: Sequence[str], rows: Floats | None, present: list[int]) -> list[int]:
    """Places in ``present`` of the first 5,000 that are not copies of one before: a campaign says a thing once."""
    seen: dict[tuple[str, bytes], int] = {}
    for place, index in enumerate(present):
        seen.setdefault((texts[index], b"" if rows is None else rows[index].tobytes()), place)
        if len(seen) == MOST_COMPARED:
            break
    return list(seen.values())


def _points(texts: Sequence[str], rows: Floats | None, present: list[int], sought: list[int]) -> Floats:
    """One row of length 1 for each text of ``present``: its vector and its place among the words, (n, d).

    Few words say little of a short text's subject, so the vector counts more there: on short feedback a weight of 0.5
    was better (purity .573, against .532 of 0.65 and .541 of 0.8), on answers of 35 words one of 0.8 (.957, against
    .944 of 0.65).
    """
    space = WordSpace([texts[present[place]] for place in sought])
    pieces = []
    for start in range(0, len(present), CHUNK):
        chunk = present[start : start + CHUNK]
        by_words = space.points([texts[index] for index in chunk])
        if rows is not None:
            lengths = [len(subject(texts[index])) for index in chunk]
            weights = np.interp(lengths, SUBJECT_WORDS, WORDS_WEIGHTS).astype(np.float32)
            by_words = np.hstack([rows[chunk], weights[:, None] * by_words])
        pieces.append(unit(by_words))
    return np.vstack(pieces) if pieces else np.zeros((0, 1), dtype=np.float32)


def _refusal(present: int, different: int, smallest: int, most: int, k: int | Literal["auto"]) -> str:
    if present < 2 * smallest:
        return f"too few texts: {present} of the {2 * smallest} needed say something"
    if different < FEWEST_DIFFERENT:
        return f"too few different texts: {different} of the {FEWEST_DIFFERENT} needed"
    if k != "auto" and not 2 <= k <= most:
        return f"k must be from 2 to {most} for {present} texts, {different} of them different, not {k}"
    return ""


def _grouped(
    points: Floats, sought: list[int], numbers: Sequence[int], smallest: int
) -> tuple[clusters.Numbers, float]:
    """The theme of each point, from 0 by size, and the silhouette of the groups they were made from."""
    company = clusters.Neighbourhood(points[sought])
    groups = clusters.grouped(company.smoothed, numbers)
    middles = clusters.centres(company.smoothed, groups.of)
    of = _nearest(points, company, middles)
    of[sought] = groups.of
    of = clusters.merged(points[sought], groups.of, ALIKE)[of]
    stays = np.flatnonzero(np.bincount(of) >= smallest)
    leaves = np.flatnonzero(~np.isin(of, stays))
    if len(leaves):
        middles = clusters.centres(company.smoothed, of[sought])
        of[leaves] = stays[_nearest(points[leaves], company, middles[stays])]
    by_size = sorted(stays.tolist(), key=lambda number: (-int((of == number).sum()), number))
    rank = np.zeros(int(stays.max()) + 1, dtype=np.int64)
    rank[by_size] = np.arange(len(by_size))
    return rank[of], groups.silhouette


def _nearest(points: Floats, company: clusters.Neighbourhood, middles: Floats) -> clusters.Numbers:
    """For each point the index of the nearest middle, chunk by chunk."""
    found = np.zeros(len(points), dtype=np.int64)
    for start in range(0, len(points), CHUNK):
        chunk = slice(start, start + CHUNK)
        found[chunk] = (company.smooth(points[chunk]) @ middles.T).argmax(axis=1)
    return found


def _names(
    texts: Sequence[str], of: clusters.Numbers, quotes: Sequence[tuple[Quote, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A label that no other theme has and key words, for each theme."""
    everything = background_of(texts)
    taken: set[str] = set()
    for number, quoted in enumerate(quotes):
        members = [text for text, theme in zip(texts, of, strict=True) if theme == number]
        found = key_phrases(members, MOST_PHRASES, _without(everything, background_of(members)))
        phrases = [each for each in found if each.count >= KEY_SHARE * len(members) and each.score >= COLLOCATED]
        label = _label(phrases, len(members), quoted)
        if label in taken:
            longer = (f"{label}, {each.text}" for each in phrases if each.text not in label)
            label = next((each for each in longer if each not in taken), label)
        if label in taken:
            label = f"{label} ({number + 1})"
        taken.add(label)
        yield label, tuple(phrase.text for phrase in phrases[:KEY_WORDS])


def _without(everything: Background, part: Background) -> Background:
    return Background(Counter(everything.holders) - Counter(part.holders), everything.size - part.size)


def _label(phrases: Sequence[Phrase], size: int, quotes: Sequence[Quote]) -> str:
    """What tells the theme from the rest and is common in it, in at most two phrases; else its shortest quote."""
    common = [each for each in phrases if each.count >= size * LABEL_SHARES[" " in each.text]]
    if not common:
        said = min((quote.text for quote in quotes), key=lambda text: len(words(text)))
        spans = words(said)[:LABEL_WORDS]
        return said[: spans[-1].end] + ("…" if len(words(said)) > LABEL_WORDS else "") if spans else said
    first, *others = common
    others = [each for each in others if each.score >= SECOND_PART * first.score]
    second = next((each for each in others if " " in each.text), others[0] if others else None)
    if " " in first.text or second is None:
        return first.text
    if set(subject(first.text)) <= set(subject(second.text)):
        return second.text
    return f"{first.text}, {second.text}"


def _quotes(
    texts: Sequence[str], present: list[int], points: Floats, strengths: Floats, members: Any
) -> Iterator[Quote]:
    """The most central texts of a theme, none much like one before, short ones before sentences of long ones."""
    central = sorted(np.flatnonzero(members).tolist(), key=lambda place: (-round(float(strengths[place]), 4), place))
    central = central[:MOST_QUOTABLE]
    short = [place for place in central if _is_fit(texts[present[place]])]
    chosen: list[int] = []
    for place in short or central:
        if len(chosen) < QUOTES and not (points[chosen] @ points[place] > SAME_QUOTE).any():
            chosen.append(place)
            yield _quote(texts[present[place]], present[place])


def _is_fit(text: str) -> bool:
    shortest, longest = QUOTED_WORDS
    return shortest <= len(words(text[:MOST_CHARACTERS])) <= longest


def _quote(text: str, index: int) -> Quote:
    """The text without the blanks around it, or the first fit sentence of a long one, or the first."""
    spans = sentences(text[:MOST_CHARACTERS])
    if _is_fit(text) or len(words(text[:MOST_CHARACTERS])) < QUOTED_WORDS[0]:
        return Quote(index, spans[0].start, spans[-1].end, text[spans[0].start : spans[-1].end])
    span = next((span for span in spans if _is_fit(span.text)), spans[0])
    return Quote(index, span.start, span.end, span.text)

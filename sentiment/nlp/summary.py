"""A set of texts in a few of its own sentences, with how well they stand for the rest.

Only sentences somebody wrote, each linked to its text; nothing is put into anybody's mouth. Two choices, because
they are two questions. The *lead* says what most people say: LexRank (Erkan and Radev 2004) ranks sentences by how
many others they resemble, and MMR (Carbonell and Goldstein 1998) keeps the second from repeating the first. The
*quotes* stand for as many people as possible: greedy facility location takes the sentence that adds most to what is
covered so far, so a minority gets a voice as soon as the majority has one; then each is exchanged for a better one while
there is any (Teitz and Bart 1968, Operations Research 16), which covers 1 to 2 % more. Where texts come with a group each
(their position, their tone), quotes are shared out over the groups by size first, and chosen within them.

Likeness is of TF-IDF terms, or of embeddings where they are given: they know that two texts say one thing in different
words, and coverage by the quotes rises (``benchmarks/sets.py``). The lead stays with terms, which pick it better
(ROUGE-1 .300 against .268 on Opinosis).
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.terms import terms
from sentiment.nlp.tokens import sentences, words

LEAD_SENTENCES = 2
SHORTEST_WORDS, LONGEST_WORDS = 5, 45  # a sentence fit to be shown; others are taken only when there is none
SHORTEST_QUOTE = (
    4  # words; half of public-service feedback is of 8 words or fewer, and short ones stand for short ones
)
MOST_ROUNDS = 5  # of exchanging quotes; 2 or 3 are usual
DAMPING = 0.85  # of the walk between sentences (Brin and Page 1998)
SETTLED = 1e-6  # change of the ranks at which the walk ends
MOST_STEPS = 100
RELEVANCE = 0.7  # MMR's weight of rank against novelty
EXCLUDED_BELOW = 0.1  # cosine under which a text shares practically nothing with any quote ...
EXCLUDED_BELOW_BY_MEANING = 0.45  # ... and of embeddings, whose cosines lie higher
MOST_TEXTS = 5_000  # compared; of more, every n-th is taken
MOST_SPLIT_TEXTS = {
    False: 1_000,
    True: 2_000,
}  # of those, how many give sentences to choose from, by words and by meaning
MOST_SENTENCES = {False: 1_500, True: 2_000}
MOST_TERMS = 2_000  # the terms most texts share
MOST_CHARACTERS = 5_000  # of a text are looked at

_Matrix = NDArray[np.float32]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence somebody wrote: ``texts[text_index][start:end] == text``."""

    text_index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """``lead``: what most say. ``quotes``: voices that stand for as many as possible, each of another text.

    ``coverage`` (0..1) is how much a text resembles the nearest quote, on average; ``excluded_share`` (0..1) is the
    part of the texts that resemble none. ``considered`` is how many texts were compared; blank ones are not among
    them.
    """

    lead: tuple[Sentence, ...]
    quotes: tuple[Sentence, ...]
    coverage: float
    excluded_share: float
    considered: int


def summarise(
    texts: Sequence[str], limit: int = 3, *, groups: Sequence[str] | None = None, embed: Embed | None = None
) -> Summary:
    """Summarise in at most two lead sentences and ``limit`` quotes. The same texts always give the same summary.

    ``groups``, when given, has a name for each text: quotes are shared out over the groups by how many texts each has,
    by largest remainders, each getting one before any gets two if there are enough. ``embed`` turns n texts into
    (n, d) rows of length 1, for instance ``Encoder.load().embed``. 5,000 texts are compared and sentences of 1,000 of
    them (2,000 with ``embed``) may be chosen; of more, evenly spaced ones are taken. Only the first 5,000 characters of a
    text count. Raises ``ValueError`` when there are not as many groups as texts.
    """
    if groups is not None and len(groups) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(groups)} groups")
    present = [index for index, text in enumerate(texts) if text.strip()]
    compared = _evenly(present, MOST_TEXTS)
    by_meaning = embed is not None
    split = _evenly(compared, MOST_SPLIT_TEXTS[by_meaning])
    candidates = _candidates(texts, split, MOST_SENTENCES[by_meaning])
    if not candidates:
        return Summary((), (), 0.0, 1.0 if compared else 0.0, len(compared))
    bags = [terms(texts[index][:MOST_CHARACTERS]) for index in compared]
    vocabulary, rarity = _vocabulary(bags)
    sayings = _vectors([terms(sentence.text) for sentence in candidates], vocabulary, rarity)
    long_enough = [place for place, each in enumerate(candidates) if len(words(each.text)) >= SHORTEST_WORDS]
    leading = long_enough or list(range(len(candidates)))
    lead = [leading[place] for place in _lead(sayings[leading])]
    if embed is None:
        likeness, excluded_below = _vectors(bags, vocabulary, rarity) @ sayings.T, EXCLUDED_BELOW
    else:
        whole, parts = [texts[index][:MOST_CHARACTERS] for index in compared], [each.text for each in candidates]
        place = {text: row for row, text in enumerate(dict.fromkeys(whole + parts))}  # many texts are one sentence
        meanings = embed(list(place))
        likeness = meanings[[place[text] for text in whole]] @ meanings[[place[text] for text in parts]].T
        excluded_below = EXCLUDED_BELOW_BY_MEANING
    named = groups or [""] * len(texts)
    shares = _shared_out(Counter(named[index] for index in compared), limit)
    spoken = [(sentence.text_index, named[sentence.text_index]) for sentence in candidates]
    quotes, nearest = _quotes(likeness, spoken, shares)
    return Summary(
        lead=tuple(candidates[place] for place in lead),
        quotes=tuple(candidates[place] for place in quotes),
        coverage=round(float(nearest.mean()), 4),
        excluded_share=round(float((nearest < excluded_below).mean()), 4),
        considered=len(compared),
    )


def _shared_out(sizes: Counter[str], limit: int) -> dict[str, int]:
    """How many quotes each group gets: one each, the largest groups first, and the rest by largest remainders."""
    order = sorted(sizes, key=lambda name: (-sizes[name], name))
    shares = {name: 1 if place < limit else 0 for place, name in enumerate(order)}
    whole = sizes.total()
    while sum(shares.values()) < limit:
        shares[max(order, key=lambda name: limit * sizes[name] / whole - shares[name])] += 1
    return shares


def _evenly(items: list[int], most: int) -> list[int]:
    if len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def _candidates(texts: Sequence[str], chosen: list[int], most: int) -> list[Sentence]:
    """Sentences fit to be shown that have a subject; if none is of a fit length, all that have one."""
    found: list[Sentence] = []
    for index in chosen:
        for span in sentences(texts[index][:MOST_CHARACTERS]):
            if terms(span.text):
                found.append(Sentence(index, span.start, span.end, span.text))
    fit = [sentence for sentence in found if SHORTEST_QUOTE <= len(words(sentence.text)) <= LONGEST_WORDS]
    places = _evenly(list(range(len(fit or found))), most)
    return [(fit or found)[place] for place in places]


def _vocabulary(bags: list[list[str]]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """Column of each term, and how rare it is: smoothed inverse document frequency."""
    holders = Counter(term for bag in bags for term in set(bag))
    kept = sorted(holders, key=lambda term: (-holders[term], term))[:MOST_TERMS]
    rarity = [math.log((1 + len(bags)) / (1 + holders[term])) + 1 for term in kept]
    return {term: column for column, term in enumerate(kept)}, np.array(rarity, dtype=np.float32)


def _vectors(bags: list[list[str]], vocabulary: dict[str, int], rarity: NDArray[np.float32]) -> _Matrix:
    """TF-IDF rows of length 1 (or 0 for a text with no known term); a term said n times counts 1 + ln n."""
    matrix = np.zeros((len(bags), len(vocabulary)), dtype=np.float32)
    for row, bag in enumerate(bags):
        for term, count in Counter(bag).items():
            column = vocabulary.get(term)
            if column is not None:
                matrix[row, column] = 1 + math.log(count)
    matrix *= rarity
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    np.divide(matrix, lengths, out=matrix, where=lengths > 0)
    return matrix


def _lead(sayings: _Matrix) -> list[int]:
    likeness = sayings @ sayings.T
    ranks = _lexrank(likeness)
    ranks /= ranks.max()
    chosen: list[int] = []
    while len(chosen) < min(LEAD_SENTENCES, len(ranks)):
        told = likeness[:, chosen].max(axis=1) if chosen else np.zeros(len(ranks), dtype=np.float32)
        merit = RELEVANCE * ranks - (1 - RELEVANCE) * told
        merit[chosen] = -np.inf
        best = int(merit.argmax())
        if chosen and told[best] > 0.999:
            break  # only repetitions are left
        chosen.append(best)
    return chosen


def _lexrank(likeness: _Matrix) -> NDArray[np.float64]:
    """How often a reader who wanders from sentence to sentence by likeness is at each one; sums to 1."""
    size = len(likeness)
    weights = likeness.astype(np.float64)
    totals = weights.sum(axis=1, keepdims=True)
    steps = np.divide(weights, totals, out=np.full_like(weights, 1 / size), where=totals > 0)
    ranks = np.full(size, 1 / size)
    for _ in range(MOST_STEPS):
        after = (1 - DAMPING) / size + DAMPING * (ranks @ steps)
        moved = float(np.abs(after - ranks).sum())
        ranks = after
        if moved < SETTLED:
            break
    return ranks


def _quotes(
    likeness: _Matrix, spoken: list[tuple[int, str]], shares: dict[str, int]
) -> tuple[list[int], NDArray[np.float32]]:
    """Sentences chosen one by one for what they add, and each text's likeness to the nearest. One a text at most.

    ``spoken`` has the text and the group of each sentence; ``shares`` how many quotes each group may have. A group
    that runs out of sentences leaves its share unused.
    """
    owner, group = np.array([text for text, _ in spoken]), np.array([name for _, name in spoken])
    left = Counter(shares)
    open_to_choice = np.ones(len(spoken), dtype=bool)
    nearest = np.zeros(len(likeness), dtype=np.float32)
    chosen: list[int] = []
    while (may := open_to_choice & np.isin(group, [name for name, count in left.items() if count])).any():
        gains = np.maximum(likeness - nearest[:, None], 0).sum(axis=0)
        gains[~may] = -1
        best = int(gains.argmax())
        if gains[best] <= SETTLED:
            break
        chosen.append(best)
        nearest = np.maximum(nearest, likeness[:, best])
        open_to_choice &= owner != owner[best]
        left[str(group[best])] -= 1
    return _exchanged(likeness, chosen, owner, group)


def _exchanged(
    likeness: _Matrix, chosen: list[int], owner: NDArray[np.int64], group: NDArray[np.str_]
) -> tuple[list[int], NDArray[np.float32]]:
    """Each quote exchanged, while it helps, for the sentence of its group that covers most beside the others.

    The quotes come in the order of what each adds to those before.
    """
    for _ in range(MOST_ROUNDS):
        before = list(chosen)
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            nearest = _nearest(likeness, others)
            gains = np.maximum(likeness - nearest[:, None], 0).sum(axis=0)
            gains[(group != group[chosen[place]]) | np.isin(owner, owner[others])] = -1
            best = int(gains.argmax())
            if gains[best] > gains[chosen[place]] + SETTLED:
                chosen[place] = best
        if chosen == before:
            break
    ordered: list[int] = []
    while len(ordered) < len(chosen):
        nearest = _nearest(likeness, ordered)
        left = [place for place in chosen if place not in ordered]
        gains = np.maximum(likeness[:, left] - nearest[:, None], 0).sum(axis=0)
        ordered.append(left[int(gains.argmax())])
    return ordered, _nearest(likeness, ordered)


def _nearest(likeness: _Matrix, chosen: list[int]) -> NDArray[np.float32]:
    """Each text's likeness to the nearest of the chosen sentences; 0 at least."""
    found: NDArray[np.float32] = np.max(likeness[:, chosen], axis=1, initial=0)
    return found

"""Ward figures: how much more praise than blame there is, and how sure that is.

A reader of tone is wrong in ways that do not average out: it misses complaints more often than praise, so counting
its labels gives a net tone that more texts only make more certainly wrong. What it gets wrong is measured where
officers read a random sample of texts themselves. From their checks comes the chance of each machine label given the
tone a person sees; it holds in a ward that is more content or more cross than the rest, as long as people there word
it alike (Buonaccorsi 2010, Measurement Error, chapter 2; for two labels Rogan and Gladen 1978).

The interval is a profile likelihood one: the net tones for which some share of neutral texts makes the labels that
were counted likely enough, with the likelihood averaged over 200 confusion tables that the checks allow (Berger,
Liseo and Wolpert 1999, Statistical Science 14: integrated for the confusion, profiled for the share of neutral
texts). "Likely enough" is within t²/2 of the best, where t is the 95 % point of Student's t for the row with the
fewest checks; with many checks that is the usual 3.84/2 of chi-squared. benchmarks/intervals.py counts how often such
intervals hold the truth.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.readings import Label
from sentiment.nlp.uncertainty import Interval, Z, t_point

TONES: tuple[Label, ...] = ("negative", "neutral", "positive")  # what a person can find
ANSWERS: tuple[Label, ...] = (*TONES, "unsure")  # what a reader can say of a text it read
ROW_CHECKS = 15  # a row of officers' checks is topped up to so many with held-out ones: see ``Confusion.topped_up``
JEFFREYS = 0.5  # added to each count of a row that is drawn from: Jeffreys' prior for shares
DRAWS, SEED = 200, 1946  # confusion tables the likelihood is averaged over
NETS, NEUTRALS = 81, 21  # points of the grid between the lowest and the highest net tone, and of neutral shares
FEWEST_POINTS = 12  # of the grid in an interval; with fewer, the grid is drawn closer
MOST_COUNTED = 2_000  # texts; with more, sampling no longer matters beside what the checks leave open
FEWEST_WARDS = 4  # that can say how much wards differ
SHORTEST_SIDE = 1e-4  # of an interval: figures are rounded to so much
MOST_SHARED = 0.9  # of the smallest variance can be the reader's doing: some of it is always chance

ReaderKind = Literal["vader", "lexicon", "fast", "deep"]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How a reader labelled texts that people read too: ``counts[tone][answer]``, in the order of ``TONES`` and
    ``ANSWERS``.
    """

    counts: tuple[tuple[float, ...], ...]

    def topped_up(self, held_out: "Confusion") -> "Confusion":
        """Each row with fewer than 15 checks filled up to 15 in the proportions of ``held_out``.

        Held-out texts come from elsewhere, so they count for little however many they are: between six kinds of text
        (NHS comments, product reviews, editorials, film reviews, tweets, council texts) the entries of VADER's table
        differ by a standard deviation of 0.13, as do those of a row estimated from 15 texts.
        """
        rows = []
        for mine, theirs in zip(self.counts, held_out.counts, strict=True):
            lacking = max(0.0, ROW_CHECKS - sum(mine)) / sum(theirs)
            rows.append(tuple(own + lacking * other for own, other in zip(mine, theirs, strict=True)))
        return Confusion(tuple(rows))


# How each reader labelled texts that people labelled and that it was not taught: rows and columns as in ``Confusion``.
# VADER (±0.05, 2,661) and the lexicon and fast tiers (2,691): UK patients' comments, five folds. Only the lexicon tier's
# probabilities were kept apart: its rules were written with these comments in view, which flatters it. The deep tier:
# 320 texts to councils, written to be hard to read, which wrongs it: no network taught without a fold is kept.
# Made by ``training/confusions.py``.
HELD_OUT: dict[ReaderKind, Confusion] = {
    "vader": Confusion(((235, 301, 215, 0), (51, 132, 115, 0), (135, 275, 1232, 0))),
    "lexicon": Confusion(((604, 57, 70, 20), (130, 52, 104, 12), (74, 53, 1496, 19))),
    "fast": Confusion(((630, 32, 65, 24), (108, 67, 106, 17), (59, 36, 1507, 40))),
    "deep": Confusion(((115, 8, 15, 2), (14, 94, 8, 4), (6, 6, 43, 5))),
}
NO_CHECKS = Confusion(((0, 0, 0, 0),) * 3)


@dataclass(frozen=True, slots=True)
class NetTone:
    """``net`` is the share of positive minus the share of negative texts, -1..+1, or None without a text: the mean of
    all net tones, each weighed by its likelihood. The truth lies in ``interval`` in 95 of 100 such samples. ``n`` texts
    were counted.
    """

    net: float | None
    interval: Interval
    n: int


def confusion(pairs: Iterable[tuple[Label, Label]]) -> Confusion:
    """The table of officers' checks: pairs of (the machine's label, the person's).

    The checked texts must be a random sample, or chosen without looking at their tone. Pairs that the machine left
    unread, or in which the person found no tone (unsure, unread), tell nothing here and are passed over.
    """
    counts = [[0.0] * len(ANSWERS) for _ in TONES]
    for machine, person in pairs:
        if machine in ANSWERS and person in TONES:
            counts[TONES.index(person)][ANSWERS.index(machine)] += 1
    return Confusion(tuple(tuple(row) for row in counts))


def net_tone(
    counts: Mapping[Label, int], checks: Confusion = NO_CHECKS, held_out: Confusion = HELD_OUT["fast"]
) -> NetTone:
    """Net tone of a ward from how many of its texts got each label, with a 95 % interval.

    ``checks`` are officers' checks of the same reader; where there are few, ``held_out`` (its evaluation on texts
    from elsewhere) stands in, and the interval is as wide as that deserves. Unread texts do not count. Without a text
    anything is possible: -1..+1. The same counts always give the same figures. Takes some 5 ms. Raises
    ``ValueError`` for negative counts.
    """
    counted = np.array([counts.get(answer, 0) for answer in ANSWERS], dtype=np.float64)
    if counted.min() < 0:
        raise ValueError("a label cannot be counted fewer than zero times")
    n = int(counted.sum())
    if n == 0:
        return NetTone(None, Interval(-1.0, 1.0), 0)
    table = checks.topped_up(held_out)
    least = t_point(int(min(map(sum, table.counts)))) ** 2
    weighed = counted * min(1.0, MOST_COUNTED / n)
    low, high = -1.0, 1.0
    while True:
        nets = np.linspace(low, high, NETS)
        likelihoods = _likelihoods(table, low, high, weighed)
        below_best = -2 * np.log(np.maximum(likelihoods.max(axis=1), 1e-300))
        inside = np.flatnonzero(below_best <= least)
        first, last = int(inside[0]), int(inside[-1])
        if len(inside) >= FEWEST_POINTS:
            break
        low, high = float(nets[max(0, first - 1)]), float(nets[min(NETS - 1, last + 1)])
    bounds = (
        _crossing(nets, below_best, least, first, first - 1),
        _crossing(nets, below_best, least, last, last + 1),
    )
    weights = likelihoods.sum(axis=1)
    net = min(max(float(nets @ weights / weights.sum()), bounds[0]), bounds[1])
    return NetTone(round(net, 4), Interval(round(bounds[0], 4), round(bounds[1], 4)), n)


def shrunk(wards: Sequence[NetTone]) -> tuple[NetTone, ...]:
    """The same wards with each figure moved towards the council's mean, the more the less sure it is.

    A ward where ten people wrote is seldom as exceptional as its ten texts: most of what sets it apart is chance.
    Empirical Bayes for small areas (Fay and Herriot 1979, JASA 74) with the spread between wards by moments
    (DerSimonian and Laird 1986, Controlled Clinical Trials 7) and Morris's (1983, JASA 78) allowance for its being
    estimated, in the weights and in the intervals, which take Student's t with k - 2 degrees of freedom for k wards
    (Higgins, Thompson and Spiegelhalter 2009, JRSS A 172). What the reader gets wrong in every ward alike is no chance
    that wards could even out: that part of the error stays whole in every interval (see ``_shared_error``). A ward
    without a text gets the council's mean. With fewer than 4 wards to tell how much wards differ, all are left as
    they are.
    """
    known = [ward for ward in wards if ward.net is not None]
    if len(known) < FEWEST_WARDS:
        return tuple(wards)
    nets = np.array([ward.net for ward in known], dtype=np.float64)
    errors = np.array([_variance(ward) for ward in known])
    shared = _shared_error(errors, np.array([ward.n for ward in known]))
    variances = errors - shared
    spread = _spread_between(nets, variances)
    weights = 1 / (variances + spread)
    mean = float(weights @ nets / weights.sum())
    caution = (len(known) - 3) / (len(known) - 1)
    reach = t_point(len(known) - 2)

    def as_net_tone(net: float, variance: float, n: int) -> NetTone:
        half = math.sqrt(reach**2 * variance + Z**2 * shared)
        return NetTone(round(net, 4), Interval(round(max(-1.0, net - half), 4), round(min(1.0, net + half), 4)), n)

    def moved(ward: NetTone) -> NetTone:
        if ward.net is None:
            return as_net_tone(mean, spread + 1 / float(weights.sum()), ward.n)
        variance = _variance(ward) - shared
        pull = caution * variance / (variance + spread)
        share = 1 / (variance + spread) / float(weights.sum())
        doubt = 2 * pull**2 / (len(known) - 3) * (ward.net - mean) ** 2
        return as_net_tone(ward.net - pull * (ward.net - mean), variance * (1 - (1 - share) * pull) + doubt, ward.n)

    return tuple(map(moved, wards))


def _variance(ward: NetTone) -> float:
    """Of a ward's figure, by the longer side of its interval: the other may be cut off at -1 or +1."""
    net = ward.net or 0.0
    return (max(net - ward.interval.low, ward.interval.high - net, SHORTEST_SIDE) / Z) ** 2


def _shared_error(variances: _Floats, sizes: NDArray[np.int64]) -> float:
    """The part of the variance that does not fall as more people speak: what the checks leave open of the reader.

    It is the same mistake in every ward, so neither a ward's own texts nor the other wards make up for it. Where a
    line is laid through the variances over 1 / n, by least squares of relative errors, it is the height at which that
    meets no sampling error; 0 to 0.9 of the least variance, and 0 where all wards are of one size.
    """
    spoken = 1 / sizes
    weights = 1 / variances**2
    centre, height = (float(weights @ each / weights.sum()) for each in (spoken, variances))
    across = float(weights @ (spoken - centre) ** 2)
    if across <= 1e-12 * float(weights.sum()):
        return 0.0
    slope = float(weights @ ((spoken - centre) * (variances - height))) / across
    return min(max(0.0, height - slope * centre), MOST_SHARED * float(variances.min()))


def _spread_between(nets: _Floats, variances: _Floats) -> float:
    """The variance of wards' true figures: what is left of the differences when chance is taken off; 0 at least."""
    weights = 1 / variances
    mean = weights @ nets / weights.sum()
    differences = float(weights @ (nets - mean) ** 2)
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    return max(0.0, (differences - (len(nets) - 1)) / scale)


@lru_cache(maxsize=16)
def _drawn(table: Confusion) -> _Floats:
    """Tables of chances that the checks allow: (draws, 3 tones, 4 answers), rows summing to 1."""
    draw = np.random.default_rng(SEED)
    rows = [draw.dirichlet(np.array(row) + JEFFREYS, size=DRAWS) for row in table.counts]
    return np.stack(rows, axis=1)


@lru_cache(maxsize=4)  # 5 MB each; wards of one council share the first
def _log_chances(table: Confusion, low: float, high: float) -> NDArray[np.float32]:
    """Logarithm of how often each answer is given: (draws, nets x neutral shares, 4 answers)."""
    nets = np.linspace(low, high, NETS)[:, None]
    neutral = np.linspace(0, 1, NEUTRALS)[None, :] * (1 - np.abs(nets))
    tones = np.stack([(1 - neutral - nets) / 2, neutral, (1 - neutral + nets) / 2], axis=-1)
    chances = np.clip(tones, 0, 1).reshape(-1, len(TONES)) @ _drawn(table)
    found: NDArray[np.float32] = np.log(np.maximum(chances, 1e-30)).astype(np.float32)
    return found


def _likelihoods(table: Confusion, low: float, high: float, counts: _Floats) -> _Floats:
    """How likely the counts are for each net tone and share of neutral texts, the best 1: (nets, neutral shares)."""
    logs = _log_chances(table, low, high) @ counts.astype(np.float32)
    averaged = np.exp(logs - logs.max()).mean(axis=0, dtype=np.float64).reshape(NETS, NEUTRALS)
    found: _Floats = averaged / averaged.max()
    return found


def _crossing(nets: _Floats, below_best: _Floats, least: float, inside: int, outside: int) -> float:
    """The net tone between two points of the grid at which the limit is reached; the first at the end of the grid."""
    if not 0 <= outside < len(nets):
        return float(nets[inside])
    part = (least - below_best[inside]) / (below_best[outside] - below_best[inside])
    return float(nets[inside] + part * (nets[outside] - nets[inside]))

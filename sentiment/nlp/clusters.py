"""Groups of points: k-means that finds the same groups again when the points come in another order or a few are added.

Points are smoothed first: each moves to the mean of its nearest neighbours, so that a text is read in the company of
those that say the same (purity on UK public-service feedback .515 without, .535 with). Many small groups come first,
from seeds chosen one by one as those that most points lie nearest to (BUILD of Kaufman and Rousseeuw 1990), not drawn
by lot; the small groups are joined by Ward's method (1963, JASA 58), and k-means starts once more from where that ends.
A few texts more move a small group, seldom the tree: with a text added to every ten, the agreement (adjusted Rand) with
the groups of before rose from .68 to .72 on short feedback, .62 to .75 on longer, .93 to .97 on consultation answers,
and, with weights by length (``themes.py``), purity from .532 to .587 on the first (``benchmarks/sets.py``).

What was tried and left: consensus over 20 starts was as stable and less pure; k-means with ten random starts, a
spherical one, average linkage, a spectral cut, and vectors centred, whitened or without the direction of tone gained
less or lost as much elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.wordspace import SEED, Floats, unit

NEIGHBOURS = 8  # a point is smoothed with, itself among them; 5 to 10 were alike, 30 worse
POINTS_A_NEIGHBOUR = 10  # fewer neighbours than NEIGHBOURS in sets of under 80, so that no group is smoothed away
SMOOTHED = 2  # times
SHARPNESS = 4  # power of the cosine by which seeds attract: of 1, 2, 3, 4 and 6 the best groups on two sets
MOST_COMPARED = 2_000  # points whose silhouette is measured
SMALL = 15  # points in a small group, about ...
MOST_SMALL = 160  # ... of which there are so many at most; and always twice as many as groups are asked for
CHUNK = 2_000  # rows compared at a time
TRIED = (*range(2, 13), 14, 16, 18, 20, 23, 26, 30, 35, 40)  # numbers of groups; beyond 40 nobody reads them

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """``of``, (n,): each point's group, from 0. ``silhouette``: -1 to +1, how far apart they lie (Rousseeuw 1987)."""

    of: Numbers
    silhouette: float


class Neighbourhood:
    """Points (n, d) of length 1 and what smoothing makes of them and of others. n is at most some thousands."""

    def __init__(self, points: Floats) -> None:
        self._points = points
        self._count = int(np.clip(len(points) // POINTS_A_NEIGHBOUR, 2, NEIGHBOURS))
        self._once = points
        self.smoothed = points
        for _ in range(SMOOTHED):
            self._once, self.smoothed = self.smoothed, self._mean_of_nearest(points, self.smoothed)

    def smooth(self, others: Floats) -> Floats:
        """Other points (m, d) among the same neighbours."""
        return self._mean_of_nearest(others, self._once)

    def _mean_of_nearest(self, rows: Floats, values: Floats) -> Floats:
        found = np.zeros_like(rows)
        for start in range(0, len(rows), CHUNK):
            chunk = slice(start, start + CHUNK)
            likeness = rows[chunk] @ self._points.T
            nearest = np.argpartition(-likeness, self._count - 1, axis=1)[:, : self._count]
            weights = np.maximum(np.take_along_axis(likeness, nearest, axis=1), 0)
            for place in range(self._count):
                found[chunk] += weights[:, place, None] * values[nearest[:, place]]
        return unit(found)


def seeds(points: Floats, count: int) -> list[int]:
    """The ``count`` points that most others lie nearest to, the best first; of equals, the first.

    What a point adds can only fall as others are chosen, so a point whose old gain is below another's new one need not
    be looked at (Minoux 1978, "Accelerated greedy algorithms").
    """
    likeness = np.maximum(points @ points.T, 0) ** SHARPNESS
    nearest = np.zeros(len(points), dtype=np.float32)
    waiting = [(-float(row.sum()), place) for place, row in enumerate(likeness)]
    heapify(waiting)
    chosen: list[int] = []
    while len(chosen) < count:
        _, place = waiting[0]
        now = (-float(np.maximum(likeness[place] - nearest, 0).sum()), place)
        if now > min(waiting[1:3], default=now):
            heapreplace(waiting, now)
            continue
        heappop(waiting)
        chosen.append(place)
        nearest = np.maximum(nearest, likeness[place])
    return chosen


def grouped(points: Floats, numbers: Sequence[int]) -> Groups:
    """The groups of the best of these ``numbers`` of them by silhouette; of equals, the fewest. Each is 2..n - 1."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    small = _SmallGroups(points, max(numbers))
    distances = np.clip(1 - points[:MOST_COMPARED] @ points[:MOST_COMPARED].T, 0, 2)
    np.fill_diagonal(distances, 0)
    best = Groups(np.zeros(len(points), dtype=np.int64), -2.0)
    for number in numbers:
        of = KMeans(number, init=small.joined(number), n_init=1, random_state=SEED).fit_predict(points)
        told_apart = len(set(of[:MOST_COMPARED].tolist()))
        score = -1.0
        if 1 < told_apart < len(distances):
            score = float(silhouette_score(distances, of[:MOST_COMPARED], metric="precomputed"))
        if score > best.silhouette:
            best = Groups(of.astype(np.int64), score)
    return best


class _SmallGroups:
    """Many small groups of the points, and what they make when they are joined."""

    def __init__(self, points: Floats, most: int) -> None:
        """``most`` groups at most will be asked for."""
        self._points = points
        self._usual = min(MOST_SMALL, len(points) // SMALL)
        self._seeds = seeds(points, self._count(most))
        self._known: dict[int, tuple[Numbers, Floats]] = {}

    def joined(self, number: int) -> Floats:
        """The middles of ``number`` groups that the small ones make by Ward's method: (number, d)."""
        from sklearn.cluster import AgglomerativeClustering

        small, middles = self._small(self._count(number))
        if len(middles) <= number:  # hardly any of the points differ
            return self._points[self._seeds[:number]]
        of = AgglomerativeClustering(number, linkage="ward").fit_predict(middles)
        return centres(self._points, of.astype(np.int64)[small])

    def _count(self, number: int) -> int:
        return min(len(self._points) - 1, max(self._usual, 2 * number))

    def _small(self, count: int) -> tuple[Numbers, Floats]:
        from sklearn.cluster import KMeans

        if count not in self._known:
            start = self._points[self._seeds[:count]]
            of = KMeans(count, init=start, n_init=1, random_state=SEED).fit_predict(self._points)
            of = np.unique(of, return_inverse=True)[1].astype(np.int64)
            self._known[count] = of, centres(self._points, of)
        return self._known[count]


def centres(points: Floats, of: Numbers) -> Floats:
    """The middle of each group 0..max, (groups, d), of length 1."""
    sums = np.zeros((int(of.max()) + 1, points.shape[1]), dtype=np.float32)
    np.add.at(sums, of, points)
    return unit(sums)


def merged(points: Floats, of: Numbers, alike: float) -> Numbers:
    """For each group the number it has once groups whose middles' cosine is above ``alike`` are one, nearest first."""
    becomes = np.arange(int(of.max()) + 1)
    while True:
        now = becomes[of]
        middles = centres(points, now)
        likeness = middles @ middles.T
        np.fill_diagonal(likeness, -1)
        one, other = np.unravel_index(int(likeness.argmax()), likeness.shape)
        if likeness[one, other] <= alike:
            return np.unique(becomes, return_inverse=True)[1].astype(np.int64)
        becomes[becomes == max(one, other)] = min(one, other)

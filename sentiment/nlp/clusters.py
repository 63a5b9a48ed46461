"""Groups of points: k-means that finds the same groups again when the points come in another order or a few are added.

Points are smoothed first: each moves to the mean of its nearest neighbours, so that a text is read in the company of
those that say the same (purity on UK public-service feedback .515 without, .535 with). The seeds are chosen one by one
as those that most points lie nearest to (BUILD of Kaufman and Rousseeuw 1990), not drawn by lot; the seeds of k groups
are the first k of more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.wordspace import SEED, Floats, unit

NEIGHBOURS = 8  # a point is smoothed with, itself among them; 5 to 10 were alike, 30 worse
POINTS_A_NEIGHBOUR = 10  # fewer neighbours than NEIGHBOURS in sets of under 80, so that no group is smoothed away
SMOOTHED = 2  # times
SHARPNESS = 4  # power of the cosine by which seeds attract: of 1, 2, 3, 4 and 6 the best groups on two sets
MOST_COMPARED = 2_000  # points whose silhouette is measured
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
    """The ``count`` points that most others lie nearest to, the best first."""
    likeness = np.maximum(points @ points.T, 0) ** SHARPNESS
    nearest = np.zeros(len(points), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(count):
        gains = np.array([np.maximum(row - nearest, 0).sum() for row in likeness])
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    return chosen


def grouped(points: Floats, numbers: Sequence[int]) -> Groups:
    """The groups of the best of these ``numbers`` of them by silhouette; of equals, the fewest. Each is 2..n - 1."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    chosen = seeds(points, max(numbers))
    distances = np.clip(1 - points[:MOST_COMPARED] @ points[:MOST_COMPARED].T, 0, 2)
    np.fill_diagonal(distances, 0)
    best = Groups(np.zeros(len(points), dtype=np.int64), -2.0)
    for number in numbers:
        of = KMeans(number, init=points[chosen[:number]], n_init=1, random_state=SEED).fit_predict(points)
        told_apart = len(set(of[:MOST_COMPARED].tolist()))
        score = -1.0
        if 1 < told_apart < len(distances):
            score = float(silhouette_score(distances, of[:MOST_COMPARED], metric="precomputed"))
        if score > best.silhouette:
            best = Groups(of.astype(np.int64), score)
    return best


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

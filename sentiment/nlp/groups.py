"""Opinion groups: people who vote alike on short statements, what sets each group apart and what all of them share.

The method is the published one of Polis (Small and others 2021, Recerca 26(2), "Polis: Scaling deliberation by mapping
high dimensional opinion spaces"), written anew: votes that were not cast are filled in with the statement's mean; the
two main directions in which votes differ (principal components) make a map, on which those who voted on few statements
are moved outwards, because filled-in votes hold them in the middle; k-means finds groups on it, their number by
silhouette (Rousseeuw 1987). Here, before people are divided at all, their votes must hang together more than chance
allows (parallel analysis, Horn 1965): when everybody votes much alike, there is one group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FEWEST_VOTES = 7  # a participant must have cast, or one on every statement if there are fewer (Polis)
FEWEST_PARTICIPANTS = 10  # with so many votes; with fewer, groups would be single people
SMALLEST_GROUP = 3
MOST_GROUPS = 5
SHUFFLES, SHUFFLES_BEATEN = 39, 38  # shuffled tables, and how many the real one must exceed: 5 % one-sided
APART = 2.326  # z of the two-proportion test: the one-sided 1 % point of the normal distribution
MAJORITY = 0.5
SEED = 1965
MOST_COMPARED = 2_000  # participants for the silhouette, which compares all pairs
RESTARTS = 10  # of k-means, the best of which is kept

Side = Literal["agree", "disagree"]
SIDES: tuple[tuple[Side, int], ...] = (("agree", 1), ("disagree", -1))
_Floats = NDArray[np.float64]


class TooFewVoters(Exception):
    """Fewer than 10 participants have voted on enough statements, or there are fewer than 2 statements."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A statement most of a group takes a side on, and more than the others do.

    ``statement`` is its column. ``share`` of the group and ``elsewhere`` of all others take that side, 0..1, smoothed
    as (n+1)/(N+2) of those who saw it; ``z`` is the two-proportion test's.
    """

    statement: int
    side: Side
    share: float
    elsewhere: float
    z: float


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement on which most of every group take the same side; ``shares`` are the groups', in their order."""

    statement: int
    side: Side
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``members`` are rows of the votes table, in order; ``apart`` the statements that set them apart, clearest
    first.
    """

    members: tuple[int, ...]
    apart: tuple[Apart, ...]


@dataclass(frozen=True, slots=True)
class Opinions:
    """``groups`` largest first; ``shared`` the statements all of them share, the most agreed first (Polis' group-aware
    consensus: the product of the groups' shares).

    ``places`` has each row's place on the map (no unit), None for who voted on too few statements. ``silhouette``
    (-1..+1) says how well the groups part; None for one group.
    """

    groups: tuple[Group, ...]
    shared: tuple[Shared, ...]
    places: tuple[tuple[float, float] | None, ...]
    silhouette: float | None


def opinion_groups(votes: NDArray[np.float64] | Sequence[Sequence[float]]) -> Opinions:
    """Groups of participants, from a table (participants, statements): +1 agree, -1 disagree, 0 pass, NaN not cast.

    The order of the rows makes no difference to who is grouped with whom. 1,000 participants and 100 statements take
    some seconds, most of them for the shuffled tables. Raises ``TooFewVoters``, and ``ValueError`` for anything that
    is no table of votes.
    """
    table = np.asarray(votes, dtype=np.float64)
    if table.ndim != 2 or not np.isin(table[~np.isnan(table)], (-1.0, 0.0, 1.0)).all():
        raise ValueError("votes must be a table of -1, 0, 1 and NaN")
    cast = (~np.isnan(table)).sum(axis=1)
    voters = np.flatnonzero(cast >= min(FEWEST_VOTES, max(1, table.shape[1])))
    if len(voters) < FEWEST_PARTICIPANTS or table.shape[1] < 2:
        raise TooFewVoters(
            f"{len(voters)} participants voted on enough statements of {table.shape[1]}; "
            f"it takes {FEWEST_PARTICIPANTS} participants and 2 statements"
        )
    voters = voters[np.lexsort(np.nan_to_num(table[voters], nan=2.0).T)]  # an order of their own
    ordered = table[voters]
    spots = _map(ordered)
    labels, silhouette = (
        _divided(spots) if _hangs_together(ordered) else (np.zeros(len(voters), dtype=np.int64), None)
    )
    members = [tuple(sorted(voters[labels == label].tolist())) for label in range(labels.max() + 1)]
    members.sort(key=lambda group: (-len(group), group))
    places: list[tuple[float, float] | None] = [None] * len(table)
    for voter, (x, y) in zip(voters.tolist(), spots.tolist(), strict=True):
        places[voter] = (round(x, 4), round(y, 4))
    return Opinions(
        groups=tuple(Group(group, _apart(table, group, voters)) for group in members),
        shared=_shared(table, members),
        places=tuple(places),
        silhouette=silhouette,
    )


def _map(votes: _Floats) -> _Floats:
    """Each row's place on the two main directions: (participants, 2)."""
    filled = _filled(votes)
    _, _, directions = np.linalg.svd(filled, full_matrices=False)
    directions = directions[:2]
    heaviest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[np.arange(len(directions)), heaviest])[
        :, None
    ]  # which end is "left" is nobody's
    cast = (~np.isnan(votes)).sum(axis=1, keepdims=True)
    found: _Floats = np.round(filled @ directions.T * np.sqrt(votes.shape[1] / cast), 9)  # equal votes, equal places
    return found


def _filled(votes: _Floats) -> _Floats:
    """Each statement's votes around their mean; what was not cast is at the mean."""
    present = ~np.isnan(votes)
    means = np.where(present, votes, 0).sum(axis=0) / np.maximum(1, present.sum(axis=0))
    found: _Floats = np.where(present, votes - means, 0.0)
    return found


def _hangs_together(votes: _Floats) -> bool:
    """Whether the first direction explains more than it does when each statement's votes are dealt out anew."""
    draw = np.random.default_rng(SEED)
    real = np.linalg.norm(_filled(votes), 2)
    shuffled = votes.copy()
    beaten = 0
    for _ in range(SHUFFLES):
        for column in shuffled.T:
            present = np.flatnonzero(~np.isnan(column))
            column[present] = column[draw.permutation(present)]
        beaten += bool(real > np.linalg.norm(_filled(shuffled), 2) * (1 + 1e-9))
    return beaten >= SHUFFLES_BEATEN


def _divided(spots: _Floats) -> tuple[NDArray[np.int64], float | None]:
    """The best division into 2 to 5 groups of 3 people or more and its silhouette; one group if there is none."""
    # Imported here: scikit-learn takes a second to load, which everybody who only reads texts would pay.
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    best, best_labels = -1.0, np.zeros(len(spots), dtype=np.int64)
    for count in range(2, min(MOST_GROUPS, len(np.unique(spots, axis=0))) + 1):
        labels = KMeans(count, n_init=RESTARTS, random_state=SEED).fit_predict(spots).astype(np.int64)
        if np.bincount(labels).min() < SMALLEST_GROUP:
            continue
        sample = MOST_COMPARED if len(spots) > MOST_COMPARED else None
        silhouette = float(silhouette_score(spots, labels, sample_size=sample, random_state=SEED))
        if silhouette > best:
            best, best_labels = silhouette, labels
    return best_labels, round(best, 4) if best_labels.any() else None


def _taken(votes: _Floats, sign: int) -> tuple[_Floats, _Floats]:
    """How many took a side on each statement, and how many saw it."""
    return (votes == sign).sum(axis=0).astype(np.float64), (~np.isnan(votes)).sum(axis=0).astype(np.float64)


def _apart(table: _Floats, members: Sequence[int], voters: NDArray[np.int64]) -> tuple[Apart, ...]:
    others = np.setdiff1d(voters, members)
    if not len(others):
        return ()
    found = []
    for side, sign in SIDES:
        here, saw_here = _taken(table[list(members)], sign)
        there, saw_there = _taken(table[others], sign)
        share, elsewhere = (here + 1) / (saw_here + 2), (there + 1) / (saw_there + 2)
        pooled = (here + there + 2) / (saw_here + saw_there + 4)
        z = (share - elsewhere) / np.sqrt(pooled * (1 - pooled) * (1 / (saw_here + 2) + 1 / (saw_there + 2)))
        for statement in np.flatnonzero((z >= APART) & (share > MAJORITY)).tolist():
            found.append(
                Apart(
                    statement,
                    side,
                    round(float(share[statement]), 4),
                    round(float(elsewhere[statement]), 4),
                    round(float(z[statement]), 4),
                )
            )
    return tuple(sorted(found, key=lambda apart: (-apart.z, apart.statement)))


def _shared(table: _Floats, groups: Sequence[Sequence[int]]) -> tuple[Shared, ...]:
    found = []
    for side, sign in SIDES:
        counts = [_taken(table[list(group)], sign) for group in groups]
        shares = np.array([(took + 1) / (saw + 2) for took, saw in counts])
        for statement in np.flatnonzero((shares > MAJORITY).all(axis=0)).tolist():
            each = tuple(round(float(share), 4) for share in shares[:, statement])
            found.append((-float(shares[:, statement].prod()), Shared(statement, side, each)))
    return tuple(shared for _, shared in sorted(found, key=lambda pair: (pair[0], pair[1].statement)))

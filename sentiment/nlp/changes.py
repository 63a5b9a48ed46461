"""When the tone of a ward changed: one change point in a weekly series, with a stated rate of false alarms.

Every way of cutting the series in two is tried; the cut whose two sides differ most, measured in standard errors, is
the candidate (the likelihood-ratio scan of Hinkley 1970). Trying many cuts makes chance look like change, so the
candidate is judged against the same series with its texts dealt out anew over its weeks (a permutation test, Good
2005): if nothing changed, the chance of an alarm is ``false_alarms`` at most, however few texts a week has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_ALARMS = 0.05  # of a whole series, not of a week
FEWEST_TEXTS = 5  # on either side of a cut
DEALS = 999
SEED = 20_140  # any number: the same series always gets the same answer

Week = tuple[int, int, int]
_Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Change:
    """``week`` is the place of the first week after the change; ``before`` and ``after`` are net tones, -1..+1.

    ``p`` is the share of the dealt series that differ as much somewhere.
    """

    week: int
    before: float
    after: float
    p: float


def change_point(weeks: Sequence[Week], false_alarms: float = FALSE_ALARMS) -> Change | None:
    """The change in a series of (negative, neutral, positive) counts a week, or None when chance would do.

    Weeks without texts are allowed. Raises ``ValueError`` for negative counts and for a rate outside 0..1.
    """
    if not 0 < false_alarms < 1:
        raise ValueError(f"the rate of false alarms must lie between 0 and 1, not {false_alarms}")
    counts = np.array(weeks, dtype=np.int64).reshape(-1, 3)
    if (counts < 0).any():
        raise ValueError("a count of texts cannot be negative")
    sizes = counts.sum(axis=1)
    tones = (counts[:, 2] - counts[:, 0])[None]
    found = _scan(tones, sizes)
    if found.size == 0 or not np.isfinite(found).any():
        return None
    cut = int(np.nanargmax(found[0]))
    dealt = np.nanmax(_scan(_dealt(counts), sizes), axis=1)
    p = float((1 + (dealt >= found[0, cut] - 1e-9).sum()) / (DEALS + 1))
    if p > false_alarms:
        return None
    sides = [float(tones[0, part].sum() / sizes[part].sum()) for part in (slice(cut + 1), slice(cut + 1, None))]
    return Change(cut + 1, sides[0], sides[1], p)


def _scan(tones: _Counts, sizes: _Counts) -> NDArray[np.float64]:
    """(series, weeks - 1): how far apart the two sides of each cut are, in units that a series' spread does not move.

    NaN where a side has too few texts. All series deal out the same texts, so their spread is the same and left out.
    """
    before, total = np.cumsum(sizes)[:-1], sizes.sum()
    after = total - before
    sums = np.cumsum(tones, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = sums[:, :-1] / before - (sums[:, -1:] - sums[:, :-1]) / after
        scaled: NDArray[np.float64] = np.abs(apart) * np.sqrt(before * after / total)
    scaled[:, (before < FEWEST_TEXTS) | (after < FEWEST_TEXTS)] = np.nan
    return scaled


def _dealt(counts: _Counts) -> _Counts:
    """(``DEALS``, weeks): the sum of tones of each week when all texts are dealt out anew, weeks keeping their sizes."""
    draw = np.random.default_rng(SEED)
    left = np.tile(counts.sum(axis=0), (DEALS, 1))
    tones = np.zeros((DEALS, len(counts)), dtype=np.int64)
    for week, size in enumerate(counts.sum(axis=1)):
        negative = draw.hypergeometric(left[:, 0], left[:, 1] + left[:, 2], size)
        positive = draw.hypergeometric(left[:, 2], left[:, 1], size - negative)
        tones[:, week] = positive - negative
        left -= np.stack([negative, size - negative - positive, positive], axis=1)
    return tones

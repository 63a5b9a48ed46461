"""How sure a ward's figure can be, given how few people spoke. Closed forms: the same answer twice."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist, fmean

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)  # 1.96, the two-sided 95 % point of the normal distribution

# Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2).
_T_POINTS = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the truth in 95 of 100 such samples, ends included."""

    low: float
    high: float


def share_interval(successes: int, n: int) -> Interval:
    """95 % interval of a share (0..1) when ``successes`` of ``n`` people said so.

    Wilson, E.B. (1927), JASA 22; the method that Brown, Cai and DasGupta (2001), Statistical Science 16, advise for
    small n. With nobody asked, the share can be anything: 0 to 1. Raises ``ValueError`` unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n, not {successes} of {n}")
    if n == 0:
        return Interval(0.0, 1.0)
    share = successes / n
    shrink = 1 + Z * Z / n
    centre = (share + Z * Z / (2 * n)) / shrink
    half = Z / shrink * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high)


def mean_interval(values: Iterable[float], lowest: float = -1.0, highest: float = 1.0) -> Interval | None:
    """95 % interval of the mean of independent values (by default tones, -1..+1), cut to what a mean can be.

    Student's t: mean ± t(n-1) · s / √n. None when it cannot be told: fewer than two values, or no difference between
    them to judge by. Values must be finite.
    """
    seen = list(values)
    if len(seen) < 2:
        return None
    mean = fmean(seen)
    return interval_from_moments(len(seen), mean, sum((value - mean) ** 2 for value in seen), lowest, highest)


def interval_from_moments(
    n: int, mean: float, squares: float, lowest: float = -1.0, highest: float = 1.0
) -> Interval | None:
    """The same from what a running count keeps: ``squares`` is the sum of squared differences from the mean."""
    if n < 2 or squares <= 1e-12 * n:  # equal values leave a trace of rounding behind
        return None
    half = t_point(n - 1) * math.sqrt(squares / (n - 1) / n)
    return Interval(max(lowest, mean - half), min(highest, mean + half))


def t_point(degrees: int) -> float:
    """Two-sided 95 % point of Student's t. Above 30 degrees by the expansion 26.7.5 of Abramowitz and Stegun (1964),
    which is right to three decimals there. Raises ``ValueError`` below 1.
    """
    if degrees < 1:
        raise ValueError(f"degrees of freedom must be 1 or more, not {degrees}")
    if degrees <= len(_T_POINTS):
        return _T_POINTS[degrees - 1]
    first = (Z**3 + Z) / (4 * degrees)
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * degrees**2)
    return Z + first + second


class RunningMean:
    """Mean and spread of a stream of values in constant memory (Welford 1962, Technometrics 4)."""

    __slots__ = ("mean", "n", "squares")

    def __init__(self) -> None:
        self.n = 0
        self.mean = 0.0
        self.squares = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self.squares += step * (value - self.mean)

    def interval(self) -> Interval | None:
        """As ``mean_interval`` of all values added so far."""
        return interval_from_moments(self.n, self.mean, self.squares)

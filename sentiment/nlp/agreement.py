"""How far people agree when they label the same texts, with each other and with the machine.

Krippendorff's alpha (Krippendorff 2004, "Content Analysis", chapter 11) through NLTK's ``AnnotationTask``: 1 is full
agreement, 0 what chance would give, below 0 is worse than chance. It takes any number of coders and missing labels.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, interval_distance
from numpy.typing import NDArray

from sentiment.nlp.uncertainty import Interval

Scale = Literal["nominal", "interval"]

FEWEST_UNITS = 10  # labelled twice, for an interval to mean anything
RESAMPLES = 1_000
SEED = 1_955  # any number: the same labels always get the same interval

# Reliable enough for what, as Krippendorff (2004, p. 241) advises.
FIRM, TENTATIVE = 0.8, 0.667

_DISTANCES: dict[Scale, Callable[..., float]] = {"nominal": binary_distance, "interval": interval_distance}


class CannotTell(ValueError):
    """Agreement cannot be measured on these labels; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What one coder said of one text. ``value`` is a word (nominal) or a number (interval)."""

    coder: Hashable
    unit: Hashable
    value: Hashable


@dataclass(frozen=True, slots=True)
class Agreement:
    """``alpha`` with its 95 % interval (None below ten units), over ``units`` texts that two or more coders labelled."""

    alpha: float
    interval: Interval | None
    units: int
    coders: int

    @property
    def is_firm(self) -> bool:
        return self.alpha >= FIRM


def agreement(labels: Iterable[Label], scale: Scale = "nominal") -> Agreement:
    """Krippendorff's alpha of the labels. Texts that one coder labelled say nothing of agreement and do not count.

    The interval is the bootstrap's 2.5 and 97.5 % points over texts (fixed seed). Raises ``CannotTell`` with fewer
    than two coders, when no text was labelled twice, when all labels are one and the same, or when a coder labelled
    a text twice.
    """
    units = _pairable(labels)
    coders = {label.coder for unit in units for label in unit}
    alpha = _alpha(units, scale)
    if len(units) < FEWEST_UNITS:
        return Agreement(alpha, None, len(units), len(coders))
    low, high = np.percentile(_resampled(units, scale), [2.5, 97.5])
    return Agreement(alpha, Interval(float(low), float(high)), len(units), len(coders))


def _pairable(labels: Iterable[Label]) -> list[list[Label]]:
    by_unit: defaultdict[Hashable, list[Label]] = defaultdict(list)
    for label in labels:
        by_unit[label.unit].append(label)
    for unit, given in by_unit.items():
        if len({label.coder for label in given}) < len(given):
            raise CannotTell(f"one coder labelled the text {unit!r} twice")
    if len({label.coder for given in by_unit.values() for label in given}) < 2:
        raise CannotTell("fewer than two coders gave labels")
    units = [given for given in by_unit.values() if len(given) > 1]
    if not units:
        raise CannotTell("no text was labelled by two coders")
    if len({label.value for unit in units for label in unit}) < 2:
        raise CannotTell("all labels are the same, so chance cannot be told from agreement")
    return units


def _alpha(units: Sequence[Sequence[Label]], scale: Scale) -> float:
    rows = [(label.coder, number, label.value) for number, unit in enumerate(units) for label in unit]
    return float(AnnotationTask(data=rows, distance=_DISTANCES[scale]).alpha())


def _resampled(units: Sequence[Sequence[Label]], scale: Scale) -> NDArray[np.float64]:
    """Alpha of so many draws of the texts, each as many as there are, some twice: (``RESAMPLES``,).

    The same alpha from counts of values in each text (Krippendorff 2011, section C), because NLTK's own takes a
    millisecond a text and draw: a page would wait for seconds.
    """
    values = sorted({label.value for unit in units for label in unit}, key=repr)
    place = {value: column for column, value in enumerate(values)}
    differ = np.array([[_DISTANCES[scale](one, other) for other in values] for one in values])
    counts = np.zeros((len(units), len(values)))
    for row, unit in enumerate(units):
        for label in unit:
            counts[row, place[label.value]] += 1
    observed = np.einsum("uv,vw,uw->u", counts, differ, counts) / (counts.sum(axis=1) - 1)
    draw = np.random.default_rng(SEED)
    drawn = draw.multinomial(len(units), np.full(len(units), 1 / len(units)), size=RESAMPLES)
    pooled = drawn @ counts
    expected = np.einsum("rv,vw,rw->r", pooled, differ, pooled)
    disagreement = (pooled.sum(axis=1) - 1) * (drawn @ observed)
    # Where all values drawn are the same nobody differs.
    apart: NDArray[np.float64] = np.divide(disagreement, expected, out=np.zeros(RESAMPLES), where=expected > 0)
    return 1 - apart

"""A ward's net tone as it is kept: the machine's labels, corrected by officers' checks of random texts where there are
enough, and drawn towards the council's mean where few people spoke.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sentiment.checks import Check
from sentiment.nlp import net
from sentiment.nlp.readings import Label
from sentiment.nlp.small_numbers import THRESHOLD
from sentiment.nlp.uncertainty import Interval, interval_from_moments, share_interval


def own(counts: Mapping[Any, int], checks: Sequence[Check]) -> dict[str, Any] | None:
    """Net tone from how many texts the machine gave each label; None below the small-number threshold.

    ``checks`` is how many officers' checks corrected it: 0 where one of the three tones was found too seldom.
    """
    n = sum(counts.get(label, 0) for label in net.ANSWERS)
    if n < THRESHOLD:
        return None
    table = net.confusion(_labels(check) for check in checks)
    is_corrected = min(map(sum, table.counts)) >= net.ROW_CHECKS
    found = net.net_tone(counts, table) if is_corrected else uncorrected(counts, n)
    return {"own": _kept(found), "shown": _kept(found), "n": n, "checks": len(checks) if is_corrected else 0}


def _labels(check: Check) -> tuple[Label, Label]:
    """What the machine said and what the officer said, in the reader's own words."""
    return cast(Label, check.machine.value), cast(Label, check.person.value)


def uncorrected(counts: Mapping[Any, int], n: int) -> net.NetTone:
    """The same as the machine's labels stand, with how far chance alone may have moved it."""
    positive, negative = counts.get("positive", 0), counts.get("negative", 0)
    mean = (positive - negative) / n
    interval = interval_from_moments(n, mean, positive + negative - n * mean * mean)
    if interval is None:  # all alike: as many others as a share of none allows, at either end
        others = 1 - share_interval(n, n).low
        interval = Interval(max(-1.0, mean - 2 * others), min(1.0, mean + 2 * others))
    return net.NetTone(mean, interval, n)


def among(mine: dict[str, Any] | None, others: Sequence[dict[str, Any] | None]) -> dict[str, Any] | None:
    """``mine`` with ``shown`` drawn towards the mean of all wards, the more the less sure it is."""
    if mine is None:
        return None
    wards = [_told(ward) for ward in (mine, *others) if ward is not None]
    return mine | {"shown": _kept(net.shrunk(wards)[0])}


def _kept(found: net.NetTone) -> list[float | None]:
    return [found.net, found.interval.low, found.interval.high]


def _told(kept: dict[str, Any]) -> net.NetTone:
    value, low, high = kept["own"]
    return net.NetTone(value, Interval(low, high), kept["n"])

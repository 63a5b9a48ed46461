"""A ward's net tone as it is kept: the machine's labels, corrected by officers' checks of random texts, or by the
reader's known errors where these are too few, and drawn towards the council's mean where few people spoke.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sentiment.checks import Check
from sentiment.nlp import net
from sentiment.nlp.readings import Label
from sentiment.nlp.small_numbers import THRESHOLD
from sentiment.nlp.uncertainty import Interval


def own(counts: Mapping[Any, int], checks: Sequence[Check], tier: net.ReaderKind) -> dict[str, Any] | None:
    """Net tone from how many texts the machine gave each label; None below the small-number threshold.

    Where officers found one of the three tones too seldom, what the tier's reader gets wrong on texts kept back from it
    stands in. ``checks`` is how many officers' checks corrected it: 0 where those alone were too few.
    """
    n = sum(counts.get(label, 0) for label in net.ANSWERS)
    if n < THRESHOLD:
        return None
    table = net.confusion(_labels(check) for check in checks)
    is_by_officers = min(map(sum, table.counts)) >= net.ROW_CHECKS
    found = net.net_tone(counts, table, net.HELD_OUT[tier])
    return {"own": _kept(found), "shown": _kept(found), "n": n, "checks": len(checks) if is_by_officers else 0}


def _labels(check: Check) -> tuple[Label, Label]:
    """What the machine said and what the officer said, in the reader's own words."""
    return cast(Label, check.machine.value), cast(Label, check.person.value)


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

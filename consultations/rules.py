"""What follows from a moment or a number alone."""

from __future__ import annotations

from datetime import datetime

from consultations.enums import Stage

SMALLEST_PUBLIC_COUNT = 10
"""Counts below this are never shown to the public (the Office for National Statistics' rule for small cells)."""


def stage_at(
    moment: datetime, *, opens_at: datetime, closes_at: datetime, outcome_published_at: datetime | None
) -> Stage:
    """Where a consultation stands at ``moment``; it is open from ``opens_at`` and closed from ``closes_at`` on."""
    if moment < opens_at:
        return Stage.FORTHCOMING
    if moment < closes_at:
        return Stage.OPEN
    if outcome_published_at is None or moment < outcome_published_at:
        return Stage.CLOSED
    return Stage.REPORTED


def public_count(count: int) -> int | None:
    """``count`` as the public may see it: ``None`` stands for "fewer than ``SMALLEST_PUBLIC_COUNT``"."""
    return count if count >= SMALLEST_PUBLIC_COUNT else None

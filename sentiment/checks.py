"""What officers' checks of random texts tell: pairs of what the machine said and what a person heard."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from sentiment.enums import ToneLabel
from sentiment.models import Correction

MOST_CHECKS = 2_000
"""Checks looked at, the newest: a year's of five officers who check a text a day, and quickly counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one officer heard one text, and how the machine reads it now, whichever reader read it then."""

    feedback: int
    officer: int | None
    machine: ToneLabel
    person: ToneLabel


def newest_checks() -> list[Check]:
    """Each officer's last random check of each text as it now stands, newest first. One query."""
    rows = (
        Correction.objects.filter(is_random_check=True, text_hash=F("feedback__text_hash"))
        .exclude(feedback__read_as__in=("", ToneLabel.UNREAD))
        .order_by("-corrected_at", "-pk")
        .values_list("feedback", "corrected_by", "feedback__read_as", "label")[:MOST_CHECKS]
    )
    found: dict[tuple[int, int | None], Check] = {}
    for feedback, officer, machine, person in rows:
        found.setdefault((feedback, officer), Check(feedback, officer, ToneLabel(machine), ToneLabel(person)))
    return list(found.values())


def last_word(checks: list[Check]) -> list[Check]:
    """One check for each text: the newest, whoever made it."""
    found: dict[int, Check] = {}
    for check in checks:
        found.setdefault(check.feedback, check)
    return list(found.values())

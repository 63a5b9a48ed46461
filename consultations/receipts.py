"""Which receipts a browser may open: those of forms it sent, for two hours, and not after it is closed.

A reference is read out to officers and printed on paper, so it must open nothing by itself. A shared computer must
not show one person's answers to the next, so the time is short.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import SESSION_KEY as AUTH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

SESSION_KEY = "consultation_receipts"
OPEN_FOR = timedelta(hours=2)
MOST_KEPT = 20


@dataclass(frozen=True, slots=True)
class HeldReceipt:
    """``is_repeat``: the form had been sent before, and this sending added nothing."""

    is_repeat: bool


def keep(session: SessionBase, reference: str, moment: datetime, *, is_repeat: bool) -> None:
    """Let this browser open the receipt from ``moment`` (timezone-aware) on.

    A session that holds nothing but receipts ends with the browser; one that somebody is signed in with goes on.
    """
    held = dict(session.get(SESSION_KEY, {}))
    held.pop(reference, None)
    held[reference] = {"since": moment.isoformat(), "is_repeat": is_repeat}
    session[SESSION_KEY] = dict(list(held.items())[-MOST_KEPT:])
    if AUTH_SESSION_KEY not in session:
        session.set_expiry(0)


def find(session: SessionBase, reference: str, moment: datetime) -> HeldReceipt | None:
    """What this browser holds of the receipt, or None when it holds nothing of it, or held it too long ago."""
    held = session.get(SESSION_KEY, {}).get(reference)
    if held is None or moment >= datetime.fromisoformat(held["since"]) + OPEN_FOR:
        return None
    return HeldReceipt(is_repeat=held["is_repeat"])

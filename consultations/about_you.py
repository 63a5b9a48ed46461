"""Which browsers are asked about equality: those that sent a response to the consultation, once, for two hours.

What is held of it stands in the session alone and names neither a response nor a slip.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from consultations.receipts import OPEN_FOR

SESSION_KEY = "consultation_about_you"


def ask(session: SessionBase, slug: str, moment: datetime) -> None:
    """Let this browser answer from ``moment`` (timezone-aware) on."""
    session[SESSION_KEY] = {**session.get(SESSION_KEY, {}), slug: moment.isoformat()}


def is_asked(session: SessionBase, slug: str, moment: datetime) -> bool:
    since = session.get(SESSION_KEY, {}).get(slug)
    return since is not None and moment < datetime.fromisoformat(since) + OPEN_FOR


def done(session: SessionBase, slug: str) -> None:
    session[SESSION_KEY] = {name: since for name, since in session.get(SESSION_KEY, {}).items() if name != slug}

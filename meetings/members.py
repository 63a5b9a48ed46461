"""Somebody's socket in a room."""

from __future__ import annotations

from collections.abc import Callable

from meetings.enums import Role
from meetings.outbox import Outbox


class Member:
    """One socket in a room: its audience, whose it is and from where, its outbox, and how to close it."""

    __slots__ = (
        "address",
        "audience",
        "close",
        "is_ready",
        "keys",
        "name",
        "outbox",
        "person",
        "role",
        "session_key",
    )

    def __init__(
        self,
        audience: str,
        outbox: Outbox,
        close: Callable[[int], None],
        session_key: str | None = None,
        person: str = "",
    ) -> None:
        self.audience = audience
        self.outbox = outbox
        self.close = close
        self.session_key = session_key
        self.role = Role.GUEST
        self.name = ""
        self.person = person  # as ``Actor.key`` names them; empty for somebody without account and cookie
        self.address = ""
        self.keys: tuple[str, ...] = ()
        self.is_ready = False

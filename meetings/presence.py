"""Who is in a room now: numbers by role, and the colleagues at the desk by name. Nobody else is ever named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from meetings.enums import Role


@dataclass(frozen=True, slots=True)
class Presence:
    """Sockets by the role of whoever opened them, and the names of the officers at the desk."""

    public: int = 0
    councillors: int = 0
    officers: int = 0
    colleagues: frozenset[str] = frozenset()

    @property
    def sockets(self) -> int:
        return self.public + self.councillors + self.officers

    def __add__(self, other: Presence) -> Presence:
        return Presence(
            self.public + other.public,
            self.councillors + other.councillors,
            self.officers + other.officers,
            self.colleagues | other.colleagues,
        )

    def told(self) -> dict[str, Any]:
        """What other processes are told."""
        numbers = {"public": self.public, "councillors": self.councillors, "officers": self.officers}
        return numbers | {"colleagues": sorted(self.colleagues)}


def presence_of(people: Iterable[tuple[Role, str]]) -> Presence:
    """Of the people behind this process's sockets, each by role and, for an officer at the desk, name."""
    public = councillors = officers = 0
    colleagues = set()
    for role, name in people:
        if role is Role.OFFICER:
            officers += 1
            colleagues |= {name} - {""}
        elif role is Role.COUNCILLOR:
            councillors += 1
        else:
            public += 1
    return Presence(public, councillors, officers, frozenset(colleagues))


def presence_told(message: dict[str, Any]) -> Presence:
    """What another process has told; one that runs another version tells less."""
    return Presence(
        public=message.get("public", message.get("sockets", 0)),
        councillors=message.get("councillors", 0),
        officers=message.get("officers", 0),
        colleagues=frozenset(message.get("colleagues", ())),
    )

"""What one audience of a room has been told, encoded once for all of it."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from meetings.contents import COLLECTION_OF, REMOVED_FROM, Things, collection_of
from meetings.enums import INSIDE_AUDIENCES, EventKind, RoomState
from meetings.live_polls import Sight
from meetings.members import Member
from meetings.models import RoomEvent

REPLAY_EVENTS = 200
"""Events kept for replay; whoever missed more gets a snapshot."""


def encoded(value: dict[str, Any]) -> str:
    """As JSON, as short as it gets."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Line:
    """An event kept for replay: its number, the thing it is about, and what is told of that, encoded."""

    __slots__ = ("news", "sequence", "thing")

    def __init__(self, event: RoomEvent) -> None:
        collection = collection_of(event.kind)
        self.sequence = event.sequence
        self.thing = (collection, event.payload["id"]) if collection else None
        self.news = encoded({"kind": event.kind, "payload": event.payload})[1:]

    @property
    def encoded(self) -> str:
        return f'{{"sequence":{self.sequence},{self.news}'


class Stream:
    """What one audience has been told: the last events as encoded text, and what they add up to."""

    def __init__(self, audience: str, sequence: int, room: dict[str, Any], things: Things) -> None:
        self.is_inside = audience in INSIDE_AUDIENCES
        self.sequence = sequence
        self.room = dict(room)
        self.recent: deque[Line] = deque(maxlen=REPLAY_EVENTS)
        self.things = things
        self.members: set[Member] = set()
        self.snapshots: dict[Sight, str] = {}

    @property
    def is_sealed(self) -> bool:
        """Whether a private session is on that this audience may know nothing of but that it is."""
        return not self.is_inside and self.room["state"] == RoomState.EXEMPT

    def take(self, event: RoomEvent) -> Line:
        """Add the next event; returns it as it is told."""
        self.sequence = event.sequence
        self.snapshots.clear()
        if event.kind in {EventKind.ROOM, EventKind.AGENDA}:
            self.room |= event.payload
        if event.kind in COLLECTION_OF:
            self.things[COLLECTION_OF[event.kind]][event.payload["id"]] = event.payload
        elif event.kind in REMOVED_FROM:
            self.things[REMOVED_FROM[event.kind]].pop(event.payload["id"], None)
        return self.remember(event)

    def remember(self, event: RoomEvent) -> Line:
        """Keep an event for replay. What was told of its thing before is replayed as it stands now.

        So words that were withheld, edited or taken back go to nobody again, and nothing from before a reset does.
        """
        line = Line(event)
        if event.kind == EventKind.RESET:
            self.recent.clear()
            return line
        for earlier in self.recent if line.thing else ():
            if earlier.thing == line.thing:
                earlier.news = line.news
        self.recent.append(line)
        return line

    def missed(self, sequence: int) -> list[str] | None:
        """The events after ``sequence``, or None when they are no longer at hand."""
        count = self.sequence - sequence
        if count < 0 or count > len(self.recent):
            return None
        return [line.encoded for line in list(self.recent)[len(self.recent) - count :]]

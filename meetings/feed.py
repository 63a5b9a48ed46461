"""One room as one server process sees it: read once, encoded once, offered to every socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from meetings import messages
from meetings.contents import RoomContents, room_contents
from meetings.enums import ASKER_PREFIX, Audience, EventKind
from meetings.models import RoomEvent
from meetings.outbox import STALL_SECONDS, Outbox
from meetings.queries import events_after, support_counts

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How long a change may stay unseen when no doorbell rings."""

TICK_SECONDS = 0.5
"""Shortest time between two frames of counts: at most two a second, however many people click."""

GATHER_SECONDS = 0.02
"""Pause after a read, so that a burst of changes becomes one frame."""

REPLAY_EVENTS = 200
"""Events kept for replay; whoever missed more gets a snapshot."""

SLICE = 100
"""Sockets served before the loop may do something else."""

CLOSE_NO_SUCH_ROOM = 4404
CLOSE_STALLED = 1013
"""The standard's "try again later"."""

Reader = Callable[..., Awaitable[Any]]
"""Runs a blocking read in the process's one reading thread: ``await read(function, *arguments)``."""


class Member:
    """One socket in a room: its audience, its outbox, and how to close it."""

    __slots__ = ("audience", "close", "is_ready", "keys", "outbox", "session_key")

    def __init__(
        self,
        audience: Audience,
        outbox: Outbox,
        close: Callable[[int], None],
        session_key: str | None = None,
    ) -> None:
        self.audience = audience
        self.outbox = outbox
        self.close = close
        self.session_key = session_key
        self.keys: tuple[str, ...] = ()
        self.is_ready = False


class Stream:
    """What one audience has been told: the last events as encoded text, and what they add up to."""

    def __init__(self, sequence: int, questions: dict[int, dict[str, Any]]) -> None:
        self.sequence = sequence
        self.recent: deque[str] = deque(maxlen=REPLAY_EVENTS)
        self.questions = questions
        self.members: set[Member] = set()
        self.snapshot: str | None = None

    def take(self, event: RoomEvent) -> str:
        """Add the next event; returns it encoded."""
        self.sequence = event.sequence
        self.snapshot = None
        if event.kind == EventKind.QUESTION:
            self.questions[event.payload["id"]] = event.payload
        elif event.kind == EventKind.QUESTION_REMOVED:
            self.questions.pop(event.payload["id"], None)
        encoded = _encoded({"sequence": event.sequence, "kind": event.kind, "payload": event.payload})
        self.recent.append(encoded)
        return encoded

    def missed(self, sequence: int) -> list[str] | None:
        """The events after ``sequence``, or None when they are no longer at hand."""
        count = self.sequence - sequence
        if count < 0 or count > len(self.recent):
            return None
        return list(self.recent)[len(self.recent) - count :]


class RoomFeed:
    """Keeps one room's sockets up to date from the log. Lives as long as somebody is in the room."""

    def __init__(self, contents: RoomContents, read: Reader) -> None:
        self.room_pk = contents.room_pk
        self.is_open = contents.is_open
        self.bell = asyncio.Event()
        self.elsewhere = 0
        self._read = read
        self._followers: dict[str, set[Member]] = {}
        self._lagging: set[Member] = set()
        self._ticked_at = 0.0
        self._told_present = -1
        self._streams: dict[str, Stream] = {}
        self.support: dict[int, int] = {}
        self._load(contents)

    # Members --------------------------------------------------------------------------------------------------------

    @property
    def members(self) -> list[Member]:
        return [member for stream in self._streams.values() for member in stream.members]

    @property
    def here(self) -> int:
        """How many sockets this process holds for the room."""
        return sum(len(stream.members) for stream in self._streams.values())

    def join(self, member: Member) -> None:
        self._streams[member.audience].members.add(member)

    def leave(self, member: Member) -> None:
        self._streams[member.audience].members.discard(member)
        self._lagging.discard(member)
        self._unfollow(member)

    def greet(self, member: Member, epoch: UUID | None, sequence: int, mine: tuple[UUID, ...]) -> None:
        """Answer a hello: what the socket missed, or a snapshot; then the fates of the questions it follows."""
        stream = self._streams[member.audience]
        missed = stream.missed(sequence) if str(epoch) == self.epoch else None
        if missed is None:
            member.outbox.reply(self._snapshot_of(stream))
        else:
            member.outbox.reply(self._events_frame(stream.sequence - len(missed), missed))
            member.outbox.reply(self._counts_frame(self.support))
        member.is_ready = True
        self._unfollow(member)
        member.keys = tuple(key.hex for key in mine)
        for key in member.keys:
            self._followers.setdefault(key, set()).add(member)
            if key in self.fates:
                member.outbox.reply(self.fates[key])

    def follow(self, member: Member, key: UUID) -> None:
        """Let a socket know what becomes of the question with ``key``, the oldest it follows making room."""
        kept = tuple(known for known in member.keys if known != key.hex)[-(messages.MAX_KEYS - 1) :]
        dropped = set(member.keys) - set(kept)
        member.keys = (*kept, key.hex)
        for gone in dropped:
            self._followers.get(gone, set()).discard(member)
        self._followers.setdefault(key.hex, set()).add(member)

    def _unfollow(self, member: Member) -> None:
        for key in member.keys:
            followers = self._followers.get(key, set())
            followers.discard(member)
            if not followers:
                self._followers.pop(key, None)
        member.keys = ()

    def seen(self, member: Member, frames: int) -> None:
        """Take note of what a socket has received; one that had been passed over begins again."""
        if member.outbox.seen(frames):
            self._lagging.discard(member)
            member.is_ready = False
            member.outbox.reply(_RESYNC)

    def shut(self) -> None:
        """The meeting was taken off the site or made private: its readers' sockets are closed."""
        self.is_open = False
        for member in list(self._streams[Audience.PUBLIC].members):
            member.close(CLOSE_NO_SUCH_ROOM)

    # The room -------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Follow the log until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.bell.wait(), POLL_SECONDS)
            self.bell.clear()
            try:
                await self.catch_up()
            except Exception:
                logger.exception("Room %s could not be read; its sockets stay and it is tried again.", self.room_pk)
                await asyncio.sleep(POLL_SECONDS)
            self._close_stalled()
            await asyncio.sleep(GATHER_SECONDS)

    async def catch_up(self) -> None:
        """Read what is new, once, and offer it to every socket it is meant for."""
        now = asyncio.get_running_loop().time()
        is_tick = now - self._ticked_at >= TICK_SECONDS
        events, support = await self._read(self._news, is_tick)
        if events:
            await self._tell(events)
        if is_tick:
            self._ticked_at = now
            await self._tick(support)

    async def offer_all(self, frame: str) -> None:
        """Offer a frame to every socket of the room."""
        await self._offer(self.members, frame)

    def _news(self, is_tick: bool) -> tuple[list[RoomEvent], dict[int, int]]:
        return events_after(self.room_pk, self._last_pk), support_counts(self.room_pk) if is_tick else {}

    async def _tell(self, events: list[RoomEvent]) -> None:
        before = {audience: stream.sequence for audience, stream in self._streams.items()}
        told: dict[str, list[str]] = {audience: [] for audience in self._streams}
        fates: list[RoomEvent] = []
        for event in events:
            self._last_pk = event.pk
            stream = self._streams.get(event.audience)
            if stream is None:
                fates.append(event)
                continue
            if event.sequence != stream.sequence + 1:
                await self._begin_again()
                return
            self._apply(event)
            told[event.audience].append(stream.take(event))
        for audience, encoded in told.items():
            if encoded:
                members = self._streams[audience].members
                await self._offer(list(members), self._events_frame(before[audience], encoded))
        for event in fates:
            self._tell_fate(event)

    def _tell_fate(self, event: RoomEvent) -> None:
        key = event.audience.removeprefix(ASKER_PREFIX)
        if event.kind != EventKind.FATE:
            return
        self.fates[key] = _encoded(event.payload)
        now = asyncio.get_running_loop().time()
        for member in self._followers.get(key, ()):
            if not member.outbox.offer(self.fates[key], now=now):
                self._lagging.add(member)

    def _apply(self, event: RoomEvent) -> None:
        if event.kind in {EventKind.ROOM, EventKind.AGENDA}:
            self.room |= event.payload

    async def _tick(self, support: dict[int, int]) -> None:
        changed = {pk: count for pk, count in support.items() if self.support.get(pk) != count}
        present = self.present
        self.support = support
        if not changed and present == self._told_present:
            return
        self._told_present = present
        for stream in self._streams.values():
            stream.snapshot = None
        await self.offer_all(self._counts_frame(changed))

    async def _begin_again(self) -> None:
        """A number is missing: the log was changed by hand, or a backup restored. Nobody may guess; all re-sync."""
        logger.warning("The log of room %s has a gap; its sockets start from a snapshot.", self.room_pk)
        contents = await self._read(room_contents, self.room_pk, REPLAY_EVENTS)
        members = self.members
        if contents is None:
            for member in members:
                member.close(CLOSE_NO_SUCH_ROOM)
            return
        self._load(contents)
        for member in members:
            self.join(member)
        await self._offer(members, _RESYNC)

    async def _offer(self, members: list[Member], frame: str) -> None:
        clock = asyncio.get_running_loop().time
        for number, member in enumerate(members, start=1):
            if member.is_ready and not member.outbox.offer(frame, now=clock()):
                self._lagging.add(member)
            if number % SLICE == 0:
                await asyncio.sleep(0)

    def _close_stalled(self) -> None:
        now = asyncio.get_running_loop().time()
        for member in list(self._lagging):
            since = member.outbox.lagging_since
            if since is not None and now - since > STALL_SECONDS:
                self._lagging.discard(member)
                member.close(CLOSE_STALLED)

    # What is known, and its frames ----------------------------------------------------------------------------------

    def _load(self, contents: RoomContents) -> None:
        self.epoch = str(contents.epoch)
        self.room = dict(contents.room)
        self.support = dict(contents.support)
        self.fates = {key: _encoded(fate.model_dump(mode="json")) for key, fate in contents.fates.items()}
        self._last_pk = contents.last_pk
        for audience in Audience:
            self._streams[audience] = stream = Stream(
                contents.sequences.get(audience, 0), dict(contents.questions[audience])
            )
            for event in contents.recent[audience]:
                encoded = {"sequence": event.sequence, "kind": event.kind, "payload": event.payload}
                stream.recent.append(_encoded(encoded))

    @property
    def present(self) -> int:
        """How many sockets the room has, here and, as far as they have told us, in other processes."""
        return self.here + self.elsewhere

    def _snapshot_of(self, stream: Stream) -> str:
        if stream.snapshot is None:
            stream.snapshot = _encoded(
                {
                    "type": "snapshot",
                    "protocol": messages.PROTOCOL,
                    "epoch": self.epoch,
                    "sequence": stream.sequence,
                    "room": self.room,
                    "questions": list(stream.questions.values()),
                    "support": self.support,
                    "present": self.present,
                }
            )
        return stream.snapshot

    def _events_frame(self, prev: int, encoded: list[str]) -> str:
        # The events are encoded already: they are joined, not decoded and encoded again.
        head = _encoded({"type": "events", "epoch": self.epoch, "prev": prev})
        return f'{head[:-1]},"events":[{",".join(encoded)}]}}'

    def _counts_frame(self, support: dict[int, int]) -> str:
        return messages.Counts(support=support, present=self.present).model_dump_json()


def _encoded(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_RESYNC = messages.Resync().model_dump_json()

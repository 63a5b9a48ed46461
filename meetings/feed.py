"""One room as one server process sees it: read once, encoded once, offered to every socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from meetings import messages
from meetings.audiences import REPLAY_EVENTS, Line, Stream, encoded
from meetings.contents import RoomContents, Things, room_contents
from meetings.enums import (
    ASKER_PREFIX,
    COUNCILLOR_PREFIX,
    Audience,
    EventKind,
    Reaction,
    RoomState,
    person_audience,
)
from meetings.live_polls import LivePolls, Sight
from meetings.members import Member
from meetings.models import RoomEvent
from meetings.outbox import STALL_SECONDS
from meetings.poll_queries import OpenPoll
from meetings.presence import Presence, presence_of
from meetings.queries import Holds, events_after, holds_in, support_counts
from meetings.reactions import Applause

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How long a change may stay unseen when no doorbell rings."""

TICK_SECONDS = 0.6
"""Shortest time from one frame of counts, all of it sent, to the next: more than half a second, so that no screen gets
three within a second although one frame is under way a little longer than another."""

GATHER_SECONDS = 0.02
"""Pause after a read, so that a burst of changes becomes one frame."""

SLICE = 100
"""Sockets served before the loop may do something else."""

CLOSE_NO_SUCH_ROOM = 4404
CLOSE_STALLED = 1013
"""The standard's "try again later"."""

Reader = Callable[..., Awaitable[Any]]
"""Runs a blocking read in the process's one reading thread: ``await read(function, *arguments)``."""


class RoomFeed:
    """Keeps one room's sockets up to date from the log. Lives as long as somebody is in the room."""

    def __init__(self, contents: RoomContents, read: Reader) -> None:
        self.room_pk = contents.room_pk
        self.is_open = contents.is_open
        self.bell = asyncio.Event()
        self.elsewhere = Presence()
        self._read = read
        self._followers: dict[str, set[Member]] = {}
        self._lagging: set[Member] = set()
        self._next_tick_at = 0.0
        self._told_present = -1
        self._told_here: Presence | None = None
        self._streams: dict[str, Stream] = {}
        self._is_stale = False  # all there is must be read anew, and could not be when that was found out
        self.support: dict[int, int] = {}
        self._holds: Holds = {}
        self.applause = Applause()
        self._told_reactions: dict[str, int] = {}
        self._people: dict[str, set[Member]] = {}
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
        self._stream_of(member.audience).members.add(member)
        if member.person:
            self._people.setdefault(person_audience(member.person), set()).add(member)

    def leave(self, member: Member) -> None:
        self._streams[member.audience].members.discard(member)
        self._lagging.discard(member)
        self._unfollow(member)
        own = person_audience(member.person)
        self._people.get(own, set()).discard(member)
        if not self._people.get(own):
            self._people.pop(own, None)

    def greet(
        self, member: Member, epoch: UUID | None, sequence: int, mine: tuple[UUID, ...], *, hand: bool = False
    ) -> None:
        """Answer a hello: what the socket missed, or a snapshot; then the fates of the questions it follows."""
        stream = self._streams[member.audience]
        sight = () if stream.is_sealed else self.polls.sight_of(member)
        missed = stream.missed(sequence) if str(epoch) == self.epoch else None
        if missed is None:
            member.outbox.reply(self._snapshot_of(stream, sight))
        else:
            member.outbox.reply(self._events_frame(stream.sequence - len(missed), missed))
            if not stream.is_sealed:
                member.outbox.reply(self._counts_frame(self.support, sight))
        if member.audience == Audience.MODERATORS:
            member.outbox.reply(self._here_frame(self.presence))
            if self._holds:
                member.outbox.reply(self._holding_frame())
        is_raised = bool(member.person) and person_audience(member.person) in self.raised
        if is_raised != hand:
            member.outbox.reply(messages.OwnHand(raised=is_raised).model_dump_json())
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
        self._unfollow(member)
        member.keys = (*kept, key.hex)
        for known in member.keys:
            self._followers.setdefault(known, set()).add(member)

    def _unfollow(self, member: Member) -> None:
        for key in member.keys:
            followers = self._followers.get(key, set())
            followers.discard(member)
            if not followers:
                self._followers.pop(key, None)
        member.keys = ()

    def react(self, reaction: Reaction) -> bool:
        """Somebody claps, or the like: whether the room takes it. It goes out with the next tick, as a sum."""
        room = self._streams[Audience.MODERATORS].room
        is_taken = bool(room["reactions"]) and room["state"] not in {RoomState.EXEMPT, RoomState.CLOSED}
        if is_taken:
            self.applause.add(reaction, asyncio.get_running_loop().time())
        return is_taken

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
        self._next_tick_at = asyncio.get_running_loop().time() + TICK_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.bell.wait(), self._patience())
            self.bell.clear()
            try:
                await self.catch_up()
            except Exception:
                logger.exception("Room %s could not be read; its sockets stay and it is tried again.", self.room_pk)
                await asyncio.sleep(POLL_SECONDS)
            self._close_stalled()
            await asyncio.sleep(GATHER_SECONDS)

    def _patience(self) -> float:
        """Seconds to wait for the bell: until the next tick or the next poll, whichever comes first."""
        return min(POLL_SECONDS, max(0.0, self._next_tick_at - asyncio.get_running_loop().time()))

    async def catch_up(self) -> None:
        """Read what is new, once, and offer it to every socket it is meant for."""
        clock = asyncio.get_running_loop().time
        is_tick = clock() >= self._next_tick_at
        if self._is_stale:
            await self._begin_again()
        events, support, polls, holds = await self._read(self._news, is_tick)
        if events:
            await self._tell(events)
        if is_tick:
            await self._tick(support, polls)
            await self._tell_holds(holds)
            self._next_tick_at = clock() + TICK_SECONDS

    async def offer_all(self, frame: str) -> None:
        """Offer a frame to every socket of the room."""
        await self._offer(self.members, frame)

    def _news(self, is_tick: bool) -> tuple[list[RoomEvent], dict[int, int], dict[int, OpenPoll | None], Holds]:
        events = events_after(self.room_pk, self._last_pk)
        if not is_tick:
            return events, {}, {}, {}
        moderators = self._streams[Audience.MODERATORS]
        polls = self.polls.read(self.room_pk, moderators.things["polls"])
        holds = holds_in(self.room_pk, timezone.now()) if moderators.members else {}
        return events, support_counts(self.room_pk), polls, holds

    async def _tell(self, events: list[RoomEvent]) -> None:
        for event in events:
            if event.audience.startswith(COUNCILLOR_PREFIX):
                self._stream_of(event.audience)
        before = {audience: stream.sequence for audience, stream in self._streams.items()}
        told: dict[str, list[Line]] = {audience: [] for audience in self._streams}
        fates: list[RoomEvent] = []
        is_reset = False
        for event in events:
            self._last_pk = event.pk
            stream = self._streams.get(event.audience)
            if stream is None:
                fates.append(event)
                continue
            if event.sequence != stream.sequence + 1:
                logger.warning("The log of room %s has a gap; its sockets start from a snapshot.", self.room_pk)
                await self._begin_again()
                return
            is_reset = is_reset or event.kind == EventKind.RESET
            told[event.audience].append(stream.take(event))
        for audience, lines in told.items():
            if lines:
                members = self._streams[audience].members
                frame = self._events_frame(before[audience], [line.encoded for line in lines])
                await self._offer(list(members), frame)
        for event in fates:
            if event.kind == EventKind.OWN_HAND:
                self._tell_person(event)
            else:
                self._tell_fate(event)
        if is_reset:
            await self._begin_again()

    def _tell_person(self, event: RoomEvent) -> None:
        """Tell somebody, on all their pages, whether their hand is up."""
        if event.payload["raised"]:
            self.raised.add(event.audience)
        else:
            self.raised.discard(event.audience)
        frame, now = encoded(event.payload), asyncio.get_running_loop().time()
        for member in self._people.get(event.audience, ()):
            if member.is_ready and not member.outbox.offer(frame, now=now):
                self._lagging.add(member)

    def _tell_fate(self, event: RoomEvent) -> None:
        key = event.audience.removeprefix(ASKER_PREFIX)
        if event.kind != EventKind.FATE:
            return
        self.fates[key] = encoded(event.payload)
        now = asyncio.get_running_loop().time()
        for member in self._followers.get(key, ()):
            if not member.outbox.offer(self.fates[key], now=now):
                self._lagging.add(member)

    async def _tick(self, support: dict[int, int], polls: dict[int, OpenPoll | None]) -> None:
        changed = {pk: count for pk, count in support.items() if self.support.get(pk) != count}
        present = self.present
        self.support = support
        counted = self.polls.take(polls)
        await self._tell_here()
        reactions = self.applause.sums(asyncio.get_running_loop().time())
        if not changed and not counted and present == self._told_present and reactions == self._told_reactions:
            return
        news = {"reactions": reactions} if reactions != self._told_reactions else {}
        self._told_present, self._told_reactions = present, reactions
        for stream in self._streams.values():
            stream.snapshots.clear()
        members = [member for stream in self._streams.values() if not stream.is_sealed for member in stream.members]
        for sight, group in self.polls.by_sight(members, counted).items():
            await self._offer(group, self._counts_frame(changed, sight, **news))

    async def _tell_here(self) -> None:
        """Tell moderators who is here, when that has changed."""
        moderators = list(self._streams[Audience.MODERATORS].members)
        presence = self.presence if moderators else None
        if presence == self._told_here:
            return
        self._told_here = presence
        if presence is not None:
            await self._offer(moderators, self._here_frame(presence))

    async def _tell_holds(self, holds: Holds) -> None:
        """Tell moderators which questions are open on whose desk, when that has changed."""
        if holds == self._holds:
            return
        self._holds = holds
        await self._offer(list(self._streams[Audience.MODERATORS].members), self._holding_frame())

    async def _begin_again(self) -> None:
        """Nobody may guess; all re-sync: what readers may see has changed as a whole, or a number is missing because
        the log was changed by hand or a backup restored."""
        self._is_stale = True
        contents = await self._read(room_contents, self.room_pk, REPLAY_EVENTS)
        members = self.members
        if contents is None:
            for member in members:
                member.close(CLOSE_NO_SUCH_ROOM)
            return
        self._load(contents)
        self._is_stale = False
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
        self.support = dict(contents.support)
        self.polls = LivePolls(contents.open_polls)
        self.raised = set(contents.raised)
        self.fates = {key: encoded(fate.model_dump(mode="json")) for key, fate in contents.fates.items()}
        self._last_pk = contents.last_pk
        self._streams.clear()
        for audience, things in contents.things.items():
            sequence = contents.sequences.get(audience, 0)
            self._streams[audience] = stream = Stream(audience, sequence, contents.room[audience], things)
            for event in contents.recent.get(audience, ()):
                stream.remember(event)

    def _stream_of(self, audience: str) -> Stream:
        """An audience's stream. A councillor's begins with what is first told: before that there was nothing."""
        if audience not in self._streams:
            public = self._streams[Audience.PUBLIC]
            things: Things = {name: {} for name in public.things}
            self._streams[audience] = Stream(audience, 0, public.room, things)
        return self._streams[audience]

    @property
    def present(self) -> int:
        """How many sockets the room has, here and, as far as they have told us, in other processes."""
        return self.here + self.elsewhere.sockets

    @property
    def presence_here(self) -> Presence:
        """Who is here in this process."""
        return presence_of(
            (member.role, member.name if member.audience == Audience.MODERATORS else "") for member in self.members
        )

    @property
    def presence(self) -> Presence:
        return self.presence_here + self.elsewhere

    def _snapshot_of(self, stream: Stream, sight: Sight) -> str:
        if sight not in stream.snapshots:
            head = encoded(
                {
                    "type": "snapshot",
                    "protocol": messages.PROTOCOL,
                    "epoch": self.epoch,
                    "sequence": stream.sequence,
                    "room": stream.room,
                    **{name: list(things.values()) for name, things in stream.things.items()},
                    "support": {} if stream.is_sealed else self.support,
                    "present": 0 if stream.is_sealed else self.present,
                }
            )
            stream.snapshots[sight] = _with_tallies(head, sight)
        return stream.snapshots[sight]

    def _events_frame(self, prev: int, events: list[str]) -> str:
        # The events are encoded already: they are joined, not decoded and encoded again.
        head = encoded({"type": "events", "epoch": self.epoch, "prev": prev})
        return f'{head[:-1]},"events":[{",".join(events)}]}}'

    def _here_frame(self, presence: Presence) -> str:
        frame = messages.Here(
            public=presence.public,
            councillors=presence.councillors,
            officers=presence.officers,
            colleagues=tuple(sorted(presence.colleagues)),
        )
        return frame.model_dump_json()

    def _holding_frame(self) -> str:
        questions = {pk: messages.HoldView(by=by, name=name) for pk, (by, name) in self._holds.items()}
        return messages.Holding(questions=questions).model_dump_json()

    def _counts_frame(self, support: dict[int, int], sight: Sight = (), **news: dict[str, int]) -> str:
        return _with_tallies(encoded({"type": "counts", "support": support, "present": self.present, **news}), sight)


def _with_tallies(head: str, sight: Sight) -> str:
    """A frame with the tallies its readers may see, which are encoded already."""
    return f'{head[:-1]},"tallies":[{",".join(sight)}]}}' if sight else head


_RESYNC = messages.Resync().model_dump_json()

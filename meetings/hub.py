"""The hub of a server process: for each room one reader of the log and one subscription to its doorbell.

Sockets never touch the channel layer or the database to be told something. When Redis is gone the doorbell is silent
and every room goes on by its half-second poll; when it is back, the subscription is made again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connections
from django.utils import timezone

from meetings import messages
from meetings.audiences import REPLAY_EVENTS
from meetings.broadcast import ROOM_CHANGED, group_of
from meetings.contents import room_contents
from meetings.database_threads import DatabaseThreads
from meetings.enums import COUNCILLOR_PREFIX, Audience, Role
from meetings.feed import TICK_SECONDS, RoomFeed
from meetings.limits import Buckets, Caps
from meetings.members import Member
from meetings.presence import Presence, presence_told
from meetings.queries import open_rooms
from meetings.sessions import councillors_among, officers_among

logger = logging.getLogger(__name__)

PRESENT = "room.present"
REACTIONS = "room.reactions"
ANNOUNCE_SECONDS = 5.0
"""How often a process tells the others who is in a room with it."""

FORGET_SECONDS = 20.0
"""How long another process's number is believed."""

ASK_AGAIN_SECONDS = 10.0
"""How often it is asked again whether moderators are still officers and signed in, and meetings still public."""

RESUBSCRIBE_SECONDS = 3.0
RETRY_SECONDS = 2.0
"""When clients may come back after a restart; each adds a jitter of its own."""

FAREWELL_SECONDS = 0.5
"""How long a stopping process waits for its farewell to reach the wire."""

CLOSE_NOT_ALLOWED = 4403

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def the_hub() -> Hub:
    """The hub of this process, which is to say of its event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class RoomFull(Exception):
    """There are as many sockets as there may be; the page goes on without one."""


class Hub:
    """The rooms of one process in which somebody is."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.shared = Buckets()
        self._held: Counter[str] = Counter()
        self._feeds: dict[int, RoomFeed] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._lock = asyncio.Lock()
        self._reader = DatabaseThreads(1, "room-reader")
        self._channel: str | None = None
        self._housekeeping: list[asyncio.Task[None]] = []
        self._elsewhere: dict[int, dict[str, tuple[Presence, float]]] = {}
        _say_goodbye_when_daphne_stops(self)

    async def join(self, room_pk: int, member: Member) -> RoomFeed | None:
        """Bring a socket into a room; None when there is no such room. The first one in starts its feed.

        Raises ``RoomFull``, but never for an officer.
        """
        async with self._lock:
            feed = self._feeds.get(room_pk) or await self._open(room_pk)
            if feed is None:
                return None
            if member.audience == Audience.PUBLIC and not feed.is_open:
                await self._close_if_empty(feed)
                return None
            if member.role is not Role.OFFICER and self._is_full(feed, member):
                await self._close_if_empty(feed)
                raise RoomFull
            feed.join(member)
            self._held.update(_holders(member))
            return feed

    def _is_full(self, feed: RoomFeed, member: Member) -> bool:
        """Whether one more socket would be too many: of the process, the meeting, the person or the address."""
        caps = Caps(**settings.SOCKET_CAPS)
        return (
            sum(each.here for each in self._feeds.values()) >= caps.process
            or feed.present >= caps.meeting
            or bool(member.person and self._held[member.person] >= caps.person)
            or bool(member.address and self._held[member.address] >= caps.address)
        )

    async def leave(self, room_pk: int, member: Member) -> None:
        """Take a socket out of its room. The last one out ends its feed."""
        member.outbox.close()
        feed = self._feeds.get(room_pk)
        if feed is None:
            return
        # At once: a server may cut off whoever waits too long for the lock, and nobody may be counted for ever.
        feed.leave(member)
        for holder in _holders(member):
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]  # nobody is remembered who holds none
        async with self._lock:
            if self._feeds.get(room_pk) is feed:
                await self._close_if_empty(feed)

    async def read(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a blocking read in the process's one reading thread."""
        return await self._reader.run(function, *arguments)

    async def going_away(self, retry_seconds: float = RETRY_SECONDS) -> None:
        """Tell every socket that this process is about to stop, and when to come back."""
        frame = messages.GoingAway(retry_seconds=retry_seconds).model_dump_json()
        for feed in list(self._feeds.values()):
            await feed.offer_all(frame)
        if self._feeds:
            await asyncio.sleep(FAREWELL_SECONDS)

    async def _open(self, room_pk: int) -> RoomFeed | None:
        contents = await self.read(room_contents, room_pk, REPLAY_EVENTS)
        if contents is None:
            return None
        feed = self._feeds[room_pk] = RoomFeed(contents, self.read)
        self._tasks[room_pk] = asyncio.create_task(feed.run())
        if not self._housekeeping:
            chores = (self._listen(), self._announce(), self._share_reactions(), self._ask_again())
            self._housekeeping = [asyncio.create_task(chore) for chore in chores]
        elif self._channel is not None:
            asyncio.create_task(self._subscribe(room_pk, self._channel))  # noqa: RUF006  it logs its own failure
        return feed

    async def _close_if_empty(self, feed: RoomFeed) -> None:
        room_pk = feed.room_pk
        if feed.here:
            return
        del self._feeds[room_pk]
        self._elsewhere.pop(room_pk, None)
        await _ended(self._tasks.pop(room_pk))
        layer = get_channel_layer()
        if self._channel is not None and layer is not None and self._feeds:
            with contextlib.suppress(Exception):  # nobody listens to that group any more, which is what was wanted
                await asyncio.wait_for(layer.group_discard(group_of(room_pk), self._channel), 1)
        if not self._feeds:
            chores, self._housekeeping = self._housekeeping, []
            for chore in chores:
                await _ended(chore)
            await self.read(connections.close_all)  # nobody is here: the reading thread gives its connection back

    # The channel layer ----------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Turn doorbell messages into woken feeds, for as long as there is a room."""
        layer = get_channel_layer()
        if layer is None:
            return
        try:
            while True:
                try:
                    self._channel = await layer.new_channel()
                    for room_pk in list(self._feeds):
                        await layer.group_add(group_of(room_pk), self._channel)
                    while True:
                        self._hear(await layer.receive(self._channel))
                except Exception:
                    logger.warning("The channel layer cannot be reached; rooms go on by polling.", exc_info=True)
                self._channel = None
                await asyncio.sleep(RESUBSCRIBE_SECONDS)
        finally:
            self._channel = None

    async def _subscribe(self, room_pk: int, channel: str) -> None:
        layer = get_channel_layer()
        try:
            if layer is not None:
                await layer.group_add(group_of(room_pk), channel)
        except Exception:
            logger.warning("No doorbell for room %s; it goes on by polling.", room_pk, exc_info=True)

    def _hear(self, message: dict[str, Any]) -> None:
        feed = self._feeds.get(message.get("room", 0))
        if feed is None:
            return
        if message["type"] == ROOM_CHANGED:
            feed.bell.set()
        elif message["type"] == PRESENT and message["process"] != self.name:
            now = asyncio.get_running_loop().time()
            self._elsewhere.setdefault(feed.room_pk, {})[message["process"]] = (presence_told(message), now)
        elif message["type"] == REACTIONS and message["process"] != self.name:
            feed.applause.add_elsewhere(message["counts"], asyncio.get_running_loop().time())

    async def _announce(self) -> None:
        """Tell the other processes how many are here, and add up what they told us."""
        while True:
            await asyncio.sleep(ANNOUNCE_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311  spreads load, hides nothing
            now = asyncio.get_running_loop().time()
            for room_pk, feed in list(self._feeds.items()):
                heard = self._elsewhere.get(room_pk, {})
                fresh = {name: told for name, told in heard.items() if now - told[1] < FORGET_SECONDS}
                self._elsewhere[room_pk] = fresh
                feed.elsewhere = sum((presence for presence, _ in fresh.values()), Presence())
                await self._tell_present(feed)

    async def _share_reactions(self) -> None:
        """Twice a second, tell the other processes how people here reacted: sums, not one message a clap."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            layer = get_channel_layer()
            for room_pk, feed in list(self._feeds.items()):
                counts = feed.applause.untold()
                if not counts or layer is None or self._channel is None:
                    continue
                message = {"type": REACTIONS, "room": room_pk, "process": self.name, "counts": counts}
                with contextlib.suppress(Exception):  # a gesture that is not seen elsewhere is lost, and that is all
                    await asyncio.wait_for(layer.group_send(group_of(room_pk), message), 1)

    async def _tell_present(self, feed: RoomFeed) -> None:
        layer = get_channel_layer()
        if layer is None or self._channel is None:
            return
        message = {"type": PRESENT, "room": feed.room_pk, "process": self.name, **feed.presence_here.told()}
        with contextlib.suppress(Exception):  # the number is a courtesy; the next one comes in a few seconds
            await asyncio.wait_for(layer.group_send(group_of(feed.room_pk), message), 1)

    # Rights -------------------------------------------------------------------------------------------------------

    async def _ask_again(self) -> None:
        """Every ten seconds, close the sockets of those who may not read on."""
        while True:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            try:
                await self._shut_rooms()
                await self._dismiss_moderators()
            except Exception:
                logger.exception("Who may read could not be checked; it is tried again.")

    async def _shut_rooms(self) -> None:
        """Readers of a meeting that was taken off the site or made private go, and may come when it is back."""
        asked = list(self._feeds.items())
        still = await self.read(open_rooms, [room_pk for room_pk, _feed in asked])
        for room_pk, feed in asked:
            if room_pk in still:
                feed.is_open = True
            else:
                feed.shut()

    async def _dismiss_moderators(self) -> None:
        """Moderators who have signed out or are officers no longer go."""
        everybody = [member for feed in self._feeds.values() for member in feed.members]
        await self._dismiss_councillors([each for each in everybody if each.audience.startswith(COUNCILLOR_PREFIX)])
        moderators = [member for member in everybody if member.audience == Audience.MODERATORS]
        if not moderators:
            return
        still = await self.read(officers_among, {member.session_key or "" for member in moderators})
        for member in moderators:
            if member.session_key not in still:
                member.close(CLOSE_NOT_ALLOWED)

    async def _dismiss_councillors(self, members: list[Member]) -> None:
        """Councillors who have signed out, hold no seat any more, or whose account is another's now, go."""
        if not members:
            return
        keys = {member.session_key or "" for member in members}
        still = await self.read(councillors_among, keys, timezone.localdate())
        for member in members:
            if member.audience != f"{COUNCILLOR_PREFIX}{still.get(member.session_key or '', '')}":
                member.close(CLOSE_NOT_ALLOWED)


def _holders(member: Member) -> list[str]:
    return [holder for holder in (member.person, member.address) if holder]


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _say_goodbye_when_daphne_stops(hub: Hub) -> None:
    """Daphne cuts its sockets without a word when it stops; uvicorn closes them with 1012 of itself."""
    if "daphne.server" not in sys.modules:
        return
    from twisted.internet import defer, reactor  # only where Daphne has chosen and installed the reactor

    loop = asyncio.get_running_loop()

    def goodbye() -> defer.Deferred[None]:
        return defer.Deferred.fromFuture(asyncio.ensure_future(hub.going_away(), loop=loop))

    reactor.addSystemEventTrigger("before", "shutdown", goodbye)  # type: ignore[attr-defined,arg-type]

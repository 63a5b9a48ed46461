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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connections

from meetings import messages
from meetings.broadcast import ROOM_CHANGED, group_of
from meetings.contents import room_contents
from meetings.enums import Audience
from meetings.feed import REPLAY_EVENTS, Member, RoomFeed
from meetings.queries import open_rooms
from meetings.sessions import officers_among

logger = logging.getLogger(__name__)

PRESENT = "room.present"
ANNOUNCE_SECONDS = 5.0
"""How often a process tells the others how many sockets it holds for a room."""

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


class Hub:
    """The rooms of one process in which somebody is."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self._feeds: dict[int, RoomFeed] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._lock = asyncio.Lock()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="room-reader")
        self._channel: str | None = None
        self._housekeeping: list[asyncio.Task[None]] = []
        self._elsewhere: dict[int, dict[str, tuple[int, float]]] = {}
        _say_goodbye_when_daphne_stops(self)

    async def join(self, room_pk: int, member: Member) -> RoomFeed | None:
        """Bring a socket into a room; None when there is no such room. The first one in starts its feed."""
        async with self._lock:
            feed = self._feeds.get(room_pk) or await self._open(room_pk)
            if feed is None:
                return None
            if member.audience is Audience.PUBLIC and not feed.is_open:
                await self._close_if_empty(feed)
                return None
            feed.join(member)
            return feed

    async def leave(self, room_pk: int, member: Member) -> None:
        """Take a socket out of its room. The last one out ends its feed."""
        member.outbox.close()
        async with self._lock:
            feed = self._feeds.get(room_pk)
            if feed is None:
                return
            feed.leave(member)
            await self._close_if_empty(feed)

    async def read(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a blocking read in the process's one reading thread."""
        run = database_sync_to_async(function, thread_sensitive=False, executor=self._reader)
        return await run(*arguments)

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
            chores = (self._listen(), self._announce(), self._ask_again())
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
            self._elsewhere.setdefault(feed.room_pk, {})[message["process"]] = (message["sockets"], now)

    async def _announce(self) -> None:
        """Tell the other processes how many are here, and add up what they told us."""
        while True:
            await asyncio.sleep(ANNOUNCE_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311  spreads load, hides nothing
            now = asyncio.get_running_loop().time()
            for room_pk, feed in list(self._feeds.items()):
                heard = self._elsewhere.get(room_pk, {})
                fresh = {name: told for name, told in heard.items() if now - told[1] < FORGET_SECONDS}
                self._elsewhere[room_pk] = fresh
                feed.elsewhere = sum(sockets for sockets, _ in fresh.values())
                await self._tell_present(feed)

    async def _tell_present(self, feed: RoomFeed) -> None:
        layer = get_channel_layer()
        if layer is None or self._channel is None:
            return
        message = {"type": PRESENT, "room": feed.room_pk, "process": self.name, "sockets": feed.here}
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
        """Readers of a meeting that was taken off the site or made private go."""
        still = await self.read(open_rooms, list(self._feeds))
        for room_pk, feed in self._feeds.items():
            if room_pk not in still:
                feed.shut()

    async def _dismiss_moderators(self) -> None:
        """Moderators who have signed out or are officers no longer go."""
        everybody = [member for feed in self._feeds.values() for member in feed.members]
        moderators = [member for member in everybody if member.audience is Audience.MODERATORS]
        if not moderators:
            return
        still = await self.read(officers_among, {member.session_key or "" for member in moderators})
        for member in moderators:
            if member.session_key not in still:
                member.close(CLOSE_NOT_ALLOWED)


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

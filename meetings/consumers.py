"""The room's socket: join, decode, one service call, say why not.

A plain ASGI application rather than one of Channels' consumers, since those subscribe each socket to the channel
layer; here only the hub does.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from meetings import commands, messages
from meetings.commands import CommandRefused
from meetings.database_threads import DatabaseThreads
from meetings.enums import COUNCILLOR_PREFIX, Audience, Reaction, Role
from meetings.feed import CLOSE_NO_SUCH_ROOM, RoomFeed
from meetings.guests import guest_in
from meetings.hub import CLOSE_NOT_ALLOWED, Hub, RoomFull, the_hub
from meetings.limits import ADDRESS_COMMANDS, COMMANDS, FRAMES, GESTURES, MAX_BAD_FRAMES, OFFICER_COMMANDS, Bucket
from meetings.members import Member
from meetings.outbox import MAX_OUTSTANDING_BYTES, Outbox
from meetings.services import Actor
from meetings.sessions import councillors_among
from wardmote.core.limits import address_of_socket, household_of

logger = logging.getLogger(__name__)

CLOSE_BAD_FRAMES = 4400
CLOSE_FULL = 4429
"""After HTTP's 429: not a fault of the page, which goes on by HTTP and tries again later."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_workers = DatabaseThreads(4, "room-commands")
"""Commands wait for the database here, apart from pages and from the hub's reader."""


async def room_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one socket of a room, from its handshake to its end."""
    if (await receive())["type"] != "websocket.connect":
        return
    await RoomSocket(scope, send).serve(receive)


class RoomSocket:
    """One person in one room.

    ``?as=moderator`` asks for what moderators see, ``?as=councillor`` for the questions assigned to a councillor,
    ``?language=cy`` for Welsh reasons.
    """

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
        language = query.get("language", [""])[0]
        now = asyncio.get_running_loop().time()
        self._send = send
        self._room_pk: int = scope["url_route"]["kwargs"]["pk"]
        self._language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        self._asked_as = query.get("as", [""])[0]
        # Somebody who is nobody when the socket opens stays a guest on it, whatever their session becomes.
        self._session_key = scope["session"].session_key if scope["user"].is_authenticated else None
        self._guest = guest_in(scope.get("cookies", {}))
        self._role = Role.GUEST
        self._frames = Bucket(FRAMES, now)
        self._rate = COMMANDS
        self._gestures = Bucket(GESTURES, now)
        self._bad_frames = 0
        self._is_closed = False
        person = Actor(Role.GUEST, user=scope["user"] if self._session_key else None, guest=self._guest)
        self._member = Member(
            Audience.PUBLIC,
            Outbox(self._write),
            self._close_soon,
            self._session_key,
            person.key if self._session_key or self._guest else "",
        )
        address = household_of(address_of_socket(scope))
        self._member.address = f"address:{address}" if address else ""
        self._closing: asyncio.Task[None] | None = None

    async def serve(self, receive: Receive) -> None:
        self._role = await self._role_now()
        audience = await self._audience_now()
        if audience is None:
            await self._close(CLOSE_NOT_ALLOWED)
            return
        self._member.audience = audience
        hub = the_hub()
        try:
            feed = await hub.join(self._room_pk, self._member)
        except RoomFull:
            # A handshake that is refused has no code that a page could read.
            await self._send({"type": "websocket.accept"})
            await self._close(CLOSE_FULL)
            return
        if feed is None:
            await self._close(CLOSE_NO_SUCH_ROOM)
            return
        if self._role is Role.OFFICER:
            self._rate = OFFICER_COMMANDS
        self._commands = Bucket(self._rate, asyncio.get_running_loop().time())
        try:
            await self._send({"type": "websocket.accept"})
            self._reply(messages.Welcome(role=self._role, now=timezone.now()))
            await self._listen(receive, feed)
        finally:
            await self._gone(hub)

    async def _gone(self, hub: Hub) -> None:
        self._is_closed = True
        if self._closing is not None:
            self._closing.cancel()
        await hub.leave(self._room_pk, self._member)

    async def _listen(self, receive: Receive, feed: RoomFeed) -> None:
        while not self._is_closed:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._take(message.get("text"), feed)
            if self._bad_frames >= MAX_BAD_FRAMES:
                await self._close(CLOSE_BAD_FRAMES)

    async def _take(self, text: str | None, feed: RoomFeed) -> None:
        """Decode one frame and do what it says, or say why not. Whatever it holds, the socket lives on."""
        now = asyncio.get_running_loop().time()
        if not self._frames.take(now):
            self._refuse_badly(None, messages.Reason.TOO_FAST, "")
            return
        if text is None:
            self._refuse_badly(None, messages.Reason.MALFORMED, "")
            return
        if len(text) > messages.MAX_FRAME_BYTES or len(text.encode("utf-8", "replace")) > messages.MAX_FRAME_BYTES:
            self._refuse_badly(None, messages.Reason.TOO_LARGE, "")
            return
        try:
            frame = messages.client_frames.validate_json(text)
        except ValidationError as error:
            self._refuse_badly(_id_in(text), messages.Reason.MALFORMED, _field_of(error))
            return
        match frame:
            case messages.Hello():
                self._greet(frame, feed)
            case messages.Seen(frames=frames):
                feed.seen(self._member, frames)
            case messages.React(reaction=reaction):
                self._react(reaction, feed, now)
            case messages.Command():
                await self._obey(frame, feed, now)

    def _react(self, reaction: Reaction, feed: RoomFeed, now: float) -> None:
        """A gesture: too many are not taken, whoever may not make one is told so."""
        if not self._gestures.take(now):
            return
        if not self._member.person or not feed.react(reaction):
            self._refuse(None, messages.Reason.NOT_NOW)

    def _greet(self, hello: messages.Hello, feed: RoomFeed) -> None:
        if hello.protocol != messages.PROTOCOL:
            self._refuse(None, messages.Reason.OLD_PROTOCOL)
        elif self._member.outbox.outstanding > MAX_OUTSTANDING_BYTES:
            self._refuse(None, messages.Reason.TOO_FAST)
        else:
            feed.greet(self._member, hello.epoch, hello.sequence, hello.mine, hand=hello.hand)

    async def _obey(self, command: messages.Command, feed: RoomFeed, now: float) -> None:
        if not self._may_command(now):
            self._refuse(command.id, messages.Reason.TOO_FAST)
            return
        if isinstance(command, messages.Ask):
            feed.follow(self._member, command.key)
        try:
            self._reply(await _workers.run(self._perform, command))
        except CommandRefused as refusal:
            self._refuse(command.id, refusal.reason, refusal.message, refusal.field)
        except Exception:
            # The database may be away for a moment; the client keeps the command and its key, and sends it again.
            logger.exception("A command to room %s failed", self._room_pk)
            self._refuse(command.id, messages.Reason.TRY_AGAIN)

    def _may_command(self, now: float) -> bool:
        """Whether the socket, the person behind all of theirs, and the address may do one more thing."""
        shared, member = the_hub().shared, self._member
        return (
            self._commands.take(now)
            and (not member.person or shared.take(member.person, self._rate, now))
            and (not member.address or shared.take(member.address, ADDRESS_COMMANDS, now))
        )

    def _perform(self, command: messages.Command) -> messages.Ack:
        moment = timezone.now()
        with translation.override(self._language):
            actor = commands.actor_of(self._session_key, self._guest, moment)
            return commands.obey(command, room_pk=self._room_pk, actor=actor, moment=moment)

    async def _role_now(self) -> Role:
        if self._session_key is None:
            return Role.GUEST
        try:
            actor = await _workers.run(commands.actor_of, self._session_key, self._guest, timezone.now())
        except CommandRefused:
            return Role.GUEST
        if actor.role is Role.OFFICER and actor.user is not None:
            user: Any = actor.user
            self._member.name = user.get_full_name() or user.get_username()
        self._member.role = Role(actor.role)
        return self._member.role

    async def _audience_now(self) -> str | None:
        """Whose events the socket gets; None for somebody who asks for what is not theirs."""
        if self._asked_as == "moderator":
            return Audience.MODERATORS if self._role is Role.OFFICER else None
        if self._asked_as == "councillor":
            found = await _workers.run(councillors_among, [self._session_key or ""], timezone.localdate())
            pk = found.get(self._session_key or "")
            return f"{COUNCILLOR_PREFIX}{pk}" if pk else None
        return Audience.PUBLIC

    # Answers --------------------------------------------------------------------------------------------------------

    def _reply(self, frame: messages.Frame) -> None:
        self._member.outbox.reply(frame.model_dump_json())

    def _refuse_badly(self, command_id: str | None, reason: messages.Reason, field: str) -> None:
        """Refuse a frame that no proper client sends; after ten of them the socket is closed."""
        self._bad_frames += 1
        self._refuse(command_id, reason, field=field)

    def _refuse(self, command_id: str | None, reason: messages.Reason, message: str = "", field: str = "") -> None:
        with translation.override(self._language):
            text = message or _said(reason)
        self._reply(messages.Refused(id=command_id, reason=reason, message=text, field=field))

    async def _write(self, frame: str) -> None:
        if not self._is_closed:
            await self._send({"type": "websocket.send", "text": frame})

    def _close_soon(self, code: int) -> None:
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: int) -> None:
        if self._is_closed:
            return
        await asyncio.sleep(0)  # what has just been said goes out first
        self._is_closed = True
        await self._send({"type": "websocket.close", "code": code})


def _said(reason: messages.Reason) -> str:
    return {
        messages.Reason.MALFORMED: _("This message could not be understood."),
        messages.Reason.TOO_LARGE: _("This message is too long."),
        messages.Reason.TOO_FAST: _("That was a lot at once. Wait a moment and try again."),
        messages.Reason.OLD_PROTOCOL: _("This page is out of date. Reload it."),
        messages.Reason.TRY_AGAIN: _("That did not work. It will be tried again."),
    }.get(reason, _("That cannot be done."))


def _field_of(error: ValidationError) -> str:
    """The field a frame is wrong in, without the name of its type before it."""
    place = [
        str(part) for part in error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    ]
    return ".".join(place[1:])


def _id_in(text: str) -> str | None:
    """The id of a command that could not be read otherwise, so that its client learns which."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    command_id = found.get("id") if isinstance(found, dict) else None
    if not isinstance(command_id, str) or not 0 < len(command_id) <= 64:
        return None
    return command_id.encode("utf-8", "replace").decode()

"""The transcripts in docs/transcripts.md, replayed line by line over the real ASGI application.

``who > {…}`` is sent by somebody, ``who < {…}`` must be what they get next. ``…`` stands for anything: as a value, for
the rest of a list, or for further fields. ``"$name"`` is remembered where it is met first and the same ever after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from meetings import messages
from meetings.enums import PollKind, PollState
from meetings.models import Poll, PublicQuestion, Room
from tests.meetings.test_consumers import Socket, guest_cookie, headers, postcode, session_cookie  # noqa: F401  a fixture
from wardmote.asgi import application
from wards.models import Ward

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "transcripts.md").read_text(encoding="utf-8")
REST = "…"
FRAME_TYPES = sorted(
    get_args(frame.model_fields["type"].annotation)[0]
    for union in (messages.ClientFrame, messages.ServerFrame)
    for frame in get_args(get_args(union)[0])
)
NOT_TOLD = {"going_away", "resync"}
"""What a server says of itself, when it stops or a reader stops reading: test_processes.py and test_consumers.py."""

LATEST_VALUES = {"counts", "here"}
"""They come when they come: a story tells them where they matter."""


@dataclass(frozen=True, slots=True)
class Line:
    who: str
    direction: str
    frame: Any

    def __str__(self) -> str:
        return f"{self.who} {self.direction} {json.dumps(self.frame, ensure_ascii=False)}"


def stories() -> dict[str, list[Line]]:
    """The lines of each transcript, by the heading above it."""
    found = re.findall(r"^## (.+?)\n.*?```transcript\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    return {title: list(lines_of(block)) for title, block in found}


def lines_of(block: str) -> Iterator[Line]:
    for who, direction, text in re.findall(r"^(\w+) ([<>]) (.*?)(?=^\w+ [<>]|\Z)", block, re.DOTALL | re.MULTILINE):
        whole = re.sub(r"([,{\[]\s*)…(\s*[}\]])", lambda found: f"{found[1]}{_rest(found[2])}{found[2]}", text)
        if text.strip() == "leaves":
            yield Line(who, direction, "leaves")
            continue
        yield Line(who, direction, json.loads(re.sub(r":\s*…", ': "…"', whole)))


def _rest(end: str) -> str:
    return '"…": "…"' if end.strip() == "}" else '"…"'


@dataclass(slots=True)
class Replay:
    """Names met so far, and the sockets of the people in the story."""

    names: dict[str, Any] = field(default_factory=dict)

    def filled(self, value: Any) -> Any:
        """A value with the names in it put in."""
        match value:
            case str() if value.startswith("$"):
                return self.names[value]
            case dict():
                return {key: self.filled(one) for key, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
        return value

    def fits(self, expected: Any, got: Any) -> bool:
        match expected:
            case "…":
                return True
            case str() if expected.startswith("$"):
                return bool(self.names.setdefault(expected, got) == got)
            case dict():
                wanted = {str(self.names.get(key, key)): one for key, one in expected.items() if key != REST}
                if not isinstance(got, dict) or (REST not in expected and set(wanted) != set(got)):
                    return False
                return all(key in got and self.fits(one, got[key]) for key, one in wanted.items())
            case list():
                wanted_items = [one for one in expected if one != REST]
                if not isinstance(got, list) or (len(wanted_items) != len(expected)) < (
                    len(wanted_items) != len(got)
                ):
                    return False
                return all(self.fits(one, item) for one, item in zip(wanted_items, got, strict=False))
        return bool(expected == got)

    async def expect(self, socket: Socket, passed_over: list[dict[str, Any]], line: Line) -> None:
        """The next frame of its type fits. Counts come when they come: those that do not fit are passed over."""
        wanted = line.frame["type"]
        while True:
            got = next((frame for frame in passed_over if frame["type"] == wanted), None)
            if got is None:
                got = await socket.frame(*FRAME_TYPES)
                if got["type"] != wanted:
                    passed_over.append(got)
                    continue
            else:
                passed_over.remove(got)
            if self.fits(line.frame, got):
                return
            assert wanted in LATEST_VALUES, f"{line}\nbut came\n{json.dumps(got, ensure_ascii=False)}"


@pytest.fixture
def cookies(officer: Any, resident: Any, make_councillor: Callable[[Ward], Any], ward: Ward) -> dict[str, Any]:
    """Who is in the stories, by what their browser sends along."""
    member = make_councillor(ward)
    return {
        "$member": member.councillor.pk,
        "guest": guest_cookie(),
        "reader": guest_cookie("0c41d7aa"),
        "resident": session_cookie(resident),
        "member": session_cookie(member),
        "officer": session_cookie(officer),
    }


async def opened(room: Room, who: str, cookies: dict[str, Any]) -> Socket:
    view = {"officer": "?as=moderator", "member": "?as=councillor"}.get(who, "")
    address = f"/ws/room/{room.pk}/{view}"
    communicator = WebsocketCommunicator(application, address, headers=headers(cookies[who]))
    is_open, _code = await communicator.connect(timeout=5)
    assert is_open
    return Socket(communicator)


@pytest.mark.parametrize("title", stories())
async def test_what_is_written_down_is_what_is_said(
    title: str,
    room: Room,
    cookies: dict[str, Any],
    make_question: Callable[..., PublicQuestion],
    postcode: str,  # noqa: F811
    make_poll: Callable[..., Poll],
) -> None:
    await sync_to_async(make_question)(text="When will the library reopen?")
    if "poll" in title:
        await sync_to_async(make_poll)(PollKind.SINGLE, PollState.DRAFT, options=("Bus", "Train"))
        await sync_to_async(make_poll)(PollKind.WORDS, PollState.DRAFT)
    items = await sync_to_async(lambda: list(room.meeting.agenda_items.all()))()
    replay = Replay(
        {
            "$postcode": postcode,
            "$member": cookies["$member"],
            **{f"$item{place}": item.pk for place, item in enumerate(items, start=1)},
        }
    )
    sockets: dict[str, Socket] = {}
    passed_over: dict[str, list[dict[str, Any]]] = {}
    try:
        for line in stories()[title]:
            if line.frame == "leaves":
                await sockets.pop(line.who).communicator.disconnect(timeout=5)
                continue
            if line.who not in sockets:
                sockets[line.who], passed_over[line.who] = await opened(room, line.who, cookies), []
            if line.direction == ">":
                await sockets[line.who].send(**replay.filled(line.frame))
            else:
                await replay.expect(sockets[line.who], passed_over[line.who], line)
        left = [frame for who in sockets for frame in passed_over[who] if frame["type"] not in LATEST_VALUES]
        assert left == [], "said, but not written down"
    finally:
        for socket in sockets.values():
            await socket.communicator.disconnect(timeout=5)


def test_every_frame_of_the_protocol_is_in_a_transcript() -> None:
    told = {line.frame["type"] for lines in stories().values() for line in lines if isinstance(line.frame, dict)}
    assert set(FRAME_TYPES) - told - NOT_TOLD == set()

"""The pace of a room's counts, by a clock that goes as far as the loop would sleep: exact, and in no time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import selectors
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from meetings.contents import RoomContents
from meetings.enums import Audience, RoomState
from meetings.feed import POLL_SECONDS, TICK_SECONDS, RoomFeed
from meetings.members import Member
from meetings.outbox import Outbox

STORM_SECONDS = 20.0
LATE_SECONDS = 0.15
"""How much longer than the next one a frame may be under way, and still no screen gets three within a second."""


class _Selector(selectors.DefaultSelector):
    """Waits for nobody: instead of sleeping it puts the clock forward."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


class ControlledLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass only where something waits for them."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


class Storm:
    """A room in which somebody supports a question all the time, and a page that notes when its counts came."""

    def __init__(self, reading_seconds: Callable[[int], float], sending_seconds: Callable[[int], float]) -> None:
        self.reading_seconds, self.sending_seconds = reading_seconds, sending_seconds
        self.count = self.reads = self.sent = 0
        self.received: list[tuple[float, int]] = []

    async def read(self, _function: Callable[..., Any], is_tick: bool) -> Any:
        self.reads += 1
        await asyncio.sleep(self.reading_seconds(self.reads))
        return [], {7: self.count} if is_tick else {}, {}, {}

    async def send(self, frame: str) -> None:
        told = json.loads(frame)
        assert told["type"] == "counts"
        self.sent += 1
        await asyncio.sleep(self.sending_seconds(self.sent))
        self.received.append((asyncio.get_running_loop().time(), told["support"]["7"]))

    async def run(self, ring_seconds: float | None) -> None:
        feed = RoomFeed(_contents(), self.read)
        member = Member(Audience.PUBLIC, Outbox(self.send), lambda code: None)
        feed.join(member)
        member.is_ready = True
        following = asyncio.ensure_future(feed.run())
        until = asyncio.get_running_loop().time() + STORM_SECONDS
        while asyncio.get_running_loop().time() < until:
            self.count += 1
            if ring_seconds:
                feed.bell.set()
            await asyncio.sleep(ring_seconds or 0.01)
        self.ended_at = asyncio.get_running_loop().time()
        await asyncio.sleep(2 * (TICK_SECONDS + POLL_SECONDS))
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


def _contents() -> RoomContents:
    room = {"state": RoomState.IN_SESSION, "reactions": True}
    return RoomContents(
        room_pk=1,
        is_open=True,
        epoch=uuid.uuid4(),
        room=dict.fromkeys(Audience.values, room),
        last_pk=0,
        sequences={},
        recent={},
        things={audience: {"questions": {}, "polls": {}} for audience in Audience.values},
        support={},
        fates={},
        open_polls={},
        raised=frozenset(),
    )


@pytest.fixture
def run() -> Iterator[Callable[[Any], None]]:
    loop = ControlledLoop()
    yield loop.run_until_complete
    loop.close()


@pytest.mark.parametrize("ring_seconds", [None, 0.01, 0.3], ids=["unrung", "rung all the time", "rung now and then"])
@pytest.mark.parametrize(
    ("reading", "sending"),
    [
        (lambda number: 0.0, lambda number: 0.0),
        (lambda number: 0.4 if number % 2 else 0.0, lambda number: 0.0),
        (lambda number: 0.4 if number % 3 == 0 else 0.01, lambda number: LATE_SECONDS if number % 3 == 0 else 0.0),
    ],
    ids=["at once", "read slowly every other time", "read and sent slowly every third time"],
)
def test_no_screen_gets_more_than_two_frames_of_counts_in_any_second(
    run: Callable[[Any], None],
    ring_seconds: float | None,
    reading: Callable[[int], float],
    sending: Callable[[int], float],
) -> None:
    storm = Storm(reading, sending)
    run(storm.run(ring_seconds))
    moments = [moment for moment, _count in storm.received]
    crowded = [(first, third) for first, third in zip(moments, moments[2:], strict=False) if third - first < 1]
    assert crowded == []
    # Nobody is kept waiting either: the counts go on through the storm, and the last one is right soon after it.
    assert len(moments) >= STORM_SECONDS / (TICK_SECONDS + POLL_SECONDS)
    assert storm.received[-1][1] == storm.count
    assert moments[-1] - storm.ended_at <= TICK_SECONDS + 0.4 + 0.4 + LATE_SECONDS + 0.1

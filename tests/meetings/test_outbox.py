"""A reader who stops reading is passed over and costs a bounded amount; one who reads on again begins anew."""

from __future__ import annotations

import asyncio

from meetings.limits import Bucket, Rate
from meetings.outbox import MAX_OUTSTANDING_BYTES, RESUME_BYTES, Outbox


class Wire:
    """Where frames go; it can be held up."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def send(self, frame: str) -> None:
        await self.is_open.wait()
        self.frames.append(frame)


async def test_frames_arrive_in_order() -> None:
    wire = Wire()
    outbox = Outbox(wire.send)
    assert [outbox.offer(str(number), now=0) for number in range(50)] == [True] * 50
    await asyncio.sleep(0)
    assert wire.frames == [str(number) for number in range(50)]


async def test_an_unseen_surplus_makes_a_socket_lag_until_the_client_has_seen_nearly_all() -> None:
    wire = Wire()
    outbox = Outbox(wire.send)
    frame = "x" * RESUME_BYTES
    taken = [outbox.offer(frame, now=7.0) for _ in range(6)]
    assert taken == [True] * (MAX_OUTSTANDING_BYTES // RESUME_BYTES) + [False, False]
    assert outbox.lagging_since == 7.0
    # What had not left yet is dropped: only what is on the wire is still owed.
    assert outbox.outstanding == 0
    assert outbox.seen(0)
    assert outbox.lagging_since is None


async def test_what_is_on_the_wire_is_owed_until_it_is_seen() -> None:
    wire = Wire()
    outbox = Outbox(wire.send)
    frame = "x" * RESUME_BYTES
    for _ in range(4):
        outbox.offer(frame, now=0)
        await asyncio.sleep(0)
    assert not outbox.offer(frame, now=1.0)
    assert (outbox.outstanding, len(wire.frames)) == (4 * RESUME_BYTES, 4)
    assert [outbox.seen(2), outbox.seen(3)] == [False, True]


async def test_an_answer_that_waits_for_a_slow_wire_is_not_dropped_with_the_news() -> None:
    wire = Wire()
    wire.is_open.clear()
    outbox = Outbox(wire.send)
    outbox.offer("news", now=0)
    await asyncio.sleep(0)
    outbox.reply("ack")
    while outbox.offer("x" * RESUME_BYTES, now=0):
        pass
    wire.is_open.set()
    await asyncio.sleep(0.01)
    assert wire.frames == ["news", "ack"]
    assert outbox.outstanding == len("news") + len("ack")
    assert outbox.seen(2)
    assert outbox.outstanding == 0


async def test_one_long_frame_always_fits() -> None:
    outbox = Outbox(Wire().send)
    assert outbox.offer("x" * (2 * MAX_OUTSTANDING_BYTES), now=0)
    assert not outbox.offer("y", now=0)


async def test_a_held_up_wire_never_holds_more_than_the_bound() -> None:
    wire = Wire()
    wire.is_open.clear()
    outbox = Outbox(wire.send)
    for _ in range(1000):
        outbox.offer("x" * 1000, now=0)
        await asyncio.sleep(0)
        assert outbox.outstanding <= MAX_OUTSTANDING_BYTES
    outbox.close()


async def test_a_client_cannot_say_it_has_seen_what_was_never_sent() -> None:
    wire = Wire()
    wire.is_open.clear()
    outbox = Outbox(wire.send)
    for _ in range(3):
        outbox.offer("x" * 100, now=0)
    await asyncio.sleep(0)
    outbox.seen(10**18)
    assert outbox.outstanding == 200


def test_a_bucket_gives_its_count_and_then_one_at_a_time() -> None:
    bucket = Bucket(Rate(5, 10.0), 0.0)
    assert [bucket.take(0.0) for _ in range(6)] == [True] * 5 + [False]
    assert [bucket.take(1.99), bucket.take(2.01), bucket.take(2.02)] == [False, True, False]
    assert [bucket.take(1000.0) for _ in range(6)] == [True] * 5 + [False]

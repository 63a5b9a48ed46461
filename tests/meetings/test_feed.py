"""A room's feed holds its own against a database that fails in the middle, and replays no words that are gone."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from meetings import messages, services
from meetings.audiences import REPLAY_EVENTS
from meetings.contents import room_contents
from meetings.enums import Audience, Decision, ExemptParagraph, ForgetReason, RoomChange
from meetings.feed import RoomFeed
from meetings.members import Member
from meetings.models import PublicQuestion, Room
from meetings.outbox import Outbox
from meetings.services import Actor

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., PublicQuestion]


class Reading:
    """The process's reading thread, with a database that can be away for one whole reading of a room."""

    def __init__(self) -> None:
        self.fails_once = False

    async def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if function is room_contents and self.fails_once:
            self.fails_once = False
            raise OperationalError("the database is away")
        return await sync_to_async(function)(*arguments)


class Reader:
    """Somebody in the room, and all that has been sent to them."""

    def __init__(self, feed: RoomFeed) -> None:
        self.feed = feed
        self.frames: list[dict[str, Any]] = []
        self.member = Member(Audience.PUBLIC, Outbox(self._take), lambda _code: None)
        feed.join(self.member)

    async def _take(self, frame: str) -> None:
        self.frames.append(json.loads(frame))

    async def hello(self, epoch: str | None = None, sequence: int = 0) -> dict[str, Any]:
        """What a hello is answered by."""
        self.feed.greet(self.member, uuid.UUID(epoch) if epoch else None, sequence, ())
        await asyncio.sleep(0)
        return next(frame for frame in reversed(self.frames) if frame["type"] in {"snapshot", "events"})


async def feed_of(room: Room, read: Reading) -> RoomFeed:
    contents = await sync_to_async(room_contents)(room.pk, REPLAY_EVENTS)
    assert contents is not None
    return RoomFeed(contents, read)


async def change(room: Room, clerk: Actor, what: RoomChange, moment: datetime) -> None:
    paragraph = ExemptParagraph.BUSINESS if what is RoomChange.EXCLUDE else None
    await sync_to_async(services.change_room)(
        room_pk=room.pk, actor=clerk, change=what, changed_at=moment, paragraph=paragraph
    )


async def test_readers_come_back_from_a_private_session_though_the_database_failed_at_that_moment(
    room: Room, clerk: Actor, make_question: Make, moment: datetime
) -> None:
    known = await sync_to_async(make_question)()
    read = Reading()
    feed = await feed_of(room, read)
    reader = Reader(feed)
    await change(room, clerk, RoomChange.EXCLUDE, moment)
    await feed.catch_up()
    sealed = await reader.hello()
    assert sealed["questions"] == []
    await change(room, clerk, RoomChange.READMIT, moment)
    read.fails_once = True
    with pytest.raises(OperationalError):
        await feed.catch_up()
    await feed.catch_up()
    back = await reader.hello(sealed["epoch"], sealed["sequence"])
    assert (back["type"], [question["id"] for question in back.get("questions", [])]) == ("snapshot", [known.pk])


@pytest.mark.parametrize("is_read_anew", [False, True])
async def test_words_that_are_gone_are_not_replayed(
    room: Room, clerk: Actor, make_question: Make, moment: datetime, *, is_read_anew: bool
) -> None:
    read = Reading()
    feed = await feed_of(room, read)
    there = Reader(feed)
    await there.hello()
    rude = await sync_to_async(make_question)(text="Ann Smith of 7 Mill Street is a thief.")
    edited = await sync_to_async(make_question)(text="Why does Bob Jones drink?")
    await sync_to_async(services.edit_question)(
        question_pk=edited.pk, actor=clerk, text="Why?", seen=edited.text, edited_at=moment
    )
    await sync_to_async(services.decide_question)(
        question_pk=rude.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="It names somebody."
    )
    if is_read_anew:
        feed = await feed_of(room, read)
    else:
        await feed.catch_up()
        await asyncio.sleep(0)
    replay = await Reader(feed).hello(feed.epoch, 0)
    kinds = [(event["sequence"], event["kind"], event["payload"]["id"]) for event in replay["events"]]
    assert kinds == [
        (1, "question_removed", rude.pk),
        (2, "question", edited.pk),
        (3, "question", edited.pk),
        (4, "question_removed", rude.pk),
    ]
    seen = json.dumps([replay, there.frames])
    assert ("Ann Smith" in seen, "Bob Jones" in seen) == (False, False)


async def test_nothing_from_before_a_private_session_is_replayed_while_it_lasts(
    room: Room, clerk: Actor, make_question: Make, moment: datetime
) -> None:
    await sync_to_async(make_question)()
    await change(room, clerk, RoomChange.EXCLUDE, moment)
    feed = await feed_of(room, Reading())
    answer = await Reader(feed).hello(feed.epoch, 0)
    assert (answer["type"], answer.get("questions")) == ("snapshot", [])


async def test_a_socket_that_asks_and_asks_is_remembered_for_its_latest_questions_alone(room: Room) -> None:
    feed = await feed_of(room, Reading())
    reader = Reader(feed)
    keys = [uuid.uuid4() for _ in range(3 * messages.MAX_KEYS)]
    for key in keys:
        feed.follow(reader.member, key)
    assert list(feed._followers) == [key.hex for key in keys[-messages.MAX_KEYS :]]


async def test_a_name_that_is_forgotten_is_taken_off_every_page_at_once(
    room: Room, clerk: Actor, make_question: Make, moment: datetime
) -> None:
    question = await sync_to_async(make_question)(name="Ada Okafor", name_is_public=True)
    feed = await feed_of(room, Reading())
    reader = Reader(feed)
    before = await reader.hello()
    assert [one["name"] for one in before["questions"]] == ["Ada Okafor"]
    await sync_to_async(services.forget_asker)(
        question_pk=question.pk, actor=clerk, reason=ForgetReason.ASKED_FOR, forgotten_at=moment
    )
    reader.frames.clear()
    await feed.catch_up()
    await asyncio.sleep(0)
    assert "resync" in [frame["type"] for frame in reader.frames]
    after = await reader.hello(before["epoch"], before["sequence"])
    assert (after["type"], [one["name"] for one in after["questions"]]) == ("snapshot", [""])
    again = await reader.hello(after["epoch"], after["sequence"])
    assert (again["type"], again["events"]) == ("events", [])
    assert "Okafor" not in json.dumps(reader.frames)

"""Polls over the real ASGI application: who is sent how an open poll stands, and who is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from meetings import services
from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy, Role
from meetings.models import Ballot, Poll, PollOption, Room
from meetings.services import Actor
from tests.meetings.test_consumers import Socket, guest_cookie, session_cookie, socket_in
from wards.models import Ward

pytestmark = pytest.mark.django_db(transaction=True)


def option_of(poll: Poll, text: str) -> int:
    return poll.options.get(text=text).pk


async def the_options(poll: Poll) -> dict[str, int]:
    return {option.text: option.pk async for option in PollOption.objects.filter(poll=poll)}


async def tally_at(socket: Socket, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first tally that ``fits``, were it before the ack of the ballot: a tick waits for no acknowledgement."""
    frames = list(socket.received)
    while True:
        for frame in frames:
            for tally in frame.get("tallies", []):
                if fits(tally):
                    return tally
        frames = [await socket.frame("counts")]


async def test_whoever_has_voted_is_sent_the_tally_and_nobody_else_is(
    room: Room, officer: Any, make_poll: Callable[..., Poll]
) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    poll = await sync_to_async(make_poll)(PollKind.MULTIPLE)
    options = await the_options(poll)
    async with (
        socket_in(room, guest_cookie("voter")) as voter,
        socket_in(room, guest_cookie("other")) as other,
        socket_in(room) as nobody,
        socket_in(room, cookies, "?as=moderator") as moderator,
    ):
        snapshots = [await socket.hello() for socket in (voter, other, nobody, moderator)]
        assert [one["polls"][0]["state"] for one in snapshots] == ["open"] * 4
        assert [one.get("tallies") for one in snapshots[:3]] == [None] * 3
        assert snapshots[3]["tallies"][0]["people"] == 0
        chosen = [options["Trams"], options["Buses"]]
        assert (await voter.reply(type="ballot", id="b1", poll=poll.pk, choices=chosen))["type"] == "ack"
        for socket in (voter, moderator):
            tally = await tally_at(socket, lambda tally: tally["people"] == 1)
            assert {bar["option"]: bar["count"] for bar in tally["bars"]} == {
                options["Buses"]: 1,
                options["Trams"]: 1,
                options["Bicycles"]: 0,
            }
        # Those who have not voted get what else changes, and a fresh snapshot, without it.
        for socket in (other, nobody):
            assert "tallies" not in await socket.hello()
            assert "tallies" not in await socket.hello(epoch=str(room.epoch), sequence=0)
        again = await voter.hello()
        assert again["tallies"][0]["people"] == 1
        before = len(voter.received)
        replay = await voter.hello(epoch=again["epoch"], sequence=again["sequence"])
        del voter.received[:before]
        assert (replay["type"], (await tally_at(voter, lambda tally: True))["people"]) == ("events", 1)
        await other.communicator.receive_nothing(timeout=0.6)
    assert '"people"' not in json.dumps(other.received + nobody.received)


async def test_a_councillors_own_socket_sees_an_open_poll_as_any_voter_does(
    room: Room, make_councillor: Callable[..., Any], ward: Ward, make_poll: Callable[..., Poll]
) -> None:
    poll = await sync_to_async(make_poll)()
    option = (await the_options(poll))["Trams"]
    cookies = await sync_to_async(session_cookie)(await sync_to_async(make_councillor)(ward))
    async with socket_in(room, cookies, "?as=councillor") as councillor:
        assert "tallies" not in await councillor.hello()
        assert (await councillor.reply(type="ballot", id="b1", poll=poll.pk, choices=[option]))["type"] == "ack"
        assert (await tally_at(councillor, lambda tally: True))["people"] == 1


async def test_results_held_to_the_closing_come_with_it_to_everybody(
    room: Room, clerk: Actor, moment: Any, make_poll: Callable[..., Poll]
) -> None:
    poll = await sync_to_async(make_poll)(results=ResultsPolicy.AFTER_CLOSING)
    options = await the_options(poll)
    async with socket_in(room, guest_cookie("voter")) as voter, socket_in(room) as other:
        for socket in (voter, other):
            await socket.hello()
        await voter.reply(type="ballot", id="b1", poll=poll.pk, choices=[options["Trams"]])
        await asyncio.sleep(0.7)
        assert "tallies" not in await voter.hello()
        await sync_to_async(services.change_poll)(
            poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=moment
        )
        for socket in (voter, other):
            events = (await socket.frame("events"))["events"]
            assert [(event["kind"], event["payload"]["state"]) for event in events] == [("poll", "shown")]
            assert events[0]["payload"]["tally"]["people"] == 1
        late = await other.hello()
        assert (late["polls"][0]["tally"]["people"], "tallies" in late) == (1, False)


async def test_a_ballot_is_refused_with_a_reason_and_its_field(room: Room, make_poll: Callable[..., Poll]) -> None:
    poll = await sync_to_async(make_poll)(PollKind.RANKING)
    draft = await sync_to_async(make_poll)(state=PollState.DRAFT)
    closed = await sync_to_async(make_poll)(state=PollState.SHOWN)
    options = list((await the_options(poll)).values())
    async with socket_in(room, guest_cookie()) as socket:
        refusals = [
            await socket.reply(type="ballot", id="1", poll=poll.pk, choices=options[:2]),
            await socket.reply(type="ballot", id="2", poll=draft.pk, choices=options),
            await socket.reply(type="ballot", id="3", poll=closed.pk, choices=options),
            await socket.reply(type="poll", id="4", poll=poll.pk, change="close"),
        ]
    async with socket_in(room) as nobody:
        refusals.append(await nobody.reply(type="ballot", id="5", poll=poll.pk, choices=options))
    assert [(refused.get("reason"), refused["field"]) for refused in refusals] == [
        ("invalid", "choices"),
        ("not_found", ""),
        ("not_now", ""),
        ("not_allowed", ""),
        ("not_allowed", ""),
    ]
    assert not await Ballot.objects.aexists()


async def test_a_poll_and_a_word_of_another_room_are_not_found(
    room: Room, make_meeting: Callable[..., Any], make_poll: Callable[..., Poll], officer: Any
) -> None:
    poll = await sync_to_async(make_poll)(PollKind.WORDS)
    word = await PollOption.objects.acreate(poll=poll, place=1, text="trees", folded="trees")
    other = await sync_to_async(lambda: make_meeting().room)()
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(other, cookies, "?as=moderator") as moderator:
        refusals = [
            await moderator.reply(type="ballot", id="1", poll=poll.pk, words=["trees"]),
            await moderator.reply(type="poll", id="2", poll=poll.pk, change="close"),
            await moderator.reply(type="word", id="3", option=word.pk, standing="allowed"),
        ]
    assert [refused["reason"] for refused in refusals] == ["not_found"] * 3


async def test_officers_run_a_poll_and_a_cloud_by_frames(
    room: Room, officer: Any, make_poll: Callable[..., Poll]
) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    poll = await sync_to_async(make_poll)(PollKind.WORDS, PollState.DRAFT)
    async with (
        socket_in(room, cookies, "?as=moderator") as moderator,
        socket_in(room, guest_cookie("voter")) as voter,
    ):
        assert (await moderator.hello())["polls"][0]["state"] == "draft"
        assert (await voter.hello())["polls"] == []
        assert (await moderator.reply(type="poll", id="m1", poll=poll.pk, change="open"))["type"] == "ack"
        opened = await voter.frame("events")
        assert [event["payload"]["state"] for event in opened["events"]] == ["open"]
        await voter.reply(type="ballot", id="b1", poll=poll.pk, words=["bollocks", "Trees"])
        tally = await tally_at(moderator, lambda tally: bool(tally["waiting"]))
        assert [(word["text"], word["standing"]) for word in tally["waiting"]] == [
            ("bollocks", "held"),
            ("Trees", "counted"),
        ]
        word = tally["waiting"][1]["option"]
        assert (await moderator.reply(type="word", id="m2", option=word, standing="allowed"))["type"] == "ack"
        shown = await tally_at(voter, lambda tally: bool(tally["bars"]))
        assert [bar["text"] for bar in shown["bars"]] == ["Trees"]
    assert "bollocks" not in json.dumps(voter.received)


async def test_a_hundred_and_fifty_ballots_are_a_few_frames_and_an_exact_tally(
    room: Room, make_poll: Callable[..., Poll], moment: Any
) -> None:
    poll = await sync_to_async(make_poll)()
    options = list((await the_options(poll)).values())

    def storm(numbers: range) -> None:
        for number in numbers:
            voter = Actor(role=Role.GUEST, guest=f"{number % 100:04x}")
            services.cast_ballot(poll_pk=poll.pk, actor=voter, choices=[options[number % 3]], cast_at=moment)

    async with socket_in(room, guest_cookie(f"{7:04x}")) as reader:
        await reader.hello()
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(asyncio.to_thread(storm, range(part, 150, 3)) for part in range(3)))
        tally = await tally_at(reader, lambda tally: tally["people"] == 100)
        seconds = asyncio.get_running_loop().time() - started
    assert len([frame for frame in reader.received if frame["type"] == "counts"]) <= 2 * seconds + 3
    assert sum(bar["count"] for bar in tally["bars"]) == 100


def test_a_page_without_a_socket_gets_the_same_polls_and_its_own_tag(
    room: Room, make_poll: Callable[..., Poll], clerk: Actor, moment: Any
) -> None:
    poll = make_poll()
    address = f"/room/{room.pk}/questions.json"
    voter, other = Client(), Client()
    for client, name in ((voter, "voter"), (other, "other")):
        client.cookies.load(guest_cookie(name))
    first = voter.get(address)
    snapshot = json.loads(first.content)
    assert ([one["id"] for one in snapshot["polls"]], snapshot["tallies"]) == ([poll.pk], [])
    choice = option_of(poll, "Trams")
    services.cast_ballot(
        poll_pk=poll.pk, actor=Actor(role=Role.GUEST, guest="voter"), choices=[choice], cast_at=moment
    )
    seen = voter.get(address, headers={"If-None-Match": first["ETag"]})
    assert (seen.status_code, json.loads(seen.content)["tallies"][0]["people"]) == (200, 1)
    assert voter.get(address, headers={"If-None-Match": seen["ETag"]}).status_code == 304
    # What the voter may see is not what the other one's tag stands for.
    unseen = other.get(address, headers={"If-None-Match": seen["ETag"]})
    assert (unseen.status_code, json.loads(unseen.content)["tallies"]) == (200, [])
    assert "private" in unseen["Cache-Control"]
    services.change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=moment)
    closed = json.loads(other.get(address, headers={"If-None-Match": unseen["ETag"]}).content)
    assert closed["polls"][0]["tally"]["people"] == 1

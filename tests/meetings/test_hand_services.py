"""Raised hands: once a person, told to officers with a name and to nobody else, put down by whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.test import Client

from meetings import services
from meetings.enums import Reaction, Role, RoomChange
from meetings.models import Hand, RecordEntry, Room, RoomEvent
from meetings.reactions import WINDOW_SECONDS, Applause
from meetings.services import Actor
from tests.meetings.test_consumers import Socket, guest_cookie, session_cookie, socket_in
from tests.meetings.test_desk import signed_in


def record_of(room: Room) -> list[tuple[str, str, str]]:
    contents = RecordEntry.objects.filter(record=room.pk).order_by("sequence").values_list("content", flat=True)
    return [(entry["act"], entry["before"], entry["after"]) for entry in map(json.loads, contents)]


@pytest.mark.django_db
def test_a_hand_is_raised_once_and_only_officers_are_told_whose(room: Room, guest: Actor, moment: datetime) -> None:
    for _twice in range(2):
        services.raise_hand(room_pk=room.pk, actor=guest, name=" Ada ", raised_at=moment)
    hand = Hand.objects.get()
    assert (hand.name, hand.person, hand.user) == ("Ada", guest.key, None)
    events = list(RoomEvent.objects.order_by("pk").values_list("audience", "kind"))
    assert [kind for _audience, kind in events] == ["hand", "own_hand"]
    assert (events[0][0], events[1][0].startswith("person:"), guest.guest in events[1][0]) == (
        "moderators",
        True,
        False,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Hand.objects.create(room=room, person=guest.key, raised_at=moment)
    assert [services.lower_hand(room_pk=room.pk, actor=guest, lowered_at=moment) for _ in range(2)] == [True, False]
    assert not Hand.objects.exists()
    assert record_of(room) == []


@pytest.mark.django_db
def test_an_account_raises_its_hand_under_its_own_name(room: Room, resident: Any, moment: datetime) -> None:
    actor = Actor(role=Role.RESIDENT, user=resident)
    hand = services.raise_hand(room_pk=room.pk, actor=actor, name="Somebody else", raised_at=moment)
    assert hand.name == (resident.get_full_name() or "Somebody else")


@pytest.mark.django_db
def test_officers_put_hands_down_and_it_is_written_down_without_names(
    room: Room, clerk: Actor, guest: Actor, moment: datetime
) -> None:
    others = [Actor(role=Role.GUEST, guest=f"{number:02x}") for number in range(3)]
    hands = [services.raise_hand(room_pk=room.pk, actor=one, name="Ada", raised_at=moment) for one in others]
    with pytest.raises(services.NotAllowed):
        services.settle_hand(hand_pk=hands[0].pk, actor=guest, settled_at=moment)
    services.settle_hand(hand_pk=hands[0].pk, actor=clerk, settled_at=moment)
    with pytest.raises(services.NoSuchHand):
        services.settle_hand(hand_pk=hands[0].pk, actor=clerk, settled_at=moment)
    assert [services.settle_hands(room_pk=room.pk, actor=clerk, settled_at=moment) for _ in range(2)] == [2, 0]
    assert record_of(room) == [("hands.settle", "1", "0"), ("hands.settle", "2", "0")]


@pytest.mark.django_db
def test_a_meeting_may_take_no_hands_and_no_reactions(
    room: Room, clerk: Actor, guest: Actor, moment: datetime
) -> None:
    services.raise_hand(room_pk=room.pk, actor=guest, raised_at=moment)
    switch: dict[str, Any] = {"room_pk": room.pk, "actor": clerk, "changed_at": moment}
    for _twice in range(2):
        services.take_part(**switch, reactions=True, hands=False)
    assert not Hand.objects.exists()
    with pytest.raises(services.HandsOff):
        services.raise_hand(room_pk=room.pk, actor=guest, raised_at=moment)
    services.take_part(**switch, reactions=False, hands=True)
    told = RoomEvent.objects.filter(audience="public", kind="room").order_by("pk").values_list("payload", flat=True)
    assert [(payload["reactions"], payload["hands"]) for payload in told] == [(True, False), (False, True)]
    assert record_of(room) == [
        ("hands.settle", "1", "0"),
        ("room.take_part", "reactions, hands", "reactions"),
        ("room.take_part", "reactions", "hands"),
    ]


@pytest.mark.django_db
def test_a_meeting_that_closes_puts_all_hands_down(room: Room, clerk: Actor, guest: Actor, moment: datetime) -> None:
    services.raise_hand(room_pk=room.pk, actor=guest, raised_at=moment)
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)
    assert not Hand.objects.exists()
    with pytest.raises(services.RoomClosed):
        services.raise_hand(room_pk=room.pk, actor=guest, raised_at=moment)


@pytest.mark.django_db
def test_hands_go_up_and_down_by_forms(room: Room, officer: Any, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    visitor, desk = Client(), signed_in(officer)
    visitor.get(f"/room/{room.pk}/")
    assert visitor.post(f"/room/{room.pk}/hand/", {"raise": "yes", "hand-name": "Ada Okafor"}).status_code == 302
    page = visitor.get(f"/room/{room.pk}/").content.decode()
    assert ("Put your hand down" in page, "Ada Okafor" in page) == (True, False)
    assert "Ada Okafor" in desk.get(f"/room/{room.pk}/desk/hands/").content.decode()
    settle = f"/room/{room.pk}/desk/hands/down/"
    assert desk.post(settle, {"hand": "x"}, headers={"X-Requested-With": "fetch"}).status_code == 422
    assert desk.post(settle, {"hand": Hand.objects.get().pk}).status_code == 302
    assert "Raise your hand" in visitor.get(f"/room/{room.pk}/").content.decode()
    assert desk.post(f"/room/{room.pk}/desk/taking-part/", {"switch": "hands", "on": "no"}).status_code == 302
    assert visitor.post(f"/room/{room.pk}/hand/", {"raise": "yes"}).status_code == 422
    assert desk.post(f"/room/{room.pk}/desk/taking-part/", {"switch": "everything"}).status_code == 404
    assert [visitor.post(address, {"hand": "all"}).status_code for address in (settle,)] == [403]
    assert Client().post(f"/room/{room.pk}/hand/", {"raise": "yes"}).status_code == 422


async def counts_with(socket: Socket, fits: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    while True:
        counts = await socket.frame("counts", within=15)
        if "reactions" in counts and fits(counts["reactions"]):
            return counts["reactions"]


@pytest.mark.django_db(transaction=True)
async def test_reactions_are_sums_that_fade_and_a_hand_is_told_to_its_own_pages(
    room: Room, officer: Any, clerk: Actor, moment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.reactions.WINDOW_SECONDS", 1.5)
    cookies = await sync_to_async(session_cookie)(officer)
    async with (
        socket_in(room, guest_cookie("one")) as one,
        socket_in(room, guest_cookie("one")) as same,
        socket_in(room, guest_cookie("two")) as two,
        socket_in(room) as nobody,
        socket_in(room, cookies, "?as=moderator") as moderator,
    ):
        for socket in (one, same, two, nobody, moderator):
            await socket.hello()
        for socket in (one, two):
            await socket.send(type="react", reaction="clap")
        assert await counts_with(nobody, lambda sums: sums.get("clap") == 2) == {"clap": 2}
        assert await counts_with(nobody, lambda sums: not sums) == {}
        await nobody.send(type="react", reaction="clap")
        assert (await nobody.frame("refused"))["reason"] == "not_now"
        await one.send(type="react", reaction="boo")
        assert (await one.frame("refused"))["reason"] == "malformed"

        assert (await one.reply(type="raise_hand", id="h1", raised=True, name="Ada"))["type"] == "ack"
        assert await same.frame("own_hand") == {"type": "own_hand", "raised": True}
        shown = (await moderator.frame("events"))["events"][0]
        assert (shown["kind"], shown["payload"]["name"]) == ("hand", "Ada")
        # A page that was away and believes otherwise is put right; one that knows is not bothered.
        await two.hello(hand=True)
        assert (await two.frame("own_hand"))["raised"] is False
        done = await moderator.reply(type="settle_hand", id="m1", hand=shown["payload"]["id"])
        assert done["type"] == "ack"
        assert (await same.frame("own_hand"))["raised"] is False
        assert (await moderator.reply(type="take_part", id="m2", reactions=False, hands=True))["type"] == "ack"
        await two.frame("events")
        await two.send(type="react", reaction="clap")
        assert (await two.frame("refused"))["reason"] == "not_now"
    for socket in (two, nobody):
        assert "Ada" not in json.dumps(socket.received)


def test_reactions_are_summed_for_some_seconds_and_told_to_other_processes_once() -> None:
    applause = Applause()
    applause.add(Reaction.CLAP, 10.0)
    applause.add(Reaction.CLAP, 12.0)
    applause.add_elsewhere({"agree": 3, "boo": 7, "clap": "many", "unsure": -1}, 12.0)
    assert applause.sums(12.0) == {"clap": 2, "agree": 3}
    assert [applause.untold(), applause.untold()] == [{"clap": 2}, {}]
    assert applause.sums(10.0 + WINDOW_SECONDS) == {"clap": 2, "agree": 3}
    assert applause.sums(10.1 + WINDOW_SECONDS) == {"clap": 1, "agree": 3}
    assert applause.sums(12.1 + WINDOW_SECONDS) == {}
    applause.add_elsewhere({"clap": 10**9}, 30.0)
    assert applause.sums(30.0) == {"clap": 500}

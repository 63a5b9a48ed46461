"""The queue of speakers: who may be in it, in which order, for how long, and what everybody is told of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings import services
from meetings.business_enums import Move, SpeakerChange, SpeakerKind
from meetings.business_page import queue_of
from meetings.business_queries import Spoken
from meetings.enums import RoomChange
from meetings.models import MeetingPage, RecordEntry, Room, RoomEvent, Speaker
from meetings.services import Actor


@pytest.fixture
def add(room: Room, clerk: Actor, moment: datetime) -> Callable[..., Speaker]:
    def add(name: str, **fields: Any) -> Speaker:
        values = {"room_pk": room.pk, "actor": clerk, "kind": SpeakerKind.PUBLIC, "name": name, "added_at": moment}
        return services.add_speaker(**values | fields)

    return add


@pytest.fixture
def change(clerk: Actor) -> Callable[..., Speaker]:
    def change(speaker: Speaker, what: SpeakerChange, at: datetime) -> Speaker:
        return services.change_speaker(speaker_pk=speaker.pk, actor=clerk, change=what, changed_at=at)

    return change


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def names(room: Room, moment: datetime) -> list[str]:
    room.refresh_from_db()
    return [turn.speaker.name for turn in queue_of(room, moment).waiting]


def test_a_speaker_is_told_to_everybody_and_named_in_the_record_only_as_a_councillor(
    room: Room, add: Callable[..., Speaker], make_member: Callable[..., Actor], clerk: Actor, moment: datetime
) -> None:
    member = make_member("Mary Hall").user.councillor
    add("Ada Okafor")
    add("", kind=SpeakerKind.COUNCILLOR, councillor_pk=member.pk)
    public = [event.payload["name"] for event in RoomEvent.objects.filter(audience="public").order_by("pk")]
    assert public == ["Ada Okafor", "Mary Hall"]
    entries = [json.loads(entry.content) for entry in RecordEntry.objects.order_by("sequence")]
    assert [(entry["act"], entry.get("councillor")) for entry in entries] == [
        ("speaker.add", None),
        ("speaker.add", f"councillor:{member.pk}"),
    ]
    assert "Ada" not in json.dumps(entries)


def test_a_councillor_waits_once_however_often_they_ask(
    room: Room, make_member: Callable[..., Actor], moment: datetime
) -> None:
    member = make_member()
    ask = {"room_pk": room.pk, "actor": member, "asked_at": moment}
    first = services.ask_to_speak(**ask)
    assert services.ask_to_speak(**ask) == first
    assert services.ask_to_speak(**ask, is_point_of_order=True) != first
    with pytest.raises(IntegrityError), transaction.atomic():
        Speaker.objects.create(
            room=room, kind="councillor", councillor=member.user.councillor, name="x", place=9, asked_at=moment
        )
    left = services.change_speaker(speaker_pk=first.pk, actor=member, change=SpeakerChange.REMOVE, changed_at=moment)
    assert (left.state, RoomEvent.objects.filter(kind="speaker_removed").count()) == ("left", 2)


def test_a_councillor_who_waited_for_an_item_gone_by_waits_for_the_present_one_instead(
    room: Room, make_member: Callable[..., Actor], add: Callable[..., Speaker], clerk: Actor, moment: datetime
) -> None:
    member = make_member("Mary Hall")
    earlier, later = (room.meeting.agenda_items.get(number=number).pk for number in ("2", "3"))

    def take(item: int) -> None:
        services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item, changed_at=moment)

    def ask(item: int | None = None) -> Speaker:
        return services.ask_to_speak(room_pk=room.pk, actor=member, asked_at=moment, agenda_item_pk=item)

    take(earlier)
    waiting = ask()
    assert ask(later).agenda_item_id == earlier  # their place in the present queue is not lost for one to come
    take(later)
    add("First here", agenda_item_pk=later)
    assert names(room, moment) == ["First here"]
    assert ask() == waiting
    assert names(room, moment) == ["First here", "Mary Hall"]


def test_a_councillor_runs_nobody_elses_clock_and_nobody_elses_place(
    room: Room, add: Callable[..., Speaker], make_member: Callable[..., Actor], moment: datetime
) -> None:
    speaker, member = add("Ada Okafor"), make_member()
    for what in SpeakerChange:
        with pytest.raises(services.NotAllowed):
            services.change_speaker(speaker_pk=speaker.pk, actor=member, change=what, changed_at=moment)


def test_the_queue_is_that_of_the_item_being_taken_with_points_of_order_first(
    room: Room, add: Callable[..., Speaker], clerk: Actor, moment: datetime
) -> None:
    libraries = room.meeting.agenda_items.get(number="3")
    add("General")
    add("For libraries", agenda_item_pk=libraries.pk)
    add("Order", is_point_of_order=True)
    assert names(room, moment) == ["Order", "General", "For libraries"]
    questions = room.meeting.agenda_items.get(number="2")
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=questions.pk, changed_at=moment)
    assert names(room, moment) == ["Order", "General"]


def test_buttons_move_a_speaker_and_never_past_a_point_of_order(
    room: Room, add: Callable[..., Speaker], clerk: Actor, moment: datetime
) -> None:
    for name in ("One", "Two", "Three"):
        add(name)
    add("Order", is_point_of_order=True)

    def move(name: str, where: Move) -> list[str]:
        speaker = Speaker.objects.get(name=name)
        services.move_speaker(speaker_pk=speaker.pk, actor=clerk, move=where, moved_at=moment)
        return names(room, moment)

    assert move("Three", Move.UP) == ["Order", "One", "Three", "Two"]
    assert move("One", Move.DOWN) == ["Order", "Three", "One", "Two"]
    assert move("Three", Move.UP) == move("Two", Move.DOWN) == ["Order", "Three", "One", "Two"]


def test_only_a_point_of_order_interrupts_and_time_stands_still_meanwhile(
    room: Room, add: Callable[..., Speaker], change: Callable[..., Speaker], moment: datetime
) -> None:
    first, second, order = add("First"), add("Second"), add("Order", is_point_of_order=True)

    def at(seconds: int) -> datetime:
        return moment + timedelta(seconds=seconds)

    change(first, SpeakerChange.START, at(0))
    with pytest.raises(services.SomebodySpeaks):
        change(second, SpeakerChange.START, at(10))
    change(order, SpeakerChange.START, at(60))
    first.refresh_from_db()
    assert (first.state, first.spoken_ms) == ("paused", 60_000)
    change(order, SpeakerChange.STOP, at(75))
    change(first, SpeakerChange.RESUME, at(80))
    change(first, SpeakerChange.STOP, at(100))
    assert queue_of(room, at(500)).spoken == [Spoken("First", 1, 80_000), Spoken("Order", 1, 15_000)]


def test_next_stops_who_speaks_and_starts_who_is_first(
    room: Room, add: Callable[..., Speaker], clerk: Actor, moment: datetime
) -> None:
    add("First"), add("Second")
    started = [
        services.next_speaker(room_pk=room.pk, actor=clerk, changed_at=moment + timedelta(minutes=minute))
        for minute in range(3)
    ]
    assert [speaker and speaker.name for speaker in started] == ["First", "Second", None]
    assert list(Speaker.objects.values_list("name", "state", "spoken_ms").order_by("pk")) == [
        ("First", "spoken", 60_000),
        ("Second", "spoken", 60_000),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Speaker.objects.update(state="speaking", running_since=moment)


def test_whoever_is_barred_from_the_item_being_taken_does_not_speak_on_it_though_they_wait_for_none(
    room: Room,
    add: Callable[..., Speaker],
    change: Callable[..., Speaker],
    declare: Callable[..., Any],
    members: list[Actor],
    clerk: Actor,
    moment: datetime,
) -> None:
    ann = members[0]
    barred = services.ask_to_speak(room_pk=room.pk, actor=ann, asked_at=moment)
    free = add("Somebody else")
    assert (barred.agenda_item, free.agenda_item) == (None, None)
    item = declare(ann).agenda_item
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=moment)
    with pytest.raises(services.InterestBars):
        change(barred, SpeakerChange.START, moment)
    assert services.next_speaker(room_pk=room.pk, actor=clerk, changed_at=moment) == free
    assert services.next_speaker(room_pk=room.pk, actor=clerk, changed_at=moment) is None
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=None, changed_at=moment)
    assert services.next_speaker(room_pk=room.pk, actor=clerk, changed_at=moment) == barred


def test_adjourning_interrupts_who_speaks_and_closing_ends_it(
    room: Room, add: Callable[..., Speaker], change: Callable[..., Speaker], clerk: Actor, moment: datetime
) -> None:
    speaker, states = add("First"), []
    change(speaker, SpeakerChange.START, moment)
    for what in (RoomChange.ADJOURN, RoomChange.CLOSE):
        services.change_room(room_pk=room.pk, actor=clerk, change=what, changed_at=moment + timedelta(seconds=30))
        speaker.refresh_from_db()
        states.append((speaker.state, speaker.spoken_ms))
    assert states == [("paused", 30_000), ("spoken", 30_000)]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": " "}, services.SpeakerNameMissing),
        ({"allotted_seconds": 0}, services.TimeOutOfBounds),
        ({"allotted_seconds": 3_601}, services.TimeOutOfBounds),
        ({"kind": SpeakerKind.COUNCILLOR}, services.NoSuchCouncillor),
        ({"kind": SpeakerKind.COUNCILLOR, "councillor_pk": 10**9}, services.NoSuchCouncillor),
        ({"agenda_item_pk": 10**9}, services.NoSuchAgendaItem),
    ],
)
def test_a_speaker_that_makes_no_sense_is_refused(
    add: Callable[..., Speaker], fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(**{"name": "Ada Okafor"} | fields)
    assert (Speaker.objects.count(), RoomEvent.objects.count()) == (0, 0)


def test_a_councillor_asks_to_speak_and_leaves_the_queue_without_javascript(
    room: Room, make_member: Callable[..., Actor], settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = signed_in(make_member("Mary Hall").user)
    page = f"/room/{room.pk}/"
    assert "For you, Mary Hall" in client.get(page).content.decode()
    response = client.post(f"{page}speak/", {"speak-side": "against"}, follow=True)
    assert "You are in the queue to speak." in response.content.decode()
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.side) == ("Mary Hall", "against")
    fragment = client.get(f"{page}yours/").content.decode()
    assert ("<h1" in fragment, "Leave the queue" in fragment) == (False, True)
    assert client.post(f"{page}speak/{speaker.pk}/leave/", headers={"X-Requested-With": "fetch"}).status_code == 204
    wrong = client.post(f"{page}speak/", {"speak-side": "sideways"})
    assert wrong.status_code == 422
    for other in (Client(), signed_in(make_member("Other").user)):
        assert other.post(f"{page}speak/{speaker.pk}/leave/", follow=True).status_code in {403, 200}
    assert Client().post(f"{page}speak/").status_code == Client().get(f"{page}yours/").status_code == 403


def test_every_form_that_names_an_item_is_drawn_anew_with_the_one_being_taken(
    room: Room, make_member: Callable[..., Actor], officer: Any, clerk: Actor, moment: datetime, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    councillor, desk = signed_in(make_member("Mary Hall").user), signed_in(officer)
    lists = {
        "yours/": (councillor, ["yours-speak-item", "yours-interest-item"]),
        "desk/business/": (desk, ["speaker-item-live", "interest-item-live", "motion-item-live"]),
        "desk/polls/": (desk, ["poll-item-live"]),
    }
    for number in "23":
        item = room.meeting.agenda_items.get(number=number)
        services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=moment)
        for address, (client, names) in lists.items():
            drawn = client.get(f"/room/{room.pk}/{address}").content.decode()
            marked = r'<div id="([\w-]+)" data-live>(?:(?!data-live).)*?<option value="(\d+)" selected>'
            found = dict(re.findall(marked, drawn, re.DOTALL))
            assert {name: found.get(name) for name in names} == dict.fromkeys(names, str(item.pk))


def test_the_clerk_runs_the_queue_from_the_desk_without_javascript(
    room: Room, officer: Any, make_meeting: Callable[..., MeetingPage], settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client, desk = signed_in(officer), f"/room/{room.pk}/desk/"
    given = {"speaker-kind": "public", "speaker-name": "Ada Okafor", "speaker-minutes": "2.5"}
    assert client.post(f"{desk}speakers/add/", given)["Location"] == f"{desk}#speakers"
    speaker = Speaker.objects.get()
    assert speaker.allotted_seconds == 150
    client.post(f"{desk}speakers/next/")
    assert "Ada Okafor is speaking" in Client().get(f"/room/{room.pk}/").content.decode()
    assert "Ada Okafor is speaking" in Client().get(f"/room/{room.pk}/screen/").content.decode()
    client.post(f"{desk}speaker/{speaker.pk}/", {"change": "stop"})
    speaker.refresh_from_db()
    assert speaker.state == "spoken"
    refused = client.post(f"{desk}speakers/add/", given | {"speaker-minutes": "ninety"})
    text = refused.content.decode()
    assert (refused.status_code, 'value="ninety"' in text, "Enter minutes as a number" in text) == (422, True, True)
    said = client.post(f"{desk}speakers/add/", given | {"speaker-name": ""}, headers={"X-Requested-With": "fetch"})
    assert (said.status_code, said.json()) == (422, {"message": "Enter the speaker's name.", "field": "speaker-name"})
    other = make_meeting().room
    codes = [
        client.post(f"/room/{other.pk}/desk/speaker/{speaker.pk}/", {"change": "resume"}).status_code,
        client.post(f"{desk}speaker/{speaker.pk}/", {"change": "sing"}).status_code,
        Client().post(f"{desk}speakers/next/").status_code,
    ]
    assert codes == [404, 404, 403]


def test_a_reader_without_a_socket_gets_the_queue_and_one_and_three_take_the_same_queries(
    room: Room, add: Callable[..., Speaker], django_assert_num_queries: Callable[..., Any]
) -> None:
    pages = [f"/room/{room.pk}/", f"/room/{room.pk}/questions.json"]
    add("First")
    Client().get(pages[0])
    with CaptureQueriesContext(connection) as one:
        answers = [Client().get(page) for page in pages]
    assert [speaker["name"] for speaker in answers[1].json()["speakers"]] == ["First"]
    add("Second"), add("Third")
    with django_assert_num_queries(len(one)):
        answers = [Client().get(page) for page in pages]
    assert len(answers[1].json()["speakers"]) == 3


def test_a_raised_hand_is_put_into_the_queue_under_a_name_that_may_be_seen(
    room: Room, officer: Any, guest: Actor, make_member: Callable[..., Actor], moment: datetime, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    Room.objects.filter(pk=room.pk).update(takes_hands=True)
    client, desk = signed_in(officer), f"/room/{room.pk}/desk/"
    hands = [
        services.raise_hand(room_pk=room.pk, actor=actor, raised_at=moment, name="Known to officers")
        for actor in (guest, make_member("Mary Hall"))
    ]
    # The name on a hand was given to officers alone: they read it, and type what everybody may see.
    live = client.get(f"{desk}hands/").content.decode()
    assert ("Known to officers" in live, 'value="Known to officers"' in live) == (True, False)
    nameless = client.post(f"{desk}hand/{hands[0].pk}/queue/", {}, headers={"X-Requested-With": "fetch"})
    assert (nameless.status_code, nameless.json()["message"]) == (422, "Enter the speaker's name.")
    client.post(f"{desk}hand/{hands[0].pk}/queue/", {"name": "A resident of Northgate"})
    client.post(f"{desk}hand/{hands[1].pk}/queue/", {})
    assert list(Speaker.objects.values_list("name", "kind").order_by("pk")) == [
        ("A resident of Northgate", "public"),
        ("Mary Hall", "councillor"),
    ]
    assert (room.hands.count(), client.post(f"{desk}hand/{hands[0].pk}/queue/").status_code) == (0, 404)
    public = RoomEvent.objects.filter(room=room, audience="public").values_list("payload", flat=True)
    assert "Known to officers" not in json.dumps(list(public))

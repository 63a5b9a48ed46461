"""The protocol, frame by frame, over the real ASGI application."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from meetings import guests, hub, messages, outbox, services
from meetings.enums import Audience, Decision, QuestionState, RoomChange
from meetings.members import Member
from meetings.models import PublicQuestion, Room, RoomEvent, Upvote
from meetings.queries import open_rooms
from meetings.services import Actor
from wardmote.asgi import application
from wards.models import Postcode, Ward, WardSet

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "11111111-1111-4111-8111-111111111111"


def headers(cookies: dict[str, str] | None = None) -> list[tuple[bytes, bytes]]:
    jar = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    seen_by_proxy = (b"x-forwarded-for", b"192.0.2.7")
    return [(b"origin", b"http://localhost"), (b"host", b"localhost"), (b"cookie", jar.encode()), seen_by_proxy]


def guest_cookie(name: str = "5d0f2a2e") -> dict[str, str]:
    return {guests.COOKIE: guests._signer.sign(name)}


def session_cookie(user: Any) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {"sessionid": client.cookies["sessionid"].value}


def sign_everybody_out() -> None:
    Session.objects.all().delete()


class Socket:
    """A client: sends frames, and reads those of the types it waits for."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator
        self.received: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.communicator.send_to(text_data=json.dumps(frame))

    async def frame(self, *types: str, within: float = 5) -> dict[str, Any]:
        """The next frame of one of ``types``; every frame on the way is one that the protocol knows."""
        while True:
            text = await self.communicator.receive_from(timeout=within)
            messages.server_frames.validate_json(text)
            frame = json.loads(text)
            self.received.append(frame)
            if frame["type"] in types:
                return frame

    async def reply(self, **frame: Any) -> dict[str, Any]:
        """Send a command; its ack or refusal."""
        await self.send(**frame)
        return await self.frame("ack", "refused")

    async def hello(self, **fields: Any) -> dict[str, Any]:
        await self.send(type="hello", protocol=1, **fields)
        return await self.frame("snapshot", "events", "refused")


@asynccontextmanager
async def socket_in(room: Room, cookies: dict[str, str] | None = None, query: str = "") -> AsyncIterator[Socket]:
    communicator = WebsocketCommunicator(application, f"/ws/room/{room.pk}/{query}", headers=headers(cookies))
    is_open, _code = await communicator.connect(timeout=5)
    assert is_open
    socket = Socket(communicator)
    await socket.frame("welcome")
    try:
        yield socket
    finally:
        await communicator.disconnect(timeout=5)


async def closed_with(socket: Socket) -> int:
    """The code with which the server closes a socket."""
    while (output := await socket.communicator.receive_output(timeout=5))["type"] != "websocket.close":
        assert output["type"] == "websocket.send"
    return output["code"]


@pytest.fixture
def postcode(ward_set: WardSet, ward: Ward) -> str:
    Postcode.objects.create(ward_set=ward_set, ward=ward, code="IP12DE")
    return "IP1 2DE"


async def test_a_first_visit_gets_a_snapshot_of_what_readers_may_see(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    published = await sync_to_async(make_question)()
    await sync_to_async(make_question)(QuestionState.HELD)
    async with socket_in(room) as reader:
        snapshot = await reader.hello()
    assert [question["id"] for question in snapshot["questions"]] == [published.pk]
    assert "Ada Okafor" not in json.dumps(snapshot)
    is_so = {field: value for field, value in snapshot["room"].items() if value is not None}
    assert (snapshot["sequence"], is_so, snapshot["support"], snapshot["present"]) == (
        1,
        {"state": "in_session", "reactions": True, "hands": True},
        {str(published.pk): 0},
        1,
    )


async def test_a_question_asked_published_and_supported_reaches_the_other_screen(
    room: Room, officer: Any, postcode: str
) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    async with (
        socket_in(room, guest_cookie("asker")) as asker,
        socket_in(room, guest_cookie("reader")) as reader,
        socket_in(room, cookies, "?as=moderator") as moderator,
    ):
        for socket in (asker, reader, moderator):
            await socket.hello()
        ack = await asker.reply(
            type="ask", id="c1", key=KEY, text="When will it reopen?", name="Ada", postcode="ip12de"
        )
        assert ack == {"type": "ack", "id": "c1", "question": ack["question"], "key": KEY, "state": "held"}
        held = await moderator.frame("events")
        assert (held["events"][0]["payload"]["state"], held["events"][0]["payload"]["asker_name"]) == ("held", "Ada")
        done = await moderator.reply(type="decide", id="m1", question=ack["question"], decision="publish")
        assert done["type"] == "ack"
        seen = await reader.frame("events", within=1)
        assert [event["kind"] for event in seen["events"]] == ["question"]
        assert seen["events"][0]["payload"]["ward"] == "Northgate"
        assert (await asker.frame("fate"))["state"] == "published"
        supported = await reader.reply(type="support", id="s1", question=ack["question"])
        assert supported == {"type": "ack", "id": "s1", "question": ack["question"], "key": None, "state": None}
        counts = await asker.frame("counts")
        # A tick from before the vote may come first; one that never comes ends the wait for a frame.
        while counts["support"] != {str(ack["question"]): 1}:
            counts = await asker.frame("counts")
    reader_saw = json.dumps(reader.received)
    assert "held" not in reader_saw
    assert '"Ada"' not in reader_saw


async def test_a_page_that_was_away_gets_only_what_it_missed(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    await sync_to_async(make_question)()
    async with socket_in(room) as reader:
        before = await reader.hello()
    missed = [await sync_to_async(make_question)() for _ in range(2)]
    async with socket_in(room) as reader:
        replay = await reader.hello(epoch=before["epoch"], sequence=before["sequence"])
    assert (replay["type"], replay["prev"]) == ("events", 1)
    assert [(event["sequence"], event["payload"]["id"]) for event in replay["events"]] == [
        (2, missed[0].pk),
        (3, missed[1].pk),
    ]


async def test_who_cannot_be_caught_up_gets_a_snapshot(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    await sync_to_async(make_question)()
    async with socket_in(room) as reader:
        answers = [
            await reader.hello(epoch="22222222-2222-4222-8222-222222222222", sequence=1),
            await reader.hello(sequence=1),
            await reader.hello(epoch=str(room.epoch), sequence=10**9),
        ]
    assert [answer["type"] for answer in answers] == ["snapshot"] * 3


async def test_more_than_two_hundred_missed_events_are_a_snapshot(room: Room, clerk: Actor, moment: Any) -> None:
    def change(times: int) -> None:
        items = list(room.meeting.agenda_items.values_list("pk", flat=True))
        for number in range(times):
            services.set_agenda_item(
                room_pk=room.pk, actor=clerk, agenda_item_pk=items[number % 2], changed_at=moment
            )

    await sync_to_async(change)(201)
    async with socket_in(room) as reader:
        exact = await reader.hello(epoch=str(room.epoch), sequence=1)
        assert (exact["type"], exact["prev"], len(exact["events"])) == ("events", 1, 200)
        assert (await reader.hello(epoch=str(room.epoch), sequence=0))["type"] == "snapshot"


HOSTILE = [
    ("{", "malformed"),
    ("[]", "malformed"),
    ('{"type": "shutdown"}', "malformed"),
    ('{"type": "hello", "protocol": 1, "admin": true}', "malformed"),
    ('{"type": "ask", "id": "c1", "key": "not a key", "text": "?"}', "malformed"),
    ('{"type": "ask", "id": "c1", "key": "' + KEY + '", "text": "\\ud800"}', "malformed"),
    ('{"type": "support", "id": "c1", "question": ' + "9" * 5000 + "}", "malformed"),
    ('{"type": "support", "id": "c1", "question": -1}', "malformed"),
    ("[" * 4000, "malformed"),
    ('{"type": "hello", "protocol": 1, "mine": ["' + "x" * 8192 + '"]}', "too_large"),
    ("é" * 4097, "too_large"),
    ('{"type": "hello", "protocol": 2}', "old_protocol"),
]


async def test_hostile_frames_are_refused_with_a_reason_and_nothing_is_stored(room: Room) -> None:
    refusals = []
    for some in (HOSTILE[:6], HOSTILE[6:]):
        async with socket_in(room, guest_cookie()) as socket:
            for text, _reason in some:
                await socket.communicator.send_to(text_data=text)
                refused = await socket.frame("refused")
                assert refused["message"]
                refusals.append((text, refused["reason"]))
            assert (await socket.hello())["type"] == "snapshot"
    assert refusals == HOSTILE
    assert await PublicQuestion.objects.acount() == 0


async def test_a_binary_frame_is_refused(room: Room) -> None:
    async with socket_in(room) as socket:
        await socket.communicator.send_to(bytes_data=b"\x00\xff")
        assert (await socket.frame("refused"))["reason"] == "malformed"


async def test_a_malformed_command_is_refused_by_its_id_and_field(room: Room) -> None:
    async with socket_in(room) as socket:
        await socket.send(type="ask", id="c7", key=KEY, text="x" * 501)
        refused = await socket.frame("refused")
    assert (refused["id"], refused["field"]) == ("c7", "text")


async def test_the_tenth_bad_frame_closes_the_socket(room: Room) -> None:
    async with socket_in(room) as socket:
        for _ in range(9):
            await socket.communicator.send_to(text_data="{")
            await socket.frame("refused")
        assert (await socket.hello())["type"] == "snapshot"
        await socket.communicator.send_to(text_data="{")
        await socket.frame("refused")
        assert await closed_with(socket) == 4400


async def test_the_sixth_command_in_ten_seconds_is_refused(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = await sync_to_async(make_question)()
    async with socket_in(room, guest_cookie()) as socket:
        replies = [await socket.reply(type="support", id=str(number), question=question.pk) for number in range(6)]
    assert [reply.get("reason") for reply in replies] == [None] * 5 + ["too_fast"]


async def test_the_sockets_of_one_person_share_what_they_may_do(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = await sync_to_async(make_question)()
    command = {"type": "support", "question": question.pk}
    async with socket_in(room, guest_cookie()) as one, socket_in(room, guest_cookie()) as other:
        reasons = [
            (await socket.reply(**command, id=f"c{number}")).get("reason")
            for number, socket in enumerate([one, other, one, other, one, other])
        ]
        assert reasons == [None] * 5 + ["too_fast"]
        async with socket_in(room, guest_cookie("somebody")) as somebody_else:
            assert (await somebody_else.reply(**command, id="c1"))["type"] == "ack"


@pytest.mark.parametrize("cap", ["process", "meeting", "person", "address"])
async def test_one_socket_too_many_is_told_that_it_is_full_and_officers_get_in(
    room: Room, officer: Any, settings: Any, cap: str
) -> None:
    settings.SOCKET_CAPS = settings.SOCKET_CAPS | {cap: 1}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room, guest_cookie()):
        communicator = WebsocketCommunicator(application, f"/ws/room/{room.pk}/", headers=headers(guest_cookie()))
        assert (await communicator.connect(timeout=5))[0]
        assert await closed_with(Socket(communicator)) == 4429
        async with socket_in(room, cookies, "?as=moderator"), socket_in(room, cookies):
            pass
    async with socket_in(room, guest_cookie()) as later:
        assert (await later.hello())["type"] == "snapshot"


async def test_a_readers_commands_to_run_the_room_are_refused(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = await sync_to_async(make_question)(QuestionState.HELD)
    before = await RoomEvent.objects.acount()
    async with socket_in(room, guest_cookie()) as socket:
        replies = [
            await socket.reply(type="decide", id="c1", question=question.pk, decision="publish"),
            await socket.reply(type="answer", id="c2", question=question.pk),
            await socket.reply(type="room", id="c3", change="close"),
            await socket.reply(type="agenda", id="c4", item=None),
        ]
    assert [(reply["id"], reply["reason"]) for reply in replies] == [
        (f"c{number}", "not_allowed") for number in (1, 2, 3, 4)
    ]
    assert await RoomEvent.objects.acount() == before


async def test_a_question_of_another_room_is_not_found(
    room: Room, make_meeting: Callable[..., Any], make_question: Callable[..., PublicQuestion]
) -> None:
    question = await sync_to_async(make_question)()
    other = await sync_to_async(lambda: make_meeting().room)()
    async with socket_in(other, guest_cookie()) as socket:
        refused = await socket.reply(type="support", id="c1", question=question.pk)
    assert refused["reason"] == "not_found"
    assert await Upvote.objects.acount() == 0


async def test_only_officers_get_the_moderators_socket(
    room: Room, ward: Ward, resident: Any, make_councillor: Callable[..., Any]
) -> None:
    councillor = await sync_to_async(make_councillor)(ward)
    others = [
        guest_cookie(),
        await sync_to_async(session_cookie)(resident),
        await sync_to_async(session_cookie)(councillor),
    ]
    for cookies in others:
        communicator = WebsocketCommunicator(
            application, f"/ws/room/{room.pk}/?as=moderator", headers=headers(cookies)
        )
        assert await communicator.connect(timeout=5) == (False, 4403)


async def test_an_officer_who_signs_out_can_do_nothing_more_on_the_open_socket(room: Room, officer: Any) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room, cookies, "?as=moderator") as moderator:
        await sync_to_async(sign_everybody_out)()
        refused = await moderator.reply(type="room", id="m1", change="close")
    assert refused["reason"] == "not_allowed"
    assert (await Room.objects.aget(pk=room.pk)).state == "in_session"


async def test_an_officer_who_is_one_no_longer_is_refused_on_the_open_socket(room: Room, officer: Any) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room, cookies, "?as=moderator") as moderator:
        await sync_to_async(officer.groups.clear)()
        refused = await moderator.reply(type="room", id="m1", change="close")
    assert refused["reason"] == "not_allowed"


async def test_a_moderators_open_socket_ends_soon_after_the_officer_signs_out(
    room: Room, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "ASK_AGAIN_SECONDS", 0.1)
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room, cookies, "?as=moderator") as moderator, socket_in(room) as reader:
        await sync_to_async(sign_everybody_out)()
        assert await closed_with(moderator) == 4403
        assert (await reader.hello())["type"] == "snapshot"


async def test_a_meeting_made_private_loses_its_readers_sockets_and_takes_no_new_ones(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "ASK_AGAIN_SECONDS", 0.1)
    async with socket_in(room) as reader:
        await reader.hello()
        await PageViewRestriction.objects.acreate(page_id=room.pk, restriction_type="login")
        assert await closed_with(reader) == 4404
    again = WebsocketCommunicator(application, f"/ws/room/{room.pk}/", headers=headers())
    assert await again.connect(timeout=5) == (False, 4404)


async def test_a_meeting_that_is_public_again_takes_readers_though_the_desk_never_left(
    room: Room, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "ASK_AGAIN_SECONDS", 0.1)
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room, cookies, "?as=moderator"):
        async with socket_in(room) as reader:
            restriction = await PageViewRestriction.objects.acreate(page_id=room.pk, restriction_type="login")
            assert await closed_with(reader) == 4404
        await restriction.adelete()
        async with asyncio.timeout(5):
            while True:
                again = WebsocketCommunicator(application, f"/ws/room/{room.pk}/", headers=headers())
                is_open, code = await again.connect(timeout=5)
                if is_open:
                    await again.disconnect(timeout=5)
                    return
                assert code == 4404
                await asyncio.sleep(0.05)


async def test_a_room_that_opens_while_it_is_asked_who_may_read_keeps_its_readers(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_hub, is_asked, may_go_on = hub.the_hub(), asyncio.Event(), asyncio.Event()
    read = the_hub.read

    async def read_slowly(function: Callable[..., Any], *arguments: Any) -> Any:
        found = await read(function, *arguments)
        if function is open_rooms:
            is_asked.set()
            await may_go_on.wait()
        return found

    monkeypatch.setattr(the_hub, "read", read_slowly)
    asking = asyncio.create_task(the_hub._shut_rooms())
    await is_asked.wait()
    async with socket_in(room) as reader:
        may_go_on.set()
        await asking
        assert (await reader.hello())["type"] == "snapshot"
        async with socket_in(room) as another:
            assert (await another.hello())["type"] == "snapshot"


async def test_a_socket_that_is_cut_while_it_leaves_is_not_counted_for_ever(room: Room) -> None:
    the_hub, member = hub.the_hub(), Member(Audience.PUBLIC, outbox.Outbox(asyncio.sleep), lambda _code: None)
    member.address = "address:192.0.2.7"
    feed = await the_hub.join(room.pk, member)
    assert feed is not None
    async with the_hub._lock:  # another room is being read, and that takes its time
        leaving = asyncio.create_task(the_hub.leave(room.pk, member))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait([leaving])
    assert (feed.here, dict(the_hub._held)) == (0, {})
    async with socket_in(room) as reader:
        assert (await reader.hello())["present"] == 1


async def test_a_reader_who_does_not_read_is_passed_over_and_begins_again_when_they_do(
    room: Room, make_question: Callable[..., PublicQuestion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_OUTSTANDING_BYTES", 2_000)
    monkeypatch.setattr(outbox, "RESUME_BYTES", 500)
    async with socket_in(room) as slow, socket_in(room) as quick:
        await slow.hello()
        await quick.hello()
        questions = []
        for _ in range(8):
            questions.append((await sync_to_async(make_question)()).pk)
            frame = await quick.frame("events")
            assert [event["payload"]["id"] for event in frame["events"]] == questions[-1:]
            await quick.send(type="seen", frames=len(quick.received))
        got = 0
        while not await slow.communicator.receive_nothing(timeout=0.3):
            got += len(await slow.communicator.receive_from())
        assert got <= 2_000 + 1_000
        await slow.send(type="seen", frames=10**6)
        await slow.frame("resync")
        replay = await slow.hello(epoch=str(room.epoch), sequence=0)
        assert [event["payload"]["id"] for event in replay["events"]] == questions


async def test_a_forged_guest_cookie_makes_nobody(room: Room, make_question: Callable[..., PublicQuestion]) -> None:
    question = await sync_to_async(make_question)()
    async with socket_in(room, {guests.COOKIE: "5d0f2a2e:1:forged"}) as socket:
        refused = await socket.reply(type="support", id="c1", question=question.pk)
    assert refused["reason"] == "not_allowed"


async def test_a_room_that_is_not_there_is_refused(room: Room) -> None:
    communicator = WebsocketCommunicator(application, "/ws/room/999999/", headers=headers())
    assert await communicator.connect(timeout=5) == (False, 4404)


async def test_a_room_whose_number_no_database_holds_is_refused(room: Room) -> None:
    communicator = WebsocketCommunicator(application, f"/ws/room/{'9' * 30}/", headers=headers())
    assert await communicator.connect(timeout=5) == (False, 4404)


async def test_refusals_speak_the_clients_language(room: Room) -> None:
    async with socket_in(room, query="?language=xx") as socket:
        await socket.communicator.send_to(text_data="{")
        assert (await socket.frame("refused"))["message"] == "This message could not be understood."


async def test_whoever_knows_a_questions_key_learns_its_fate_on_return(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    key = uuid.uuid4()
    question = await sync_to_async(make_question)(QuestionState.WITHHELD, key=key)
    async with socket_in(room) as asker:
        await asker.hello(mine=[str(key)])
        assert await asker.frame("fate") == {
            "type": "fate",
            "key": str(key),
            "question": question.pk,
            "state": "withheld",
            "reason": "Not for this meeting",
            "into": None,
            "into_state": None,
        }


async def test_a_room_change_by_any_service_reaches_readers_and_moderators(
    room: Room, clerk: Actor, officer: Any, moment: Any
) -> None:
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room) as reader, socket_in(room, cookies, "?as=moderator") as moderator:
        for socket in (reader, moderator):
            await socket.hello()
        await sync_to_async(services.change_room)(
            room_pk=room.pk, actor=clerk, change=RoomChange.ADJOURN, changed_at=moment
        )
        for socket in (reader, moderator):
            frame = await socket.frame("events")
            assert [event["payload"]["state"] for event in frame["events"]] == ["adjourned"]


async def test_a_withheld_question_is_taken_from_readers_without_its_reason(
    room: Room, clerk: Actor, make_question: Callable[..., PublicQuestion], moment: Any
) -> None:
    question = await sync_to_async(make_question)()
    async with socket_in(room) as reader:
        await reader.hello()
        await sync_to_async(services.decide_question)(
            question_pk=question.pk,
            actor=clerk,
            decision=Decision.WITHHOLD,
            decided_at=moment,
            reason="A private matter",
        )
        frame = await reader.frame("events")
        assert (frame["events"][0]["kind"], frame["events"][0]["payload"]) == (
            "question_removed",
            {"id": question.pk, "into": None},
        )
    assert "A private matter" not in json.dumps(reader.received)


async def test_two_hundred_votes_are_a_few_frames_and_an_exact_count(
    room: Room, make_question: Callable[..., PublicQuestion], moment: Any
) -> None:
    question = await sync_to_async(make_question)()
    voters = [Actor(role="guest", guest=f"{number % 120:04x}") for number in range(200)]

    def storm(part: list[Actor]) -> None:
        for voter in part:
            services.support_question(question_pk=question.pk, actor=voter, given_at=moment)

    async with socket_in(room) as reader:
        await reader.hello()
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(asyncio.to_thread(storm, voters[part::4]) for part in range(4)))
        counts = await reader.frame("counts")
        while counts["support"].get(str(question.pk)) != 120:
            counts = await reader.frame("counts")
        seconds = asyncio.get_running_loop().time() - started
    ticks = [frame for frame in reader.received if frame["type"] == "counts"]
    assert len(ticks) <= 2 * seconds + 3
    assert await Upvote.objects.acount() == 120


async def test_a_councillor_is_sent_what_is_assigned_to_them_and_nothing_else(
    room: Room,
    clerk: Actor,
    make_question: Callable[..., PublicQuestion],
    make_councillor: Callable[..., Any],
    ward: Ward,
    moment: Any,
) -> None:
    account = await sync_to_async(make_councillor)(ward)
    colleague = await sync_to_async(make_councillor)(ward)
    first = await sync_to_async(make_question)(QuestionState.HELD)
    second = await sync_to_async(make_question)()

    async def assign(question: PublicQuestion, to: Any) -> None:
        await sync_to_async(services.assign_question)(
            question_pk=question.pk,
            actor=clerk,
            councillor_pk=to.councillor.pk if to else None,
            assigned_at=moment,
        )

    await assign(first, account)
    cookies = await sync_to_async(session_cookie)(account)
    others = await sync_to_async(session_cookie)(colleague)
    async with (
        socket_in(room, cookies, "?as=councillor") as member,
        socket_in(room, others, "?as=councillor") as other,
    ):
        assert [question["id"] for question in (await member.hello())["questions"]] == [first.pk]
        assert (await other.hello())["questions"] == []
        await member.send(type="propose_answer", id="p1", question=first.pk, answer="In May.")
        events = (await member.frame("events"))["events"]
        assert [(event["sequence"], event["payload"]["proposed_answer"]) for event in events] == [(2, "In May.")]
        await assign(second, colleague)
        frame = await other.frame("events")
        assert (frame["prev"], [event["payload"]["id"] for event in frame["events"]]) == (0, [second.pk])
        await assign(first, None)
        assert (await member.frame("events"))["events"][0]["kind"] == "question_removed"


async def test_only_who_holds_a_seat_gets_a_councillors_socket(
    room: Room, resident: Any, ward: Ward, make_councillor: Callable[..., Any]
) -> None:
    former = await sync_to_async(make_councillor)(ward)
    await former.councillor.terms.aupdate(until_date=timezone.localdate())
    cookies = [await sync_to_async(session_cookie)(account) for account in (resident, former)]
    for cookie in ({}, *cookies):
        communicator = WebsocketCommunicator(
            application, f"/ws/room/{room.pk}/?as=councillor", headers=headers(cookie)
        )
        assert await communicator.connect(timeout=5) == (False, 4403)


async def test_moderators_are_told_which_question_a_colleague_has_open(
    room: Room, officer: Any, make_question: Callable[..., PublicQuestion]
) -> None:
    question = await sync_to_async(make_question)(QuestionState.HELD)
    cookies = await sync_to_async(session_cookie)(officer)
    async with (
        socket_in(room, cookies, "?as=moderator") as one,
        socket_in(room, cookies, "?as=moderator") as other,
        socket_in(room, guest_cookie("reader")) as reader,
    ):
        for socket in (one, other, reader):
            await socket.hello()
        await one.send(type="hold", id="h1", question=question.pk)
        held = {"type": "holding", "questions": {str(question.pk): {"by": officer.pk, "name": officer.email}}}
        assert await other.frame("holding") == held
        await one.send(type="hold", id="h2", question=None)
        assert await other.frame("holding") == {"type": "holding", "questions": {}}
        assert "holding" not in [frame["type"] for frame in reader.received]

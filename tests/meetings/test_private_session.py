"""While the press and the public are excluded nothing of what is done reaches a public byte, nor afterwards."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from meetings import messages, services
from meetings.business_enums import Choice, InterestKind, SpeakerKind, VoteMethod
from meetings.contents import COLLECTION_OF, room_contents
from meetings.enums import (
    ASKER_PREFIX,
    INSIDE_AUDIENCES,
    Audience,
    EventKind,
    ExemptParagraph,
    QuestionState,
    RoomChange,
    StreamKind,
)
from meetings.models import KeptInside, MeetingPage, PublicQuestion, RecordEntry, Room, RoomEvent
from meetings.record import export_lines
from meetings.services import Actor
from meetings.services.acting import tell
from meetings.slates import next_moment
from meetings.urls import urlpatterns
from tests.meetings.test_consumers import session_cookie, socket_in
from wards.models import Councillor

CANARY = "CANARY"


def change(room: Room, clerk: Actor, what: RoomChange, **more: Any) -> Room:
    if what is RoomChange.EXCLUDE:
        more.setdefault("paragraph", ExemptParagraph.BUSINESS)
    return services.change_room(room_pk=room.pk, actor=clerk, change=what, changed_at=timezone.now(), **more)


def do_everything_inside(room: Room, clerk: Actor, known: PublicQuestion) -> PublicQuestion:
    """Every kind of act that a private session can hold, and what a careless one would write; each with a canary."""
    now, room = timezone.now(), Room.objects.get(pk=room.pk)
    item = room.meeting.agenda_items.get(number="3")
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=now)
    services.add_speaker(
        room_pk=room.pk, actor=clerk, kind=SpeakerKind.OFFICER, name=f"{CANARY} speaker", added_at=now
    )
    services.next_speaker(room_pk=room.pk, actor=clerk, changed_at=now)
    mover = Councillor.objects.order_by("pk").first()
    if mover:
        services.move_motion(
            room_pk=room.pk, actor=clerk, text=f"{CANARY} that we buy it", mover_pk=mover.pk, moved_at=now
        )
    made = PublicQuestion.objects.create(
        key=uuid.uuid4(),
        room=room,
        text=f"{CANARY} made inside",
        asker_key="guest:x",
        state=QuestionState.PUBLISHED,
        asked_at=now,
        published_at=now,
    )
    PublicQuestion.objects.filter(pk=known.pk).update(
        state=QuestionState.ANSWERED, answer=f"{CANARY} answered inside", answered_at=now
    )
    known.refresh_from_db()
    with transaction.atomic():
        for question in (made, known):
            view, fate = messages.question_view(question), messages.fate_of(question)
            moderated = messages.moderated_view(question)
            tell(
                room,
                now,
                {
                    Audience.PUBLIC: (EventKind.QUESTION, view),
                    Audience.MODERATORS: (EventKind.QUESTION, moderated),
                    f"{ASKER_PREFIX}{question.key.hex}": (EventKind.FATE, fate.model_copy(update={"reason": CANARY})),
                },
            )
    return made


def public_bytes(room: Room, known: PublicQuestion) -> dict[str, str]:
    """Every address at which the public can read something of the room."""
    client, base = Client(), f"/room/{room.pk}/"
    # Every address below the room's own that is found by the room alone, so that a new one is probed, too.
    named = {
        pattern.name: f"/room/{pattern.pattern._route.replace('<int:pk>', str(room.pk))}"
        for pattern in urlpatterns
        if set(pattern.pattern.converters) == {"pk"}
    }
    addresses = named | {
        "page": base,
        "own question": f"{base}?asked={known.key}",
        "list": f"{base}questions.json",
        "fate": f"{base}asked/{known.key}.json",
        "feed": "/room/feed.atom",
        "meeting": room.meeting.get_url(),
        **{kind: f"{base}questions-and-answers.{kind}" for kind in ("csv", "json", "docx")},
    }
    answers = {name: client.get(address) for name, address in addresses.items()}
    return {
        name: f"{answer.status_code} {answer.headers} {answer.content.decode(errors='replace')}"
        for name, answer in answers.items()
    }


@pytest.fixture
def private(
    room: Room, clerk: Actor, make_question: Callable[..., PublicQuestion], make_member: Callable[..., Actor]
) -> tuple[Room, PublicQuestion]:
    """A room in private session with one question that was published before."""
    make_member()
    MeetingPage.objects.filter(pk=room.pk).update(stream_kind=StreamKind.DEMONSTRATION)
    known = make_question(text="Asked in public?")
    item = room.meeting.agenda_items.get(number="2")
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=timezone.now())
    return change(room, clerk, RoomChange.EXCLUDE), known


def test_no_public_address_tells_what_is_done_inside(private: tuple[Room, PublicQuestion], clerk: Actor) -> None:
    room, known = private
    before = public_bytes(room, known)
    do_everything_inside(room, clerk, known)
    after = public_bytes(room, known)
    assert [name for name, text in after.items() if CANARY in text] == []
    assert "demonstration.m3u8" not in after["page"]
    assert {name: after[name][:3] for name in ("stream", "fate", "csv", "json", "docx")} == dict.fromkeys(
        ("stream", "fate", "csv", "json", "docx"), "403"
    )
    # To the byte what it was before, but for what differs at every call: nothing can be told by its size either.
    assert (after["list"], after["meeting"]) == (before["list"], before["meeting"])
    assert 'aria-current="step"' not in after["page"]
    assert "paragraph 3." in after["page"]
    assert "paragraph 3." in after["screen"]


def test_on_return_what_was_made_inside_stays_there_until_an_officer_discloses_it(
    private: tuple[Room, PublicQuestion], clerk: Actor
) -> None:
    room, known = private
    made = do_everything_inside(room, clerk, known)
    with pytest.raises(services.InPrivate):
        services.disclose(
            room_pk=room.pk, actor=clerk, collection="questions", thing=made.pk, disclosed_at=timezone.now()
        )
    change(room, clerk, RoomChange.READMIT)
    room = Room.objects.get(pk=room.pk)
    after = public_bytes(room, known)
    assert [name for name, text in after.items() if CANARY in text and name not in {"own question", "fate"}] == []
    contents = room_contents(room.pk, 200)
    assert contents is not None
    assert contents.things["public"]["questions"] == {}
    assert set(contents.things["moderators"]["questions"]) == {known.pk, made.pk}
    assert contents.room["public"]["agenda_item"] == room.current_agenda_item_id is not None
    services.disclose(
        room_pk=room.pk, actor=clerk, collection="questions", thing=made.pk, disclosed_at=timezone.now()
    )
    assert f"{CANARY} made inside" in public_bytes(room, known)["page"]
    entry = json.loads(RecordEntry.objects.latest("sequence").content)
    assert (entry["act"], entry["subject"]) == ("room.disclose", f"questions:{made.pk}")


def test_what_was_made_inside_and_goes_on_in_public_stays_inside(
    room: Room, clerk: Actor, members: list[Actor], make_question: Callable[..., PublicQuestion], moment: Any
) -> None:
    known, now = make_question(), {"actor": clerk, "changed_at": moment}
    ann, bob = (member.user.councillor.pk for member in members[:2])  # type: ignore[union-attr]
    item = room.meeting.agenda_items.get(number="3").pk
    interest = {"room_pk": room.pk, "agenda_item_pk": item, "kind": InterestKind.REGISTRABLE, "declared_at": moment}
    change(room, clerk, RoomChange.EXCLUDE)
    services.add_speaker(room_pk=room.pk, actor=clerk, kind=SpeakerKind.PUBLIC, name=CANARY, added_at=moment)
    services.next_speaker(room_pk=room.pk, **now)
    motion = services.move_motion(
        room_pk=room.pk, actor=clerk, text=CANARY, mover_pk=ann, seconder_pk=bob, moved_at=moment
    )
    declared = services.declare_interest(actor=clerk, councillor_pk=ann, nature=CANARY, **interest)
    change(room, clerk, RoomChange.READMIT)
    before = RoomEvent.objects.latest("pk").pk
    services.next_speaker(room_pk=room.pk, **now)
    amendment = services.move_motion(
        room_pk=room.pk, actor=clerk, text=CANARY, mover_pk=ann, seconder_pk=bob, amends_pk=motion.pk, moved_at=moment
    )
    services.open_vote(motion_pk=amendment.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    services.call_off_vote(motion_pk=amendment.pk, actor=clerk, called_off_at=moment)
    services.withdraw_motion(motion_pk=amendment.pk, actor=clerk, withdrawn_at=moment)
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    services.cast_vote(motion_pk=motion.pk, actor=members[0], choice=Choice.FOR, cast_at=moment)
    services.close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment)
    told = RoomEvent.objects.filter(pk__gt=before)
    assert list(told.filter(audience="public").values_list("kind", "payload")) == []
    assert set(told.filter(audience="moderators").values_list("kind", flat=True)) == {
        "speaker",
        "motion",
        "vote",
        "vote_removed",
    }
    for outside in (public_bytes(room, known), room_contents(room.pk, 200).things["public"]):  # type: ignore[union-attr]
        assert (CANARY in json.dumps(outside), '"choice": "for"' in json.dumps(outside)) == (False, False)
    for collection in ("motions", "votes", "speakers"):
        thing = KeptInside.objects.filter(room=room, collection=collection).earliest("thing").thing
        services.disclose(room_pk=room.pk, actor=clerk, collection=collection, thing=thing, disclosed_at=moment)
    assert CANARY in public_bytes(room, known)["page"]
    # What a councillor declares in public is public, though they declared it inside before.
    again = services.declare_interest(actor=members[0], nature="Owns the shop", **interest)
    assert (again.pk, RoomEvent.objects.filter(audience="public").latest("pk").payload["nature"]) == (
        declared.pk,
        "Owns the shop",
    )
    assert "Owns the shop" in public_bytes(room, known)["page"]


@pytest.mark.django_db(transaction=True)
async def test_no_socket_outside_receives_anything_and_the_moderators_receive_all(
    room: Room, clerk: Actor, make_question: Callable[..., PublicQuestion], officer: Any
) -> None:
    known = await sync_to_async(make_question)()
    cookies = await sync_to_async(session_cookie)(officer)
    async with socket_in(room) as reader, socket_in(room, cookies, "?as=moderator") as moderator:
        before = await reader.hello(mine=[str(known.key)])
        await moderator.hello()
        await sync_to_async(change)(room, clerk, RoomChange.EXCLUDE)
        told = await reader.frame("events")
        said = {field: value for field, value in told["events"][0]["payload"].items() if value}
        assert said == {"state": "exempt", "exempt_paragraph": 3}
        await reader.frame("resync")
        sealed = await reader.hello(epoch=before["epoch"], sequence=told["events"][-1]["sequence"])
        assert (sealed["type"], sealed["questions"], sealed["support"], sealed["present"]) == ("snapshot", [], {}, 0)
        await moderator.frame("resync")
        await moderator.hello()
        reader.received.clear()
        await sync_to_async(do_everything_inside)(room, clerk, known)
        inside: list[str] = []
        while inside.count("question") < 2:
            inside += [event["kind"] for event in (await moderator.frame("events"))["events"]]
        assert (set(inside), CANARY in json.dumps(moderator.received)) == ({"agenda", "question", "speaker"}, True)
        async with socket_in(room) as late:
            await late.hello(mine=[str(known.key)])
            assert late.received[-1]["questions"] == []
            assert await late.communicator.receive_nothing(timeout=0.8)
        assert await reader.communicator.receive_nothing(timeout=0.1)
        await sync_to_async(change)(room, clerk, RoomChange.READMIT)
        back = await reader.frame("events")
        assert back["events"][0]["payload"]["state"] == "in_session"
        await reader.frame("resync")
        snapshot = await reader.hello(epoch=sealed["epoch"], sequence=back["events"][-1]["sequence"])
    assert (snapshot["type"], snapshot["questions"], snapshot["room"]["state"]) == ("snapshot", [], "in_session")
    assert CANARY not in json.dumps([reader.received, late.received])


@pytest.mark.django_db(transaction=True)
async def test_a_councillors_page_is_told_why_their_questions_go_and_when_they_are_back(
    room: Room, clerk: Actor, make_question: Callable[..., PublicQuestion], make_councillor: Any, ward: Any
) -> None:
    account, mine = await sync_to_async(make_councillor)(ward), await sync_to_async(make_question)()
    await sync_to_async(services.assign_question)(
        question_pk=mine.pk, actor=clerk, councillor_pk=account.councillor.pk, assigned_at=timezone.now()
    )
    cookies = await sync_to_async(session_cookie)(account)
    async with socket_in(room, cookies, "?as=councillor") as member:
        shown = [await member.hello()]
        for what in (RoomChange.EXCLUDE, RoomChange.READMIT):
            await sync_to_async(change)(room, clerk, what)
            await member.frame("resync")
            shown.append(await member.hello(epoch=shown[-1]["epoch"], sequence=shown[-1]["sequence"]))
    assert [(frame["room"]["state"], [one["id"] for one in frame["questions"]]) for frame in shown] == [
        ("in_session", [mine.pk]),
        ("exempt", []),
        ("in_session", [mine.pk]),
    ]


def test_only_those_inside_have_lines_in_the_log(private: tuple[Room, PublicQuestion], clerk: Actor) -> None:
    room, known = private
    before = RoomEvent.objects.latest("pk").pk
    do_everything_inside(room, clerk, known)
    assert set(RoomEvent.objects.filter(pk__gt=before).values_list("audience", flat=True)) == INSIDE_AUDIENCES
    assert set(KeptInside.objects.values_list("collection", flat=True)) <= set(COLLECTION_OF.values())


def test_the_publics_questions_rest(private: tuple[Room, PublicQuestion], clerk: Actor, guest: Actor) -> None:
    room, known = private
    now = timezone.now()
    with pytest.raises(services.InPrivate):
        services.ask_question(room_pk=room.pk, actor=guest, key=uuid.uuid4(), text="Why?", asked_at=now)
    with pytest.raises(services.InPrivate):
        services.support_question(question_pk=known.pk, actor=guest, given_at=now)
    with pytest.raises(services.InPrivate):
        services.answer_question(question_pk=known.pk, actor=clerk, answered_at=now)


def test_a_private_session_needs_its_reason_and_the_record_names_it(room: Room, clerk: Actor) -> None:
    with pytest.raises(services.ParagraphMissing):
        services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.EXCLUDE, changed_at=timezone.now())
    change(room, clerk, RoomChange.EXCLUDE, paragraph=ExemptParagraph.LABOUR)
    entry = json.loads(list(export_lines(room))[-2])["content"]
    assert (entry["after"], entry["reason"]) == ("exempt", "Local Government Act 1972, Schedule 12A, paragraph 4")
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(exempt_paragraph=None)


def test_an_adjournment_says_until_when_and_forgets_it_on_resuming(room: Room, clerk: Actor) -> None:
    until = timezone.now() + timedelta(hours=1)
    assert change(room, clerk, RoomChange.ADJOURN, resumes_at=until).resumes_at == until
    page = Client().get(f"/room/{room.pk}/").content.decode()
    assert "The meeting is adjourned" in page
    assert "It goes on at about" in page
    assert change(room, clerk, RoomChange.RESUME, resumes_at=until).resumes_at is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(resumes_at=until)


def test_an_adjournment_without_a_time_is_said_too(room: Room, clerk: Actor) -> None:
    change(room, clerk, RoomChange.ADJOURN)
    assert 'data-part="slate-title">The meeting is adjourned<' in Client().get(f"/room/{room.pk}/").content.decode()


def test_nothing_is_being_taken_once_a_meeting_is_closed(room: Room, clerk: Actor) -> None:
    item = room.meeting.agenda_items.first()
    assert item is not None
    Room.objects.filter(pk=room.pk).update(current_agenda_item=item)
    closed = change(room, clerk, RoomChange.CLOSE)
    assert (closed.current_agenda_item_id, closed.public_agenda_item_id) == (item.pk, None)
    assert messages.room_view(closed, Audience.PUBLIC).agenda_item is None


def test_a_time_of_day_is_the_next_one(moment: Any) -> None:
    assert next_moment(time(19, 15), moment) - moment == timedelta(minutes=45)
    assert next_moment(time(18, 30), moment) - moment == timedelta(days=1)
    assert next_moment(time(0, 5), moment) - moment == timedelta(hours=5, minutes=35)

"""The room without JavaScript: reading, asking, supporting, and the same list over HTTP."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from meetings import messages, services
from meetings.enums import Decision, QuestionState, RoomState, StreamKind
from meetings.models import MeetingPage, PublicQuestion, Room, RoomEvent, Upvote
from meetings.services import Actor
from meetings.urls import urlpatterns
from wards.models import Postcode, Ward, WardSet

KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def known_postcode(ward_set: WardSet, ward: Ward) -> str:
    Postcode.objects.create(ward_set=ward_set, ward=ward, code="IP12DE")
    return "ip1 2de"


@pytest.fixture
def visitor(room: Room) -> Client:
    """Somebody who has opened the room's page, and so holds a guest's cookie."""
    client = Client()
    assert client.get(f"/room/{room.pk}/").status_code == 200
    return client


def ask(client: Client, room: Room, **fields: str) -> Any:
    given = {"key": KEY, "text": "When will it reopen?", "name": "Ada Okafor", "postcode": "ip1 2de"}
    return client.post(f"/room/{room.pk}/ask/", given | fields)


def test_the_room_shows_what_is_published_and_nothing_else(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    for state in QuestionState:
        make_question(state, text=f"A {state} question")
    page = visitor.get(f"/room/{room.pk}/").content.decode()
    shown = {state.value: f"A {state} question" in page for state in QuestionState}
    assert shown == {"held": False, "published": True, "answered": True, "withheld": False, "merged": False}
    assert "Ada Okafor" not in page


def test_the_other_language_is_the_room_in_that_language(visitor: Client, room: Room) -> None:
    Locale.objects.get_or_create(language_code="cy")
    page = visitor.get(f"/room/{room.pk}/?shown=1").content.decode()
    assert f'href="/cy/room/{room.pk}/?shown=1" rel="alternate" lang="cy"' in page


def test_html_in_a_question_is_shown_as_text(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question(text='<script>alert("x")</script> why?')
    page = visitor.get(f"/room/{room.pk}/").content.decode()
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; why?" in page
    assert "<script>alert" not in page


def test_a_guests_question_by_form_is_held_with_its_ward_and_the_postcode_is_not_kept(
    visitor: Client, room: Room, ward: Ward, known_postcode: str
) -> None:
    response = ask(visitor, room)
    assert (response.status_code, response["Location"]) == (302, f"/room/{room.pk}/?asked={KEY}#asked")
    question = PublicQuestion.objects.get()
    assert (question.text, question.asker_name, question.ward, question.state) == (
        "When will it reopen?",
        "Ada Okafor",
        ward,
        "held",
    )
    stored = json.dumps(list(PublicQuestion.objects.values()), default=str)
    assert "12DE" not in stored.upper().replace(" ", "")
    assert "Your question has arrived" in visitor.get(response["Location"]).content.decode()


def test_sending_the_same_form_twice_is_one_question(visitor: Client, room: Room, known_postcode: str) -> None:
    assert [ask(visitor, room).status_code for _ in range(2)] == [302, 302]
    assert PublicQuestion.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ""}, "Enter your question."),
        ({"text": "x" * 501}, "Your question must be 500 characters or fewer."),
        ({"name": ""}, "Enter your name."),
        ({"postcode": "nowhere"}, "Enter a full UK postcode, like IP1 2DE."),
        ({"agenda_item": "999999"}, "Choose an item on the agenda."),
    ],
)
def test_a_form_with_a_fault_comes_back_with_what_was_typed(
    visitor: Client, room: Room, known_postcode: str, fields: dict[str, str], message: str
) -> None:
    response = ask(visitor, room, **{"text": "My typed words", "name": "Ada Okafor"} | fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    kept = {name for name, typed in {"text": "My typed words", "name": "Ada Okafor"}.items() if typed in page}
    assert kept == {"text", "name"} - set(fields)
    assert PublicQuestion.objects.count() == 0


def test_a_postcode_in_two_wards_asks_which(
    visitor: Client, room: Room, ward: Ward, ward_set: WardSet, make_ward: Callable[..., Ward], known_postcode: str
) -> None:
    other = make_ward("Bridge")
    Postcode.objects.create(ward_set=ward_set, ward=other, code="IP12DE")
    response = ask(visitor, room)
    assert response.status_code == 422
    assert "Choose your ward." in response.content.decode()
    assert ask(visitor, room, ward=str(other.pk)).status_code == 302
    assert PublicQuestion.objects.get().ward == other


def test_a_signed_in_residents_second_question_needs_neither_name_nor_postcode(
    room: Room, ward: Ward, resident: Any, known_postcode: str
) -> None:
    client = Client()
    client.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
    ask(client, room)
    response = ask(client, room, key=str(uuid.uuid4()), name="", postcode="")
    assert response.status_code == 302
    assert [question.ward for question in PublicQuestion.objects.filter(asker=resident)] == [ward, ward]


def test_a_closed_room_takes_no_question_and_keeps_what_was_typed(
    visitor: Client, room: Room, known_postcode: str
) -> None:
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    response = ask(visitor, room)
    assert (response.status_code, PublicQuestion.objects.count()) == (422, 0)
    assert "The meeting is closed." in response.content.decode()


def test_support_by_form_counts_once_and_can_be_withdrawn(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question()
    address = f"/room/{room.pk}/support/"
    for _ in range(2):
        response = visitor.post(address, {"question": question.pk})
        assert response["Location"] == f"/room/{room.pk}/#question-{question.pk}"
    assert Upvote.objects.count() == 1
    assert 'aria-pressed="true"' in visitor.get(f"/room/{room.pk}/").content.decode()
    visitor.post(address, {"question": question.pk, "withdraw": "on"})
    assert Upvote.objects.count() == 0


@pytest.mark.parametrize("question", ["", "0", "-1", "9" * 30, "x"])
def test_support_for_nothing_is_not_found(visitor: Client, room: Room, question: str) -> None:
    assert visitor.post(f"/room/{room.pk}/support/", {"question": question}).status_code == 404


def test_support_for_a_held_question_is_not_found(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question(QuestionState.HELD)
    assert visitor.post(f"/room/{room.pk}/support/", {"question": question.pk}).status_code == 404


def test_without_the_rooms_cookie_nothing_is_counted(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question()
    assert Client().post(f"/room/{room.pk}/support/", {"question": question.pk}).status_code == 422
    assert Upvote.objects.count() == 0


def test_the_list_over_http_is_the_sockets_snapshot_and_is_sent_again_only_when_changed(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question()
    address = f"/room/{room.pk}/questions.json"
    first = visitor.get(address)
    frame = messages.server_frames.validate_json(first.content)
    assert ([one.id for one in frame.questions], frame.sequence) == ([question.pk], 1)
    assert visitor.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    packed = {"If-None-Match": f"W/{first['ETag']}", "Accept-Encoding": "gzip"}  # what a browser got compressed
    assert visitor.get(address, headers=packed).status_code == 304
    visitor.post(f"/room/{room.pk}/support/", {"question": question.pk})
    second = visitor.get(address, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, json.loads(second.content)["support"]) == (200, {str(question.pk): 1})


def test_a_questions_fate_is_told_to_whoever_knows_its_key(
    visitor: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question(QuestionState.WITHHELD)
    told = visitor.get(f"/room/{room.pk}/asked/{question.key}.json")
    assert (told.json()["state"], told.json()["reason"]) == ("withheld", "Not for this meeting")
    assert visitor.get(f"/room/{room.pk}/asked/{uuid.uuid4()}.json").status_code == 404


def test_an_answer_that_was_taken_back_is_nobodys_to_read_but_officers(
    visitor: Client,
    room: Room,
    clerk: Actor,
    ward: Ward,
    moment: datetime,
    make_question: Callable[..., PublicQuestion],
) -> None:
    question = make_question()
    services.answer_question(
        question_pk=question.pk, actor=clerk, answered_at=moment, answer="A SLIP", answered_by="A. NOTHER"
    )
    base = f"/room/{room.pk}/"
    addresses = [base, f"{base}questions.json", *(f"{base}questions-and-answers.{kind}" for kind in ("csv", "json"))]
    addresses += [room.meeting.url, f"/room/wards/{ward.slug}/"]
    assert all("A SLIP" in visitor.get(address).content.decode() for address in addresses)
    services.decide_question(question_pk=question.pk, actor=clerk, decision=Decision.REOPEN, decided_at=moment)
    told = [visitor.get(address).content.decode() for address in addresses]
    told += [json.dumps(RoomEvent.objects.filter(audience="public").latest("pk").payload)]
    assert [text for text in told if "A SLIP" in text or "A. NOTHER" in text] == []
    assert RoomEvent.objects.filter(audience="moderators").latest("pk").payload["answer"] == "A SLIP"


def test_a_meeting_that_is_not_published_or_private_has_no_room_to_enter(
    visitor: Client, room: Room, make_meeting: Callable[..., MeetingPage]
) -> None:
    PageViewRestriction.objects.create(page=room.meeting, restriction_type="login")
    draft = make_meeting()
    MeetingPage.objects.filter(pk=draft.pk).update(live=False)
    addresses = [f"/room/{pk}/{rest}" for pk in (room.pk, draft.pk, 999999) for rest in ("", "questions.json")]
    assert {visitor.get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("where", ["room", "page"])
def test_one_and_three_questions_take_the_same_queries(
    visitor: Client,
    room: Room,
    make_question: Callable[..., PublicQuestion],
    django_assert_num_queries: Callable[..., Any],
    where: str,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = f"/room/{room.pk}/" if where == "room" else room.meeting.url
    item = room.meeting.agenda_items.get(number="3").pk
    make_question(agenda_item_pk=item)
    visitor.get(address)  # what is read once per process
    with CaptureQueriesContext(connection) as one:
        visitor.get(address)
    make_question(agenda_item_pk=item)
    make_question(QuestionState.ANSWERED, agenda_item_pk=item)
    with django_assert_num_queries(len(one)):
        assert visitor.get(address).content.decode().count("item 3</span>") == 3


def test_the_room_speaks_the_readers_language_and_is_the_same_room(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question(text="Pryd?")
    Locale.objects.get_or_create(language_code="cy")
    page = Client().get(f"/cy/room/{room.pk}/")
    assert page.status_code == 200
    assert "Pryd?" in page.content.decode()
    # Nobody has translated the agenda: a screen reader is told in which language its items are.
    titles = page.content.decode().count('wm-agenda__title" lang="en-GB"')
    assert titles == room.meeting.agenda_items.count() > 0


def test_the_demonstration_stream_is_live_and_never_cached(client: Client, room: Room) -> None:
    response = client.get(f"/room/{room.pk}/demonstration.m3u8")
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "application/vnd.apple.mpegurl",
        "no-cache",
    )
    assert "/demonstration-stream/segment_0" in response.content.decode()


def test_a_providers_frame_is_allowed_on_its_meetings_page_alone(
    make_meeting: Callable[..., MeetingPage], room: Room, settings: Any
) -> None:
    settings.EMBED_HOSTS = ["video.example.org"]
    embedded = make_meeting(stream_kind=StreamKind.EMBED, stream_url="https://video.example.org/embed/42")
    policy = Client().get(f"/room/{embedded.pk}/")["Content-Security-Policy"]
    assert "frame-src https://video.example.org" in policy
    assert "frame-src" not in Client().get(f"/room/{room.pk}/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kind", "url", "message"),
    [
        ("hls", "", "Give the address of the stream."),
        ("hls", "https://stream.example.org/live", "The address of an HLS stream ends in .m3u8."),
        ("embed", "ftp://video.example.org/1", "The address must start with https:// or http://."),
    ],
)
def test_an_editor_is_told_what_is_wrong_with_a_stream(
    make_meeting: Callable[..., MeetingPage], kind: str, url: str, message: str
) -> None:
    meeting = make_meeting()
    meeting.stream_kind, meeting.stream_url = kind, url
    with pytest.raises(ValidationError) as refused:
        meeting.clean()
    assert refused.value.message_dict == {"stream_url": [message]}


def test_services_are_not_reached_by_get(visitor: Client, room: Room) -> None:
    for name in ("ask", "support", "desk/room", "desk/agenda"):
        assert visitor.get(f"/room/{room.pk}/{name}/").status_code == 405


def test_whoever_sends_too_much_is_asked_to_wait_and_keeps_what_was_typed(
    visitor: Client, room: Room, known_postcode: str, settings: Any, officer: Any
) -> None:
    settings.ROOM_POSTS_PER_PERSON, settings.ROOM_POSTS_PER_ADDRESS = 2, 5
    settings.SECOND_FACTOR_REQUIRED = False

    def codes(client: Client, times: int, **where: str) -> list[int]:
        given = {"text": "When will it reopen?", "name": "Ada Okafor", "postcode": "ip1 2de"}
        address = f"/room/{room.pk}/ask/"
        return [client.post(address, given | {"key": str(uuid.uuid4())}, **where).status_code for _ in range(times)]

    assert codes(visitor, 2) == [302, 302]
    refused = ask(visitor, room)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    page = refused.content.decode()
    assert ("Wait a minute, then send it again." in page, "When will it reopen?</textarea>" in page) == (True, True)
    given = {"question": str(PublicQuestion.objects.first().pk)}
    assert visitor.post(f"/room/{room.pk}/support/", given).status_code == 429
    assert PublicQuestion.objects.count() == 2
    others = []
    for _ in range(3):
        neighbour = Client(REMOTE_ADDR="192.0.2.7")
        neighbour.get(f"/room/{room.pk}/")
        others += codes(neighbour, 2, HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert others == [302] * 5 + [429]
    clerk = Client(REMOTE_ADDR="192.0.2.7")
    clerk.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert codes(clerk, 3) == [302] * 3


def test_a_number_that_no_database_holds_is_not_found_at_any_address(
    room: Room, officer: Any, make_councillor: Callable[..., Any], ward: Ward, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    given = {"key": str(uuid.uuid4()), "kind": "csv", "act": "take"}
    found = {}
    for user in (officer, make_councillor(ward)):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for pattern in urlpatterns:
            path = f"/room/{pattern.pattern}"
            for name in re.findall(r"<int:(\w+)>", path):
                huge = re.sub(r"<int:\w+>", str(room.pk), path.replace(f"<int:{name}>", "9" * 30))
                address = re.sub(r"<\w+:(\w+)>", lambda part: given[part[1]], huge)
                for answer in (client.get(address), client.post(address, {"choice": "for", "change": "stop"})):
                    found[address, user.pk] = answer.status_code
    assert {address: status for address, status in found.items() if status not in {302, 403, 404, 405, 422}} == {}

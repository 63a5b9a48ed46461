"""The officer's desk without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from meetings.desk_regions import ACT_KEYS, REGIONS
from meetings.enums import QuestionState
from meetings.models import MeetingPage, PublicQuestion, Room
from wards.models import Ward


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(officer: Any, settings: Any) -> Client:
    settings.SECOND_FACTOR_REQUIRED = False
    return signed_in(officer)


def test_only_officers_come_to_the_desk(
    room: Room, ward: Ward, resident: Any, make_councillor: Callable[..., Any], settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    clients = [Client(), signed_in(resident), signed_in(make_councillor(ward))]
    for page in ("", "record.jsonl", "check_record.py"):
        assert [client.get(f"/room/{room.pk}/desk/{page}").status_code for client in clients] == [403] * 3
    posts = [("room", {"change": "close"}), ("agenda", {}), ("question/1", {"decision": "publish"})]
    for client in clients:
        for name, fields in posts:
            assert client.post(f"/room/{room.pk}/desk/{name}/", fields).status_code == 403
    assert Room.objects.get(pk=room.pk).state == "in_session"


def test_every_region_has_a_key_of_its_own_that_does_nothing_else() -> None:
    keys = [region.key for region in REGIONS]
    assert (len(set(keys)), set(keys) & ACT_KEYS) == (len(keys), set())
    script = Path(finders.find("wardmote/js/desk-keys.js")).read_text(encoding="utf-8")
    assert set(re.findall(r"case '(.)'", script)) == ACT_KEYS


def test_an_officer_runs_a_meeting_by_its_buttons(desk: Client, make_meeting: Callable[..., MeetingPage]) -> None:
    room = make_meeting().room
    states = []
    for change in ("start", "adjourn", "resume", "close", "reopen"):
        response = desk.post(f"/room/{room.pk}/desk/room/", {"change": change})
        assert response["Location"] == f"/room/{room.pk}/desk/"
        states.append(Room.objects.get(pk=room.pk).state)
    assert states == ["in_session", "adjourned", "in_session", "closed", "adjourned"]


def test_a_change_that_a_colleague_has_made_already_is_said_so(desk: Client, room: Room) -> None:
    response = desk.post(f"/room/{room.pk}/desk/room/", {"change": "start"}, follow=True)
    assert "Somebody else has changed this in the meantime." in response.content.decode()


def test_the_current_item_is_marked_on_the_desk_and_in_the_room(desk: Client, room: Room) -> None:
    item = room.meeting.agenda_items.get(number="2")
    desk.post(f"/room/{room.pk}/desk/agenda/", {"item": item.pk})
    assert Room.objects.get(pk=room.pk).current_agenda_item_id == item.pk
    page = desk.get(f"/room/{room.pk}/").content.decode()
    assert page.count('aria-current="step"') == 1
    assert "Now: item 2, Questions from the public" in page
    desk.post(f"/room/{room.pk}/desk/agenda/", {"item": ""})
    assert Room.objects.get(pk=room.pk).current_agenda_item_id is None


def test_a_question_is_published_answered_and_reopened(
    desk: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question(QuestionState.HELD)
    states = []
    for fields in (
        {"decision": "publish"},
        {"decision": "answer", "answer": "In May."},
        {"decision": "reopen"},
        {"decision": "withhold", "reason": "It names a child"},
    ):
        desk.post(f"/room/{room.pk}/desk/question/{question.pk}/", fields)
        question.refresh_from_db()
        states.append((question.state, question.answer, question.withheld_reason))
    assert states == [
        ("published", "", ""),
        ("answered", "In May.", ""),
        ("published", "In May.", ""),
        ("withheld", "In May.", "It names a child"),
    ]


def test_withholding_without_a_reason_comes_back_to_the_same_card(
    desk: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question(QuestionState.HELD)
    response = desk.post(f"/room/{room.pk}/desk/question/{question.pk}/", {"decision": "withhold", "reason": " "})
    assert response.status_code == 422
    assert "Say why, in words the person who asked can read." in response.content.decode()
    question.refresh_from_db()
    assert question.state == "held"


def test_what_an_officer_typed_is_kept_when_it_is_too_long(
    desk: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    question = make_question()
    typed = "y" * 2001
    response = desk.post(f"/room/{room.pk}/desk/question/{question.pk}/", {"decision": "answer", "answer": typed})
    page = response.content.decode()
    assert (response.status_code, typed in page) == (422, True)
    assert "The answer must be 2,000 characters or fewer." in page
    # The question's card and the mould of new ones tell the script, so that nothing is sent that would be refused.
    assert page.count('data-limit="2000"') == 2


def test_a_question_of_another_meeting_is_not_found(
    desk: Client, make_meeting: Callable[..., MeetingPage], make_question: Callable[..., PublicQuestion]
) -> None:
    question, other = make_question(QuestionState.HELD), make_meeting()
    response = desk.post(f"/room/{other.pk}/desk/question/{question.pk}/", {"decision": "publish"})
    assert response.status_code == 404
    question.refresh_from_db()
    assert question.state == "held"


def test_one_and_three_questions_take_the_same_queries(
    desk: Client,
    room: Room,
    make_question: Callable[..., PublicQuestion],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_question(QuestionState.HELD)
    desk.get(f"/room/{room.pk}/desk/")
    with CaptureQueriesContext(connection) as one:
        desk.get(f"/room/{room.pk}/desk/")
    make_question(QuestionState.HELD)
    make_question(QuestionState.WITHHELD)
    with django_assert_num_queries(len(one)):
        desk.get(f"/room/{room.pk}/desk/")

"""Officers' and councillors' pages about questions, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings import services
from meetings.enums import QuestionState, RoomState
from meetings.models import PublicQuestion, Room
from meetings.services import Actor
from tests.meetings.test_desk import signed_in
from wards.models import Councillor, Ward

Make = Callable[..., PublicQuestion]


@pytest.fixture
def desk(officer: Any, settings: Any) -> Client:
    settings.SECOND_FACTOR_REQUIRED = False
    return signed_in(officer)


@pytest.fixture
def councillor(ward: Ward, make_councillor: Callable[..., Any]) -> Councillor:
    return make_councillor(ward).councillor


def act(client: Client, question: PublicQuestion, name: str, **fields: Any) -> Any:
    return client.post(f"/room/{question.room_id}/desk/question/{question.pk}/{name}/", fields)


def test_an_officer_works_on_a_question_by_its_forms(
    desk: Client, room: Room, make_question: Make, councillor: Councillor
) -> None:
    question, main = make_question(text="When will it reopen,\nyou lot?"), make_question()
    done = act(desk, question, "edit", text="When will it reopen?", seen="When will it reopen,\r\nyou lot?")
    assert (done.status_code, done["Location"]) == (302, f"/room/{room.pk}/desk/#question-{question.pk}")
    act(desk, question, "assign", councillor=councillor.pk)
    act(desk, question, "shortlist", is_shortlisted="on")
    act(desk, question, "take", is_taken="on")
    question.refresh_from_db()
    room.refresh_from_db()
    assert (question.text, question.assigned_to, question.is_shortlisted, room.current_question) == (
        "When will it reopen?",
        councillor,
        True,
        question,
    )
    page = desk.get(f"/room/{room.pk}/desk/").content.decode()
    assert [words in page for words in ("you lot?", f"assigned to {councillor.name}", "data-answering")] == [True] * 3
    act(desk, question, "take")
    act(desk, question, "merge", into=main.pk)
    question.refresh_from_db()
    room.refresh_from_db()
    assert (question.merged_into, room.current_question) == (main, None)
    assert f'data-joined="{question.pk}"' in desk.get(f"/room/{room.pk}/desk/").content.decode()
    act(desk, question, "unmerge")
    question.refresh_from_db()
    assert question.state == QuestionState.PUBLISHED


def test_a_refused_form_comes_back_with_what_was_typed_and_the_field_named(desk: Client, make_question: Make) -> None:
    question, held = make_question(), make_question(QuestionState.HELD)
    for name, fields, field, words in (
        ("edit", {"text": "Mine", "seen": "What nobody asked"}, "__all__", "A colleague was quicker."),
        ("edit", {"text": "", "seen": question.text}, "text", "Enter your question."),
        ("merge", {"into": held.pk}, "into", "Publish the other question first"),
        ("merge", {"into": "x"}, "into", "Enter the number"),
        ("assign", {"councillor": 999}, "councillor", "Choose a councillor"),
    ):
        refused = act(desk, question, name, **fields)
        assert refused.status_code == 422
        assert words in refused.context["form"].errors[field][0]
        assert name == "assign" or str(next(iter(fields.values()))) in refused.content.decode()
    assert act(desk, question, "dance").status_code == 404


def test_the_desk_proposes_what_asks_the_same_in_as_many_queries_for_one_as_for_three(
    desk: Client, room: Room, make_question: Make
) -> None:
    make_question(text="When will the library in Mill Street reopen?")
    desk.get(f"/room/{room.pk}/desk/")  # what a first page looks up once
    counts = []
    for wanted in (1, 3):
        while room.questions.filter(state=QuestionState.HELD).count() < wanted:
            make_question(QuestionState.HELD, text="What is the date on which Mill Street library opens again?")
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(f"/room/{room.pk}/desk/").content.decode()
        counts.append(len(queries))
    assert "These seem to ask the same:" in page
    assert counts[0] == counts[1]


def test_only_officers_work_on_questions(
    room: Room, make_question: Make, resident: Any, councillor: Councillor, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    question = make_question()
    for client in (Client(), signed_in(resident), signed_in(councillor.user)):
        assert client.get(f"/room/{room.pk}/desk/question/{question.pk}/more/").status_code == 403
        assert act(client, question, "shortlist", is_shortlisted="on").status_code == 403


def test_a_councillor_sees_what_is_assigned_to_them_and_proposes_an_answer(
    room: Room,
    make_question: Make,
    councillor: Councillor,
    desk: Client,
    clerk: Actor,
    resident: Any,
    moment: Any,
) -> None:
    mine, other = make_question(QuestionState.HELD, text="Mine to answer?"), make_question(text="Not mine?")
    services.assign_question(question_pk=mine.pk, actor=clerk, councillor_pk=councillor.pk, assigned_at=moment)
    member = signed_in(councillor.user)
    page = member.get(f"/room/{room.pk}/assigned/").content.decode()
    assert ("Mine to answer?" in page, "Not mine?" in page, "Ada Okafor" in page) == (True, False, False)
    address = f"/room/{room.pk}/assigned/{mine.pk}/"
    refused = member.post(address, {"answer": " "})
    assert (refused.status_code, "Enter the answer." in refused.content.decode()) == (422, True)
    assert member.post(address, {"answer": "In May."}).status_code == 302
    assert member.post(f"/room/{room.pk}/assigned/{other.pk}/", {"answer": "Mine!"}).status_code == 404
    desk_page = desk.get(f"/room/{room.pk}/desk/").content.decode()
    assert "Proposed answer, not public:" in desk_page
    assert desk_page.count("In May.") == 2  # told, and offered as the answer
    for client in (Client(), signed_in(resident), desk):
        assert client.get(f"/room/{room.pk}/assigned/").status_code == 403
    councillor.terms.update(until_date=timezone.localdate())
    assert member.get(f"/room/{room.pk}/assigned/").status_code == 403


def test_a_councillor_reads_that_a_private_session_holds_their_questions(
    room: Room, make_question: Make, councillor: Councillor, desk: Client, clerk: Actor, moment: Any
) -> None:
    mine = make_question(text="Mine to answer?")
    services.assign_question(question_pk=mine.pk, actor=clerk, councillor_pk=councillor.pk, assigned_at=moment)
    member, told = signed_in(councillor.user), []
    for state, paragraph in ((RoomState.IN_SESSION, None), (RoomState.EXEMPT, 3)):
        Room.objects.filter(pk=room.pk).update(state=state, exempt_paragraph=paragraph)
        page = member.get(f"/room/{room.pk}/assigned/").content.decode()
        told.append(
            (
                "Mine to answer?" in page,
                'data-part="private" hidden' in page,
                'data-part="none" hidden' in page,
                page.count('data-limit="2000"'),
            )
        )
    assert told == [(True, True, True, 2), (False, False, True, 1)]


def test_readers_see_who_answered_what_was_edited_and_what_is_being_answered(
    room: Room, make_question: Make, clerk: Actor, moment: Any, client: Client
) -> None:
    now, edited, answered = make_question(), make_question(), make_question()
    services.edit_question(question_pk=edited.pk, actor=clerk, text="Shorter?", seen=edited.text, edited_at=moment)
    services.answer_question(
        question_pk=answered.pk, actor=clerk, answered_at=moment, answer="In May.", answered_by="Cllr Hale"
    )
    services.take_question(room_pk=room.pk, actor=clerk, question_pk=now.pk, taken_at=moment)
    page = client.get(f"/room/{room.pk}/").content.decode()
    shown = page[: page.index('id="room-words"')]
    assert [shown.count(words) for words in ("edited by the council", "Cllr Hale answers:", "at the meeting.")] == [
        1
    ] * 3
    assert page.count(" data-answering") == 1


def test_whoever_asked_a_joined_question_is_shown_the_way_to_the_other(
    room: Room, make_question: Make, clerk: Actor, moment: Any, client: Client
) -> None:
    main, question = make_question(), make_question()
    services.merge_question(question_pk=question.pk, into_pk=main.pk, actor=clerk, merged_at=moment)
    page = client.get(f"/room/{room.pk}/?asked={question.key}").content.decode()
    assert "Your question was joined to another that asks the same." in page
    assert f'href="#question-{main.pk}"' in page
    fate = client.get(f"/room/{room.pk}/asked/{question.key}.json").json()
    assert (fate["state"], fate["into"], fate["into_state"]) == ("merged", main.pk, "published")
    sent = client.post(f"/room/{room.pk}/support/", {"question": question.pk})
    assert sent.status_code == 302
    assert main.upvotes.filter(came_from=None).count() == 1

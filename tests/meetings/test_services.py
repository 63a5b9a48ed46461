"""Each service writes its row and its events together, and refuses with a reason."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from wagtail.models import ModelLogEntry, PageLogEntry

from meetings import check_record, record, services
from meetings.enums import Decision, QuestionState, Role, RoomChange, RoomState
from meetings.models import MeetingPage, PublicQuestion, RecordEntry, Room, RoomEvent, Upvote
from meetings.services import Actor
from sentiment.models import Feedback
from wards.models import Ward

KEY = uuid.UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def ask(room: Room, guest: Actor, ward: Ward, moment: datetime) -> Callable[..., PublicQuestion]:
    def ask(**fields: Any) -> PublicQuestion:
        values = {
            "room_pk": room.pk,
            "actor": guest,
            "key": KEY,
            "text": "When will the library reopen?",
            "name": "Ada Okafor",
            "ward": ward,
            "asked_at": moment,
        }
        return services.ask_question(**values | fields)

    return ask


def log_of(room: Room) -> list[tuple[str, int, str]]:
    events = RoomEvent.objects.filter(room=room).order_by("pk")
    return list(events.values_list("audience", "sequence", "kind"))


def test_a_saved_meeting_has_a_room_that_waits(make_meeting: Callable[..., MeetingPage]) -> None:
    meeting = make_meeting()
    meeting.title = "Full Council, moved"
    meeting.save()
    assert list(Room.objects.values_list("meeting", "state")) == [(meeting.pk, "waiting")]


def test_a_question_is_held_and_only_moderators_are_told(ask: Callable[..., PublicQuestion], room: Room) -> None:
    question = ask()
    assert question.state == QuestionState.HELD
    assert log_of(room) == [("moderators", 1, "question")]
    assert RoomEvent.objects.get().payload == {
        "id": question.pk,
        "text": "When will the library reopen?",
        "is_edited": False,
        "name": "",
        "ward": "Northgate",
        "agenda_item": None,
        "on_notice": False,
        "councillor": "",
        "supplementary_to": None,
        "state": "held",
        "answer": "",
        "answered_how": None,
        "answered_by": "",
        "asked_at": "2026-11-05T18:30:00Z",
        "published_at": None,
        "taken_at": None,
        "answered_at": None,
        "asker_name": "Ada Okafor",
        "original": "",
        "findings": [],
        "reason": "",
        "merged_into": None,
        "assigned_to": None,
        "assignee": "",
        "proposed_answer": "",
        "is_shortlisted": False,
    }


def test_asking_again_with_the_same_key_adds_nothing(ask: Callable[..., PublicQuestion], room: Room) -> None:
    first = ask()
    again = ask(text="Something else")
    assert (again.pk, again.text) == (first.pk, first.text)
    assert log_of(room) == [("moderators", 1, "question")]


def test_a_repeat_is_acknowledged_even_after_the_room_has_closed(
    ask: Callable[..., PublicQuestion], room: Room
) -> None:
    first = ask()
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    assert ask().pk == first.pk
    with pytest.raises(services.RoomClosed):
        ask(key=uuid.uuid4())


def test_somebody_elses_key_is_refused(ask: Callable[..., PublicQuestion]) -> None:
    ask()
    with pytest.raises(services.KeyTaken):
        ask(actor=Actor(role=Role.GUEST, guest="another device"))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": " \x00 "}, services.TextMissing),
        ({"name": ""}, services.NameMissing),
        ({"ward": None}, services.WardMissing),
        ({"agenda_item_pk": 10**9}, services.NoSuchAgendaItem),
        ({"room_pk": 10**9}, services.NoSuchRoom),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_stored(
    ask: Callable[..., PublicQuestion], fields: dict[str, Any], error: type[services.RoomError]
) -> None:
    with pytest.raises(error):
        ask(**fields)
    assert (PublicQuestion.objects.count(), RoomEvent.objects.count()) == (0, 0)


def test_a_lone_surrogate_and_a_nul_are_dropped_and_the_rest_is_kept(ask: Callable[..., PublicQuestion]) -> None:
    question = ask(text="Why <b>\ud800 now\x00?")
    question.refresh_from_db()
    assert question.text == "Why <b> now?"


def test_publishing_tells_everybody_and_files_the_question_as_feedback(
    ask: Callable[..., PublicQuestion], room: Room, clerk: Actor, ward: Ward, moment: datetime
) -> None:
    question = ask()
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=moment + timedelta(minutes=1)
    )
    assert log_of(room) == [
        ("moderators", 1, "question"),
        ("moderators", 2, "question"),
        ("public", 1, "question"),
        (f"asker:{KEY.hex}", 1, "fate"),
    ]
    public = RoomEvent.objects.get(audience="public").payload
    assert "Ada" not in str(public)
    assert list(Feedback.objects.values_list("kind", "origin", "text", "ward", "said_at", "about", "url")) == [
        ("question", f"question:{KEY}", question.text, ward.pk, moment, room.meeting.title, f"/room/{room.pk}/")
    ]


def test_withholding_needs_a_reason_and_takes_the_question_away_again(
    make_question: Callable[..., PublicQuestion], room: Room, clerk: Actor, moment: datetime
) -> None:
    question = make_question()
    with pytest.raises(services.ReasonMissing):
        services.decide_question(
            question_pk=question.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="  "
        )
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="It names a child"
    )
    last = RoomEvent.objects.filter(audience="public").latest("pk")
    assert (last.sequence, last.kind, last.payload) == (2, "question_removed", {"id": question.pk, "into": None})
    fate = RoomEvent.objects.filter(audience__startswith="asker:").latest("pk").payload
    assert (fate["state"], fate["reason"]) == ("withheld", "It names a child")
    assert Feedback.objects.count() == 0


def test_a_decision_taken_twice_is_one_decision(
    make_question: Callable[..., PublicQuestion], room: Room, clerk: Actor, moment: datetime
) -> None:
    question = make_question()
    before = log_of(room)
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=moment + timedelta(hours=1)
    )
    assert log_of(room) == before
    assert PublicQuestion.objects.get().published_at == moment


def test_an_answer_can_be_put_right_and_taken_back(
    make_question: Callable[..., PublicQuestion], clerk: Actor, moment: datetime
) -> None:
    question = make_question(QuestionState.ANSWERED)
    later = moment + timedelta(minutes=5)
    services.answer_question(question_pk=question.pk, actor=clerk, answered_at=later, answer="In May.")
    question.refresh_from_db()
    assert (question.state, question.answer, question.answered_at) == ("answered", "In May.", moment)
    services.decide_question(question_pk=question.pk, actor=clerk, decision=Decision.REOPEN, decided_at=later)
    question.refresh_from_db()
    assert (question.state, question.answered_at) == ("published", None)


def test_a_held_question_cannot_be_answered(
    make_question: Callable[..., PublicQuestion], clerk: Actor, moment: datetime
) -> None:
    question = make_question(QuestionState.HELD)
    with pytest.raises(services.NotPossible):
        services.answer_question(question_pk=question.pk, actor=clerk, answered_at=moment)


def test_a_decision_is_logged_with_who_when_and_why(
    make_question: Callable[..., PublicQuestion], clerk: Actor
) -> None:
    question = make_question(QuestionState.WITHHELD)
    entry = ModelLogEntry.objects.get(action="meetings.question.withhold")
    assert (entry.user, entry.object_id, entry.data) == (
        clerk.user,
        str(question.pk),
        {"role": "officer", "before": "held", "after": "withheld", "reason": "Not for this meeting", "entry": 2},
    )


def test_support_counts_once_and_can_be_taken_back(
    make_question: Callable[..., PublicQuestion], guest: Actor, moment: datetime
) -> None:
    question = make_question()
    support = {"question_pk": question.pk, "actor": guest}
    assert [services.support_question(**support, given_at=moment) for _ in range(2)] == [True, False]
    assert Upvote.objects.count() == 1
    assert [services.withdraw_support(**support, withdrawn_at=moment) for _ in range(2)] == [True, False]
    assert Upvote.objects.count() == 0


def test_the_database_itself_refuses_a_second_upvote(
    make_question: Callable[..., PublicQuestion], moment: datetime
) -> None:
    question = make_question()
    Upvote.objects.create(question=question, voter="user:1", given_at=moment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upvote.objects.create(question=question, voter="user:1", given_at=moment)


@pytest.mark.parametrize("state", [QuestionState.HELD, QuestionState.WITHHELD])
def test_a_question_that_is_not_public_cannot_be_supported(
    make_question: Callable[..., PublicQuestion], guest: Actor, moment: datetime, state: QuestionState
) -> None:
    question = make_question(state)
    with pytest.raises(services.NoSuchQuestion):
        services.support_question(question_pk=question.pk, actor=guest, given_at=moment)


def test_a_room_changes_for_everybody_and_the_meeting_keeps_the_record(
    room: Room, clerk: Actor, moment: datetime
) -> None:
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.ADJOURN, changed_at=moment)
    assert log_of(room) == [("public", 1, "room"), ("moderators", 1, "room")]
    told = RoomEvent.objects.filter(audience="public").get().payload
    assert {field: value for field, value in told.items() if value is not None} == {
        "state": "adjourned",
        "reactions": True,
        "hands": True,
    }
    entry = PageLogEntry.objects.get(action="meetings.room.change")
    assert (entry.page_id, entry.user, entry.data) == (
        room.pk,
        clerk.user,
        {"role": "officer", "before": "in_session", "after": "adjourned", "entry": 1},
    )
    with pytest.raises(services.NotPossible):
        services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.ADJOURN, changed_at=moment)


@pytest.mark.parametrize("role", [Role.GUEST, Role.RESIDENT, Role.COUNCILLOR])
def test_only_an_officer_runs_the_room(
    make_question: Callable[..., PublicQuestion], room: Room, moment: datetime, role: Role
) -> None:
    question = make_question(QuestionState.HELD)
    somebody = Actor(role=role, guest="5d0f2a2e")
    attempts = [
        lambda: services.change_room(room_pk=room.pk, actor=somebody, change=RoomChange.CLOSE, changed_at=moment),
        lambda: services.set_agenda_item(room_pk=room.pk, actor=somebody, agenda_item_pk=None, changed_at=moment),
        lambda: services.answer_question(question_pk=question.pk, actor=somebody, answered_at=moment),
        lambda: services.decide_question(
            question_pk=question.pk, actor=somebody, decision=Decision.PUBLISH, decided_at=moment
        ),
    ]
    before = log_of(room)
    for attempt in attempts:
        with pytest.raises(services.NotAllowed):
            attempt()
    assert log_of(room) == before


def test_the_current_agenda_item_is_one_of_this_meeting(
    make_meeting: Callable[..., MeetingPage], room: Room, clerk: Actor, moment: datetime
) -> None:
    own, other = room.meeting.agenda_items.first(), make_meeting(agenda=("Elsewhere",)).agenda_items.first()
    for _ in range(2):
        services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=own.pk, changed_at=moment)
    assert log_of(room) == [("public", 1, "agenda"), ("moderators", 1, "agenda")]
    with pytest.raises(services.NoSuchAgendaItem):
        services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=other.pk, changed_at=moment)


def test_numbers_run_on_without_a_gap_for_each_audience(
    make_question: Callable[..., PublicQuestion], room: Room
) -> None:
    for _ in range(3):
        make_question(QuestionState.ANSWERED)
    for audience, count in {"public": 6, "moderators": 9}.items():
        numbers = RoomEvent.objects.filter(room=room, audience=audience).order_by("pk")
        assert list(numbers.values_list("sequence", flat=True)) == list(range(1, count + 1))


def test_a_meeting_taken_off_the_site_takes_no_question(ask: Callable[..., PublicQuestion], room: Room) -> None:
    MeetingPage.objects.filter(pk=room.pk).update(live=False)
    with pytest.raises(services.NoSuchRoom):
        ask()


@pytest.mark.django_db(transaction=True)
def test_votes_and_decisions_at_once_make_one_chain_without_a_gap(
    make_question: Callable[..., PublicQuestion], room: Room, clerk: Actor, moment: datetime
) -> None:
    question, other = make_question(), make_question()

    def vote(part: int) -> None:
        try:
            for number in range(part, 24, 4):
                voter = Actor(role=Role.GUEST, guest=f"{number:x}")
                services.support_question(question_pk=question.pk, actor=voter, given_at=moment)
        finally:
            connections.close_all()

    def answer() -> None:
        try:
            for decision in [Decision.ANSWER, Decision.REOPEN] * 4:
                services.decide_question(question_pk=other.pk, actor=clerk, decision=decision, decided_at=moment)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        for work in [*(pool.submit(vote, part) for part in range(4)), pool.submit(answer)]:
            work.result()
    hashes = check_record.check(line.encode() for line in record.export_lines(room))
    assert len(hashes) == 4 + 24 + 8
    acts = [
        json.loads(content) for content in RecordEntry.objects.order_by("sequence").values_list("content", flat=True)
    ]
    counted = [(act["before"], act["after"]) for act in acts if act["act"] == "support.give"]
    assert counted == [(count, count + 1) for count in range(24)]

"""What each meeting asks for, when it takes questions, and what the word check holds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from meetings import services
from meetings.enums import Decision, Moderation, QuestionState, Role, RoomState
from meetings.models import MeetingPage, PublicQuestion, RecordEntry, Room, RoomEvent
from meetings.services import Actor
from sentiment.models import Feedback
from wards.models import Councillor, Postcode, Term, Ward, WardSet

SECOND = timedelta(seconds=1)


@pytest.fixture
def settle(room: Room) -> Callable[..., None]:
    """Sets up the room's meeting."""

    def settle(**fields: Any) -> None:
        MeetingPage.objects.filter(pk=room.pk).update(**fields)

    return settle


@pytest.fixture
def ask(room: Room, guest: Actor, ward: Ward, moment: datetime) -> Callable[..., PublicQuestion]:
    def ask(**fields: Any) -> PublicQuestion:
        values = {
            "room_pk": room.pk,
            "actor": guest,
            "key": uuid.uuid4(),
            "text": "When will the library reopen?",
            "name": "Ada Okafor",
            "ward": ward,
            "asked_at": moment,
        }
        return services.ask_question(**values | fields)

    return ask


@pytest.fixture
def councillor(ward: Ward, make_councillor: Callable[..., Any]) -> Councillor:
    return make_councillor(ward).councillor


def test_moderated_afterwards_a_question_is_public_at_once_and_filed(
    settle: Callable[..., None], ask: Callable[..., PublicQuestion], moment: datetime
) -> None:
    settle(moderation=Moderation.AFTER)
    question = ask()
    assert (question.state, question.published_at) == (QuestionState.PUBLISHED, moment)
    told = list(RoomEvent.objects.order_by("pk").values_list("audience", "kind"))
    assert told == [("moderators", "question"), ("public", "question"), (f"asker:{question.key.hex}", "fate")]
    assert Feedback.objects.get().text == question.text
    entry = json.loads(RecordEntry.objects.get().content)
    assert (entry["act"], entry["after"], len(entry["text_sha256"])) == ("question.ask", "published", 64)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Why is this council so f*cking slow?", ["profanity"]),
        ("My neighbour can be rung on 07700 900123, so why is he not?", ["phone"]),
        ("When will Scunthorpe have a bus again?", []),
    ],
)
def test_the_word_check_holds_a_question_and_only_moderators_learn_why(
    settle: Callable[..., None], ask: Callable[..., PublicQuestion], text: str, kinds: list[str]
) -> None:
    settle(moderation=Moderation.AFTER)
    question = ask(text=text)
    assert question.text == text
    assert [found["kind"] for found in question.findings] == kinds
    assert question.state == (QuestionState.HELD if kinds else QuestionState.PUBLISHED)
    events = {event.audience: event.payload for event in RoomEvent.objects.all()}
    assert [found["kind"] for found in events["moderators"]["findings"]] == kinds
    assert "findings" not in json.dumps([payload for name, payload in events.items() if name != "moderators"])


def test_questions_are_taken_from_one_moment_to_another_whatever_the_rooms_state(
    room: Room, settle: Callable[..., None], ask: Callable[..., PublicQuestion], moment: datetime
) -> None:
    settle(questions_open_at=moment, questions_close_at=moment + timedelta(days=1))
    with pytest.raises(services.QuestionsNotOpen):
        ask(asked_at=moment - SECOND)
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    late = ask(asked_at=moment + timedelta(days=1) - SECOND)
    services.decide_question(
        question_pk=late.pk,
        actor=Actor(role=Role.OFFICER),
        decision=Decision.PUBLISH,
        decided_at=moment + timedelta(hours=1),
    )
    reader = Actor(role=Role.GUEST, guest="reader")
    assert services.support_question(question_pk=late.pk, actor=reader, given_at=moment + timedelta(hours=2))
    for refused in (
        lambda: ask(asked_at=moment + timedelta(days=1)),
        lambda: services.support_question(question_pk=late.pk, actor=reader, given_at=moment + timedelta(days=1)),
    ):
        with pytest.raises(services.RoomClosed):
            refused()
    Room.objects.filter(pk=room.pk).update(state=RoomState.IN_SESSION)
    with pytest.raises(services.QuestionsOver):
        ask(asked_at=moment + timedelta(days=1))


def test_a_question_on_notice_is_held_until_read_and_taken_until_before_its_deadline(
    settle: Callable[..., None],
    ask: Callable[..., PublicQuestion],
    councillor: Councillor,
    moment: datetime,
) -> None:
    with pytest.raises(services.NoticeOver):
        ask(on_notice=True)
    settle(
        moderation=Moderation.AFTER,
        notice_deadline_at=moment,
        questions_open_at=moment,
        notice_names_councillor=True,
    )
    early = moment - SECOND
    with pytest.raises(services.CouncillorMissing):
        ask(on_notice=True, asked_at=early)
    Term.objects.filter(councillor=councillor).update(until_date=timezone.localdate(moment))
    with pytest.raises(services.NoSuchCouncillor):
        ask(on_notice=True, asked_at=early, councillor_pk=councillor.pk)
    Term.objects.filter(councillor=councillor).update(until_date=None)
    question = ask(on_notice=True, asked_at=early, councillor_pk=councillor.pk)
    assert (question.state, question.on_notice, question.addressed_to) == (QuestionState.HELD, True, councillor)
    with pytest.raises(services.NoticeOver):
        ask(on_notice=True, councillor_pk=councillor.pk)


def test_one_supplementary_follows_the_answer_to_ones_own_question_on_notice(
    room: Room, settle: Callable[..., None], ask: Callable[..., PublicQuestion], clerk: Actor, moment: datetime
) -> None:
    item = room.meeting.agenda_items.get(number="2")
    settle(notice_deadline_at=moment + SECOND)
    main = ask(on_notice=True, agenda_item_pk=item.pk)

    def supplementary(**fields: Any) -> PublicQuestion:
        return ask(text="And after that?", supplementary_to_pk=main.pk, **fields)

    with pytest.raises(services.NoSupplementary):
        supplementary()
    for decision in (Decision.PUBLISH, Decision.ANSWER):
        services.decide_question(question_pk=main.pk, actor=clerk, decision=decision, decided_at=moment)
    with pytest.raises(services.NoSupplementary):
        supplementary(actor=Actor(role=Role.GUEST, guest="somebody else"))
    settle(allows_supplementary=False)
    with pytest.raises(services.NoSupplementary):
        supplementary()
    settle(allows_supplementary=True)
    question = supplementary()
    assert (question.supplementary_to, question.on_notice, question.agenda_item) == (main, False, item)
    with pytest.raises(services.NoSupplementary):
        supplementary()
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicQuestion.objects.filter(pk=ask().pk).update(supplementary_to=main)


def test_a_meeting_may_ask_for_names_to_be_shown_and_for_addresses_which_stay_private(
    settle: Callable[..., None], ask: Callable[..., PublicQuestion], clerk: Actor, resident: Any, moment: datetime
) -> None:
    settle(must_show_name=True, wants_email=True)
    somebody = Actor(role=Role.RESIDENT, user=resident)
    for fields, error in (
        ({}, services.EmailMissing),
        ({"email": "ada at home"}, services.EmailWrong),
        ({"actor": somebody, "name": " "}, services.NameMissing),
    ):
        with pytest.raises(error):
            ask(**fields)
    question = ask(email="ada@example.org")
    services.decide_question(question_pk=question.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=moment)
    assert (question.asker_email, question.shown_name) == ("ada@example.org", "Ada Okafor")
    assert ask(actor=somebody, email="kept@account.example").asker_email == ""
    everything = json.dumps(list(RoomEvent.objects.values("payload"))) + "".join(
        RecordEntry.objects.values_list("content", flat=True)
    )
    assert "ada@example.org" not in everything


def test_times_that_make_no_sense_are_named_and_refused_by_the_database(room: Room, moment: datetime) -> None:
    meeting = room.meeting
    meeting.questions_open_at = meeting.questions_close_at = moment
    meeting.notice_deadline_at = meeting.starts_at + SECOND
    with pytest.raises(ValidationError) as wrong:
        meeting.full_clean()
    assert set(wrong.value.message_dict) == {"questions_close_at", "notice_deadline_at"}
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPage.objects.filter(pk=room.pk).update(questions_open_at=moment, questions_close_at=moment)


def test_by_form_a_question_goes_on_notice_to_a_councillor_and_a_supplementary_follows(
    room: Room,
    settle: Callable[..., None],
    ward: Ward,
    ward_set: WardSet,
    councillor: Councillor,
    clerk: Actor,
) -> None:
    Postcode.objects.create(ward_set=ward_set, ward=ward, code="IP12DE")
    now = timezone.now()
    settle(
        notice_deadline_at=now + timedelta(hours=1),
        questions_open_at=now + timedelta(hours=2),
        notice_names_councillor=True,
    )
    visitor = Client()
    page = visitor.get(f"/room/{room.pk}/").content.decode()
    assert ("Questions are taken from:" in page, "taken until:" in page) == (True, True)
    typed = {
        "key": str(uuid.uuid4()),
        "text": "Will the bus come back?",
        "name": "Ada",
        "postcode": "IP1 2DE",
        "on_notice": "True",
    }
    refused = visitor.post(f"/room/{room.pk}/ask/", typed)
    assert (refused.status_code, refused.context["form"].errors) == (
        422,
        {"councillor": ["Choose the councillor who shall answer."]},
    )
    assert "Will the bus come back?" in refused.content.decode()
    sent = visitor.post(f"/room/{room.pk}/ask/", typed | {"councillor": str(councillor.pk)})
    assert sent.status_code == 302
    question = PublicQuestion.objects.get()
    assert (question.on_notice, question.addressed_to) == (True, councillor)
    for decision in (Decision.PUBLISH, Decision.ANSWER):
        services.decide_question(question_pk=question.pk, actor=clerk, decision=decision, decided_at=now)
    settle(questions_open_at=None)
    page = visitor.get(f"/room/{room.pk}/").content.decode()
    assert f"on notice, to {councillor.name}" in page
    assert f'href="?supplementary={question.pk}#ask"' in page
    form = visitor.get(f"/room/{room.pk}/?supplementary={question.pk}").content.decode()
    assert f'name="supplementary_to" value="{question.pk}"' in form
    typed |= {
        "key": str(uuid.uuid4()),
        "text": "And the tram?",
        "on_notice": "",
        "supplementary_to": str(question.pk),
    }
    assert visitor.post(f"/room/{room.pk}/ask/", typed).status_code == 302
    assert PublicQuestion.objects.get(supplementary_to=question).text == "And the tram?"
    assert "supplementary=" not in visitor.get(f"/room/{room.pk}/").content.decode()


def test_the_desk_says_what_the_word_check_found(
    room: Room, ask: Callable[..., PublicQuestion], officer: Any, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    ask(text="Ring 07700 900123 or 07700 900124, you wankers")
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/room/{room.pk}/desk/").content.decode()
    assert "Look at this first: a telephone number, a rude word." in page


@pytest.mark.parametrize(
    ("name", "is_shown", "state"),
    [
        ("Ada Okafor", True, QuestionState.PUBLISHED),
        ("F*cking Bob", True, QuestionState.HELD),
        ("Bob, ring 07700 900123", True, QuestionState.HELD),
        ("F*cking Bob", False, QuestionState.PUBLISHED),
    ],
)
def test_moderated_afterwards_a_name_that_everybody_would_read_is_looked_over_too(
    settle: Callable[..., None],
    ask: Callable[..., PublicQuestion],
    name: str,
    is_shown: bool,
    state: QuestionState,
) -> None:
    settle(moderation=Moderation.AFTER)
    question = ask(name=name, name_is_public=is_shown)
    assert (question.state, question.findings) == (state, [])


@pytest.mark.parametrize("closed_to_questions", [{"takes_questions": False}, {"is_withdrawn": True}])
def test_an_item_that_takes_no_questions_takes_none_by_whatever_way_they_come(
    room: Room, ask: Callable[..., PublicQuestion], closed_to_questions: dict[str, bool]
) -> None:
    items = room.meeting.agenda_items.filter(number="1")
    items.update(**closed_to_questions)
    with pytest.raises(services.NoQuestionsOnItem) as refusal:
        ask(agenda_item_pk=items.get().pk)
    assert refusal.value.field == "agenda_item"
    assert not PublicQuestion.objects.exists()
    assert ask(agenda_item_pk=room.meeting.agenda_items.get(number="2").pk).agenda_item.number == "2"

"""What residents said, put in through the same services that residents' own words come through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from consultations.enums import QuestionKind
from consultations.kinds import AnswerGiven
from consultations.models import ConsultationPage
from consultations.services import Answers, submit_response
from meetings.enums import Decision, QuestionState, Role, RoomChange, RoomState
from meetings.models import MeetingPage
from meetings.services import (
    Actor,
    answer_question,
    ask_question,
    change_room,
    decide_question,
    set_agenda_item,
    support_question,
)
from wardmote.accounts.models import User
from wardmote.core.progress import progress
from wardmote.demo.business import hold_business
from wardmote.demo.files import comments, days_before, read_json
from wardmote.demo.pages import agenda_item_pk, stable_id
from wardmote.demo.polls import run_polls
from wards.models import Ward


def send_answers(pages: dict[str, ConsultationPage], wards: dict[str, Ward], moment: datetime) -> None:
    """Submit every answer of the demonstration at the moment it was given."""
    for said in progress(comments("answer"), label="answers", total=len(comments("answer"))):
        page = pages[said["consultation"]]
        submit_response(
            consultation=page,
            answers=Answers(
                key=UUID(stable_id("response", said["id"])),
                language=said["language"],
                ward=wards[said["ward"]],
                given=_given(page, said),
            ),
            submitted_at=_within(page, days_before(moment, said["days_ago"])),
        )


def _given(page: ConsultationPage, said: dict[str, Any]) -> tuple[AnswerGiven, ...]:
    """The closed answers as option ids, and the text."""
    kinds = {question.id: question.kind for question in page.question_list}
    closed = []
    for key, chosen in said["answers"].items():
        question_id = stable_id(page.slug, key)
        keys = chosen if isinstance(chosen, list) else [chosen]
        scale = kinds[question_id] == QuestionKind.AGREE_SCALE
        ids = keys if scale else [stable_id(page.slug, key, one) for one in keys]
        closed.append(AnswerGiven(question_id, choices=tuple(ids)))
    return (*closed, AnswerGiven(stable_id(page.slug, said["question"]), text=said["text"]))


def _within(page: ConsultationPage, moment: datetime) -> datetime:
    """Moments are told in days; opening and closing fall on the hour, so the first and last are drawn inside."""
    return min(max(moment, page.opens_at), page.closes_at - timedelta(minutes=1))


def ask_questions(meetings: dict[str, MeetingPage], wards: dict[str, Ward], officer: User) -> None:
    """Run each meeting as its officer would have: open it, take its questions, moderate and answer them."""
    clerk = Actor(Role.OFFICER, officer)
    agendas = {one["slug"]: one for one in read_json("meeting.json")["meetings"]}
    for slug, told in agendas.items():
        run_room(meetings[slug], told, clerk)
    for said in progress(comments("question"), label="questions", total=len(comments("question"))):
        ask_question_of(meetings[said["meeting"]], agendas[said["meeting"]], said, wards[said["ward"]], clerk)
    run_polls(meetings, clerk, agendas)
    for slug, told in agendas.items():
        keys = {item["key"]: agenda_item_pk(meetings[slug], told, item["key"]) for item in told["agenda"]}
        hold_business(meetings[slug], {key: pk for key, pk in keys.items() if pk}, clerk)
        if told["room"] == RoomState.CLOSED:
            page = meetings[slug]
            closed_at = page.starts_at + timedelta(minutes=told["length_minutes"])
            change_room(room_pk=page.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=closed_at)


def run_room(page: MeetingPage, told: dict[str, Any], clerk: Actor) -> None:
    """Start the room of a meeting that has begun, and say which agenda item is being taken."""
    if told["room"] == RoomState.WAITING:
        return
    change_room(room_pk=page.pk, actor=clerk, change=RoomChange.START, changed_at=page.starts_at)
    if told["current_item"]:
        item = agenda_item_pk(page, told, told["current_item"])
        set_agenda_item(room_pk=page.pk, actor=clerk, agenda_item_pk=item, changed_at=page.starts_at)


def ask_question_of(page: MeetingPage, told: dict[str, Any], said: dict[str, Any], ward: Ward, clerk: Actor) -> None:
    """Ask one question as a guest, then do with it what its officer did, and give it its support."""
    asked_at = min(page.starts_at + timedelta(minutes=said["minute"]), timezone.now())
    question = ask_question(
        room_pk=page.pk,
        actor=Actor(Role.GUEST, guest=stable_id("asker", said["id"])),
        key=UUID(stable_id("question", said["id"])),
        text=said["text"],
        asked_at=asked_at,
        name="Demonstration",
        ward=ward,
        agenda_item_pk=agenda_item_pk(page, told, said["agenda_item"]),
    )
    if said["state"] == QuestionState.HELD:
        return
    decided_at = min(asked_at + timedelta(minutes=1), timezone.now())
    decide_question(question_pk=question.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=decided_at)
    for number in range(said["upvotes"]):
        supporter = Actor(Role.GUEST, guest=stable_id("supporter", said["id"], str(number)))
        support_question(question_pk=question.pk, actor=supporter, given_at=decided_at)
    if said["state"] == QuestionState.ANSWERED:
        answer_question(question_pk=question.pk, actor=clerk, answered_at=decided_at, answer=said["answer"])

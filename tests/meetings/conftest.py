"""Meetings, rooms and questions that the tests of ``meetings`` share."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Page, Site

from meetings.enums import Decision, QuestionState, Role, RoomState
from meetings.models import AgendaItem, Body, MeetingIndexPage, MeetingPage, PublicQuestion, Room
from meetings.services import Actor, ask_question, decide_question
from wards.models import Ward

_numbers = itertools.count(1)

NOW = datetime(2026, 11, 5, 18, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def body(db: None) -> Body:
    return Body.objects.create(name="Full Council")


@pytest.fixture
def meeting_index(site: Site, root_page: Page) -> MeetingIndexPage:
    index = MeetingIndexPage(title="Meetings", slug="meetings")
    root_page.add_child(instance=index)
    Site.objects.filter(pk=site.pk).update(root_page=root_page)
    return index


@pytest.fixture
def make_meeting(meeting_index: MeetingIndexPage, body: Body) -> Callable[..., MeetingPage]:
    def make(state: RoomState = RoomState.WAITING, agenda: tuple[str, ...] = (), **fields: Any) -> MeetingPage:
        number = next(_numbers)
        values = {
            "title": f"Meeting {number}",
            "slug": f"meeting-{number}",
            "body": body,
            "starts_at": NOW,
            "ends_at": NOW + timedelta(hours=2),
            "venue": "Council Chamber",
        }
        meeting = MeetingPage(**values | fields)
        meeting.agenda_items = [
            AgendaItem(number=str(place), title=title, locale=meeting_index.locale)
            for place, title in enumerate(agenda, start=1)
        ]
        meeting_index.add_child(instance=meeting)
        Room.objects.filter(pk=meeting.pk).update(state=state)
        return MeetingPage.objects.get(pk=meeting.pk)

    return make


@pytest.fixture
def room(make_meeting: Callable[..., MeetingPage]) -> Room:
    """A room in session with three agenda items."""
    return make_meeting(RoomState.IN_SESSION, agenda=("Apologies", "Questions from the public", "Libraries")).room


@pytest.fixture
def clerk(officer: Any) -> Actor:
    return Actor(role=Role.OFFICER, user=officer)


@pytest.fixture
def guest() -> Actor:
    return Actor(role=Role.GUEST, guest="5d0f2a2e")


@pytest.fixture
def make_question(room: Room, ward: Ward, clerk: Actor) -> Callable[..., PublicQuestion]:
    """Asks as a guest of ``ward`` and, unless it shall stay held, takes it through the officer's decisions."""

    def make(state: QuestionState = QuestionState.PUBLISHED, **fields: Any) -> PublicQuestion:
        number = next(_numbers)
        values = {
            "room_pk": room.pk,
            "actor": Actor(role=Role.GUEST, guest=f"{number:08x}"),
            "key": uuid.uuid4(),
            "text": f"Question {number}?",
            "name": "Ada Okafor",
            "ward": ward,
            "asked_at": NOW,
        }
        question = ask_question(**values | fields)
        steps = {
            QuestionState.HELD: [],
            QuestionState.PUBLISHED: [Decision.PUBLISH],
            QuestionState.ANSWERED: [Decision.PUBLISH, Decision.ANSWER],
            QuestionState.WITHHELD: [Decision.WITHHOLD],
        }
        for decision in steps[state]:
            question = decide_question(
                question_pk=question.pk, actor=clerk, decision=decision, decided_at=NOW, reason="Not for this meeting"
            )
        return question

    return make


@pytest.fixture
def moment() -> datetime:
    """The moment at which the fixtures' questions are asked and decided."""
    return NOW

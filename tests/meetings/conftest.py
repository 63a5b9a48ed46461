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

from meetings.business_enums import Choice, InterestKind, VoteMethod
from meetings.enums import Decision, PollChange, PollKind, PollState, QuestionState, ResultsPolicy, Role, RoomState
from meetings.models import (
    AgendaItem,
    Body,
    Declaration,
    MeetingIndexPage,
    MeetingPage,
    Motion,
    Poll,
    PublicQuestion,
    Room,
    Vote,
)
from meetings.polls import WITH_OPTIONS
from meetings.services import (
    Actor,
    PollWords,
    ask_question,
    cast_ballot,
    cast_vote,
    change_poll,
    close_vote,
    decide_question,
    declare_interest,
    merge_question,
    move_motion,
    open_vote,
    write_poll,
)
from wards.models import Councillor, Ward

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
        paragraph = 3 if state is RoomState.EXEMPT else None
        Room.objects.filter(pk=meeting.pk).update(state=state, exempt_paragraph=paragraph)
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
            QuestionState.MERGED: [Decision.PUBLISH],
        }
        for decision in steps[state]:
            question = decide_question(
                question_pk=question.pk, actor=clerk, decision=decision, decided_at=NOW, reason="Not for this meeting"
            )
        if state is QuestionState.MERGED:
            question = merge_question(question_pk=question.pk, into_pk=make().pk, actor=clerk, merged_at=NOW)
        return question

    return make


@pytest.fixture
def make_member(make_ward: Callable[..., Ward], make_councillor: Callable[[Ward], Any]) -> Callable[..., Actor]:
    """Makes a councillor with a seat of their own: as somebody who acts in a room, ``actor.user.councillor``."""

    def make(name: str = "") -> Actor:
        user = make_councillor(make_ward())
        if name:
            Councillor.objects.filter(user=user).update(name=name)
        return Actor(role=Role.COUNCILLOR, user=type(user).objects.get(pk=user.pk))

    return make


@pytest.fixture
def make_poll(room: Room, clerk: Actor) -> Callable[..., Poll]:
    """Writes a poll on the desk and, unless it shall stay a draft, takes it through the officer's changes."""

    def make(kind: PollKind = PollKind.SINGLE, state: PollState = PollState.OPEN, **fields: Any) -> Poll:
        number = next(_numbers)
        words = {
            "question": f"Poll {number}?",
            "kind": kind,
            "options": ("Buses", "Trams", "Bicycles") if kind in WITH_OPTIONS else (),
        }
        words |= fields
        if state == PollState.CLOSED:
            words["results"] = ResultsPolicy.OFFICERS
        poll = write_poll(room_pk=room.pk, actor=clerk, key=uuid.uuid4(), words=PollWords(**words), written_at=NOW)
        steps = [PollChange.OPEN, PollChange.CLOSE]
        for change in steps[: {PollState.DRAFT: 0, PollState.OPEN: 1}.get(state, 2)]:
            poll = change_poll(poll_pk=poll.pk, actor=clerk, change=change, changed_at=NOW)
        return poll

    return make


@pytest.fixture
def vote() -> Callable[..., None]:
    """Casts one guest's ballot, by the texts of the options or as words."""

    def vote(poll: Poll, who: str, *texts: str) -> None:
        if poll.kind == PollKind.WORDS:
            given: dict[str, Any] = {"words": texts}
        else:
            options = dict(poll.options.values_list("text", "pk"))
            given = {"choices": [options[text] for text in texts]}
        cast_ballot(poll_pk=poll.pk, actor=Actor(role=Role.GUEST, guest=who), cast_at=NOW, **given)

    return vote


@pytest.fixture
def moment() -> datetime:
    """The moment at which the fixtures' questions are asked and decided."""
    return NOW


@pytest.fixture
def members(make_member: Callable[..., Actor]) -> list[Actor]:
    return [make_member(name) for name in ("Ann", "Bob", "Cat", "Dan")]


@pytest.fixture
def move(room: Room, clerk: Actor, members: list[Actor], moment: datetime) -> Callable[..., Motion]:
    def move(text: str = "That the library reopen.", **fields: Any) -> Motion:
        ann, bob = (member.user.councillor.pk for member in members[:2])
        values = {"room_pk": room.pk, "actor": clerk, "mover_pk": ann, "seconder_pk": bob, "moved_at": moment}
        return move_motion(text=text, **values | fields)

    return move


@pytest.fixture
def take_vote(clerk: Actor, members: list[Actor], moment: datetime) -> Callable[..., Vote]:
    """Opens a recorded vote, casts one letter a councillor (f, a, x, or - for nothing), and closes it."""

    def take_vote(motion: Motion, cast: str, **fields: Any) -> Vote:
        open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
        meant = {"f": Choice.FOR, "a": Choice.AGAINST, "x": Choice.ABSTAIN}
        for member, letter in zip(members, cast, strict=False):
            if letter in meant:
                cast_vote(motion_pk=motion.pk, actor=member, choice=meant[letter], cast_at=moment)
        return close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment, **fields)

    return take_vote


@pytest.fixture
def declare(room: Room, moment: datetime) -> Callable[..., Declaration]:
    def declare(member: Actor, **fields: Any) -> Declaration:
        item = room.meeting.agenda_items.get(number="3")
        values = {
            "room_pk": room.pk,
            "actor": member,
            "agenda_item_pk": item.pk,
            "kind": InterestKind.PECUNIARY,
            "nature": "Owns the shop next door",
            "declared_at": moment,
        }
        return declare_interest(**values | fields)

    return declare

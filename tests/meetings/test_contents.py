"""What a server process reads to begin serving a room: a handful of queries, however full the room is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from meetings import services
from meetings.contents import room_contents
from meetings.enums import Audience, EventKind, PollState, QuestionState
from meetings.models import Declaration, Motion, Poll, PublicQuestion, Room, RoomEvent, Vote
from meetings.queries import open_rooms
from meetings.services import Actor


def test_a_room_of_questions_is_read_by_three_queries_however_full_it_is(
    room: Room, make_question: Callable[..., PublicQuestion], django_assert_num_queries: Callable[..., Any]
) -> None:
    make_question()
    for state in (QuestionState.PUBLISHED, QuestionState.HELD, QuestionState.WITHHELD):
        make_question(state)
    with django_assert_num_queries(3):
        contents = room_contents(room.pk, 3)
    assert contents is not None
    outside, inside = contents.things[Audience.PUBLIC], contents.things[Audience.MODERATORS]
    assert all(outside[name] is not inside[name] for name in inside)  # each stream adds to its own
    published = set(room.questions.public().values_list("pk", flat=True))
    assert set(contents.things[Audience.PUBLIC]["questions"]) == published == set(contents.support)
    assert len(contents.things[Audience.MODERATORS]["questions"]) == 4


def test_a_room_with_all_kinds_of_business_is_read_by_as_many_queries_when_there_is_twice_as_much(
    room: Room,
    moment: datetime,
    make_poll: Callable[..., Poll],
    move: Callable[..., Motion],
    take_vote: Callable[..., Vote],
    declare: Callable[..., Declaration],
    members: list[Actor],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    def do_one_of_each(number: int) -> None:
        make_poll()
        make_poll(state=PollState.CLOSED)
        take_vote(move(), "ffa")
        declare(members[number])
        services.ask_to_speak(room_pk=room.pk, actor=members[number], asked_at=moment)
        services.raise_hand(room_pk=room.pk, actor=members[number], raised_at=moment)

    do_one_of_each(0)
    with CaptureQueriesContext(connection) as once:
        room_contents(room.pk, 3)
    do_one_of_each(1)
    with django_assert_num_queries(len(once)):
        contents = room_contents(room.pk, 3)
    assert contents is not None
    found = {name: len(things) for name, things in contents.things[Audience.MODERATORS].items()}
    assert found == {
        "questions": 0,
        "polls": 4,
        "hands": 2,
        "speakers": 2,
        "declarations": 2,
        "motions": 2,
        "votes": 2,
    }


def test_each_audience_has_its_own_last_events_and_the_log_is_read_up_to_its_end(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    for _ in range(3):
        make_question()
    make_question(QuestionState.WITHHELD)  # the very last event is its asker's alone
    contents = room_contents(room.pk, 2)
    assert contents is not None
    log = RoomEvent.objects.filter(room=room.pk).order_by("pk")
    for audience in Audience:
        told = list(log.filter(audience=audience))
        assert contents.recent[audience] == told[-2:]
        assert contents.sequences[audience] == told[-1].sequence == len(told)
    newest = log.last()
    assert newest is not None
    assert (contents.last_pk, newest.kind) == (newest.pk, EventKind.FATE)


def test_a_room_without_a_word_and_a_room_that_is_none(room: Room) -> None:
    RoomEvent.objects.all().delete()
    contents = room_contents(room.pk, 200)
    assert contents is not None
    assert (contents.is_open, contents.last_pk, contents.sequences) == (True, 0, {})
    assert room_contents(room.pk + 1_000, 200) is None


def test_a_room_under_a_private_page_is_open_to_nobody(
    room: Room, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        assert open_rooms([room.pk]) == {room.pk}
    private = PageViewRestriction.objects.create(page=room.meeting.get_parent(), restriction_type="login")
    assert open_rooms([room.pk]) == set()
    contents = room_contents(room.pk, 200)
    assert contents is not None
    assert contents.is_open is False
    private.delete()
    beside = room.meeting.get_parent().add_sibling(
        "right", instance=type(room.meeting.get_parent().specific)(title="Elsewhere", slug="elsewhere")
    )
    PageViewRestriction.objects.create(page=beside, restriction_type="login")
    assert open_rooms([room.pk]) == {room.pk}

"""What other pages read of meetings, each with a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dashboards.queries import overview
from meetings import queries
from meetings.enums import QuestionState, Role, RoomState
from meetings.models import MeetingPage, PublicQuestion, Room, Upvote
from meetings.services import Actor, merge_question
from wards.models import Ward


def test_the_live_meeting_comes_before_the_next(make_meeting: Callable[..., MeetingPage], moment: datetime) -> None:
    later = make_meeting(starts_at=moment + timedelta(days=1), ends_at=None)
    assert queries.next_or_live(moment) == later
    live = make_meeting(RoomState.ADJOURNED, starts_at=moment - timedelta(hours=1))
    assert queries.next_or_live(moment) == live


def test_a_late_start_is_still_the_next_meeting_for_six_hours(
    make_meeting: Callable[..., MeetingPage], moment: datetime
) -> None:
    meeting = make_meeting(starts_at=moment)
    six_hours = timedelta(hours=6)
    assert queries.next_or_live(moment + six_hours) == meeting
    assert queries.next_or_live(moment + six_hours + timedelta(seconds=1)) is None
    assert list(queries.past(moment + six_hours)) == []
    assert list(queries.past(moment + six_hours + timedelta(seconds=1))) == [meeting]


def test_nothing_of_an_unpublished_meeting_is_listed(
    make_meeting: Callable[..., MeetingPage], moment: datetime
) -> None:
    for state in RoomState:
        meeting = make_meeting(state)
        MeetingPage.objects.filter(pk=meeting.pk).update(live=False)
    assert (queries.next_or_live(moment), list(queries.past(moment))) == (None, [])


def test_a_wards_waiting_questions_are_its_own_published_ones_most_supported_first(
    make_question: Callable[..., PublicQuestion],
    make_ward: Callable[..., Ward],
    ward: Ward,
    moment: datetime,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    first, second = make_question(), make_question()
    Upvote.objects.create(question=second, voter="user:1", given_at=moment)
    make_question(ward=make_ward("Bridge"))
    for state in (QuestionState.HELD, QuestionState.ANSWERED, QuestionState.WITHHELD):
        make_question(state)
    with django_assert_num_queries(1):
        found = [
            (question.pk, question.support, question.room.meeting.title)
            for question in queries.waiting_for_ward(ward)
        ]
    title = first.room.meeting.title
    assert found == [(second.pk, 1, title), (first.pk, 0, title)]


def test_a_joined_question_still_waits_for_its_ward_once(
    make_question: Callable[..., PublicQuestion],
    make_ward: Callable[..., Ward],
    ward: Ward,
    clerk: Actor,
    moment: datetime,
) -> None:
    bridge = make_ward("Bridge")
    main, same, again = make_question(ward=bridge), make_question(), make_question()
    for question in (same, again):
        merge_question(question_pk=question.pk, into_pk=main.pk, actor=clerk, merged_at=moment)
    assert [list(queries.waiting_for_ward(one)) for one in (ward, bridge)] == [[main], [main]]
    assert {row.ward: row.questions_waiting for row in overview(moment.date(), 28)} == {ward: 1, bridge: 1}


def test_readers_see_open_questions_before_answered_ones(
    room: Room,
    make_question: Callable[..., PublicQuestion],
    moment: datetime,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    answered = make_question(QuestionState.ANSWERED)
    Upvote.objects.create(question=answered, voter="user:1", given_at=moment)
    plain = make_question()
    make_question(QuestionState.HELD)
    with django_assert_num_queries(1):
        found = [(question.pk, question.ward.name) for question in queries.published(room)]
    assert found == [(plain.pk, "Northgate"), (answered.pk, "Northgate")]


def test_everybody_has_one_role(
    resident: Any, officer: Any, make_councillor: Callable[..., Any], ward: Ward, make_user: Callable[..., Any]
) -> None:
    from django.contrib.auth.models import AnonymousUser

    today = timezone.localdate()
    gone = make_user(is_active=False)
    people = [AnonymousUser(), gone, resident, make_councillor(ward), officer]
    assert [queries.role_of(person, today) for person in people] == [
        Role.GUEST,
        Role.GUEST,
        Role.RESIDENT,
        Role.COUNCILLOR,
        Role.OFFICER,
    ]


def test_the_version_changes_with_every_question_and_every_vote(
    room: Room, make_question: Callable[..., PublicQuestion], moment: datetime
) -> None:
    tags = [queries.version_of(room, "public").tag]
    question = make_question(key=uuid.uuid4())
    tags.append(queries.version_of(room, "public").tag)
    vote = Upvote.objects.create(question=question, voter="user:1", given_at=moment)
    tags.append(queries.version_of(room, "public").tag)
    Upvote.objects.create(question=question, voter="user:2", given_at=moment)
    tags.append(queries.version_of(room, "public").tag)
    vote.delete()
    tags.append(queries.version_of(room, "public").tag)
    assert len(set(tags)) == len(tags)

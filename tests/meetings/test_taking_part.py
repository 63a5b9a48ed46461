"""What people can do about a meeting, from its room's state and the moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from meetings.enums import Intake, Moderation, RoomState, StreamKind
from meetings.models import MeetingPage, Room
from meetings.queries import LATE_START
from meetings.taking_part import Phase, TakingPart, phase_at, taking_part_at

pytestmark = pytest.mark.django_db  # a page that is only made in memory looks up its content type
SECOND = timedelta(seconds=1)


def room_of(state: RoomState, starts_at: datetime, **fields: Any) -> Room:
    return Room(state=state, meeting=MeetingPage(starts_at=starts_at, **fields))


@pytest.mark.parametrize("state", RoomState)
def test_every_state_has_its_phase_long_before_and_long_after_the_time(state: RoomState, moment: datetime) -> None:
    phases = [phase_at(room_of(state, moment), moment + off) for off in (-timedelta(days=9), timedelta(days=9))]
    assert (
        phases
        == {
            RoomState.WAITING: [Phase.BEFORE, Phase.AFTER],
            RoomState.IN_SESSION: [Phase.DURING, Phase.DURING],
            RoomState.ADJOURNED: [Phase.DURING, Phase.DURING],
            RoomState.EXEMPT: [Phase.DURING, Phase.DURING],
            RoomState.CLOSED: [Phase.AFTER, Phase.AFTER],
        }[state]
    )


def test_a_late_meeting_is_still_to_come_for_six_hours(moment: datetime) -> None:
    room = room_of(RoomState.WAITING, moment)
    last = moment + LATE_START
    assert [phase_at(room, last - SECOND), phase_at(room, last)] == [Phase.BEFORE, Phase.AFTER]


def test_moments_are_told_only_while_they_matter(moment: datetime) -> None:
    room = room_of(
        RoomState.WAITING,
        moment,
        stream_kind=StreamKind.HLS,
        moderation=Moderation.AFTER,
        questions_open_at=moment - timedelta(hours=3),
        questions_close_at=moment + timedelta(hours=3),
        notice_deadline_at=moment - timedelta(hours=1),
    )
    meeting = room.meeting
    shared: dict[str, Any] = {"is_adjourned": False, "is_private": False, "has_picture": True, "reads_first": False}
    opens, closes, deadline = meeting.questions_open_at, meeting.questions_close_at, meeting.notice_deadline_at
    assert [taking_part_at(room, when) for when in (opens - SECOND, opens, deadline, closes)] == [
        TakingPart(
            Phase.BEFORE,
            asking=Intake.NOT_YET,
            questions_open_at=opens,
            questions_close_at=None,
            notice_deadline_at=deadline,
            **shared,
        ),
        TakingPart(
            Phase.BEFORE,
            asking=Intake.OPEN,
            questions_open_at=None,
            questions_close_at=closes,
            notice_deadline_at=deadline,
            **shared,
        ),
        TakingPart(
            Phase.BEFORE,
            asking=Intake.OPEN,
            questions_open_at=None,
            questions_close_at=closes,
            notice_deadline_at=None,
            **shared,
        ),
        TakingPart(
            Phase.BEFORE,
            asking=Intake.OVER,
            questions_open_at=None,
            questions_close_at=None,
            notice_deadline_at=None,
            **shared,
        ),
    ]

"""The permission table has a row for every role in every state, and the rows say what they should."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from meetings.enums import Action, Decision, Intake, QuestionState, Role, RoomChange, RoomState
from meetings.room import QUESTION_DECISIONS, ROOM_CHANGES, ImpossibleChange, question_after, room_after
from meetings.rules import ASKING, PERMISSIONS, intake_of, may, notice_intake_of

ASK = {Action.ASK, Action.GIVE_NOTICE, Action.SUPPORT}
TAKE_PART = {Action.READ, Action.CAST_BALLOT, Action.REACT, Action.RAISE_HAND} | ASK
ASSIGNED = {Action.PROPOSE_ANSWER}
COUNCILLOR = TAKE_PART | {Action.SPEAK, Action.DECLARE} | ASSIGNED
RUN = set(Action) - {Action.SPEAK, Action.TAKE_VOTE, Action.VOTE} - ASSIGNED
INSIDE = {Action.RUN_SPEAKERS, Action.DECLARE, Action.RUN_MOTIONS, Action.TAKE_VOTE, Action.VOTE}
EXPECTED = {
    (Role.GUEST, RoomState.WAITING): TAKE_PART,
    (Role.GUEST, RoomState.IN_SESSION): TAKE_PART,
    (Role.GUEST, RoomState.ADJOURNED): TAKE_PART,
    (Role.GUEST, RoomState.EXEMPT): {Action.READ},
    (Role.GUEST, RoomState.CLOSED): {Action.READ},
    (Role.RESIDENT, RoomState.WAITING): TAKE_PART,
    (Role.RESIDENT, RoomState.IN_SESSION): TAKE_PART,
    (Role.RESIDENT, RoomState.ADJOURNED): TAKE_PART,
    (Role.RESIDENT, RoomState.EXEMPT): {Action.READ},
    (Role.RESIDENT, RoomState.CLOSED): {Action.READ},
    (Role.COUNCILLOR, RoomState.WAITING): COUNCILLOR,
    (Role.COUNCILLOR, RoomState.IN_SESSION): COUNCILLOR | {Action.VOTE},
    (Role.COUNCILLOR, RoomState.ADJOURNED): COUNCILLOR,
    (Role.COUNCILLOR, RoomState.EXEMPT): {Action.READ},
    (Role.COUNCILLOR, RoomState.CLOSED): {Action.READ} | ASSIGNED,
    (Role.OFFICER, RoomState.WAITING): RUN,
    (Role.OFFICER, RoomState.IN_SESSION): RUN | {Action.TAKE_VOTE, Action.VOTE},
    (Role.OFFICER, RoomState.ADJOURNED): RUN,
    (Role.OFFICER, RoomState.EXEMPT): {Action.READ, Action.CHANGE_ROOM, Action.SET_AGENDA} | INSIDE,
    (Role.OFFICER, RoomState.CLOSED): {
        Action.READ,
        Action.MODERATE,
        Action.ANSWER,
        Action.CHANGE_ROOM,
        Action.SHOW_RESULTS,
    },
}


def test_every_role_has_a_row_in_every_state() -> None:
    assert set(PERMISSIONS) == set(itertools.product(Role, RoomState))
    assert set(ASKING) == set(itertools.product(Role, Intake))


@pytest.mark.parametrize(
    ("role", "state", "action"), list(itertools.product(Role, RoomState, Action)), ids=lambda value: value.value
)
def test_the_table_allows_what_was_agreed_and_nothing_else(role: Role, state: RoomState, action: Action) -> None:
    assert may(role, state, action) == (action in EXPECTED[role, state])


@pytest.mark.parametrize(("role", "state"), list(itertools.product(Role, RoomState)))
def test_asking_goes_by_whether_questions_are_taken_in_every_state(role: Role, state: RoomState) -> None:
    allowed = {intake: {action for action in ASK if may(role, state, action, intake)} for intake in Intake}
    assert allowed == {
        Intake.NOT_YET: {Action.SUPPORT},
        Intake.OPEN: ASK,
        Intake.RESTING: set(),
        Intake.OVER: set(),
    }


def test_questions_are_taken_from_one_moment_until_before_another(moment: datetime) -> None:
    second = timedelta(seconds=1)
    by_moment = [
        intake_of(RoomState.CLOSED, at, moment, moment + 10 * second)
        for at in (moment - second, moment, moment + 9 * second, moment + 10 * second)
    ]
    assert by_moment == [Intake.NOT_YET, Intake.OPEN, Intake.OPEN, Intake.OVER]
    opened = [intake_of(state, moment, moment) for state in RoomState]
    assert opened == [Intake.OPEN, Intake.OPEN, Intake.OPEN, Intake.RESTING, Intake.OVER]
    assert [notice_intake_of(moment, at) for at in (moment + second, moment, None)] == [
        Intake.OPEN,
        Intake.OVER,
        Intake.OVER,
    ]


def test_every_state_of_a_room_and_of_a_question_has_its_changes() -> None:
    assert set(ROOM_CHANGES) == set(RoomState)
    assert set(QUESTION_DECISIONS) == set(QuestionState)


@pytest.mark.parametrize(("state", "change"), list(itertools.product(RoomState, RoomChange)))
def test_a_room_moves_only_along_its_table(state: RoomState, change: RoomChange) -> None:
    moves = {
        (RoomState.WAITING, RoomChange.START): RoomState.IN_SESSION,
        (RoomState.WAITING, RoomChange.CLOSE): RoomState.CLOSED,
        (RoomState.IN_SESSION, RoomChange.ADJOURN): RoomState.ADJOURNED,
        (RoomState.IN_SESSION, RoomChange.CLOSE): RoomState.CLOSED,
        (RoomState.ADJOURNED, RoomChange.RESUME): RoomState.IN_SESSION,
        (RoomState.ADJOURNED, RoomChange.CLOSE): RoomState.CLOSED,
        (RoomState.CLOSED, RoomChange.REOPEN): RoomState.ADJOURNED,
        (RoomState.IN_SESSION, RoomChange.EXCLUDE): RoomState.EXEMPT,
        (RoomState.ADJOURNED, RoomChange.EXCLUDE): RoomState.EXEMPT,
        (RoomState.EXEMPT, RoomChange.READMIT): RoomState.IN_SESSION,
        (RoomState.EXEMPT, RoomChange.ADJOURN): RoomState.ADJOURNED,
        (RoomState.EXEMPT, RoomChange.CLOSE): RoomState.CLOSED,
    }
    if (state, change) in moves:
        assert room_after(state, change) == moves[state, change]
    else:
        with pytest.raises(ImpossibleChange):
            room_after(state, change)


def test_a_question_that_nobody_published_cannot_be_answered() -> None:
    for state in (QuestionState.HELD, QuestionState.WITHHELD):
        with pytest.raises(ImpossibleChange):
            question_after(state, Decision.ANSWER)

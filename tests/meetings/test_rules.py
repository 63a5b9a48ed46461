"""The permission table has a row for every role in every state, and the rows say what they should."""

from __future__ import annotations

import itertools

import pytest

from meetings.enums import Action, Decision, QuestionState, Role, RoomChange, RoomState
from meetings.room import QUESTION_DECISIONS, ROOM_CHANGES, ImpossibleChange, question_after, room_after
from meetings.rules import PERMISSIONS, may

TAKE_PART = {Action.READ, Action.ASK, Action.SUPPORT}
EXPECTED = {
    (Role.GUEST, RoomState.WAITING): TAKE_PART,
    (Role.GUEST, RoomState.IN_SESSION): TAKE_PART,
    (Role.GUEST, RoomState.ADJOURNED): TAKE_PART,
    (Role.GUEST, RoomState.CLOSED): {Action.READ},
    (Role.RESIDENT, RoomState.WAITING): TAKE_PART,
    (Role.RESIDENT, RoomState.IN_SESSION): TAKE_PART,
    (Role.RESIDENT, RoomState.ADJOURNED): TAKE_PART,
    (Role.RESIDENT, RoomState.CLOSED): {Action.READ},
    (Role.COUNCILLOR, RoomState.WAITING): TAKE_PART,
    (Role.COUNCILLOR, RoomState.IN_SESSION): TAKE_PART,
    (Role.COUNCILLOR, RoomState.ADJOURNED): TAKE_PART,
    (Role.COUNCILLOR, RoomState.CLOSED): {Action.READ},
    (Role.OFFICER, RoomState.WAITING): set(Action),
    (Role.OFFICER, RoomState.IN_SESSION): set(Action),
    (Role.OFFICER, RoomState.ADJOURNED): set(Action),
    (Role.OFFICER, RoomState.CLOSED): {Action.READ, Action.MODERATE, Action.ANSWER, Action.CHANGE_ROOM},
}


def test_every_role_has_a_row_in_every_state() -> None:
    assert set(PERMISSIONS) == set(itertools.product(Role, RoomState))


@pytest.mark.parametrize(
    ("role", "state", "action"), list(itertools.product(Role, RoomState, Action)), ids=lambda value: value.value
)
def test_the_table_allows_what_was_agreed_and_nothing_else(role: Role, state: RoomState, action: Action) -> None:
    assert may(role, state, action) == (action in EXPECTED[role, state])


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

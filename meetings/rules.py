"""Who may do what in a room, as tables: role by state, and role by whether questions are taken.

A pair without a row is a failing test. The caller reads the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from meetings.enums import Action, Intake, Role, RoomState

_TAKE_PART = frozenset({Action.READ, Action.CAST_BALLOT, Action.REACT, Action.RAISE_HAND})
_READ = frozenset({Action.READ})
# Of questions that are assigned to them, also long after the meeting.
_ASSIGNED = frozenset({Action.PROPOSE_ANSWER})
_COUNCILLOR = _TAKE_PART | {Action.SPEAK, Action.DECLARE} | _ASSIGNED
_RUN = _TAKE_PART | {
    Action.MODERATE,
    Action.ANSWER,
    Action.CHANGE_ROOM,
    Action.SET_AGENDA,
    Action.TAKE_QUESTION,
    Action.RUN_SPEAKERS,
    Action.RUN_POLLS,
    Action.SHOW_RESULTS,
    Action.RUN_HANDS,
    Action.DECLARE,
    Action.RUN_MOTIONS,
}
# In a private session the public's questions and polls rest, on both sides; the meeting's own business goes on.
_RUN_INSIDE = frozenset(
    {
        Action.READ,
        Action.CHANGE_ROOM,
        Action.SET_AGENDA,
        Action.RUN_SPEAKERS,
        Action.DECLARE,
        Action.RUN_MOTIONS,
        Action.TAKE_VOTE,
        Action.VOTE,
    }
)
# After the meeting an officer may still publish what came in late, record written answers, and undo the closing.
_WIND_UP = frozenset({Action.READ, Action.MODERATE, Action.ANSWER, Action.CHANGE_ROOM, Action.SHOW_RESULTS})

PERMISSIONS: Mapping[tuple[Role, RoomState], frozenset[Action]] = MappingProxyType(
    {
        (Role.GUEST, RoomState.WAITING): _TAKE_PART,
        (Role.GUEST, RoomState.IN_SESSION): _TAKE_PART,
        (Role.GUEST, RoomState.ADJOURNED): _TAKE_PART,
        (Role.GUEST, RoomState.EXEMPT): _READ,
        (Role.GUEST, RoomState.CLOSED): _READ,
        (Role.RESIDENT, RoomState.WAITING): _TAKE_PART,
        (Role.RESIDENT, RoomState.IN_SESSION): _TAKE_PART,
        (Role.RESIDENT, RoomState.ADJOURNED): _TAKE_PART,
        (Role.RESIDENT, RoomState.EXEMPT): _READ,
        (Role.RESIDENT, RoomState.CLOSED): _READ,
        (Role.COUNCILLOR, RoomState.WAITING): _COUNCILLOR,
        (Role.COUNCILLOR, RoomState.IN_SESSION): _COUNCILLOR | {Action.VOTE},
        (Role.COUNCILLOR, RoomState.ADJOURNED): _COUNCILLOR,
        (Role.COUNCILLOR, RoomState.EXEMPT): _READ,
        (Role.COUNCILLOR, RoomState.CLOSED): _READ | _ASSIGNED,
        (Role.OFFICER, RoomState.WAITING): _RUN,
        (Role.OFFICER, RoomState.IN_SESSION): _RUN | {Action.TAKE_VOTE, Action.VOTE},
        (Role.OFFICER, RoomState.ADJOURNED): _RUN,
        (Role.OFFICER, RoomState.EXEMPT): _RUN_INSIDE,
        (Role.OFFICER, RoomState.CLOSED): _WIND_UP,
    }
)


_ASK = frozenset({Action.ASK, Action.GIVE_NOTICE, Action.SUPPORT})
# What was asked on notice may be supported before the meeting takes more.
_SUPPORT = frozenset({Action.SUPPORT})

ASKING: Mapping[tuple[Role, Intake], frozenset[Action]] = MappingProxyType(
    {(role, Intake.NOT_YET): _SUPPORT for role in Role}
    | {(role, Intake.OPEN): _ASK for role in Role}
    | {(role, intake): frozenset[Action]() for role in Role for intake in (Intake.RESTING, Intake.OVER)}
)
"""Asking and supporting go by whether questions are taken, whatever the room's state is."""


def may(role: Role, state: RoomState, action: Action, intake: Intake | None = None) -> bool:
    """Whether somebody in ``role`` may do ``action`` while the room is in ``state``.

    ``intake`` says whether questions are taken, on notice for ``GIVE_NOTICE``; without it the state does.
    """
    if action in _ASK:
        return action in ASKING[role, intake or intake_of(state)]
    return action in PERMISSIONS[role, state]


def intake_of(
    state: RoomState,
    moment: datetime | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Intake:
    """Whether a meeting takes questions: from ``opens_at`` until before ``closes_at``, both aware, where they are set.

    Without ``closes_at`` it takes them until the room is closed; with it, the room's state does not matter. In a
    private session they rest all the same.
    """
    if state is RoomState.EXEMPT:
        return Intake.RESTING
    if moment and opens_at and moment < opens_at:
        return Intake.NOT_YET
    if moment and closes_at:
        return Intake.OPEN if moment < closes_at else Intake.OVER
    return Intake.OVER if state is RoomState.CLOSED else Intake.OPEN


def notice_intake_of(moment: datetime, deadline_at: datetime | None) -> Intake:
    """Whether a meeting takes questions on notice: until before their deadline, and never without one."""
    return Intake.OPEN if deadline_at and moment < deadline_at else Intake.OVER

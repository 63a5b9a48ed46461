"""Who may do what in a room, as one table: role by state. A pair without a row is a failing test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.enums import Action, Role, RoomState

_TAKE_PART = frozenset({Action.READ, Action.ASK, Action.SUPPORT})
_READ = frozenset({Action.READ})
_RUN = _TAKE_PART | {Action.MODERATE, Action.ANSWER, Action.CHANGE_ROOM, Action.SET_AGENDA}
# After the meeting an officer may still publish what came in late, record written answers, and undo the closing.
_WIND_UP = frozenset({Action.READ, Action.MODERATE, Action.ANSWER, Action.CHANGE_ROOM})

PERMISSIONS: Mapping[tuple[Role, RoomState], frozenset[Action]] = MappingProxyType(
    {
        (Role.GUEST, RoomState.WAITING): _TAKE_PART,
        (Role.GUEST, RoomState.IN_SESSION): _TAKE_PART,
        (Role.GUEST, RoomState.ADJOURNED): _TAKE_PART,
        (Role.GUEST, RoomState.CLOSED): _READ,
        (Role.RESIDENT, RoomState.WAITING): _TAKE_PART,
        (Role.RESIDENT, RoomState.IN_SESSION): _TAKE_PART,
        (Role.RESIDENT, RoomState.ADJOURNED): _TAKE_PART,
        (Role.RESIDENT, RoomState.CLOSED): _READ,
        (Role.COUNCILLOR, RoomState.WAITING): _TAKE_PART,
        (Role.COUNCILLOR, RoomState.IN_SESSION): _TAKE_PART,
        (Role.COUNCILLOR, RoomState.ADJOURNED): _TAKE_PART,
        (Role.COUNCILLOR, RoomState.CLOSED): _READ,
        (Role.OFFICER, RoomState.WAITING): _RUN,
        (Role.OFFICER, RoomState.IN_SESSION): _RUN,
        (Role.OFFICER, RoomState.ADJOURNED): _RUN,
        (Role.OFFICER, RoomState.CLOSED): _WIND_UP,
    }
)


def may(role: Role, state: RoomState, action: Action) -> bool:
    """Whether somebody in ``role`` may do ``action`` while the room is in ``state``."""
    return action in PERMISSIONS[role, state]

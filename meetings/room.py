"""The life of a room and of a public question, as tables. Nothing here knows a clock, a database or a socket."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.enums import Decision, QuestionState, RoomChange, RoomState


class ImpossibleChange(Exception):
    """The room or the question cannot do that from where it stands."""


ROOM_CHANGES: Mapping[RoomState, Mapping[RoomChange, RoomState]] = MappingProxyType(
    {
        RoomState.WAITING: {RoomChange.START: RoomState.IN_SESSION, RoomChange.CLOSE: RoomState.CLOSED},
        RoomState.IN_SESSION: {
            RoomChange.ADJOURN: RoomState.ADJOURNED,
            RoomChange.EXCLUDE: RoomState.EXEMPT,
            RoomChange.CLOSE: RoomState.CLOSED,
        },
        RoomState.ADJOURNED: {
            RoomChange.RESUME: RoomState.IN_SESSION,
            RoomChange.EXCLUDE: RoomState.EXEMPT,
            RoomChange.CLOSE: RoomState.CLOSED,
        },
        RoomState.EXEMPT: {
            RoomChange.READMIT: RoomState.IN_SESSION,
            RoomChange.ADJOURN: RoomState.ADJOURNED,
            RoomChange.CLOSE: RoomState.CLOSED,
        },
        # Closing by mistake in the middle of a meeting must not be the end of it.
        RoomState.CLOSED: {RoomChange.REOPEN: RoomState.ADJOURNED},
    }
)
"""From each state, the changes that can be made and where they lead."""

QUESTION_DECISIONS: Mapping[QuestionState, Mapping[Decision, QuestionState]] = MappingProxyType(
    {
        QuestionState.HELD: {
            Decision.PUBLISH: QuestionState.PUBLISHED,
            Decision.WITHHOLD: QuestionState.WITHHELD,
        },
        QuestionState.PUBLISHED: {
            Decision.ANSWER: QuestionState.ANSWERED,
            Decision.WITHHOLD: QuestionState.WITHHELD,
        },
        QuestionState.ANSWERED: {
            Decision.ANSWER: QuestionState.ANSWERED,  # the answer's words are put right
            Decision.REOPEN: QuestionState.PUBLISHED,
            Decision.WITHHOLD: QuestionState.WITHHELD,
        },
        QuestionState.WITHHELD: {
            Decision.WITHHOLD: QuestionState.WITHHELD,  # the reason is put right
            Decision.PUBLISH: QuestionState.PUBLISHED,
        },
        QuestionState.MERGED: {},  # separated first: what it says is decided with the question it was joined to
    }
)
"""From each state, the decisions that can be taken and where they lead."""


def room_after(state: RoomState, change: RoomChange) -> RoomState:
    """The state after ``change``. Raises ``ImpossibleChange``."""
    try:
        return ROOM_CHANGES[state][change]
    except KeyError:
        raise ImpossibleChange(f"{change.value} from {state.value}") from None


def question_after(state: QuestionState, decision: Decision) -> QuestionState:
    """The state after ``decision``. Raises ``ImpossibleChange``."""
    try:
        return QUESTION_DECISIONS[state][decision]
    except KeyError:
        raise ImpossibleChange(f"{decision.value} from {state.value}") from None

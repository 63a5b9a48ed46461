"""How speakers and motions move, what a vote comes to, how long somebody has spoken.

Nothing here knows a clock, a database or a socket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from meetings.business_enums import (
    Casting,
    Choice,
    InterestKind,
    MotionChange,
    MotionState,
    SpeakerChange,
    SpeakerState,
)
from meetings.room import ImpossibleChange

SPEAKER_CHANGES: Mapping[SpeakerState, Mapping[SpeakerChange, SpeakerState]] = MappingProxyType(
    {
        SpeakerState.WAITING: {
            SpeakerChange.START: SpeakerState.SPEAKING,
            SpeakerChange.REMOVE: SpeakerState.LEFT,
        },
        SpeakerState.SPEAKING: {
            SpeakerChange.PAUSE: SpeakerState.PAUSED,
            SpeakerChange.STOP: SpeakerState.SPOKEN,
        },
        SpeakerState.PAUSED: {
            SpeakerChange.RESUME: SpeakerState.SPEAKING,
            SpeakerChange.STOP: SpeakerState.SPOKEN,
        },
        # The clerk who stopped the clock too early goes on with it.
        SpeakerState.SPOKEN: {SpeakerChange.RESUME: SpeakerState.SPEAKING},
        SpeakerState.LEFT: {},
    }
)
"""From each state of a speaker, what can be done and where it leads."""

MOTION_CHANGES: Mapping[MotionState, Mapping[MotionChange, MotionState]] = MappingProxyType(
    {
        MotionState.MOVED: {
            MotionChange.SECOND: MotionState.SECONDED,
            MotionChange.WITHDRAW: MotionState.WITHDRAWN,
            MotionChange.DROP: MotionState.NOT_PUT,
        },
        MotionState.SECONDED: {
            MotionChange.PUT: MotionState.VOTING,
            MotionChange.WITHDRAW: MotionState.WITHDRAWN,
            MotionChange.DROP: MotionState.NOT_PUT,
        },
        MotionState.VOTING: {
            MotionChange.CALL_OFF: MotionState.SECONDED,
            MotionChange.CARRY: MotionState.CARRIED,
            MotionChange.LOSE: MotionState.LOST,
        },
        MotionState.CARRIED: {},
        MotionState.LOST: {},
        MotionState.WITHDRAWN: {},
        MotionState.NOT_PUT: {},
    }
)
"""From each state of a motion or amendment, what can become of it."""

SETTLED = frozenset(state for state, changes in MOTION_CHANGES.items() if not changes)
"""States in which nothing more becomes of a motion."""


def speaker_after(state: SpeakerState, change: SpeakerChange) -> SpeakerState:
    """The state after ``change``. Raises ``ImpossibleChange``."""
    try:
        return SPEAKER_CHANGES[state][change]
    except KeyError:
        raise ImpossibleChange(f"{change.value} from {state.value}") from None


def motion_after(state: MotionState, change: MotionChange) -> MotionState:
    """The state after ``change``. Raises ``ImpossibleChange``."""
    try:
        return MOTION_CHANGES[state][change]
    except KeyError:
        raise ImpossibleChange(f"{change.value} from {state.value}") from None


def spoken_ms_at(moment: datetime, *, spoken_ms: int, running_since: datetime | None) -> int:
    """Milliseconds somebody has spoken at ``moment``: what was counted before, and since the clock runs."""
    if running_since is None:
        return spoken_ms
    return spoken_ms + max(0, round((moment - running_since).total_seconds() * 1000))


def bars_from_taking_part(kind: InterestKind, *, has_dispensation: bool, leaves_room: bool) -> bool:
    """Whether an interest keeps a councillor from speaking and voting on the item.

    Localism Act 2011, section 31(4): whoever has a disclosable pecuniary interest may take part neither in the
    discussion nor in a vote, unless section 33 gives a dispensation. For other interests the council's own code says
    when to leave; who leaves the room for the item takes no part in it.
    """
    return leaves_room or (kind is InterestKind.PECUNIARY and not has_dispensation)


class CastingVoteNeeded(Exception):
    """The votes are equal: the person presiding has a second or casting vote."""


class CastingVoteOutOfPlace(Exception):
    """The votes are not equal: there is nothing to cast."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many voted how, without the casting vote."""

    votes_for: int = 0
    against: int = 0
    abstained: int = 0
    not_voting: int = 0

    @property
    def is_equal(self) -> bool:
        return self.votes_for == self.against


def tally(choices: Iterable[str]) -> Tally:
    """Count choices; whoever has not chosen (an empty string) was not voting."""
    counted = Counter(choices)
    return Tally(
        votes_for=counted[Choice.FOR],
        against=counted[Choice.AGAINST],
        abstained=counted[Choice.ABSTAIN],
        not_voting=counted[Choice.NOT_VOTING] + counted[""],
    )


def is_carried(counted: Tally, casting: Casting | None) -> bool:
    """Whether a motion is carried: by the majority of those who vote for or against.

    Local Government Act 1972, schedule 12, paragraph 39: questions are decided by a majority of the members present
    and voting (1), and on an equality of votes the person presiding has a second or casting vote (2). One who does
    not use it leaves the motion without a majority. Raises ``CastingVoteNeeded``, ``CastingVoteOutOfPlace``.
    """
    if not counted.is_equal:
        if casting is not None:
            raise CastingVoteOutOfPlace
        return counted.votes_for > counted.against
    if casting is None:
        raise CastingVoteNeeded
    return casting is Casting.FOR

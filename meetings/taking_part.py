"""How people take part in a meeting, from the state of its room and the moment. Reads rows it is given, and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetings.enums import Action, Intake, Moderation, RoomState, StreamKind
from meetings.models import Room
from meetings.queries import LATE_START, intake_at


class Phase(StrEnum):
    """Whether a meeting is to come, goes on, or is over."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class TakingPart:
    """What somebody can do about a meeting now. Its moments are None where they do not matter, or no longer."""

    phase: Phase
    is_adjourned: bool
    is_private: bool
    """Whether the press and the public are excluded at the moment."""
    has_picture: bool
    asking: Intake
    """Whether questions are taken that are asked now, to be answered when the chair comes to them."""
    reads_first: bool
    """Whether an officer reads a question before it appears."""
    questions_open_at: datetime | None
    questions_close_at: datetime | None
    notice_deadline_at: datetime | None
    """Until before then questions on notice are taken."""

    @property
    def may_ask(self) -> bool:
        return self.asking is Intake.OPEN or self.notice_deadline_at is not None


def phase_at(room: Room, moment: datetime) -> Phase:
    """A meeting that nobody has started is to come until six hours after its time."""
    if room.is_live:
        return Phase.DURING
    if room.state == RoomState.WAITING and moment < room.meeting.starts_at + LATE_START:
        return Phase.BEFORE
    return Phase.AFTER


def taking_part_at(room: Room, moment: datetime) -> TakingPart:
    """``room`` has its meeting at hand."""
    meeting, phase = room.meeting, phase_at(room, moment)
    asking = intake_at(room, moment)
    takes_notice = intake_at(room, moment, Action.GIVE_NOTICE) is Intake.OPEN
    return TakingPart(
        phase=phase,
        is_adjourned=room.state == RoomState.ADJOURNED,
        is_private=room.is_private,
        has_picture=meeting.stream_kind != StreamKind.NONE,
        asking=asking,
        reads_first=meeting.moderation == Moderation.BEFORE,
        questions_open_at=meeting.questions_open_at if asking is Intake.NOT_YET else None,
        questions_close_at=meeting.questions_close_at if asking is Intake.OPEN else None,
        notice_deadline_at=meeting.notice_deadline_at if takes_notice else None,
    )

"""Frames from the server that are about the socket or about all there is to see."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from meetings.enums import EventKind, QuestionState, Reaction, Role
from meetings.messages.frames import PROTOCOL, Frame
from meetings.messages.hands import HandView
from meetings.messages.motions import DeclarationView, MotionView, VoteView
from meetings.messages.polls import ModeratedPollView, ModeratedTallyView, PollView, TallyView
from meetings.messages.questions import AssignedQuestionView, ModeratedQuestionView, QuestionView
from meetings.messages.rooms import RoomView
from meetings.messages.speakers import SpeakerView


class EventFrame(Frame):
    sequence: int
    kind: EventKind
    payload: dict[str, Any]


class Snapshot(Frame):
    """All there is to see, up to ``sequence``."""

    type: Literal["snapshot"] = "snapshot"
    protocol: int = PROTOCOL
    epoch: UUID
    sequence: int
    room: RoomView
    questions: tuple[QuestionView | ModeratedQuestionView | AssignedQuestionView, ...]
    speakers: tuple[SpeakerView, ...] = ()
    declarations: tuple[DeclarationView, ...] = ()
    motions: tuple[MotionView, ...] = ()
    votes: tuple[VoteView, ...] = ()
    support: dict[int, int]
    polls: tuple[ModeratedPollView | PollView, ...] = ()
    tallies: tuple[ModeratedTallyView | TallyView, ...] = ()
    hands: tuple[HandView, ...] = ()
    present: int


class Events(Frame):
    """What happened after ``prev``, in order and without a gap. Empty: the client has everything."""

    type: Literal["events"] = "events"
    epoch: UUID
    prev: int
    events: tuple[EventFrame, ...]


class Counts(Frame):
    """Latest values: support by question (only what changed), and how many sockets this server process holds.

    ``tallies`` are of open polls that have changed and that this reader may see; left out when there are none.
    """

    type: Literal["counts"] = "counts"
    support: dict[int, int]
    present: int
    tallies: tuple[ModeratedTallyView | TallyView, ...] = ()
    reactions: dict[Reaction, int] | None = None
    """Of the last seconds, when they have changed; left out when they have not."""


class Here(Frame):
    """Who is here, to moderators only: sockets by role, in all processes as far as they have told each other.

    ``colleagues`` are the officers at the desk by name. Latest values, like ``counts``.
    """

    type: Literal["here"] = "here"
    public: int
    councillors: int
    officers: int
    colleagues: tuple[str, ...]


class Welcome(Frame):
    """Who the server takes the client for, and what its clock says: clients count speaking time by it."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    role: Role
    now: datetime


class Ack(Frame):
    """The command is done and kept: sent after commit, never before."""

    type: Literal["ack"] = "ack"
    id: str
    question: int | None = None
    key: UUID | None = None
    state: QuestionState | None = None


class Reason(StrEnum):
    """Why a frame was refused."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_FAST = "too_fast"
    OLD_PROTOCOL = "old_protocol"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    NOT_NOW = "not_now"
    INVALID = "invalid"
    WARD_UNCLEAR = "ward_unclear"
    TRY_AGAIN = "try_again"


class Refused(Frame):
    """Why not, as a code and in the client's language. ``id`` is the command's, or null when it could not be read."""

    type: Literal["refused"] = "refused"
    id: str | None
    reason: Reason
    message: str
    field: str = ""


class GoingAway(Frame):
    """The server process is about to stop: come back after ``retry_seconds``, each with a jitter of its own."""

    type: Literal["going_away"] = "going_away"
    retry_seconds: float


class Resync(Frame):
    """The socket read too slowly and was passed over: say hello again."""

    type: Literal["resync"] = "resync"

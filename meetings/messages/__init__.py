"""The frames of a room's socket, as frozen types: one union per direction, nothing unknown gets in.

A frame is one JSON object in a text message, at most 8 KiB from a client. A first visit, an ask that is held, and
what everybody sees once an officer publishes it (``>`` from the client, ``<`` from the server)::

    > {"type": "hello", "protocol": 1}
    < {"type": "welcome", "protocol": 1, "role": "guest"}
    < {"type": "snapshot", "epoch": "6f…", "sequence": 41, "room": {…}, "questions": […], "support": {…}, …}
    > {"type": "ask", "id": "c1", "key": "0b9f…", "text": "When will the library reopen?", "name": "Ada", …}
    < {"type": "ack", "id": "c1", "key": "0b9f…", "question": 7, "state": "held"}
    < {"type": "events", "epoch": "6f…", "prev": 41, "events": [{"sequence": 42, "kind": "question", "payload": {…}}]}
    < {"type": "fate", "key": "0b9f…", "question": 7, "state": "published", "reason": ""}
    > {"type": "support", "id": "c2", "question": 7}
    < {"type": "ack", "id": "c2", "question": 7}
    < {"type": "counts", "support": {"7": 12}, "present": 204}

A page that was away says what it has, and gets what it missed, or a snapshot when that is more than 200 events::

    > {"type": "hello", "protocol": 1, "epoch": "6f…", "sequence": 42, "mine": ["0b9f…"]}
    < {"type": "events", "epoch": "6f…", "prev": 42, "events": [{"sequence": 43, …}, {"sequence": 44, …}]}

``prev`` is the number before the first event of the frame: a client that has another number asks again with hello.
Counts are not events: they are the latest values, at most two frames a second. ``docs/protocol.md`` has the rest.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from meetings.messages.client import Hello, Seen
from meetings.messages.frames import MAX_FRAME_BYTES, MAX_KEYS, MAX_ROW_ID, PROTOCOL, Command, Frame, RowId
from meetings.messages.hands import HandView, OwnHand, RaiseHand, React, SettleHand, TakePart, hand_view
from meetings.messages.moderating import (
    Assign,
    Edit,
    Hold,
    Holding,
    HoldView,
    Merge,
    ProposeAnswer,
    Shortlist,
    TakeQuestion,
    Unmerge,
)
from meetings.messages.motions import (
    DeclarationView,
    MotionView,
    RollView,
    VoteView,
    declaration_view,
    motion_view,
    vote_view,
)
from meetings.messages.polls import (
    BarView,
    CastBallot,
    JudgeWord,
    ModeratedPollView,
    ModeratedTallyView,
    OptionView,
    PollView,
    RunPoll,
    TallyView,
    WordView,
    moderated_poll_view,
    moderated_tally_view,
    poll_view,
    tally_view,
)
from meetings.messages.questions import (
    Answer,
    Ask,
    AssignedQuestionView,
    Decide,
    Fate,
    FindingView,
    ModeratedQuestionView,
    QuestionView,
    Removed,
    Support,
    WithdrawSupport,
    assigned_view,
    fate_of,
    moderated_view,
    question_view,
    removed,
)
from meetings.messages.rooms import AgendaView, ChangeRoom, Reset, RoomView, SetAgenda, room_view
from meetings.messages.server import (
    Ack,
    Counts,
    EventFrame,
    Events,
    GoingAway,
    Here,
    Reason,
    Refused,
    Resync,
    Snapshot,
    Welcome,
)
from meetings.messages.speakers import SpeakerView, speaker_view

ClientFrame = Annotated[
    Hello
    | Seen
    | Ask
    | Support
    | WithdrawSupport
    | Decide
    | Answer
    | Edit
    | Merge
    | Unmerge
    | Assign
    | Shortlist
    | TakeQuestion
    | ProposeAnswer
    | Hold
    | ChangeRoom
    | SetAgenda
    | CastBallot
    | RunPoll
    | JudgeWord
    | React
    | RaiseHand
    | SettleHand
    | TakePart,
    Field(discriminator="type"),
]
client_frames: TypeAdapter[Any] = TypeAdapter(ClientFrame)

ServerFrame = Annotated[
    Welcome | Snapshot | Events | Counts | Holding | Ack | Fate | OwnHand | Refused | GoingAway | Here | Resync,
    Field(discriminator="type"),
]
server_frames: TypeAdapter[Any] = TypeAdapter(ServerFrame)

__all__ = [
    "MAX_FRAME_BYTES",
    "MAX_KEYS",
    "MAX_ROW_ID",
    "PROTOCOL",
    "Ack",
    "AgendaView",
    "Answer",
    "Ask",
    "Assign",
    "AssignedQuestionView",
    "BarView",
    "CastBallot",
    "ChangeRoom",
    "ClientFrame",
    "Command",
    "Counts",
    "Decide",
    "DeclarationView",
    "Edit",
    "EventFrame",
    "Events",
    "Fate",
    "FindingView",
    "Frame",
    "GoingAway",
    "HandView",
    "Hello",
    "Here",
    "Hold",
    "HoldView",
    "Holding",
    "JudgeWord",
    "Merge",
    "ModeratedPollView",
    "ModeratedQuestionView",
    "ModeratedTallyView",
    "MotionView",
    "OptionView",
    "OwnHand",
    "PollView",
    "ProposeAnswer",
    "QuestionView",
    "RaiseHand",
    "React",
    "Reason",
    "Refused",
    "Removed",
    "Reset",
    "Resync",
    "RollView",
    "RoomView",
    "RowId",
    "RunPoll",
    "Seen",
    "ServerFrame",
    "SetAgenda",
    "SettleHand",
    "Shortlist",
    "Snapshot",
    "SpeakerView",
    "Support",
    "TakePart",
    "TakeQuestion",
    "TallyView",
    "Unmerge",
    "VoteView",
    "Welcome",
    "WithdrawSupport",
    "WordView",
    "assigned_view",
    "client_frames",
    "declaration_view",
    "fate_of",
    "hand_view",
    "moderated_poll_view",
    "moderated_tally_view",
    "moderated_view",
    "motion_view",
    "poll_view",
    "question_view",
    "removed",
    "room_view",
    "server_frames",
    "speaker_view",
    "tally_view",
    "vote_view",
]

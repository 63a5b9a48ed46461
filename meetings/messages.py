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

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from meetings.enums import Decision, EventKind, QuestionState, Role, RoomChange, RoomState
from meetings.models import PublicQuestion, Room
from meetings.models.questions import MAX_ANSWER_LENGTH, MAX_NAME_LENGTH, MAX_QUESTION_LENGTH, MAX_REASON_LENGTH

PROTOCOL = 1
"""Version of these frames. A client that speaks another is told to reload."""

MAX_FRAME_BYTES = 8_192
"""A longer frame is refused before it is parsed."""

MAX_KEYS = 20
"""Questions of its own that a client may follow on one socket."""

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# From a client ------------------------------------------------------------------------------------------------------


class Hello(Frame):
    """Says what the client has; the answer is what it missed. ``mine`` are keys of its own questions."""

    type: Literal["hello"]
    protocol: Annotated[int, Field(ge=1, le=1_000)]
    epoch: UUID | None = None
    sequence: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    mine: Annotated[tuple[UUID, ...], Field(max_length=MAX_KEYS)] = ()


class Seen(Frame):
    """How many frames the client has received on this socket: what it has seen may leave the server's account."""

    type: Literal["seen"]
    frames: Annotated[int, Field(ge=0, le=2**63 - 1)]


class Command(Frame):
    """Something to be done; ``id`` is the client's own and comes back in ``ack`` or ``refused``."""

    id: Annotated[str, Field(min_length=1, max_length=64)]


class Ask(Command):
    type: Literal["ask"]
    key: UUID
    text: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_LENGTH)]
    name: Annotated[str, Field(max_length=MAX_NAME_LENGTH)] = ""
    name_is_public: bool = False
    postcode: Annotated[str, Field(max_length=20)] = ""
    agenda_item: RowId | None = None


class Support(Command):
    type: Literal["support"]
    question: RowId


class WithdrawSupport(Command):
    type: Literal["withdraw_support"]
    question: RowId


class Decide(Command):
    """An officer publishes, withholds (with a reason the asker reads), or takes an answer back."""

    type: Literal["decide"]
    question: RowId
    decision: Literal[Decision.PUBLISH, Decision.WITHHOLD, Decision.REOPEN]
    reason: Annotated[str, Field(max_length=MAX_REASON_LENGTH)] = ""


class Answer(Command):
    """An officer marks a question as answered, with the answer in short if there is one to write down."""

    type: Literal["answer"]
    question: RowId
    answer: Annotated[str, Field(max_length=MAX_ANSWER_LENGTH)] = ""


class ChangeRoom(Command):
    type: Literal["room"]
    change: RoomChange


class SetAgenda(Command):
    type: Literal["agenda"]
    item: RowId | None


ClientFrame = Annotated[
    Hello | Seen | Ask | Support | WithdrawSupport | Decide | Answer | ChangeRoom | SetAgenda,
    Field(discriminator="type"),
]
client_frames: TypeAdapter[Any] = TypeAdapter(ClientFrame)


# What events and snapshots hold -------------------------------------------------------------------------------------


class QuestionView(Frame):
    """A question as readers see it."""

    id: int
    text: str
    name: str
    ward: str
    agenda_item: int | None
    state: QuestionState
    answer: str
    asked_at: datetime
    published_at: datetime | None
    answered_at: datetime | None


class ModeratedQuestionView(QuestionView):
    """A question as moderators see it: also who asked, and why it is withheld."""

    asker_name: str
    reason: str


class RoomView(Frame):
    state: RoomState
    agenda_item: int | None


class Removed(Frame):
    """A question that readers see no longer."""

    id: int


class AgendaView(Frame):
    agenda_item: int | None


class EventFrame(Frame):
    sequence: int
    kind: EventKind
    payload: dict[str, Any]


# From the server ----------------------------------------------------------------------------------------------------


class Snapshot(Frame):
    """All there is to see, up to ``sequence``."""

    type: Literal["snapshot"] = "snapshot"
    protocol: int = PROTOCOL
    epoch: UUID
    sequence: int
    room: RoomView
    questions: tuple[QuestionView | ModeratedQuestionView, ...]
    support: dict[int, int]
    present: int


class Events(Frame):
    """What happened after ``prev``, in order and without a gap. Empty: the client has everything."""

    type: Literal["events"] = "events"
    epoch: UUID
    prev: int
    events: tuple[EventFrame, ...]


class Counts(Frame):
    """Latest values: support by question (only what changed), and how many sockets this server process holds."""

    type: Literal["counts"] = "counts"
    support: dict[int, int]
    present: int


class Welcome(Frame):
    """Answer to the first hello: who the server takes the client for."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    role: Role


class Ack(Frame):
    """The command is done and kept: sent after commit, never before."""

    type: Literal["ack"] = "ack"
    id: str
    question: int | None = None
    key: UUID | None = None
    state: QuestionState | None = None


class Fate(Frame):
    """What became of a question, to whoever follows its key."""

    type: Literal["fate"] = "fate"
    key: UUID
    question: int
    state: QuestionState
    reason: str


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


ServerFrame = Annotated[
    Welcome | Snapshot | Events | Counts | Ack | Fate | Refused | GoingAway | Resync, Field(discriminator="type")
]
server_frames: TypeAdapter[Any] = TypeAdapter(ServerFrame)


def question_view(question: PublicQuestion) -> QuestionView:
    """What readers see of ``question`` (its ward must be selected with it)."""
    return QuestionView(**_common(question))


def moderated_view(question: PublicQuestion) -> ModeratedQuestionView:
    """What moderators see of ``question`` (its ward must be selected with it)."""
    return ModeratedQuestionView(**_common(question), asker_name=question.asker_name, reason=question.withheld_reason)


def fate_of(question: PublicQuestion) -> Fate:
    return Fate(
        key=question.key,
        question=question.pk,
        state=QuestionState(question.state),
        reason=question.withheld_reason,
    )


def room_view(room: Room) -> RoomView:
    return RoomView(state=RoomState(room.state), agenda_item=room.current_agenda_item_id)


def _common(question: PublicQuestion) -> dict[str, Any]:
    return {
        "id": question.pk,
        "text": question.text,
        "name": question.shown_name,
        "ward": question.ward.name if question.ward else "",
        "agenda_item": question.agenda_item_id,
        "state": QuestionState(question.state),
        "answer": question.answer,
        "asked_at": question.asked_at,
        "published_at": question.published_at,
        "answered_at": question.answered_at,
    }

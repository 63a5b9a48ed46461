"""Every command of the protocol, by every role, in every state of the room, on its own meeting's things and another's."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from meetings import messages
from meetings.commands import HANDLERS, CommandRefused, obey
from meetings.enums import Action, Decision, PollChange, PollKind, Role, RoomChange, RoomState
from meetings.models import Hand, MeetingPage, Poll, PollOption, PublicQuestion, RecordEntry, Room, RoomEvent
from meetings.rules import may
from meetings.services import (
    Actor,
    PollWords,
    ask_question,
    assign_question,
    change_poll,
    decide_question,
    merge_question,
    write_poll,
)
from tests.meetings.conftest import NOW
from wards.models import Postcode, Ward

COMMANDS = [frame for frame in get_args(get_args(messages.ClientFrame)[0]) if issubclass(frame, messages.Command)]


@dataclass(frozen=True, slots=True)
class Scene:
    """One meeting with something of each kind in it."""

    room: Room
    item: int
    held: PublicQuestion
    published: PublicQuestion
    joined: PublicQuestion
    draft: Poll
    poll: Poll
    word: PollOption
    hand: Hand


Row = tuple[Action, Callable[[Scene], dict[str, Any]]]
NEXT_CHANGE = {
    RoomState.WAITING: RoomChange.START,
    RoomState.IN_SESSION: RoomChange.ADJOURN,
    RoomState.ADJOURNED: RoomChange.RESUME,
    RoomState.EXEMPT: RoomChange.READMIT,
    RoomState.CLOSED: RoomChange.REOPEN,
}
ROWS: Mapping[type[messages.Command], Row] = {
    messages.Ask: (
        Action.ASK,
        lambda scene: {
            "key": uuid.uuid4(),
            "text": "Why?",
            "name": "Ada",
            "postcode": "IP1 2DE",
            "agenda_item": scene.item,
        },
    ),
    messages.Support: (Action.SUPPORT, lambda scene: {"question": scene.published.pk}),
    messages.WithdrawSupport: (Action.SUPPORT, lambda scene: {"question": scene.published.pk}),
    messages.Decide: (Action.MODERATE, lambda scene: {"question": scene.held.pk, "decision": Decision.PUBLISH}),
    messages.Answer: (Action.ANSWER, lambda scene: {"question": scene.published.pk, "answer": "In May."}),
    messages.Edit: (
        Action.MODERATE,
        lambda scene: {"question": scene.held.pk, "text": "Shorter?", "seen": scene.held.text},
    ),
    messages.Merge: (Action.MODERATE, lambda scene: {"question": scene.held.pk, "into": scene.published.pk}),
    messages.Unmerge: (Action.MODERATE, lambda scene: {"question": scene.joined.pk}),
    messages.Assign: (Action.MODERATE, lambda scene: {"question": scene.held.pk, "councillor": None}),
    messages.Shortlist: (Action.MODERATE, lambda scene: {"question": scene.held.pk, "is_shortlisted": True}),
    messages.TakeQuestion: (Action.TAKE_QUESTION, lambda scene: {"question": scene.published.pk}),
    messages.ProposeAnswer: (Action.PROPOSE_ANSWER, lambda scene: {"question": scene.held.pk, "answer": "In May."}),
    messages.Hold: (Action.MODERATE, lambda scene: {"question": scene.held.pk}),
    messages.ChangeRoom: (
        Action.CHANGE_ROOM,
        lambda scene: {"change": NEXT_CHANGE[RoomState(scene.room.state)]},
    ),
    messages.SetAgenda: (Action.SET_AGENDA, lambda scene: {"item": scene.item}),
    messages.CastBallot: (
        Action.CAST_BALLOT,
        lambda scene: {"poll": scene.poll.pk, "choices": [scene.poll.options.first().pk]},
    ),
    messages.RunPoll: (Action.RUN_POLLS, lambda scene: {"poll": scene.draft.pk, "change": PollChange.OPEN}),
    messages.RaiseHand: (Action.RAISE_HAND, lambda scene: {"raised": True, "name": "Ada"}),
    messages.SettleHand: (Action.RUN_HANDS, lambda scene: {"hand": scene.hand.pk}),
    messages.TakePart: (Action.RUN_HANDS, lambda scene: {"reactions": False, "hands": True}),
    messages.JudgeWord: (Action.SHOW_RESULTS, lambda scene: {"option": scene.word.pk, "standing": "allowed"}),
}
"""Of each command: what it takes to be allowed to give it, and an example that can be done in a scene."""

NAMES_NOTHING = {messages.ChangeRoom, messages.RaiseHand, messages.TakePart}
"""Commands about the room as such: there is no other meeting's thing that they could name."""


@pytest.fixture
def member(make_councillor: Callable[[Ward], Any], ward: Ward) -> Any:
    """The account of a councillor."""
    return make_councillor(ward)


@pytest.fixture
def make_scene(
    make_meeting: Callable[..., MeetingPage], ward: Ward, clerk: Actor, member: Any
) -> Callable[[], Scene]:
    def make() -> Scene:
        room = make_meeting(RoomState.IN_SESSION, agenda=("Apologies", "Libraries")).room
        held, published, joined = (
            ask_question(
                room_pk=room.pk,
                actor=Actor(role=Role.GUEST, guest="0d"),
                key=uuid.uuid4(),
                text=f"Question {number}?",
                name="Ada",
                ward=ward,
                asked_at=NOW,
            )
            for number in range(3)
        )
        decide_question(question_pk=published.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=NOW)
        assign_question(question_pk=held.pk, actor=clerk, councillor_pk=member.councillor.pk, assigned_at=NOW)
        merge_question(question_pk=joined.pk, into_pk=published.pk, actor=clerk, merged_at=NOW)
        draft, poll, cloud = (
            write_poll(
                room_pk=room.pk,
                actor=clerk,
                key=uuid.uuid4(),
                words=PollWords("How?", kind, ("Bus", "Train")),
                written_at=NOW,
            )
            for kind in (PollKind.SINGLE, PollKind.SINGLE, PollKind.WORDS)
        )
        for opened in (poll, cloud):
            change_poll(poll_pk=opened.pk, actor=clerk, change=PollChange.OPEN, changed_at=NOW)
        word = cloud.options.create(place=1, text="trees", folded="trees")
        hand = Hand.objects.create(room=room, person="guest:0d", raised_at=NOW)
        return Scene(room, room.meeting.agenda_items.first().pk, held, published, joined, draft, poll, word, hand)

    return make


@pytest.fixture
def actors(officer: Any, resident: Any, member: Any) -> dict[Role, Actor]:
    return {
        Role.GUEST: Actor(role=Role.GUEST, guest="5d0f2a2e"),
        Role.RESIDENT: Actor(role=Role.RESIDENT, user=resident),
        Role.COUNCILLOR: Actor(role=Role.COUNCILLOR, user=member),
        Role.OFFICER: Actor(role=Role.OFFICER, user=officer),
    }


def test_every_command_has_somebody_who_obeys_it_and_a_row_here() -> None:
    assert (set(HANDLERS), set(ROWS)) == (set(COMMANDS), set(COMMANDS))


def put_into(room: Room, state: RoomState) -> None:
    paragraph = 3 if state is RoomState.EXEMPT else None
    Room.objects.filter(pk=room.pk).update(state=state, exempt_paragraph=paragraph)
    room.refresh_from_db()


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(command: messages.Command, room: Room, actor: Actor) -> str:
    """``ack``, or why not; what is refused leaves no trace in log or record."""
    before = (RoomEvent.objects.count(), RecordEntry.objects.count())
    try:
        obey(command, room_pk=room.pk, actor=actor, moment=NOW)
    except CommandRefused as refusal:
        assert (RoomEvent.objects.count(), RecordEntry.objects.count()) == before
        return refusal.reason.value
    return "ack"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_a_command_is_obeyed_for_whom_and_when_the_table_says(
    kind: type[messages.Command],
    make_scene: Callable[[], Scene],
    actors: dict[Role, Actor],
    ward: Ward,
) -> None:
    action, example = ROWS[kind]
    own, other = make_scene(), make_scene()
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP12DE")
    got: dict[tuple[str, str], list[str]] = {}
    expected: dict[tuple[str, str], list[str]] = {}
    for role, state in itertools.product(Role, RoomState):
        with undone():
            for scene in (own, other):
                put_into(scene.room, state)
            field = {"type": get_args(kind.model_fields["type"].annotation)[0], "id": "c1"}
            key = (role.value, state.value)
            if may(role, state, action):
                expected[key] = ["ack"]
            elif any(may(role, each, action) for each in RoomState):
                expected[key] = ["not_now"]
            else:
                expected[key] = ["not_allowed"]
            got[key] = [outcome(kind.model_validate(field | example(own)), own.room, actors[role])]
            if kind not in NAMES_NOTHING:
                # The same on another meeting's thing, through this meeting's socket.
                strange = outcome(kind.model_validate(field | example(other)), own.room, actors[role])
                expected[key].append("refused")
                got[key].append("ack" if strange == "ack" else "refused")
    assert got == expected


HOSTILE_WORDS = st.sampled_from(
    ["\x00", "a\x00b", "=1+1", "<script>", "\u202e", "\u200b" * 9, "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "'; --", "%s{0}$x"]
)


def values(kind: type[messages.Command], scenes: tuple[Scene, Scene]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields as the type allows them, from a sensible example to the edges of what fits; things of both meetings."""
    examples = [ROWS[kind][1](scene) for scene in scenes]
    fields = {}
    whole = kind.model_json_schema()
    defs = whole.get("$defs", {})
    for name, schema in whole["properties"].items():
        if name in {"type", "id"}:
            continue
        known = [example[name] for example in examples if name in example]
        fields[name] = st.sampled_from(known) | drawn(schema, defs) if known else drawn(schema, defs)
    required = set(whole.get("required", [])) - {"type", "id"}
    return st.fixed_dictionaries(
        {name: fields[name] for name in required},
        optional={name: fields[name] for name in set(fields) - required},
    )


def drawn(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Anything of a JSON type within its bounds."""
    if "$ref" in schema:
        return drawn(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    if "anyOf" in schema:
        return st.one_of([drawn(one, defs) for one in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "integer":
            return st.integers(schema.get("minimum", -(2**63)), schema.get("maximum", 2**63 - 1)) | st.integers(1, 9)
        case "string" if schema.get("format") == "uuid":
            return st.uuids().map(str)
        case "string":
            most = schema.get("maxLength", 50)
            short = st.text(st.characters(exclude_categories=["Cs"]), max_size=min(most, 40))
            return (HOSTILE_WORDS.map(lambda text: text[:most]) | short | st.just("x" * most)).filter(
                lambda text: len(text) >= schema.get("minLength", 0)
            )
        case "boolean":
            return st.booleans()
        case "array":
            inner = drawn(schema.get("items", {}), defs)
            return st.lists(inner, min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 5), 5))
        case "object":
            return st.fixed_dictionaries({name: drawn(one, defs) for name, one in schema["properties"].items()})
        case "null":
            return st.none()
    return st.just(schema.get("default"))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_whatever_a_command_holds_it_is_done_or_refused_with_a_reason(
    kind: type[messages.Command], make_scene: Callable[[], Scene], actors: dict[Role, Actor], ward: Ward
) -> None:
    scenes = (make_scene(), make_scene())
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP12DE")
    field = {"type": get_args(kind.model_fields["type"].annotation)[0], "id": "c1"}

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(values(kind, scenes), st.sampled_from(list(Role)), st.sampled_from(list(RoomState)))
    def try_it(fields: dict[str, Any], role: Role, state: RoomState) -> None:
        try:
            command = kind.model_validate(field | fields)
        except ValidationError:
            return  # refused as malformed before it comes to anything
        with undone():
            put_into(scenes[0].room, state)
            outcome(command, scenes[0].room, actors[role])

    try_it()

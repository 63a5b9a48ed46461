"""What a meeting's formal business looks like on its pages: read once, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from meetings import messages
from meetings.business import SPEAKER_CHANGES, spoken_ms_at
from meetings.business_contents import open_to
from meetings.business_enums import Move, SpeakerChange, SpeakerState
from meetings.business_forms import AskToSpeakForm, OwnInterestForm, SpeakerForm
from meetings.business_queries import Spoken, councillor_of, spoken_by
from meetings.enums import Action, Audience, Role, RoomState
from meetings.models import Declaration, Room, Speaker
from meetings.motions_page import YourVote, desk_motions, public_motions, your_vote
from meetings.rules import may
from meetings.services import Actor
from wards.models import Councillor

Forms = Mapping[str, forms.Form]
"""By prefix: forms that were refused, to be shown again as they were filled in."""


def minutes_and_seconds(seconds: int) -> str:
    """``2:05``, as clocks show it in every language of the site."""
    return f"{seconds // 60}:{seconds % 60:02}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn to speak as a page shows it at a moment."""

    speaker: Speaker
    milliseconds: int
    """For how long they have spoken."""
    times_before: int
    """How often the same person has spoken at this meeting, this turn not counted."""
    moves: tuple[Move, ...] = ()
    """Where in the queue they can go."""

    @property
    def seconds(self) -> int:
        return self.milliseconds // 1000

    @property
    def changes(self) -> list[SpeakerChange]:
        """What the clerk can do with them now."""
        return list(SPEAKER_CHANGES[SpeakerState(self.speaker.state)])

    @property
    def allotted(self) -> str:
        return minutes_and_seconds(self.speaker.allotted_seconds)

    @property
    def is_over(self) -> bool:
        return self.seconds > self.speaker.allotted_seconds


@dataclass(frozen=True, slots=True)
class Queue:
    """Who speaks, who was interrupted, who waits for the item being taken and for others, who has spoken."""

    speaking: Turn | None
    interrupted: list[Turn]
    waiting: list[Turn]
    elsewhere: list[Turn]
    done: list[Turn]
    spoken: list[Spoken]

    @property
    def on_now(self) -> Turn | None:
        """Whose clock is shown: who speaks, or was interrupted last."""
        return self.speaking or (self.interrupted[-1] if self.interrupted else None)

    @property
    def following(self) -> Turn | None:
        return self.waiting[0] if self.waiting else None


def queue_of(room: Room, moment: datetime, audience: Audience = Audience.PUBLIC) -> Queue:
    """The queue of a room at a moment, as an audience may see it. One query."""
    return _queue(room, list(open_to(room, audience, "speakers", room.speakers.shown().in_order())), moment)


def _queue(room: Room, speakers: list[Speaker], moment: datetime) -> Queue:
    begun: dict[tuple[str, object], int] = {}
    for speaker in speakers:
        if speaker.state != SpeakerState.WAITING:
            begun[_person(speaker)] = begun.get(_person(speaker), 0) + 1
    by_state: dict[str, list[Turn]] = {state: [] for state in SpeakerState.values}
    for speaker in speakers:
        milliseconds = spoken_ms_at(moment, spoken_ms=speaker.spoken_ms, running_since=speaker.running_since)
        before = begun.get(_person(speaker), 0) - (speaker.state != SpeakerState.WAITING)
        by_state[speaker.state].append(Turn(speaker, milliseconds, before))
    item = room.current_agenda_item_id
    waiting = by_state[SpeakerState.WAITING]
    here = [turn for turn in waiting if item is None or turn.speaker.agenda_item_id in {item, None}]
    return Queue(
        speaking=next(iter(by_state[SpeakerState.SPEAKING]), None),
        interrupted=sorted(by_state[SpeakerState.PAUSED], key=lambda turn: turn.speaker.started_at or moment),
        waiting=_with_moves(here),
        elsewhere=[turn for turn in waiting if turn not in here],
        done=by_state[SpeakerState.SPOKEN],
        spoken=spoken_by(speakers, moment),
    )


def _with_moves(queue: list[Turn]) -> list[Turn]:
    """Each with where they can go: points of order stay before all others."""
    kinds = [turn.speaker.is_point_of_order for turn in queue]
    moved = []
    for place, turn in enumerate(queue):
        up = place > 0 and kinds[place - 1] == kinds[place]
        down = place + 1 < len(queue) and kinds[place + 1] == kinds[place]
        moved.append(replace(turn, moves=(*([Move.UP] if up else []), *([Move.DOWN] if down else []))))
    return moved


def _person(speaker: Speaker) -> tuple[str, object]:
    return speaker.kind, speaker.councillor_id or speaker.name


def room_business(room: Room, moment: datetime) -> dict[str, Any]:
    """What everybody may see of a room's business, and the same as the socket tells it, for the page's script.

    The rows are read once for both.
    """
    speakers = list(open_to(room, Audience.PUBLIC, "speakers", room.speakers.shown().in_order()))
    shown = public_motions(room)
    motions = [each for row in shown["motions"] for each in (row, *row.amendments)]
    told: dict[str, list[messages.Frame]] = {
        "speakers": [messages.speaker_view(speaker) for speaker in speakers],
        "declarations": [messages.declaration_view(declaration) for declaration in shown["declarations"]],
        "motions": [messages.motion_view(row.motion) for row in motions],
        "votes": [messages.vote_view(row.vote, row.roll) for row in motions if row.vote],
    }
    return {
        **shown,
        "queue": _queue(room, speakers, moment),
        "business": {
            "now": moment.isoformat(),
            **{name: [view.model_dump(mode="json") for view in views] for name, views in told.items()},
        },
    }


def desk_business(room: Room, moment: datetime, refused: Forms | None = None) -> dict[str, Any]:
    """What the clerk sees of a room's business, with the forms to run it by."""
    refused = refused or {}
    today = timezone.localdate(moment)
    return {
        "queue": queue_of(room, moment, Audience.MODERATORS),
        **desk_motions(room, today, dict(refused)),
        "speaker_form": refused.get("speaker") or SpeakerForm(room=room, on=today),
        "refused": refused,
    }


@dataclass(frozen=True, slots=True)
class Yours:
    """What a councillor can do from the room's page, and what they have done."""

    councillor: Councillor
    may_speak: bool
    may_declare: bool
    waiting: list[Speaker]
    declared: list[Declaration]
    vote: YourVote | None
    speak_form: forms.Form
    interest_form: forms.Form


def yours(room: Room, actor: Actor, moment: datetime, refused: Forms | None = None) -> Yours | None:
    """The councillor's part of the room's page; None for everybody else."""
    if actor.role is not Role.COUNCILLOR or actor.user is None:
        return None
    today, state = timezone.localdate(moment), RoomState(room.state)
    councillor = councillor_of(actor.user, today)
    if councillor is None:
        return None
    refused = refused or {}
    return Yours(
        councillor=councillor,
        may_speak=may(actor.role, state, Action.SPEAK),
        waiting=list(room.speakers.filter(councillor=councillor, state=SpeakerState.WAITING).in_order()),
        may_declare=may(actor.role, state, Action.DECLARE),
        declared=list(room.declarations.standing().filter(councillor=councillor).order_by("declared_at", "pk")),
        vote=your_vote(room, councillor) if may(actor.role, state, Action.VOTE) else None,
        speak_form=refused.get("speak") or AskToSpeakForm(room=room, on=today),
        interest_form=refused.get("interest") or OwnInterestForm(room=room, on=today),
    )

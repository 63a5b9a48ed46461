"""The queue of speakers and their clock: each service writes the rows, the log and the record in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from meetings import messages
from meetings.business import speaker_after, spoken_ms_at
from meetings.business_enums import Move, Side, SpeakerChange, SpeakerKind, SpeakerState
from meetings.business_queries import councillor_of, is_barred, sitting, waiting_for
from meetings.enums import Act, Action, Audience, EventKind, Role
from meetings.models import AgendaItem, Hand, Room, Speaker
from meetings.models.speakers import DEFAULT_ALLOTTED_SECONDS, MAX_ALLOTTED_SECONDS, MAX_SPEAKER_NAME_LENGTH
from meetings.room import ImpossibleChange
from meetings.services.acting import Actor, agenda_item_of, locked_room, tell, write_down
from meetings.services.errors import (
    InterestBars,
    NoSuchCouncillor,
    NoSuchHand,
    NoSuchSpeaker,
    NotAllowed,
    NotPossible,
    SomebodySpeaks,
    SpeakerNameMissing,
    TimeOutOfBounds,
)
from meetings.services.hands import put_down
from wardmote.core.text import clean_text
from wards.models import Councillor


@transaction.atomic
def ask_to_speak(
    *,
    room_pk: int,
    actor: Actor,
    asked_at: datetime,
    agenda_item_pk: int | None = None,
    side: str = "",
    is_point_of_order: bool = False,
) -> Speaker:
    """A councillor puts themself into the queue, once. Raises a ``RoomError``.

    Whoever waits for this item, or for the one being taken, keeps their place; whoever waits for another one that has
    gone by, or is to come, waits for this one instead.
    """
    room = locked_room(room_pk, actor, Action.SPEAK)
    councillor = councillor_of(actor.user, timezone.localdate(asked_at))
    if councillor is None:
        raise NotAllowed
    return _put_in(
        room,
        actor,
        asked_at,
        kind=SpeakerKind.COUNCILLOR,
        councillor=councillor,
        name=councillor.name,
        item=agenda_item_of(room, agenda_item_pk),
        side=side,
        is_point_of_order=is_point_of_order,
        seconds=DEFAULT_ALLOTTED_SECONDS,
    )


@transaction.atomic
def add_speaker(
    *,
    room_pk: int,
    actor: Actor,
    kind: SpeakerKind,
    added_at: datetime,
    name: str = "",
    councillor_pk: int | None = None,
    agenda_item_pk: int | None = None,
    side: str = "",
    is_point_of_order: bool = False,
    allotted_seconds: int = DEFAULT_ALLOTTED_SECONDS,
) -> Speaker:
    """The clerk puts somebody at the end of the queue: a councillor by key, anybody else by name."""
    room = locked_room(room_pk, actor, Action.RUN_SPEAKERS)
    councillor = None
    if kind is SpeakerKind.COUNCILLOR:
        councillor = sitting(timezone.localdate(added_at)).filter(pk=councillor_pk or 0).first()
        if councillor is None:
            raise NoSuchCouncillor
    name = councillor.name if councillor else clean_text(name, limit=MAX_SPEAKER_NAME_LENGTH).strip()
    if not name:
        raise SpeakerNameMissing
    if not 1 <= allotted_seconds <= MAX_ALLOTTED_SECONDS:
        raise TimeOutOfBounds
    return _put_in(
        room,
        actor,
        added_at,
        kind=kind,
        councillor=councillor,
        name=name,
        item=agenda_item_of(room, agenda_item_pk),
        side=side,
        is_point_of_order=is_point_of_order,
        seconds=allotted_seconds,
    )


@transaction.atomic
def queue_hand(*, hand_pk: int, actor: Actor, name: str, queued_at: datetime) -> Speaker:
    """Put whoever raised a hand into the queue, and the hand down. Raises a ``RoomError``.

    A councillor is known; for anybody else the clerk says under which ``name`` everybody sees them, since the name on
    a hand was given to officers alone.
    """
    room_pk = Hand.objects.filter(pk=hand_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchHand
    room = locked_room(room_pk, actor, Action.RUN_SPEAKERS)
    hand = room.hands.filter(pk=hand_pk).select_related("user").first()
    if hand is None:
        raise NoSuchHand
    councillor = councillor_of(hand.user, timezone.localdate(queued_at))
    shown = councillor.name if councillor else clean_text(name, limit=MAX_SPEAKER_NAME_LENGTH).strip()
    if not shown:
        raise SpeakerNameMissing
    speaker = _put_in(
        room,
        actor,
        queued_at,
        kind=SpeakerKind.COUNCILLOR if councillor else SpeakerKind.PUBLIC,
        councillor=councillor,
        name=shown,
        item=None,
        side="",
        is_point_of_order=False,
        seconds=DEFAULT_ALLOTTED_SECONDS,
    )
    put_down(room, hand, queued_at)
    return speaker


@transaction.atomic
def change_speaker(*, speaker_pk: int, actor: Actor, change: SpeakerChange, changed_at: datetime) -> Speaker:
    """Start, pause, resume or stop somebody's clock, or take them out of the queue. Raises a ``RoomError``.

    Starting a point of order interrupts whoever is speaking; starting anybody else does not. Councillors may take
    themselves out of the queue.
    """
    room, speaker = _room_and_speaker(speaker_pk, actor, change, changed_at)
    if change in {SpeakerChange.START, SpeakerChange.RESUME}:
        if _is_barred(room, speaker):
            raise InterestBars
        _make_way(room, speaker, actor, changed_at)
    _change(room, speaker, actor, change, changed_at)
    return speaker


@transaction.atomic
def next_speaker(*, room_pk: int, actor: Actor, changed_at: datetime) -> Speaker | None:
    """Stop whoever speaks or is interrupted, and start the first who waits for the item being taken, if anybody.

    Who waits for no item in particular, and may take no part in this one, is passed over.
    """
    room = locked_room(room_pk, actor, Action.RUN_SPEAKERS)
    for speaker in room.speakers.filter(state__in=[SpeakerState.SPEAKING, SpeakerState.PAUSED]):
        _change(room, speaker, actor, SpeakerChange.STOP, changed_at)
    waiting = waiting_for(room, room.current_agenda_item_id)
    following = next((speaker for speaker in waiting if not _is_barred(room, speaker)), None)
    if following is not None:
        _change(room, following, actor, SpeakerChange.START, changed_at)
    return following


@transaction.atomic
def move_speaker(*, speaker_pk: int, actor: Actor, move: Move, moved_at: datetime) -> Speaker:
    """Change places with the one before or behind in the queue; at its end nothing changes. Raises a ``RoomError``."""
    room_pk = _room_pk_of(speaker_pk)
    room = locked_room(room_pk, actor, Action.RUN_SPEAKERS)
    queue = list(waiting_for(room, room.current_agenda_item_id))
    if all(one.pk != speaker_pk for one in queue):
        queue = list(waiting_for(room, Speaker.objects.get(pk=speaker_pk).agenda_item_id))
    here = next((number for number, one in enumerate(queue) if one.pk == speaker_pk), None)
    if here is None:
        raise NotPossible
    there = here - 1 if move is Move.UP else here + 1
    speaker = queue[here]
    if not 0 <= there < len(queue) or queue[there].is_point_of_order != speaker.is_point_of_order:
        return speaker
    other = queue[there]
    speaker.place, other.place = other.place, speaker.place
    for moved in (speaker, other):
        moved.save(update_fields=["place"])
        _tell(room, moved, moved_at)
    write_down(room, Act.MOVE_SPEAKER, actor, moved_at, subject=speaker.reference, before=here + 1, after=there + 1)
    return speaker


def stop_the_clock(room: Room, actor: Actor, moment: datetime, *, for_good: bool) -> None:
    """The meeting adjourns or ends: whoever speaks is interrupted, or has spoken. The room is locked by the caller."""
    states = [SpeakerState.SPEAKING, *([SpeakerState.PAUSED] if for_good else [])]
    change = SpeakerChange.STOP if for_good else SpeakerChange.PAUSE
    for speaker in room.speakers.filter(state__in=states):
        _change(room, speaker, actor, change, moment)


def leave_the_queue(room: Room, speaker: Speaker, actor: Actor, moment: datetime) -> None:
    """Take out somebody who waits and may take no part in the item. The room is locked by the caller."""
    _change(room, speaker, actor, SpeakerChange.REMOVE, moment)


def _put_in(
    room: Room,
    actor: Actor,
    moment: datetime,
    *,
    kind: SpeakerKind,
    councillor: Councillor | None,
    name: str,
    item: AgendaItem | None,
    side: str,
    is_point_of_order: bool,
    seconds: int,
) -> Speaker:
    waiting = room.speakers.filter(state=SpeakerState.WAITING, is_point_of_order=is_point_of_order)
    known = waiting.filter(councillor=councillor).first() if councillor else None
    item = item or room.current_agenda_item
    if known is not None and known.agenda_item_id in {None, room.current_agenda_item_id, item.pk if item else None}:
        return known
    if is_barred(room, councillor, item.pk if item else None):
        raise InterestBars
    last = room.speakers.aggregate(last=Max("place"))["last"] or 0
    if known is not None:
        return _wait_elsewhere(room, known, item, last + 1, actor, moment)
    speaker = Speaker.objects.create(
        room=room,
        agenda_item=item,
        kind=kind,
        councillor=councillor,
        name=name,
        side=side if side in Side.values else "",
        is_point_of_order=is_point_of_order,
        place=last + 1,
        allotted_seconds=seconds,
        asked_at=moment,
    )
    _tell(room, speaker, moment)
    _write_down(room, Act.ADD_SPEAKER, speaker, actor, moment, before="")
    return speaker


def _wait_elsewhere(
    room: Room, speaker: Speaker, item: AgendaItem | None, place: int, actor: Actor, moment: datetime
) -> Speaker:
    """Somebody who waits for another item now waits, last, for this one: a councillor waits once."""
    speaker.agenda_item, speaker.place = item, place
    speaker.save(update_fields=["agenda_item", "place"])
    _tell(room, speaker, moment)
    _write_down(room, Act.ADD_SPEAKER, speaker, actor, moment, before=SpeakerState.WAITING.value)
    return speaker


def _is_barred(room: Room, speaker: Speaker) -> bool:
    """Whether a declared interest keeps somebody from speaking on their item, or without one on that being taken."""
    return is_barred(room, speaker.councillor, speaker.agenda_item_id or room.current_agenda_item_id)


def _make_way(room: Room, speaker: Speaker, actor: Actor, moment: datetime) -> None:
    """Only a point of order interrupts: anybody else waits until the one who speaks is stopped or paused."""
    speaking = room.speakers.filter(state=SpeakerState.SPEAKING).exclude(pk=speaker.pk).first()
    if speaking is None:
        return
    if not speaker.is_point_of_order:
        raise SomebodySpeaks
    _change(room, speaking, actor, SpeakerChange.PAUSE, moment)


def _change(room: Room, speaker: Speaker, actor: Actor, change: SpeakerChange, moment: datetime) -> None:
    before = SpeakerState(speaker.state)
    try:
        after = speaker_after(before, change)
    except ImpossibleChange as error:
        raise NotPossible from error
    speaker.state = after
    if after is SpeakerState.SPEAKING:
        speaker.running_since, speaker.ended_at = moment, None
        speaker.started_at = speaker.started_at or moment
    else:
        speaker.spoken_ms = spoken_ms_at(moment, spoken_ms=speaker.spoken_ms, running_since=speaker.running_since)
        speaker.running_since = None
        speaker.ended_at = moment if after is SpeakerState.SPOKEN else None
    speaker.save()
    _tell(room, speaker, moment)
    _write_down(room, Act(f"speaker.{change.value}"), speaker, actor, moment, before=before.value)


def _room_and_speaker(speaker_pk: int, actor: Actor, change: SpeakerChange, moment: datetime) -> tuple[Room, Speaker]:
    room_pk = _room_pk_of(speaker_pk)
    is_own_leave = actor.role is Role.COUNCILLOR and change is SpeakerChange.REMOVE
    room = locked_room(room_pk, actor, Action.SPEAK if is_own_leave else Action.RUN_SPEAKERS)
    speaker = Speaker.objects.select_related("councillor").get(pk=speaker_pk)
    if is_own_leave:
        councillor = councillor_of(actor.user, timezone.localdate(moment))
        if councillor is None or speaker.councillor_id != councillor.pk:
            raise NotAllowed
    return room, speaker


def _room_pk_of(speaker_pk: int) -> int:
    room_pk: int | None = Speaker.objects.filter(pk=speaker_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchSpeaker
    return room_pk


def _tell(room: Room, speaker: Speaker, moment: datetime) -> None:
    told: tuple[EventKind, messages.Frame] = (EventKind.SPEAKER, messages.speaker_view(speaker))
    if speaker.state == SpeakerState.LEFT:
        told = (EventKind.SPEAKER_REMOVED, messages.Removed(id=speaker.pk))
    tell(room, moment, dict.fromkeys(Audience, told))


def _write_down(room: Room, act: Act, speaker: Speaker, actor: Actor, moment: datetime, *, before: str) -> None:
    """A councillor is named by their public reference; nobody else is."""
    more = {"councillor": f"councillor:{speaker.councillor_id}"} if speaker.councillor_id else {}
    write_down(
        room, act, actor, moment, subject=speaker.reference, before=before, after=str(speaker.state), more=more
    )

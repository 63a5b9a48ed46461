"""What every act in a room shares: who does it, the room's lock, the log and the record.

Locks are taken in one order: the room, then its rows, the record last of all.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from meetings import broadcast, messages, record
from meetings.business_contents import kept_with
from meetings.contents import collection_of
from meetings.enums import (
    COUNCILLOR_PREFIX,
    INSIDE_AUDIENCES,
    Act,
    Action,
    Audience,
    EventKind,
    Intake,
    Role,
    RoomState,
)
from meetings.models import AgendaItem, KeptInside, PublicQuestion, Room, RoomEvent
from meetings.queries import intake_at, last_sequences
from meetings.rules import may
from meetings.services.errors import (
    InPrivate,
    NoSuchAgendaItem,
    NoSuchRoom,
    NotAllowed,
    NoticeOver,
    QuestionsNotOpen,
    QuestionsOver,
    RoomClosed,
)

Told = Mapping[str, tuple[EventKind, messages.Frame]]
"""By audience: what it is told."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: in which role, and by which account or, for a guest, which device."""

    role: Role
    user: AbstractBaseUser | None = None
    guest: str = ""

    @property
    def key(self) -> str:
        """What stands for this person in "once per person"."""
        return f"user:{self.user.pk}" if self.user else f"guest:{self.guest}"


def locked_room(
    room_pk: int,
    actor: Actor,
    action: Action,
    repeat_of: uuid.UUID | None = None,
    moment: datetime | None = None,
) -> Room:
    """The room, locked until the transaction ends, once ``actor`` may do ``action`` in it at ``moment``.

    Only asking and supporting depend on the moment. A question that was kept before the room closed is acknowledged
    afterwards too (``repeat_of``).
    """
    try:
        room = (
            Room.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=room_pk, meeting__live=True)
        )
    except Room.DoesNotExist:
        raise NoSuchRoom from None
    if repeat_of and PublicQuestion.objects.filter(key=repeat_of).exists():
        return room
    require(actor, room, action, moment)
    return room


def require(actor: Actor, room: Room, action: Action, moment: datetime | None = None) -> None:
    intake = intake_at(room, moment, action) if moment else None
    if may(actor.role, RoomState(room.state), action, intake):
        return
    if intake is Intake.RESTING:
        raise InPrivate
    if action is Action.GIVE_NOTICE:
        raise NoticeOver
    if action in {Action.ASK, Action.SUPPORT} and intake is Intake.NOT_YET:
        raise QuestionsNotOpen
    if action in {Action.ASK, Action.SUPPORT} and not room.is_closed:
        raise QuestionsOver
    if any(may(actor.role, state, action) for state in RoomState):
        raise InPrivate if room.is_private else RoomClosed
    raise NotAllowed


def agenda_item_of(room: Room, pk: int | None) -> AgendaItem | None:
    if pk is None:
        return None
    item: AgendaItem | None = AgendaItem.objects.filter(pk=pk, meeting=room.meeting_id).first()
    if item is None:
        raise NoSuchAgendaItem
    return item


def tell(room: Room, moment: datetime, told: Told) -> None:
    """Write one event per audience with its next number, under the room's lock, and ring the bell on commit.

    In a private session only those inside are told, and what the others would have heard of is kept inside. It stays
    there when it goes on in public, and so does the vote on a motion that does, or an amendment to it.
    """
    outside = {audience: what for audience, what in told.items() if str(audience) not in INSIDE_AUDIENCES}
    views = {
        audience: (collection, view.model_dump())
        for audience, (kind, view) in outside.items()
        if (collection := collection_of(kind))
    }
    things = {audience: (collection, thing["id"]) for audience, (collection, thing) in views.items()}
    if room.is_private:
        _keep_inside(room, moment, things.values())
        hear = set(told) - set(outside)
    else:
        kept = set(room.kept_inside.values_list("collection", "thing"))
        late = {things[audience] for audience, view in views.items() if kept_with(*view) in kept} - kept
        if late:
            _keep_inside(room, moment, late)
        hear = {audience for audience in told if things.get(audience) not in kept | late}
    tell_everybody(room, moment, {audience: what for audience, what in told.items() if audience in hear})


def _keep_inside(room: Room, moment: datetime, things: Iterable[tuple[str, int]]) -> None:
    """Note the things that readers would have been told of, so that they do not see them afterwards either."""
    KeptInside.objects.bulk_create(
        (
            KeptInside(room=room, collection=collection, thing=thing, kept_at=moment)
            for collection, thing in sorted(set(things))
        ),
        ignore_conflicts=True,
    )


def begin_anew(room: Room, moment: datetime) -> None:
    """What readers may see has changed as a whole: the log's epoch is another, and all start from a snapshot."""
    room.epoch = uuid.uuid4()
    room.save(update_fields=["epoch"])
    tell_everybody(room, moment, {Audience.PUBLIC: (EventKind.RESET, messages.Reset())})


_WITHOUT_PEOPLE = (EventKind.ROOM, EventKind.AGENDA, EventKind.RESET)
"""Events in which nobody is named. They stay when a log is emptied: they also tell when the room last changed."""


def empty_log(room: Room, moment: datetime) -> None:
    """Delete what was told of people and their words, under the room's lock. All start from a snapshot.

    Each audience's numbers go on from where they were, and nobody is sent what is before the new beginning: its epoch
    is another.
    """
    log = RoomEvent.objects.filter(room=room)
    streams = log.filter(Q(audience__in=Audience.values) | Q(audience__startswith=COUNCILLOR_PREFIX))
    audiences = {*Audience.values, *streams.order_by().values_list("audience", flat=True).distinct()}
    last = last_sequences(room.pk, audiences)
    log.exclude(kind__in=_WITHOUT_PEOPLE).delete()
    room.epoch = uuid.uuid4()
    room.save(update_fields=["epoch"])
    reset = messages.Reset().model_dump(mode="json")
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room=room,
            audience=audience,
            sequence=last.get(audience, 0) + 1,
            kind=EventKind.RESET,
            payload=reset,
            created_at=moment,
        )
        for audience in sorted(audiences)
    )
    broadcast.tell_room(room.pk)


def tell_everybody(room: Room, moment: datetime, told: Told) -> None:
    """Tell each audience although the session may be private. Only the room's own state is told so."""
    last = last_sequences(room.pk, told)
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room=room,
            audience=str(audience),
            sequence=last.get(str(audience), 0) + 1,
            kind=kind,
            payload=view.model_dump(mode="json"),
            created_at=moment,
        )
        for audience, (kind, view) in told.items()
    )
    broadcast.tell_room(room.pk)


def write_down(
    room: Room,
    act: Act,
    actor: Actor,
    moment: datetime,
    *,
    subject: str,
    before: str | int,
    after: str | int,
    reason: str = "",
    more: Mapping[str, str] | None = None,
) -> int:
    """Add the act to the meeting's record, last of all in its transaction; the entry's number."""
    return record.append(
        record.locked(room),
        room=room,
        act=act,
        role=actor.role,
        who=who(actor),
        moment=moment,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
        more=more,
    )


def who(actor: Actor) -> str:
    """An officer by account, who answers for what was done; nobody else."""
    return f"account:{actor.user.pk}" if actor.user and actor.role is Role.OFFICER else ""

"""The room itself: that every meeting has one, its state, and the agenda item being taken."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from meetings import messages
from meetings.codes import new_code
from meetings.enums import Act, Action, Audience, EventKind, ExemptParagraph, RoomChange, RoomState
from meetings.models import KeptInside, MeetingPage, Room
from meetings.room import ImpossibleChange, room_after
from meetings.services.acting import (
    Actor,
    Told,
    agenda_item_of,
    begin_anew,
    locked_room,
    tell,
    tell_everybody,
    write_down,
)
from meetings.services.errors import InPrivate, NoCodeLeft, NotPossible, ParagraphMissing, PeopleForgotten
from meetings.services.hands import settle_all
from meetings.services.polls import close_open_polls
from meetings.services.speakers import stop_the_clock
from meetings.services.votes import refuse_while_voting

CODE_ATTEMPTS = 20
"""Codes tried for a new room: with 100,000 of 234,256 taken, all are taken once in ten million."""


def ensure_room(meeting: MeetingPage) -> Room | None:
    """The room of a meeting; made when it has none. Only the meeting in the site's first language has one."""
    if meeting.canonical().pk != meeting.pk:
        return None
    return Room.objects.filter(meeting=meeting).first() or _open_room(meeting)


def _open_room(meeting: MeetingPage) -> Room:
    """A room with a code that no other has; the database has the last word, and then another code is tried."""
    for _attempt in range(CODE_ATTEMPTS):
        try:
            with transaction.atomic():
                return Room.objects.get_or_create(meeting=meeting, defaults={"code": new_code()})[0]
        except IntegrityError:
            continue
    raise NoCodeLeft


def open_room_of_saved_meeting(*, instance: MeetingPage, raw: bool = False, **_signal: object) -> None:
    """Signal handler: every saved meeting has its room, however it was made."""
    if not raw:
        ensure_room(instance)


@transaction.atomic
def change_room(
    *,
    room_pk: int,
    actor: Actor,
    change: RoomChange,
    changed_at: datetime,
    paragraph: ExemptParagraph | None = None,
    resumes_at: datetime | None = None,
) -> Room:
    """Start, adjourn, resume, close or reopen a room, or go into private session and back. Raises a ``RoomError``.

    A private session needs the ``paragraph`` of Schedule 12A that allows it. An adjournment and a private session may
    say until when (``resumes_at``, timezone-aware, after ``changed_at``); whatever else is given is left aside.
    """
    room = locked_room(room_pk, actor, Action.CHANGE_ROOM)
    if change is RoomChange.EXCLUDE and paragraph is None:
        raise ParagraphMissing
    if room.forgotten_at:
        raise PeopleForgotten
    change_locked(room, actor, change, changed_at, paragraph=paragraph, resumes_at=resumes_at)
    return room


def change_locked(
    room: Room,
    actor: Actor,
    change: RoomChange,
    changed_at: datetime,
    *,
    paragraph: ExemptParagraph | None = None,
    resumes_at: datetime | None = None,
) -> None:
    """Do what ``change_room`` does, in the transaction of a caller who holds the room's lock."""
    before, was_private = RoomState(room.state), room.is_private
    try:
        after = room_after(before, change)
    except ImpossibleChange as error:
        raise NotPossible from error
    if after is not RoomState.IN_SESSION or was_private:
        refuse_while_voting(room)
        stop_the_clock(room, actor, changed_at, for_good=after is RoomState.CLOSED)
    room.state = after
    room.exempt_paragraph = paragraph if room.is_private else None
    room.resumes_at = resumes_at if change in {RoomChange.ADJOURN, RoomChange.EXCLUDE} else None
    if not room.is_live:
        room.current_question = None
    room.save(update_fields=["state", "exempt_paragraph", "resumes_at", "current_question"])
    if room.is_closed:
        close_open_polls(room, actor, changed_at)
        settle_all(room, actor, changed_at)
    told: Told = {audience: (EventKind.ROOM, messages.room_view(room, audience)) for audience in Audience}
    tell_everybody(room, changed_at, told)
    if room.is_private != was_private:
        begin_anew(room, changed_at)
    entry = write_down(
        room,
        Act.CHANGE_ROOM,
        actor,
        changed_at,
        subject="room",
        before=before.value,
        after=str(room.state),
        reason=f"Local Government Act 1972, Schedule 12A, paragraph {paragraph:d}" if room.is_private else "",
    )
    log(
        room.meeting,
        "meetings.room.change",
        user=actor.user,
        data={"role": actor.role.value, "before": before.value, "after": str(room.state), "entry": entry},
    )


@transaction.atomic
def set_agenda_item(*, room_pk: int, actor: Actor, agenda_item_pk: int | None, changed_at: datetime) -> Room:
    """Say which agenda item is being taken, or none. Saying it again changes nothing. Raises a ``RoomError``."""
    room = locked_room(room_pk, actor, Action.SET_AGENDA)
    item = agenda_item_of(room, agenda_item_pk)
    before = room.current_agenda_item
    if item == before:
        return room
    room.current_agenda_item = item
    room.save(update_fields=["current_agenda_item"])
    view = messages.AgendaView(agenda_item=agenda_item_pk)
    tell(room, changed_at, dict.fromkeys(Audience, (EventKind.AGENDA, view)))
    entry = write_down(
        room,
        Act.SET_AGENDA,
        actor,
        changed_at,
        subject="agenda",
        before=str(before) if before else "",
        after=str(item) if item else "",
    )
    log(
        room.meeting,
        "meetings.room.agenda",
        user=actor.user,
        data={
            "role": actor.role.value,
            "before": before.pk if before else None,
            "after": agenda_item_pk,
            "entry": entry,
        },
    )
    return room


@transaction.atomic
def disclose(*, room_pk: int, actor: Actor, collection: str, thing: int, disclosed_at: datetime) -> Room:
    """Let the public see a thing that a private session has kept inside; afterwards only. Raises a ``RoomError``."""
    room = locked_room(room_pk, actor, Action.CHANGE_ROOM)
    if room.is_private:
        raise InPrivate
    deleted, _by_model = KeptInside.objects.filter(room=room, collection=collection, thing=thing).delete()
    if not deleted:
        raise NotPossible
    begin_anew(room, disclosed_at)
    subject = f"{collection}:{thing}"
    entry = write_down(
        room, Act.DISCLOSE, actor, disclosed_at, subject=subject, before="kept inside", after="disclosed"
    )
    log(
        room.meeting,
        "meetings.room.disclose",
        user=actor.user,
        data={"role": actor.role.value, "subject": subject, "entry": entry},
    )
    return room

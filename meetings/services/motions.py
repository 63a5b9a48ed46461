"""Motions and amendments: moved, seconded, withdrawn or not put, and what a carried amendment makes of a motion."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from meetings import record
from meetings.business import SETTLED, motion_after
from meetings.business_enums import MotionChange, MotionState
from meetings.business_queries import entitled_councillors, is_barred
from meetings.enums import Act, Action
from meetings.models import Motion, Room
from meetings.models.motions import MAX_MOTION_LENGTH
from meetings.room import ImpossibleChange
from meetings.services.acting import Actor, agenda_item_of, locked_room, write_down
from meetings.services.errors import (
    ColleagueWasQuicker,
    InterestBars,
    MotionTextMissing,
    MoverMissing,
    NoSuchMotion,
    NotAmendable,
    NotPossible,
    SeconderMissing,
    VoteIsOpen,
)
from meetings.services.telling_motions import tell_motion
from wardmote.core.text import clean_text
from wards.models import Councillor


@transaction.atomic
def move_motion(
    *,
    room_pk: int,
    actor: Actor,
    text: str,
    mover_pk: int | None,
    moved_at: datetime,
    seconder_pk: int | None = None,
    agenda_item_pk: int | None = None,
    amends_pk: int | None = None,
    is_budget: bool = False,
) -> Motion:
    """Enter a motion, or an amendment to the one with ``amends_pk``, as it is moved and perhaps seconded already.

    Mover and seconder are two councillors who vote at the meeting on that day. Without an agenda item it is of the
    meeting in general. An amendment belongs to its motion's item, and decides the budget when its motion does. Raises
    a ``RoomError``.
    """
    room = locked_room(room_pk, actor, Action.RUN_MOTIONS)
    amended = _amendable(room, amends_pk)
    item = amended.agenda_item if amended else agenda_item_of(room, agenda_item_pk)
    text = _cleaned(text)
    today = timezone.localdate(moved_at)
    mover = _entitled(room, mover_pk, today)
    if mover is None:
        raise MoverMissing
    seconder = _entitled(room, seconder_pk, today)
    if seconder_pk and (seconder is None or seconder == mover):
        raise SeconderMissing
    if any(is_barred(room, one, item.pk if item else None) for one in (mover, seconder)):
        raise InterestBars
    siblings = room.motions.filter(amends=amended)
    motion = Motion.objects.create(
        room=room,
        agenda_item=item,
        amends=amended,
        number=(siblings.aggregate(last=Max("number"))["last"] or 0) + 1,
        text=text,
        mover=mover,
        seconder=seconder,
        is_budget=amended.is_budget if amended else is_budget,
        state=MotionState.SECONDED if seconder else MotionState.MOVED,
        moved_at=moved_at,
    )
    tell_motion(room, motion, moved_at)
    more = {"councillor": f"councillor:{mover.pk}", "text_sha256": record.fingerprint_of_words(text)}
    if seconder:
        more["seconder"] = f"councillor:{seconder.pk}"
    if amended:
        more["amends"] = amended.reference
    write_down(
        room, Act.MOVE_MOTION, actor, moved_at, subject=motion.reference, before="", after=motion.state, more=more
    )
    return motion


@transaction.atomic
def second_motion(*, motion_pk: int, actor: Actor, seconder_pk: int | None, seconded_at: datetime) -> Motion:
    """Enter who seconds a motion: a councillor who votes at the meeting and did not move it. Raises a ``RoomError``."""
    room, motion = room_and_motion(motion_pk, actor, Action.RUN_MOTIONS)
    after = state_after(motion, MotionChange.SECOND)
    seconder = _entitled(room, seconder_pk, timezone.localdate(seconded_at))
    if seconder is None or seconder == motion.mover:
        raise SeconderMissing
    if is_barred(room, seconder, motion.agenda_item_id):
        raise InterestBars
    motion.seconder = seconder
    put_into(
        room, motion, after, Act.SECOND_MOTION, actor, seconded_at, more={"seconder": f"councillor:{seconder.pk}"}
    )
    return motion


@transaction.atomic
def withdraw_motion(*, motion_pk: int, actor: Actor, withdrawn_at: datetime) -> Motion:
    """Enter that a motion is withdrawn; amendments to it that are not decided are not put. Raises a ``RoomError``."""
    return _end(motion_pk, actor, MotionChange.WITHDRAW, Act.WITHDRAW_MOTION, withdrawn_at)


@transaction.atomic
def drop_motion(*, motion_pk: int, actor: Actor, dropped_at: datetime) -> Motion:
    """Enter that a motion is not put, and so its undecided amendments: nobody seconds it, say. May raise."""
    return _end(motion_pk, actor, MotionChange.DROP, Act.DROP_MOTION, dropped_at)


@transaction.atomic
def amend_motion(
    *, motion_pk: int, actor: Actor, text: str, amended_at: datetime, carried: Collection[int] | None = None
) -> Motion:
    """Enter the words of a motion as its carried amendments make them; the words as moved stay.

    ``carried``: the amendments that whoever wrote the words knew to be carried. Raises a ``RoomError``, where there
    are others by now ``ColleagueWasQuicker``.
    """
    room, motion = room_and_motion(motion_pk, actor, Action.RUN_MOTIONS)
    written = motion.amendments.filter(state=MotionState.CARRIED)
    if MotionState(motion.state) in SETTLED or motion.state == MotionState.VOTING or not written.exists():
        raise NotPossible
    if carried is not None and set(carried) != set(written.values_list("pk", flat=True)):
        raise ColleagueWasQuicker
    text, before = _cleaned(text), motion.words
    written.filter(written_in_at__isnull=True).update(written_in_at=amended_at)
    motion.substantive_text = text
    motion.save(update_fields=["substantive_text"])
    tell_motion(room, motion, amended_at)
    write_down(
        room,
        Act.AMEND_MOTION,
        actor,
        amended_at,
        subject=motion.reference,
        before=motion.state,
        after=motion.state,
        more={
            "before_sha256": record.fingerprint_of_words(before),
            "text_sha256": record.fingerprint_of_words(text),
        },
    )
    return motion


def room_and_motion(motion_pk: int, actor: Actor, action: Action) -> tuple[Room, Motion]:
    """A motion with its room, the room locked first: every service takes its locks in that order."""
    room_pk = Motion.objects.filter(pk=motion_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchMotion
    room = locked_room(room_pk, actor, action)
    return room, Motion.objects.select_related("mover", "seconder", "amends").get(pk=motion_pk)


def state_after(motion: Motion, change: MotionChange) -> MotionState:
    """Where a change leads from where the motion stands. Raises ``NotPossible``."""
    try:
        return motion_after(MotionState(motion.state), change)
    except ImpossibleChange as error:
        raise NotPossible from error


def put_into(
    room: Room,
    motion: Motion,
    after: MotionState,
    act: Act,
    actor: Actor,
    moment: datetime,
    *,
    reason: str = "",
    more: dict[str, str] | None = None,
) -> None:
    """Put a motion into a state: the row, the log and the record."""
    before, motion.state = motion.state, after
    motion.save()
    tell_motion(room, motion, moment)
    write_down(
        room,
        act,
        actor,
        moment,
        subject=motion.reference,
        before=before,
        after=after.value,
        reason=reason,
        more=more,
    )


def _end(motion_pk: int, actor: Actor, change: MotionChange, act: Act, moment: datetime) -> Motion:
    room, motion = room_and_motion(motion_pk, actor, Action.RUN_MOTIONS)
    after = state_after(motion, change)
    if motion.amendments.filter(state=MotionState.VOTING).exists():
        raise VoteIsOpen
    undecided = motion.amendments.filter(state__in=[MotionState.MOVED, MotionState.SECONDED]).order_by("number")
    for amendment in undecided.select_related("mover", "seconder"):
        put_into(room, amendment, MotionState.NOT_PUT, Act.DROP_MOTION, actor, moment)
    put_into(room, motion, after, act, actor, moment)
    return motion


def _amendable(room: Room, pk: int | None) -> Motion | None:
    if pk is None:
        return None
    amended: Motion | None = room.motions.filter(pk=pk).select_related("agenda_item").first()
    if amended is None or amended.amends_id or amended.state not in {MotionState.MOVED, MotionState.SECONDED}:
        raise NotAmendable
    return amended


def _entitled(room: Room, pk: int | None, on: date) -> Councillor | None:
    return entitled_councillors(room, on).filter(pk=pk or 0).first()


def _cleaned(text: str) -> str:
    text = clean_text(text, limit=MAX_MOTION_LENGTH).strip()
    if not text:
        raise MotionTextMissing
    return text

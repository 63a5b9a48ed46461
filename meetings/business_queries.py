"""Reads of what is done formally at a meeting: who may vote, the queue, how long people have spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from meetings.business import spoken_ms_at
from meetings.business_enums import SpeakerState
from meetings.models import CommitteeMember, Room, Speaker
from wards.models import Councillor, Term


def sitting(on: date) -> QuerySet[Councillor]:
    """Who holds a seat on a day, by name. They may speak at any meeting, if its chair lets them."""
    held = Term.objects.held_on(on)
    return Councillor.objects.filter(pk__in=held.values("councillor")).order_by("name", "pk")


def entitled_councillors(room: Room, on: date) -> QuerySet[Councillor]:
    """Who votes at the meeting of ``room`` on a day, by name: its body's members who then hold a seat.

    Everybody who holds a seat, where every councillor is a member or nobody has ever said who is. Nobody, where all
    memberships have run out.
    """
    body, councillors = room.meeting.body, sitting(on)
    members = CommitteeMember.objects.filter(body=body.pk)
    if body.has_every_councillor or not members.exists():
        return councillors
    return councillors.filter(pk__in=members.serving_on(on).filter(councillor__isnull=False).values("councillor"))


def councillor_of(user: AbstractBaseUser | None, on: date) -> Councillor | None:
    """As which councillor an account holds a seat on a day."""
    return sitting(on).filter(user=user.pk).first() if user else None


def is_barred(room: Room, councillor: Councillor | None, item_pk: int | None) -> bool:
    """Whether a councillor's own declarations keep them from taking part in an agenda item."""
    if councillor is None or item_pk is None:
        return False
    declared = room.declarations.standing().filter(councillor=councillor, agenda_item=item_pk)
    return any(declaration.bars for declaration in declared)


def waiting_for(room: Room, item_pk: int | None) -> QuerySet[Speaker]:
    """Who waits to speak on an agenda item, in order: those for that item and those for none; without one, all."""
    waiting = room.speakers.filter(state=SpeakerState.WAITING).select_related("councillor").in_order()
    return waiting.filter(Q(agenda_item=item_pk) | Q(agenda_item__isnull=True)) if item_pk else waiting


@dataclass(frozen=True, slots=True)
class Spoken:
    """How often and how long somebody has spoken at a meeting. Points of order count."""

    name: str
    times: int
    milliseconds: int

    @property
    def seconds(self) -> int:
        return self.milliseconds // 1000


def spoken_by(speakers: Iterable[Speaker], moment: datetime) -> list[Spoken]:
    """How often and how long each person has spoken at ``moment``, the longest first.

    A councillor is one person; others are told apart by name and by as what they speak.
    """
    turns: dict[tuple[str, object], list[Speaker]] = {}
    for speaker in speakers:
        if speaker.state not in {SpeakerState.WAITING, SpeakerState.LEFT}:
            turns.setdefault((speaker.kind, speaker.councillor_id or speaker.name), []).append(speaker)
    spoken = [
        Spoken(
            name=taken[-1].name,
            times=len(taken),
            milliseconds=sum(
                spoken_ms_at(moment, spoken_ms=one.spoken_ms, running_since=one.running_since) for one in taken
            ),
        )
        for taken in turns.values()
    ]
    return sorted(spoken, key=lambda one: (-one.milliseconds, one.name))

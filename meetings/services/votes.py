"""Votes on motions: opened with their roll, cast by councillors or entered by the clerk, closed with their result."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings import messages
from meetings.business import SETTLED, CastingVoteNeeded, CastingVoteOutOfPlace, Tally, is_carried, tally
from meetings.business_enums import Casting, Choice, MotionChange, MotionState, VoteMethod
from meetings.business_queries import councillor_of, entitled_councillors, is_barred
from meetings.enums import Act, Action, Audience, EventKind, Role
from meetings.models import Motion, RollEntry, Room, Vote
from meetings.services.acting import Actor, tell, write_down
from meetings.services.errors import (
    AmendmentsFirst,
    CastingMissing,
    CastingOutOfPlace,
    ChairMissing,
    CountMissing,
    InterestBars,
    MustBeRecorded,
    NobodyOnTheRoll,
    NotOnTheRoll,
    TextNotAmended,
    VoteIsOpen,
    VoteNotOpen,
)
from meetings.services.motions import put_into, room_and_motion, state_after
from meetings.services.telling_motions import tell_vote
from wards.models import Councillor


@transaction.atomic
def open_vote(*, motion_pk: int, actor: Actor, method: VoteMethod, opened_at: datetime) -> Vote:
    """Put a motion to the vote, once its amendments are decided and written in; one vote at a time in a room.

    A recorded vote begins with its roll: everybody who votes at the meeting on that day, those whom a declared
    interest bars marked so. A motion on the budget must be recorded. Raises a ``RoomError``.
    """
    room, motion = room_and_motion(motion_pk, actor, Action.TAKE_VOTE)
    after = state_after(motion, MotionChange.PUT)
    if room.motions.filter(state=MotionState.VOTING).exists():
        raise VoteIsOpen
    if motion.amendments.exclude(state__in=SETTLED).exists():
        raise AmendmentsFirst
    if motion.amendments.filter(state=MotionState.CARRIED, written_in_at__isnull=True).exists():
        raise TextNotAmended
    if motion.is_budget and method is not VoteMethod.RECORDED:
        raise MustBeRecorded
    vote = Vote.objects.create(motion=motion, method=method, opened_at=opened_at)
    if method is VoteMethod.RECORDED:
        _make_roll(room, vote, opened_at)
    put_into(room, motion, after, Act.OPEN_VOTE, actor, opened_at, reason=method.value)
    tell_vote(room, vote, opened_at)
    return vote


@transaction.atomic
def cast_vote(
    *, motion_pk: int, actor: Actor, choice: Choice, cast_at: datetime, councillor_pk: int | None = None
) -> RollEntry:
    """Vote: a councillor for themself, an officer what the one with ``councillor_pk`` says as the roll is read.

    Until the vote is closed another choice takes the place of the first; the record has both, and who entered them.
    Raises a ``RoomError``, ``InterestBars`` for whoever has declared an interest that bars them.
    """
    room, motion = room_and_motion(motion_pk, actor, Action.VOTE)
    vote = _open_vote_on(motion)
    councillor = _voter(actor, councillor_pk, cast_at)
    entry = vote.roll.filter(councillor=councillor).first() if councillor else None
    if entry is None:
        raise NotOnTheRoll
    if entry.is_barred and choice is not Choice.NOT_VOTING:
        raise InterestBars
    by_officer = actor.role is Role.OFFICER
    if entry.choice == choice and entry.is_entered_by_officer == by_officer:
        return entry
    before, entry.choice = entry.choice, choice
    entry.cast_at, entry.is_entered_by_officer = cast_at, by_officer
    entry.save()
    tell_vote(room, vote, cast_at)
    more = {"councillor": f"councillor:{entry.councillor_id}"}
    write_down(
        room,
        Act.CAST_VOTE,
        actor,
        cast_at,
        subject=motion.reference,
        before=before,
        after=choice.value,
        more=more,
    )
    return entry


@transaction.atomic
def close_vote(
    *,
    motion_pk: int,
    actor: Actor,
    closed_at: datetime,
    casting: Casting | None = None,
    chair_pk: int | None = None,
    hands: Tally | None = None,
) -> Vote:
    """Close a vote and declare its result. ``hands`` is the count of a vote by show of hands.

    When votes are equal, ``casting`` says what the person presiding (``chair_pk``) does with their second or casting
    vote; otherwise there is none. Raises a ``RoomError``.
    """
    room, motion = room_and_motion(motion_pk, actor, Action.TAKE_VOTE)
    vote = _open_vote_on(motion)
    counted = _counted(vote, hands)
    try:
        carried = is_carried(counted, casting)
    except CastingVoteNeeded:
        raise CastingMissing from None
    except CastingVoteOutOfPlace:
        raise CastingOutOfPlace from None
    if casting in {Casting.FOR, Casting.AGAINST}:
        vote.chair = entitled_councillors(room, timezone.localdate(closed_at)).filter(pk=chair_pk or 0).first()
        if vote.chair is None:
            raise ChairMissing
        if is_barred(room, vote.chair, motion.agenda_item_id):
            raise InterestBars
    vote.votes_for, vote.against = counted.votes_for, counted.against
    vote.abstained, vote.not_voting = counted.abstained, counted.not_voting
    vote.casting, vote.closed_at, vote.is_carried = casting or "", closed_at, carried
    vote.save()
    vote.roll.filter(choice="").update(choice=Choice.NOT_VOTING)
    after = state_after(motion, MotionChange.CARRY if carried else MotionChange.LOSE)
    put_into(room, motion, after, Act.CLOSE_VOTE, actor, closed_at, more=_result(vote))
    tell_vote(room, vote, closed_at)
    return vote


@transaction.atomic
def call_off_vote(*, motion_pk: int, actor: Actor, called_off_at: datetime) -> Motion:
    """Undo the opening of a vote: what was cast is gone but for the record. Raises a ``RoomError``."""
    room, motion = room_and_motion(motion_pk, actor, Action.TAKE_VOTE)
    vote = _open_vote_on(motion)
    vote.delete()
    removed = (EventKind.VOTE_REMOVED, messages.Removed(id=motion.pk))
    tell(room, called_off_at, dict.fromkeys(Audience, removed))
    after = state_after(motion, MotionChange.CALL_OFF)
    put_into(room, motion, after, Act.CALL_OFF_VOTE, actor, called_off_at)
    return motion


def refuse_while_voting(room: Room) -> None:
    """A meeting does not adjourn, end or change its public in the middle of a vote. The caller holds the room's lock."""
    if room.motions.filter(state=MotionState.VOTING).exists():
        raise VoteIsOpen


def _make_roll(room: Room, vote: Vote, moment: datetime) -> None:
    barred = {
        declaration.councillor_id
        for declaration in room.declarations.standing().filter(agenda_item=vote.motion.agenda_item_id)
        if declaration.bars and declaration.agenda_item_id
    }
    entries = RollEntry.objects.bulk_create(
        RollEntry(vote=vote, councillor=councillor, is_barred=councillor.pk in barred)
        for councillor in entitled_councillors(room, timezone.localdate(moment))
    )
    if not entries:
        raise NobodyOnTheRoll


def _open_vote_on(motion: Motion) -> Vote:
    vote = Vote.objects.filter(motion=motion, closed_at__isnull=True).first()
    if vote is None:
        raise VoteNotOpen
    return vote


def _voter(actor: Actor, councillor_pk: int | None, moment: datetime) -> Councillor | None:
    if actor.role is Role.COUNCILLOR:
        return councillor_of(actor.user, timezone.localdate(moment))
    return Councillor.objects.filter(pk=councillor_pk or 0).first()


def _counted(vote: Vote, hands: Tally | None) -> Tally:
    if vote.method == VoteMethod.RECORDED:
        return tally(vote.roll.values_list("choice", flat=True))
    if hands is None:
        raise CountMissing
    return hands


def _result(vote: Vote) -> dict[str, str]:
    result = {
        "for": str(vote.votes_for),
        "against": str(vote.against),
        "abstained": str(vote.abstained),
    }
    if vote.known_not_voting is not None:
        result["not_voting"] = str(vote.known_not_voting)
    if vote.casting:
        result["casting"] = vote.casting
    if vote.chair_id:
        result["councillor"] = f"councillor:{vote.chair_id}"
    return result

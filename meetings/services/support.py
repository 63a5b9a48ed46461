"""Support for a question: once per person, whatever is clicked, sent or retried.

Support is counted and recorded under the record's lock alone, so that a storm of it never queues behind moderators. A
storm is what this path is made for: five statements a click, each with just the columns it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from meetings import broadcast, record
from meetings.enums import PUBLIC_STATES, Act, Action, QuestionState
from meetings.models import PublicQuestion, Record, Room, Upvote
from meetings.services.acting import Actor, require, who
from meetings.services.errors import NoSuchQuestion

_RECORDS = (
    Record.objects.select_for_update(of=("self",))
    .select_related("room__meeting")
    .filter(room__meeting__live=True)
    .only(
        "length",
        "fingerprint",
        "room__state",
        "room__forgotten_at",
        "room__meeting__questions_open_at",
        "room__meeting__questions_close_at",
        "room__meeting__translation_key",
    )
)
"""Records to be locked, with what has to be known of their rooms. Begun here once: that is half of what a query costs."""

_STANDINGS = PublicQuestion.objects.annotate(support=Count("upvotes")).values_list(
    "state", "state_before_merge", "merged_into", "support"
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A public question, and how it is supported, while its record is locked."""

    question_pk: int
    support: int
    is_mine: bool
    """Whether whoever acts is among its supporters."""


@transaction.atomic
def support_question(*, question_pk: int, actor: Actor, given_at: datetime, room_pk: int | None = None) -> bool:
    """Support a question, once: whether it is new. What was given before stays as it is.

    Support for a question that was joined to another goes to that one, also when that happens this very moment. With
    ``room_pk``, a question of another room is not found.
    """
    open_record = _locked_record(question_pk, room_pk)
    standing = _standing(question_pk, actor)
    require(actor, open_record.room, Action.SUPPORT, given_at)
    if standing.is_mine:
        return False
    Upvote.objects.create(question_id=standing.question_pk, voter=actor.key, given_at=given_at)
    _record_support(open_record, standing, Act.SUPPORT, actor, given_at)
    return True


@transaction.atomic
def withdraw_support(*, question_pk: int, actor: Actor, withdrawn_at: datetime, room_pk: int | None = None) -> bool:
    """Take support back, from what was joined to the question too: whether there was any.

    With ``room_pk``, a question of another room is not found.
    """
    open_record = _locked_record(question_pk, room_pk)
    standing = _standing(question_pk, actor)
    require(actor, open_record.room, Action.SUPPORT, withdrawn_at)
    if not standing.is_mine:
        return False
    of_it = Q(question=standing.question_pk) | Q(question__merged_into=standing.question_pk)
    Upvote.objects.filter(of_it, voter=actor.key).delete()
    _record_support(open_record, standing, Act.WITHDRAW_SUPPORT, actor, withdrawn_at)
    return True


def _locked_record(question_pk: int, room_pk: int | None) -> Record:
    """The record of the question's room, locked, with that room."""
    records = _RECORDS.filter(room__questions=question_pk)
    try:
        found = records.get()
    except Record.DoesNotExist:
        room = Room.objects.filter(questions=question_pk, meeting__live=True).first()
        if room is None:
            raise NoSuchQuestion from None
        record.locked(room)  # a meeting older than the record gets one now
        found = records.get()
    if room_pk not in {None, found.room_id}:
        raise NoSuchQuestion
    return found


def _standing(question_pk: int, actor: Actor) -> _Standing:
    """Where a public question stands, or the one it was joined to. The record is locked, so nobody joins it now."""
    found = _STANDINGS.annotate(mine=Count("upvotes", filter=Q(upvotes__voter=actor.key)))
    state, before, main_pk, support, mine = found.get(pk=question_pk)
    if main_pk is not None and before == QuestionState.PUBLISHED:
        return _standing(main_pk, actor)
    if state not in PUBLIC_STATES:
        raise NoSuchQuestion
    return _Standing(question_pk, support, bool(mine))


def _record_support(open_record: Record, standing: _Standing, act: Act, actor: Actor, moment: datetime) -> None:
    """Add a vote to the record: by whom stays out of it, how many there were before and after stands in it.

    The rows were counted under the record's lock, so each entry goes on from the count of the last.
    """
    record.append(
        open_record,
        room=open_record.room,
        act=act,
        role=actor.role,
        who=who(actor),
        moment=moment,
        subject=PublicQuestion(pk=standing.question_pk).reference,
        before=standing.support,
        after=standing.support + (1 if act is Act.SUPPORT else -1),
    )
    broadcast.tell_counts(open_record.room_id)

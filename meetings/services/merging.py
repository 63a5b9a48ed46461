"""Questions that ask the same become one: every person who asked or supported any of them counts once.

The supporters of the question that goes, and whoever asked it, become supporters of the one that stays. Their own rows
stay where they were, so that separating the two gives back what was.

Support is given under the record's lock, and not the room's. Whoever joins or separates questions takes that lock
before looking at supporters, so nobody is missed between.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from meetings import record
from meetings.enums import Act, Action, QuestionState
from meetings.models import PublicQuestion, Room, Upvote
from meetings.services.acting import Actor, tell
from meetings.services.errors import CannotJoin, ColleagueWasQuicker, HasJoined, MainNotPublished, PeopleForgotten
from meetings.services.finding import question_and_room, question_in
from meetings.services.taking import set_current
from meetings.services.telling import file_question, told_of, write_down_act

CAN_GO = frozenset({QuestionState.HELD, QuestionState.PUBLISHED})
CAN_STAY = frozenset({QuestionState.HELD, QuestionState.PUBLISHED, QuestionState.ANSWERED})


@transaction.atomic
def merge_question(*, question_pk: int, into_pk: int, actor: Actor, merged_at: datetime) -> PublicQuestion:
    """Join a question to another of the room that asks the same. Saying it again changes nothing.

    Readers see the one that stays; whoever asked the other is told. Raises a ``RoomError``.
    """
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    main = question_in(room, into_pk)
    if question.merged_into_id == main.pk:
        return question
    if room.forgotten_at:
        raise PeopleForgotten
    _check(question, main)
    before = QuestionState(question.state)
    record.locked(room)  # from here on supporters stand still
    question.state, question.state_before_merge, question.merged_into = QuestionState.MERGED, before, main
    question.save(update_fields=["state", "state_before_merge", "merged_into"])
    _carry(question, main)
    tell(room, merged_at, told_of(question, before))
    if room.current_question_id == question.pk:
        set_current(room, main if main.state == QuestionState.PUBLISHED else None, merged_at)
    file_question(question, room)
    _write_down(question, main, room, Act.MERGE, actor, merged_at, before)
    return question


@transaction.atomic
def unmerge_question(*, question_pk: int, actor: Actor, unmerged_at: datetime) -> PublicQuestion:
    """Separate a question again from the one it was joined to: it is what it was, with the supporters it had.

    Who has withdrawn in the meantime has withdrawn from both. Raises a ``RoomError``.
    """
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    main = question.merged_into
    if main is None:
        return question
    if room.forgotten_at:
        raise PeopleForgotten
    record.locked(room)
    question.state, question.state_before_merge = question.state_before_merge, ""
    question.merged_into = None
    question.save(update_fields=["state", "state_before_merge", "merged_into"])
    _give_back(question, main)
    tell(room, unmerged_at, told_of(question, QuestionState.MERGED))
    file_question(question, room)
    _write_down(question, main, room, Act.UNMERGE, actor, unmerged_at, QuestionState.MERGED)
    return question


def _check(question: PublicQuestion, main: PublicQuestion) -> None:
    if question.is_merged or main.is_merged:
        raise ColleagueWasQuicker
    if question.pk == main.pk or question.state not in CAN_GO or main.state not in CAN_STAY:
        raise CannotJoin
    if question.is_public and not main.is_public:
        raise MainNotPublished
    if question.merged.exists():
        raise HasJoined


def _carry(question: PublicQuestion, main: PublicQuestion) -> None:
    """Make everybody who supported or asked ``question`` a supporter of ``main``, who is not one already."""
    people = dict(question.upvotes.values_list("voter", "given_at"))
    if question.asker_key and question.asker_key != main.asker_key:
        people.setdefault(question.asker_key, question.asked_at)
    there = set(main.upvotes.values_list("voter", flat=True))
    Upvote.objects.bulk_create(
        Upvote(question=main, voter=voter, given_at=given_at, came_from=question)
        for voter, given_at in people.items()
        if voter not in there
    )


def _give_back(question: PublicQuestion, main: PublicQuestion) -> None:
    """Take away from ``main`` whom ``question`` brought, but for those whom another question joined to it brings."""
    carried = Upvote.objects.filter(question=main, came_from=question)
    voters = set(carried.values_list("voter", flat=True))
    others = PublicQuestion.objects.filter(merged_into=main)
    still = dict(Upvote.objects.filter(question__in=others, voter__in=voters).values_list("voter", "question"))
    still |= dict(
        others.filter(asker_key__in=voters).exclude(asker_key=main.asker_key).values_list("asker_key", "pk")
    )
    for voter, other_pk in still.items():
        carried.filter(voter=voter).update(came_from=other_pk)
    carried.delete()


def _write_down(
    question: PublicQuestion,
    main: PublicQuestion,
    room: Room,
    act: Act,
    actor: Actor,
    moment: datetime,
    before: QuestionState,
) -> None:
    more = {"with": main.reference, "support": str(main.upvotes.count())}
    write_down_act(question, room, act, actor, moment, before=before.value, more=more)

"""Which question the meeting is answering, and which come next."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from meetings import messages
from meetings.enums import Act, Action, Audience, EventKind, QuestionState
from meetings.models import PublicQuestion, Room
from meetings.services.acting import Actor, locked_room, tell, write_down
from meetings.services.errors import NotPossible
from meetings.services.finding import question_and_room, question_in
from meetings.services.telling import told_of_change, write_down_act


@transaction.atomic
def take_question(*, room_pk: int, actor: Actor, question_pk: int | None, taken_at: datetime) -> Room:
    """Say which published question is being answered, or none. Saying it again changes nothing.

    The question keeps the moment, so that its answer is found in the recording. Raises a ``RoomError``.
    """
    room = locked_room(room_pk, actor, Action.TAKE_QUESTION)
    question = question_in(room, question_pk) if question_pk else None
    before = room.current_question_id
    if before == question_pk:
        return room
    if question is not None:
        if question.state != QuestionState.PUBLISHED:
            raise NotPossible
        question.taken_at = taken_at
        question.save(update_fields=["taken_at"])
        tell(room, taken_at, told_of_change(question))
    set_current(room, question, taken_at)
    entry = write_down(
        room, Act.TAKE_QUESTION, actor, taken_at, subject="room", before=_named(before), after=_named(question_pk)
    )
    log(
        room.meeting,
        f"meetings.{Act.TAKE_QUESTION.value}",
        user=actor.user,
        data={
            "role": actor.role.value,
            "before": _named(before),
            "after": _named(question_pk),
            "entry": entry,
        },
    )
    return room


@transaction.atomic
def shortlist_question(
    *, question_pk: int, actor: Actor, is_shortlisted: bool, shortlisted_at: datetime
) -> PublicQuestion:
    """Put a question on the moderators' shortlist, or take it off. Readers are not told. Raises a ``RoomError``."""
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    if question.is_shortlisted == is_shortlisted:
        return question
    if question.is_merged:
        raise NotPossible
    question.is_shortlisted = is_shortlisted
    question.save(update_fields=["is_shortlisted"])
    tell(room, shortlisted_at, told_of_change(question, readers=False))
    before, after = ("", "shortlisted") if is_shortlisted else ("shortlisted", "")
    write_down_act(question, room, Act.SHORTLIST, actor, shortlisted_at, before=before, after=after)
    return question


def no_longer_taken(question: PublicQuestion, room: Room, moment: datetime) -> None:
    """Where ``question`` was the one being answered, none is; the room is locked and the caller's act recorded."""
    if room.current_question_id == question.pk:
        set_current(room, None, moment)


def set_current(room: Room, question: PublicQuestion | None, moment: datetime) -> None:
    """Let the room show another question as the one being answered, and tell everybody."""
    room.current_question = question
    room.save(update_fields=["current_question"])
    tell(room, moment, {audience: (EventKind.ROOM, messages.room_view(room, audience)) for audience in Audience})


def _named(question_pk: int | None) -> str:
    return f"question:{question_pk}" if question_pk else ""

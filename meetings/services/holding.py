"""Telling colleagues which question one has open. Nothing is kept from anybody by it, and nothing is recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from meetings import broadcast
from meetings.enums import Action
from meetings.models import PublicQuestion, QuestionHold, Room
from meetings.services.acting import Actor, require
from meetings.services.errors import NoSuchQuestion, NoSuchRoom, NotAllowed

HOLD_SECONDS = 60
"""How long a desk that says nothing more is believed to have a question open; it says so again every twenty."""


@transaction.atomic
def hold_question(*, room_pk: int, actor: Actor, question_pk: int | None, held_at: datetime) -> bool:
    """Say that an officer has a question open, or none any more: whether no colleague had it open already.

    Raises a ``RoomError``.
    """
    room = Room.objects.select_related("meeting").filter(pk=room_pk, meeting__live=True).first()
    if room is None:
        raise NoSuchRoom
    require(actor, room, Action.MODERATE)
    if actor.user is None:
        raise NotAllowed
    mine = QuestionHold.objects.filter(question__room=room, officer=actor.user.pk)
    mine.exclude(question=question_pk).delete()
    broadcast.tell_room(room.pk)
    if question_pk is None:
        return True
    if not PublicQuestion.objects.filter(pk=question_pk, room=room).exists():
        raise NoSuchQuestion
    QuestionHold.objects.filter(question=question_pk, until_at__lte=held_at).delete()
    until = held_at + timedelta(seconds=HOLD_SECONDS)
    hold, is_new = QuestionHold.objects.get_or_create(
        question_id=question_pk, defaults={"officer_id": actor.user.pk, "until_at": until}
    )
    if not is_new and hold.officer_id == actor.user.pk:
        hold.until_at = until
        hold.save(update_fields=["until_at"])
    return is_new or hold.officer_id == actor.user.pk

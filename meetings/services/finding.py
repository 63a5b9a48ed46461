"""How a service finds its question."""

from __future__ import annotations

from meetings.enums import Action
from meetings.models import PublicQuestion, Room
from meetings.services.acting import Actor, locked_room
from meetings.services.errors import NoSuchQuestion


def question_and_room(question_pk: int, actor: Actor, action: Action) -> tuple[PublicQuestion, Room]:
    """A question with its room, the room locked first: every service takes its locks in that order."""
    room_pk = PublicQuestion.objects.filter(pk=question_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchQuestion
    room = locked_room(room_pk, actor, action)
    return PublicQuestion.objects.with_people().select_related("agenda_item").get(pk=question_pk), room


def question_in(room: Room, question_pk: int) -> PublicQuestion:
    """Another question of a room that is locked."""
    found = (
        PublicQuestion.objects.with_people().select_related("agenda_item").filter(pk=question_pk, room=room).first()
    )
    if found is None:
        raise NoSuchQuestion
    return found

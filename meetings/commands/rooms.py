"""Commands about the room itself."""

from __future__ import annotations

from datetime import datetime

from meetings import messages, services
from meetings.services import Actor
from meetings.slates import next_moment


def change_room(command: messages.ChangeRoom, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.change_room(
        room_pk=room_pk,
        actor=actor,
        change=command.change,
        changed_at=moment,
        paragraph=command.paragraph,
        resumes_at=next_moment(command.until, moment) if command.until else None,
    )
    return messages.Ack(id=command.id)


def set_agenda(command: messages.SetAgenda, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.set_agenda_item(room_pk=room_pk, actor=actor, agenda_item_pk=command.item, changed_at=moment)
    return messages.Ack(id=command.id)

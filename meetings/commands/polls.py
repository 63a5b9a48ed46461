"""Commands about polls."""

from __future__ import annotations

from datetime import datetime

from meetings import messages, services
from meetings.models import Poll, PollOption
from meetings.services import Actor


def cast_ballot(command: messages.CastBallot, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.cast_ballot(
        poll_pk=_in(room_pk, command.poll),
        actor=actor,
        choices=command.choices,
        words=command.words,
        cast_at=moment,
    )
    return messages.Ack(id=command.id)


def run(command: messages.RunPoll, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.change_poll(poll_pk=_in(room_pk, command.poll), actor=actor, change=command.change, changed_at=moment)
    return messages.Ack(id=command.id)


def judge_word(command: messages.JudgeWord, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    if not PollOption.objects.filter(pk=command.option, poll__room=room_pk).exists():
        raise services.NoSuchPoll
    services.judge_word(option_pk=command.option, actor=actor, standing=command.standing, judged_at=moment)
    return messages.Ack(id=command.id)


def _in(room_pk: int, poll_pk: int) -> int:
    """The poll, once it is sure that it belongs to this room: a socket reaches into no other."""
    if not Poll.objects.filter(pk=poll_pk, room=room_pk).exists():
        raise services.NoSuchPoll
    return poll_pk

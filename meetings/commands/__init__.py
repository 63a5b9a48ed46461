"""What a socket's command does: who sends it now, one service call, and the acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import messages, services
from meetings.commands import hands, moderating, polls, questions, rooms
from meetings.commands.refusals import CommandRefused, reason_of
from meetings.enums import Role
from meetings.queries import role_of
from meetings.services import Actor
from meetings.sessions import user_of_session

__all__ = ["HANDLERS", "CommandRefused", "actor_of", "obey"]

Handler = Callable[[Any, int, Actor, datetime], messages.Ack]
"""Does what a command says in the room with this key, in one service call: ``(command, room_pk, actor, moment)``."""

HANDLERS: Mapping[type[messages.Command], Handler] = MappingProxyType(
    {
        messages.Ask: questions.ask,
        messages.Support: questions.support,
        messages.WithdrawSupport: questions.withdraw_support,
        messages.Decide: questions.decide,
        messages.Answer: questions.answer,
        messages.Edit: moderating.edit,
        messages.Merge: moderating.merge,
        messages.Unmerge: moderating.unmerge,
        messages.Assign: moderating.assign,
        messages.Shortlist: moderating.shortlist,
        messages.TakeQuestion: moderating.take,
        messages.ProposeAnswer: moderating.propose_answer,
        messages.Hold: moderating.hold,
        messages.ChangeRoom: rooms.change_room,
        messages.SetAgenda: rooms.set_agenda,
        messages.CastBallot: polls.cast_ballot,
        messages.RunPoll: polls.run,
        messages.JudgeWord: polls.judge_word,
        messages.RaiseHand: hands.raise_hand,
        messages.SettleHand: hands.settle,
        messages.TakePart: hands.take_part,
    }
)


def actor_of(session_key: str | None, guest: str, on: datetime) -> Actor:
    """Who is at the other end now. Raises ``CommandRefused`` for somebody without account and cookie."""
    user = user_of_session(session_key)
    if user.is_authenticated:
        return Actor(role=role_of(user, timezone.localdate(on)), user=user)
    if session_key:
        raise CommandRefused(messages.Reason.NOT_ALLOWED, _("You are signed out. Sign in again."))
    if not guest:
        raise CommandRefused(messages.Reason.NOT_ALLOWED, _("Reload the page to take part."))
    return Actor(role=Role.GUEST, guest=guest)


def obey(command: messages.Command, *, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    """Do what a command says. Raises ``CommandRefused``."""
    try:
        return HANDLERS[type(command)](command, room_pk, actor, moment)
    except services.RoomError as error:
        raise CommandRefused(reason_of(error), str(error.message), error.field) from error

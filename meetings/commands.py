"""What a socket's command does: who sends it now, one service call, and the acknowledgement."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import messages, services
from meetings.enums import Decision, QuestionState, Role
from meetings.models import PublicQuestion
from meetings.queries import last_ward_of, role_of
from meetings.services import Actor
from meetings.sessions import user_of_session
from wards.models import Ward
from wards.queries import PostcodeError, find_ward


class CommandRefused(Exception):
    """Why a command was not done, as its client is told."""

    def __init__(self, reason: messages.Reason, message: str, field: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field


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
    """Do what a command says, in one service call. Raises ``CommandRefused``."""
    try:
        match command:
            case messages.Ask():
                question = _ask(command, room_pk, actor, moment)
                return messages.Ack(
                    id=command.id,
                    question=question.pk,
                    key=question.key,
                    state=QuestionState(question.state),
                )
            case messages.Support(question=pk):
                services.support_question(question_pk=_in(room_pk, pk), actor=actor, given_at=moment)
            case messages.WithdrawSupport(question=pk):
                services.withdraw_support(question_pk=_in(room_pk, pk), actor=actor, withdrawn_at=moment)
            case messages.Decide(question=pk, decision=decision, reason=reason):
                services.decide_question(
                    question_pk=_in(room_pk, pk),
                    actor=actor,
                    decision=Decision(decision),
                    decided_at=moment,
                    reason=reason,
                )
            case messages.Answer(question=pk, answer=answer):
                services.answer_question(question_pk=_in(room_pk, pk), actor=actor, answered_at=moment, answer=answer)
            case messages.ChangeRoom(change=change):
                services.change_room(room_pk=room_pk, actor=actor, change=change, changed_at=moment)
            case messages.SetAgenda(item=item):
                services.set_agenda_item(room_pk=room_pk, actor=actor, agenda_item_pk=item, changed_at=moment)
    except services.RoomError as error:
        raise CommandRefused(_reason_of(error), str(error.message), error.field) from error
    return messages.Ack(id=command.id, question=getattr(command, "question", None))


def _ask(command: messages.Ask, room_pk: int, actor: Actor, moment: datetime) -> PublicQuestion:
    return services.ask_question(
        room_pk=room_pk,
        actor=actor,
        key=command.key,
        text=command.text,
        name=command.name,
        name_is_public=command.name_is_public,
        ward=_ward(command.postcode, actor, moment),
        agenda_item_pk=command.agenda_item,
        asked_at=moment,
    )


def _ward(postcode: str, actor: Actor, moment: datetime) -> Ward | None:
    """The ward of a postcode; without one, the ward a signed-in resident last asked from."""
    if not postcode.strip():
        return last_ward_of(actor.user, timezone.localdate(moment)) if actor.user else None
    try:
        match = find_ward(postcode, timezone.localdate(moment))
    except PostcodeError as error:
        raise CommandRefused(messages.Reason.INVALID, str(error.message), "postcode") from error
    if match.ward is None:
        raise CommandRefused(
            messages.Reason.WARD_UNCLEAR,
            _("Homes at this postcode lie in more than one ward. Choose yours."),
            "postcode",
        )
    return match.ward


def _in(room_pk: int, question_pk: int) -> int:
    """The question, once it is sure that it belongs to this room: a socket reaches into no other."""
    if not PublicQuestion.objects.filter(pk=question_pk, room=room_pk).exists():
        raise services.NoSuchQuestion
    return question_pk


def _reason_of(error: services.RoomError) -> messages.Reason:
    match error:
        case services.NotAllowed():
            return messages.Reason.NOT_ALLOWED
        case services.NoSuchQuestion() | services.NoSuchRoom():
            return messages.Reason.NOT_FOUND
        case services.RoomClosed() | services.NotPossible():
            return messages.Reason.NOT_NOW
        case _:
            return messages.Reason.INVALID

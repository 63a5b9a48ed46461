"""Commands about public questions."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import messages, services
from meetings.commands.refusals import CommandRefused
from meetings.enums import Decision, QuestionState
from meetings.models import PublicQuestion
from meetings.queries import last_ward_of
from meetings.services import Actor
from wards.models import Ward
from wards.queries import PostcodeError, find_ward


def ask(command: messages.Ask, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    question = services.ask_question(
        room_pk=room_pk,
        actor=actor,
        key=command.key,
        text=command.text,
        name=command.name,
        name_is_public=command.name_is_public,
        email=command.email,
        ward=_ward(command.postcode, actor, moment),
        agenda_item_pk=command.agenda_item,
        on_notice=command.on_notice,
        councillor_pk=command.councillor,
        supplementary_to_pk=command.supplementary_to,
        asked_at=moment,
    )
    return messages.Ack(id=command.id, question=question.pk, key=question.key, state=QuestionState(question.state))


def support(command: messages.Support, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.support_question(question_pk=command.question, room_pk=room_pk, actor=actor, given_at=moment)
    return messages.Ack(id=command.id, question=command.question)


def withdraw_support(command: messages.WithdrawSupport, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.withdraw_support(question_pk=command.question, room_pk=room_pk, actor=actor, withdrawn_at=moment)
    return messages.Ack(id=command.id, question=command.question)


def decide(command: messages.Decide, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.decide_question(
        question_pk=question_in(room_pk, command.question),
        actor=actor,
        decision=Decision(command.decision),
        decided_at=moment,
        reason=command.reason,
    )
    return messages.Ack(id=command.id, question=command.question)


def answer(command: messages.Answer, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.answer_question(
        question_pk=question_in(room_pk, command.question),
        actor=actor,
        answered_at=moment,
        answer=command.answer,
        how=command.how,
        answered_by=command.answered_by,
    )
    return messages.Ack(id=command.id, question=command.question)


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


def question_in(room_pk: int, question_pk: int) -> int:
    """The question, once it is sure that it belongs to this room: a socket reaches into no other."""
    if not PublicQuestion.objects.filter(pk=question_pk, room=room_pk).exists():
        raise services.NoSuchQuestion
    return question_pk

"""Commands by which officers work on questions, and councillors answer them."""

from __future__ import annotations

from datetime import datetime

from meetings import messages, services
from meetings.commands.questions import question_in
from meetings.services import Actor


def edit(command: messages.Edit, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.edit_question(question_pk=pk, actor=actor, text=command.text, seen=command.seen, edited_at=moment)
    return messages.Ack(id=command.id, question=pk)


def merge(command: messages.Merge, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.merge_question(question_pk=pk, into_pk=command.into, actor=actor, merged_at=moment)
    return messages.Ack(id=command.id, question=pk)


def unmerge(command: messages.Unmerge, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.unmerge_question(question_pk=pk, actor=actor, unmerged_at=moment)
    return messages.Ack(id=command.id, question=pk)


def assign(command: messages.Assign, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.assign_question(question_pk=pk, actor=actor, councillor_pk=command.councillor, assigned_at=moment)
    return messages.Ack(id=command.id, question=pk)


def shortlist(command: messages.Shortlist, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.shortlist_question(
        question_pk=pk, actor=actor, is_shortlisted=command.is_shortlisted, shortlisted_at=moment
    )
    return messages.Ack(id=command.id, question=pk)


def take(command: messages.TakeQuestion, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.take_question(room_pk=room_pk, actor=actor, question_pk=command.question, taken_at=moment)
    return messages.Ack(id=command.id, question=command.question)


def propose_answer(command: messages.ProposeAnswer, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    pk = question_in(room_pk, command.question)
    services.propose_answer(question_pk=pk, actor=actor, answer=command.answer, proposed_at=moment)
    return messages.Ack(id=command.id, question=pk)


def hold(command: messages.Hold, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.hold_question(room_pk=room_pk, actor=actor, question_pk=command.question, held_at=moment)
    return messages.Ack(id=command.id, question=command.question)

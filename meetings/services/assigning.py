"""Questions given to a councillor, and the written answers they propose."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings.enums import COUNCILLORS_SEE, Act, Action
from meetings.models import PublicQuestion
from meetings.models.questions import MAX_ANSWER_LENGTH
from meetings.services.acting import Actor, tell
from meetings.services.errors import AnswerMissing, NoSuchCouncillor, NoSuchQuestion, NotAllowed, NotPossible
from meetings.services.finding import question_and_room
from meetings.services.telling import taken_back, told_of_change, write_down_act
from wardmote.core.text import clean_text
from wards.models import Councillor, Term


@transaction.atomic
def assign_question(
    *, question_pk: int, actor: Actor, councillor_pk: int | None, assigned_at: datetime
) -> PublicQuestion:
    """Give a question to a councillor who holds a seat, or take it back. Saying it again changes nothing.

    The councillor sees it from then on, also before everybody does; an answer that another has proposed is gone. One
    that is taken back leaves its proposed answer to officers. Raises a ``RoomError``.
    """
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    was = question.assigned_to
    if (was.pk if was else None) == councillor_pk:
        return question
    if question.state not in COUNCILLORS_SEE:
        raise NotPossible
    question.assigned_to = sitting_councillor(councillor_pk, assigned_at) if councillor_pk else None
    if question.assigned_to:
        question.proposed_answer = (
            ""  # what another has proposed is not theirs to read, nor to be published as theirs
        )
    question.save(update_fields=["assigned_to", "proposed_answer"])
    told = dict(told_of_change(question, readers=False))
    if was:
        told |= taken_back(question, was.pk)
    tell(room, assigned_at, told)
    after = question.assigned_to
    write_down_act(question, room, Act.ASSIGN, actor, assigned_at, before=_named(was), after=_named(after))
    return question


@transaction.atomic
def propose_answer(*, question_pk: int, actor: Actor, answer: str, proposed_at: datetime) -> PublicQuestion:
    """Let the councillor to whom a question is assigned propose a written answer, which officers may publish.

    Raises a ``RoomError``; to anybody else there is no such question.
    """
    question, room = question_and_room(question_pk, actor, Action.PROPOSE_ANSWER)
    assignee = question.assigned_to
    if actor.user is None:
        raise NotAllowed
    if assignee is None or assignee.user_id != actor.user.pk or question.state not in COUNCILLORS_SEE:
        raise NoSuchQuestion
    answer = clean_text(answer, limit=MAX_ANSWER_LENGTH).strip()
    if not answer:
        raise AnswerMissing
    if answer == question.proposed_answer:
        return question
    question.proposed_answer = answer
    question.save(update_fields=["proposed_answer"])
    tell(room, proposed_at, told_of_change(question, readers=False))
    write_down_act(question, room, Act.PROPOSE_ANSWER, actor, proposed_at)
    return question


def sitting_councillor(pk: int, moment: datetime) -> Councillor:
    """The councillor ``pk``, who must hold a seat on the day."""
    terms = Term.objects.held_on(timezone.localdate(moment)).filter(councillor=pk)
    term = terms.select_related("councillor").first()
    if term is None:
        raise NoSuchCouncillor
    found: Councillor = term.councillor
    return found


def _named(councillor: Councillor | None) -> str:
    return f"councillor:{councillor.pk}" if councillor else ""

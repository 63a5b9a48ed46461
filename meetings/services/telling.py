"""What becomes known of a question: to each audience, to the reader of feedback, and to the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from wagtail.log_actions import log
from wagtail.models import Locale

from meetings import messages, record
from meetings.enums import (
    ASKER_PREFIX,
    COUNCILLOR_PREFIX,
    COUNCILLORS_SEE,
    PUBLIC_STATES,
    Act,
    Audience,
    EventKind,
    QuestionState,
)
from meetings.models import PublicQuestion, Room
from meetings.services.acting import Actor, Told, write_down
from sentiment.enums import FeedbackKind
from sentiment.services import file_feedback, withdraw_feedback


def told_of(question: PublicQuestion, before: QuestionState | None) -> Told:
    """What each audience is told of a question that has left the state ``before``; None for a new one.

    Also those who asked: this question, or one that was joined to it.
    """
    told = dict(told_of_change(question))
    if not question.is_public and before in PUBLIC_STATES:
        told[Audience.PUBLIC] = (EventKind.QUESTION_REMOVED, messages.removed(question))
    if before is None and not question.is_public:
        return told
    told[f"{ASKER_PREFIX}{question.key.hex}"] = (EventKind.FATE, messages.fate_of(question))
    if before is not None:
        for joined in PublicQuestion.objects.filter(merged_into=question).with_people():
            told[f"{ASKER_PREFIX}{joined.key.hex}"] = (EventKind.FATE, messages.fate_of(joined))
    return told


def told_of_change(question: PublicQuestion, *, readers: bool = True) -> Told:
    """What each audience is told of a question that is in the same state as before; ``readers`` if it concerns them."""
    told: dict[str, tuple[EventKind, messages.Frame]] = {
        Audience.MODERATORS: (EventKind.QUESTION, messages.moderated_view(question))
    }
    if readers and question.is_public:
        told[Audience.PUBLIC] = (EventKind.QUESTION, messages.question_view(question))
    if question.assigned_to_id:
        is_seen = question.state in COUNCILLORS_SEE
        told[f"{COUNCILLOR_PREFIX}{question.assigned_to_id}"] = (
            (EventKind.QUESTION, messages.assigned_view(question)) if is_seen else _gone(question)
        )
    return told


def taken_back(question: PublicQuestion, councillor_pk: int) -> Told:
    """What the councillor is told who is to answer ``question`` no longer."""
    return {f"{COUNCILLOR_PREFIX}{councillor_pk}": _gone(question)}


def _gone(question: PublicQuestion) -> tuple[EventKind, messages.Frame]:
    return EventKind.QUESTION_REMOVED, messages.Removed(id=question.pk)


def fingerprints_of(question: PublicQuestion) -> dict[str, str]:
    """Which words are published, without the words."""
    if not question.is_public:
        return {}
    found = {"text_sha256": record.fingerprint_of_words(question.text)}
    if question.answer:
        found["answer_sha256"] = record.fingerprint_of_words(question.answer)
    return found


def file_question(question: PublicQuestion, room: Room) -> None:
    """Put a published question before the reader of feedback; take one that is no longer public away from it."""
    origin = f"question:{question.key}"
    if not question.is_public:
        withdraw_feedback(kind=FeedbackKind.PUBLIC_QUESTION, origin=origin)
        return
    with translation.override(Locale.get_default().language_code):
        url = room.get_absolute_url()
    file_feedback(
        kind=FeedbackKind.PUBLIC_QUESTION,
        origin=origin,
        text=question.text,
        said_at=question.asked_at,
        ward=question.ward,
        about=f"{room.meeting.title}: {question.agenda_item}" if question.agenda_item else room.meeting.title,
        url=url,
    )


def write_down_act(
    question: PublicQuestion,
    room: Room,
    act: Act,
    actor: Actor,
    moment: datetime,
    *,
    before: str | None = None,
    after: str | None = None,
    reason: str = "",
    more: Mapping[str, str] | None = None,
) -> None:
    """Add an officer's or a councillor's act on a question to the meeting's record, and to Wagtail's log.

    ``before`` and ``after`` are the question's state unless they say something else.
    """
    state = str(question.state)
    told = {"before": state if before is None else before, "after": state if after is None else after}
    entry = write_down(
        room,
        act,
        actor,
        moment,
        subject=question.reference,
        **told,
        reason=reason,
        more={**fingerprints_of(question), **(more or {})},
    )
    log(
        question,
        f"meetings.{act.value}",
        user=actor.user,
        data={"role": actor.role.value, **told, "reason": reason, "entry": entry},
    )

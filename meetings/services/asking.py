"""Asking: who must give what, until when, and whether an officer reads a question first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from meetings.enums import Act, Action, Moderation, QuestionState, Role
from meetings.models import AgendaItem, PublicQuestion, Room
from meetings.models.questions import MAX_NAME_LENGTH, MAX_QUESTION_LENGTH
from meetings.services.acting import Actor, agenda_item_of, locked_room, tell, write_down
from meetings.services.assigning import sitting_councillor
from meetings.services.errors import (
    CouncillorMissing,
    EmailMissing,
    EmailWrong,
    KeyTaken,
    NameMissing,
    NoQuestionsOnItem,
    NoSupplementary,
    TextMissing,
    WardMissing,
)
from meetings.services.telling import file_question, fingerprints_of, told_of
from sentiment.nlp.wordcheck import look_over
from wardmote.core.text import clean_text
from wards.models import Councillor, Ward

MAX_EMAIL_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Given:
    """What an asker wrote, cleaned: all of it private but the text, and the name where it is to be shown."""

    text: str
    name: str
    email: str
    name_is_public: bool


@transaction.atomic
def ask_question(
    *,
    room_pk: int,
    actor: Actor,
    key: uuid.UUID,
    text: str,
    asked_at: datetime,
    name: str = "",
    name_is_public: bool = False,
    email: str = "",
    ward: Ward | None = None,
    agenda_item_pk: int | None = None,
    on_notice: bool = False,
    councillor_pk: int | None = None,
    supplementary_to_pk: int | None = None,
) -> PublicQuestion:
    """Put a question to the meeting, live or ``on_notice``.

    It is held until an officer publishes it. Where the meeting moderates afterwards it is published at once, unless it
    is on notice or the word check found something in it or in a name that is to be shown. Safe to repeat with the
    same ``key``: the first question is returned, nothing is added. A guest gives a name, a ward and, where the meeting
    wants it, an e-mail address, all private unless ``name_is_public``. ``asked_at`` is timezone-aware. Raises a
    ``RoomError``.
    """
    action = Action.GIVE_NOTICE if on_notice else Action.ASK
    room = locked_room(room_pk, actor, action, repeat_of=key, moment=asked_at)
    asked = PublicQuestion.objects.with_people().filter(key=key).first()
    if asked:
        if asked.room_id != room.pk or asked.asker_key != actor.key:
            raise KeyTaken
        return asked
    given = _given(room, actor, text, name, email, name_is_public)
    if actor.role is Role.GUEST and ward is None:
        raise WardMissing
    main = _supplemented(room, actor, supplementary_to_pk)
    findings = [{"kind": found.kind, "start": found.start, "end": found.end} for found in look_over(given.text)]
    is_clean = not findings and not (given.name_is_public and look_over(given.name))
    is_published = room.meeting.moderation == Moderation.AFTER and not on_notice and is_clean
    question = PublicQuestion.objects.create(
        key=key,
        room=room,
        text=given.text,
        asker_id=actor.user.pk if actor.user else None,
        asker_key=actor.key,
        asker_name=given.name,
        asker_email=given.email,
        name_is_public=given.name_is_public,
        ward=ward,
        agenda_item=main.agenda_item if main else _item(room, agenda_item_pk),
        on_notice=on_notice and main is None,
        addressed_to=main.addressed_to if main else _councillor(room, councillor_pk, on_notice, asked_at),
        supplementary_to=main,
        findings=findings,
        state=QuestionState.PUBLISHED if is_published else QuestionState.HELD,
        published_at=asked_at if is_published else None,
        asked_at=asked_at,
    )
    tell(room, asked_at, told_of(question, before=None))
    if is_published:
        file_question(question, room)
    write_down(
        room,
        Act.ASK,
        actor,
        asked_at,
        subject=question.reference,
        before="",
        after=str(question.state),
        more=fingerprints_of(question),
    )
    return question


def _given(room: Room, actor: Actor, text: str, name: str, email: str, name_is_public: bool) -> Given:
    meeting = room.meeting
    given = Given(
        text=clean_text(text, limit=MAX_QUESTION_LENGTH).strip(),
        name=clean_text(name, limit=MAX_NAME_LENGTH).strip(),
        email=clean_text(email, limit=MAX_EMAIL_LENGTH + 1).strip() if actor.role is Role.GUEST else "",
        name_is_public=(name_is_public and bool(name.strip())) or meeting.must_show_name,
    )
    if not given.text:
        raise TextMissing
    if not given.name and (actor.role is Role.GUEST or meeting.must_show_name):
        raise NameMissing
    if actor.role is Role.GUEST and meeting.wants_email and not given.email:
        raise EmailMissing
    if given.email:
        try:
            validate_email(given.email)
        except ValidationError:
            raise EmailWrong from None
    return given


def _item(room: Room, pk: int | None) -> AgendaItem | None:
    """The item a question is about, which must take questions and still be on the agenda."""
    item = agenda_item_of(room, pk)
    if item and (item.is_withdrawn or not item.takes_questions):
        raise NoQuestionsOnItem
    return item


def _councillor(room: Room, pk: int | None, on_notice: bool, moment: datetime) -> Councillor | None:
    """The councillor a question on notice is put to, who must hold a seat on the day it is asked."""
    if not on_notice:
        return None
    if pk is None:
        if room.meeting.notice_names_councillor:
            raise CouncillorMissing
        return None
    return sitting_councillor(pk, moment)


def _supplemented(room: Room, actor: Actor, pk: int | None) -> PublicQuestion | None:
    """The answered question on notice that a supplementary one follows: the asker's own, and only once."""
    if pk is None:
        return None
    questions = PublicQuestion.objects.select_related("agenda_item", "addressed_to")
    main: PublicQuestion | None = questions.filter(pk=pk, room=room, asker_key=actor.key).first()
    if (
        main is None
        or not (main.on_notice and main.is_answered and room.meeting.allows_supplementary)
        or PublicQuestion.objects.filter(supplementary_to=main).exists()
    ):
        raise NoSupplementary
    return main

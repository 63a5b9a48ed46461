"""What can be done in a room: each service writes the row and the log in one transaction, then rings the bell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Locale

from meetings import broadcast, messages, record
from meetings.codes import new_code
from meetings.enums import (
    ASKER_PREFIX,
    PUBLIC_STATES,
    Act,
    Action,
    Audience,
    Decision,
    EventKind,
    QuestionState,
    Role,
    RoomChange,
    RoomState,
)
from meetings.models import AgendaItem, MeetingPage, PublicQuestion, Room, RoomEvent, Upvote
from meetings.models.questions import (
    MAX_ANSWER_LENGTH,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
    MAX_REASON_LENGTH,
)
from meetings.queries import last_sequences
from meetings.room import ImpossibleChange, question_after, room_after
from meetings.rules import may
from sentiment.enums import FeedbackKind
from sentiment.services import file_feedback, withdraw_feedback
from wardmote.core.text import clean_text
from wards.models import Ward

CODE_ATTEMPTS = 20
"""Codes tried for a new room: with 100,000 of 234,256 taken, all are taken once in ten million."""


class RoomError(Exception):
    """A service said no; ``message`` may be shown, ``field`` names what to change."""

    message: str | Promise = _("That cannot be done.")
    field = ""


class NotAllowed(RoomError):
    message = _("You are not allowed to do that.")


class NoSuchRoom(RoomError):
    message = _("There is no such meeting.")


class RoomClosed(RoomError):
    message = _("The meeting is closed.")


class NotPossible(RoomError):
    message = _("Somebody else has changed this in the meantime. Look at it again.")


class NoSuchQuestion(RoomError):
    message = _("There is no such question in this meeting.")


class NoSuchAgendaItem(RoomError):
    message = _("That item is not on the agenda.")
    field = "agenda_item"


class TextMissing(RoomError):
    message = _("Enter your question.")
    field = "text"


class NameMissing(RoomError):
    message = _("Enter your name. It is shown only if you choose so.")
    field = "name"


class WardMissing(RoomError):
    message = _("Enter your postcode, so that your question reaches your ward's councillors.")
    field = "postcode"


class ReasonMissing(RoomError):
    message = _("Say why, in words the person who asked can read.")
    field = "reason"


class NoCodeLeft(RoomError):
    message = _("No short code is free for this meeting.")


class KeyTaken(RoomError):
    message = _("This question was already sent by somebody else. Reload the page and ask again.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: in which role, and by which account or, for a guest, which device."""

    role: Role
    user: AbstractBaseUser | None = None
    guest: str = ""

    @property
    def key(self) -> str:
        """What stands for this person in "once per person"."""
        return f"user:{self.user.pk}" if self.user else f"guest:{self.guest}"


def ensure_room(meeting: MeetingPage) -> Room | None:
    """The room of a meeting; made when it has none. Only the meeting in the site's first language has one."""
    if meeting.canonical().pk != meeting.pk:
        return None
    return Room.objects.filter(meeting=meeting).first() or _open_room(meeting)


def _open_room(meeting: MeetingPage) -> Room:
    """A room with a code that no other has; the database has the last word, and then another code is tried."""
    for _attempt in range(CODE_ATTEMPTS):
        try:
            with transaction.atomic():
                return Room.objects.get_or_create(meeting=meeting, defaults={"code": new_code()})[0]
        except IntegrityError:
            continue
    raise NoCodeLeft


def open_room_of_saved_meeting(*, instance: MeetingPage, raw: bool = False, **_signal: object) -> None:
    """Signal handler: every saved meeting has its room, however it was made."""
    if not raw:
        ensure_room(instance)


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
    ward: Ward | None = None,
    agenda_item_pk: int | None = None,
) -> PublicQuestion:
    """Put a question to the meeting; it is held until an officer publishes it.

    Safe to repeat with the same ``key``: the first question is returned, nothing is added. A guest must give a name
    and a ward, both private unless ``name_is_public``. ``asked_at`` is timezone-aware. Raises a ``RoomError``.
    """
    room = _locked(room_pk, actor, Action.ASK, repeat_of=key)
    asked = PublicQuestion.objects.select_related("ward").filter(key=key).first()
    if asked:
        if asked.room_id != room.pk or asked.asker_key != actor.key:
            raise KeyTaken
        return asked
    text, name = clean_text(text, limit=MAX_QUESTION_LENGTH).strip(), clean_text(name, limit=MAX_NAME_LENGTH).strip()
    if not text:
        raise TextMissing
    if actor.role is Role.GUEST and not name:
        raise NameMissing
    if actor.role is Role.GUEST and ward is None:
        raise WardMissing
    question = PublicQuestion.objects.create(
        key=key,
        room=room,
        text=text,
        asker_id=actor.user.pk if actor.user else None,
        asker_key=actor.key,
        asker_name=name,
        name_is_public=name_is_public and bool(name),
        ward=ward,
        agenda_item=_agenda_item(room, agenda_item_pk),
        asked_at=asked_at,
    )
    _tell(room, asked_at, {Audience.MODERATORS: (EventKind.QUESTION, messages.moderated_view(question))})
    _record(room, Act.ASK, actor, asked_at, subject=_reference(question), before="", after=QuestionState.HELD.value)
    return question


@transaction.atomic
def decide_question(
    *, question_pk: int, actor: Actor, decision: Decision, decided_at: datetime, reason: str = "", answer: str = ""
) -> PublicQuestion:
    """Publish, withhold (with a ``reason``), mark as answered (with an ``answer`` to show, if any) or reopen.

    Saying again what is already so changes nothing. A published question is filed as feedback of its ward and
    agenda item, a withheld one is withdrawn from it. Raises a ``RoomError``.
    """
    action = Action.ANSWER if decision in {Decision.ANSWER, Decision.REOPEN} else Action.MODERATE
    question, room = _question_and_room(question_pk, actor, action)
    before = QuestionState(question.state)
    reason, answer = clean_text(reason, limit=MAX_REASON_LENGTH).strip(), clean_text(answer, limit=MAX_ANSWER_LENGTH)
    if decision is Decision.WITHHOLD and not reason:
        raise ReasonMissing
    if _already(question, decision, reason, answer.strip()):
        return question
    try:
        after = question_after(before, decision)
    except ImpossibleChange as error:
        raise NotPossible from error
    _move(question, after, decided_at, reason, answer.strip())
    _tell(room, decided_at, _told(question, before))
    _file(question, room)
    act = Act(f"question.{decision.value}")
    entry = _record(
        room,
        act,
        actor,
        decided_at,
        subject=_reference(question),
        before=before.value,
        after=after.value,
        reason=reason,
        more=_fingerprints(question),
    )
    log(
        question,
        f"meetings.{act.value}",
        user=actor.user,
        data={
            "role": actor.role.value,
            "before": before.value,
            "after": after.value,
            "reason": reason,
            "entry": entry,
        },
    )
    return question


def answer_question(*, question_pk: int, actor: Actor, answered_at: datetime, answer: str = "") -> PublicQuestion:
    """Mark a published question as answered, with the answer in short if there is one to write down."""
    return decide_question(
        question_pk=question_pk, actor=actor, decision=Decision.ANSWER, decided_at=answered_at, answer=answer
    )


@transaction.atomic
def support_question(*, question_pk: int, actor: Actor, given_at: datetime) -> bool:
    """Support a question, once: whether it is new. What was given before stays as it is."""
    question = _supportable(question_pk, actor)
    _upvote, is_new = Upvote.objects.get_or_create(
        question=question, voter=actor.key, defaults={"given_at": given_at}
    )
    if is_new:
        broadcast.tell_room(question.room_id)
        _record_support(question, Act.SUPPORT, actor, given_at)
    return is_new


@transaction.atomic
def withdraw_support(*, question_pk: int, actor: Actor, withdrawn_at: datetime) -> bool:
    """Take support back: whether there was any."""
    question = _supportable(question_pk, actor)
    rows, _by_model = Upvote.objects.filter(question=question, voter=actor.key).delete()
    if rows:
        broadcast.tell_room(question.room_id)
        _record_support(question, Act.WITHDRAW_SUPPORT, actor, withdrawn_at)
    return bool(rows)


@transaction.atomic
def change_room(*, room_pk: int, actor: Actor, change: RoomChange, changed_at: datetime) -> Room:
    """Start, adjourn, resume, close or reopen a room. Raises a ``RoomError``."""
    room = _locked(room_pk, actor, Action.CHANGE_ROOM)
    before = RoomState(room.state)
    try:
        room.state = room_after(before, change)
    except ImpossibleChange as error:
        raise NotPossible from error
    room.save(update_fields=["state"])
    view = messages.room_view(room)
    _tell(room, changed_at, dict.fromkeys(Audience, (EventKind.ROOM, view)))
    entry = _record(
        room, Act.CHANGE_ROOM, actor, changed_at, subject="room", before=before.value, after=str(room.state)
    )
    log(
        room.meeting,
        "meetings.room.change",
        user=actor.user,
        data={"role": actor.role.value, "before": before.value, "after": str(room.state), "entry": entry},
    )
    return room


@transaction.atomic
def set_agenda_item(*, room_pk: int, actor: Actor, agenda_item_pk: int | None, changed_at: datetime) -> Room:
    """Say which agenda item is being taken, or none. Saying it again changes nothing. Raises a ``RoomError``."""
    room = _locked(room_pk, actor, Action.SET_AGENDA)
    item = _agenda_item(room, agenda_item_pk)
    before = room.current_agenda_item
    if item == before:
        return room
    room.current_agenda_item = item
    room.save(update_fields=["current_agenda_item"])
    view = messages.AgendaView(agenda_item=agenda_item_pk)
    _tell(room, changed_at, dict.fromkeys(Audience, (EventKind.AGENDA, view)))
    entry = _record(
        room,
        Act.SET_AGENDA,
        actor,
        changed_at,
        subject="agenda",
        before=str(before) if before else "",
        after=str(item) if item else "",
    )
    log(
        room.meeting,
        "meetings.room.agenda",
        user=actor.user,
        data={
            "role": actor.role.value,
            "before": before.pk if before else None,
            "after": agenda_item_pk,
            "entry": entry,
        },
    )
    return room


def _locked(room_pk: int, actor: Actor, action: Action, repeat_of: uuid.UUID | None = None) -> Room:
    """The room, locked until the transaction ends, once ``actor`` may do ``action`` in it.

    A question that was kept before the room closed is acknowledged afterwards too (``repeat_of``).
    """
    try:
        room = (
            Room.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=room_pk, meeting__live=True)
        )
    except Room.DoesNotExist:
        raise NoSuchRoom from None
    if repeat_of and PublicQuestion.objects.filter(key=repeat_of).exists():
        return room
    _require(actor, room, action)
    return room


def _require(actor: Actor, room: Room, action: Action) -> None:
    if may(actor.role, RoomState(room.state), action):
        return
    if any(may(actor.role, state, action) for state in RoomState):
        raise RoomClosed
    raise NotAllowed


def _question_and_room(question_pk: int, actor: Actor, action: Action) -> tuple[PublicQuestion, Room]:
    """A question with its room, the room locked first: every service takes its locks in that order."""
    room_pk = PublicQuestion.objects.filter(pk=question_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchQuestion
    room = _locked(room_pk, actor, action)
    return PublicQuestion.objects.select_related("ward", "agenda_item").get(pk=question_pk), room


def _supportable(question_pk: int, actor: Actor) -> PublicQuestion:
    """A public question, without the room's lock: a storm of support must not queue behind it."""
    question = (
        PublicQuestion.objects.public()
        .select_related("room__meeting")
        .filter(pk=question_pk, room__meeting__live=True)
        .first()
    )
    if question is None:
        raise NoSuchQuestion
    _require(actor, question.room, Action.SUPPORT)
    return question


def _agenda_item(room: Room, pk: int | None) -> AgendaItem | None:
    if pk is None:
        return None
    item: AgendaItem | None = AgendaItem.objects.filter(pk=pk, meeting=room.meeting_id).first()
    if item is None:
        raise NoSuchAgendaItem
    return item


_SETTLED: Mapping[Decision, QuestionState] = {
    Decision.PUBLISH: QuestionState.PUBLISHED,
    Decision.REOPEN: QuestionState.PUBLISHED,
    Decision.WITHHOLD: QuestionState.WITHHELD,
    Decision.ANSWER: QuestionState.ANSWERED,
}


def _already(question: PublicQuestion, decision: Decision, reason: str, answer: str) -> bool:
    """Whether a decision only repeats what is so."""
    if question.state != _SETTLED[decision]:
        return False
    if decision is Decision.WITHHOLD:
        return question.withheld_reason == reason
    return decision is not Decision.ANSWER or question.answer == answer


def _move(question: PublicQuestion, after: QuestionState, moment: datetime, reason: str, answer: str) -> None:
    question.state = after
    question.withheld_reason = reason if after is QuestionState.WITHHELD else ""
    if after is QuestionState.PUBLISHED and question.published_at is None:
        question.published_at = moment
    if after is QuestionState.ANSWERED:
        question.answer = answer
        question.answered_at = question.answered_at or moment
    else:
        question.answered_at = None
    question.save()


_Told = dict[str, tuple[EventKind, messages.Frame]]


def _told(question: PublicQuestion, before: QuestionState) -> _Told:
    """What each audience is told of a question that has left the state ``before``."""
    told: _Told = {Audience.MODERATORS: (EventKind.QUESTION, messages.moderated_view(question))}
    if question.is_public:
        told[Audience.PUBLIC] = (EventKind.QUESTION, messages.question_view(question))
    elif before in PUBLIC_STATES:
        told[Audience.PUBLIC] = (EventKind.QUESTION_REMOVED, messages.Removed(id=question.pk))
    told[f"{ASKER_PREFIX}{question.key.hex}"] = (EventKind.FATE, messages.fate_of(question))
    return told


def _tell(room: Room, moment: datetime, told: Mapping[str, tuple[EventKind, messages.Frame]]) -> None:
    """Write one event per audience with its next number, under the room's lock, and ring the bell on commit."""
    last = last_sequences(room.pk, told)
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room=room,
            audience=str(audience),
            sequence=last.get(str(audience), 0) + 1,
            kind=kind,
            payload=view.model_dump(mode="json"),
            created_at=moment,
        )
        for audience, (kind, view) in told.items()
    )
    broadcast.tell_room(room.pk)


def _record(
    room: Room,
    act: Act,
    actor: Actor,
    moment: datetime,
    *,
    subject: str,
    before: str,
    after: str,
    reason: str = "",
    more: Mapping[str, str] | None = None,
) -> int:
    """Add the act to the meeting's record, last of all in its transaction; the entry's number."""
    return record.append(
        record.locked(room),
        room=room,
        act=act,
        role=actor.role,
        who=_who(actor),
        moment=moment,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
        more=more,
    )


def _record_support(question: PublicQuestion, act: Act, actor: Actor, moment: datetime) -> None:
    """Add a vote to the record: by whom stays out of it, how many there were before and after stands in it.

    The rows are counted under the record's lock, so each entry goes on from the count of the last.
    """
    open_record = record.locked(question.room)
    count = question.upvotes.count()
    record.append(
        open_record,
        room=question.room,
        act=act,
        role=actor.role,
        who=_who(actor),
        moment=moment,
        subject=_reference(question),
        before=count - 1 if act is Act.SUPPORT else count + 1,
        after=count,
    )


def _who(actor: Actor) -> str:
    """An officer by account, who answers for what was done; nobody else."""
    return f"account:{actor.user.pk}" if actor.user and actor.role is Role.OFFICER else ""


def _reference(question: PublicQuestion) -> str:
    """A question as everybody may name it."""
    return f"question:{question.pk}"


def _fingerprints(question: PublicQuestion) -> dict[str, str]:
    """Which words are published, without the words."""
    if not question.is_public:
        return {}
    found = {"text_sha256": record.fingerprint_of_words(question.text)}
    if question.answer:
        found["answer_sha256"] = record.fingerprint_of_words(question.answer)
    return found


def _file(question: PublicQuestion, room: Room) -> None:
    """Put a published question before the reader of feedback; take a withheld one away from it."""
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

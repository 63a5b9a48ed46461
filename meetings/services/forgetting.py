"""Forgetting people: who took part in a meeting long over, and who asked a question that an officer lets go.

What was said in public stays, with the names that were shown. What only officers saw goes, and so does whatever leads
from a row to a person. Every count stays what it was. Why so, and for how long: ``docs/adr``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from wagtail.models import ModelLogEntry

from meetings import record
from meetings.business_enums import SpeakerKind, SpeakerState
from meetings.enums import (
    PUBLIC_STATES,
    Act,
    Action,
    ForgetReason,
    PollKind,
    PollState,
    QuestionState,
    Role,
    RoomChange,
    WordStanding,
)
from meetings.models import Ballot, BallotMark, PollOption, PublicQuestion, QuestionHold, Room, Upvote
from meetings.models.questions import ERASED_WORDS
from meetings.queries import answered_before, people_due
from meetings.services.acting import Actor, empty_log, write_down
from meetings.services.errors import NotForgettable, RoomError
from meetings.services.finding import question_and_room
from meetings.services.rooms import change_locked
from meetings.services.telling import write_down_act
from meetings.tallies import MIN_PEOPLE_PER_WORD

logger = logging.getLogger(__name__)

_HOUSE = Actor(role=Role.OFFICER)
"""Who acts when nobody does: the site, as the council has set it up. In the record, an officer without an account."""

_GONE = "gone:"
"""Begins what stands where an account or a device stood. No account's and no device's key begins so."""

_NOBODY = Concat(Value(_GONE), Cast("pk", CharField()))
"""A row's own number instead of a person: "once per person" holds on, and nothing leads back."""

_SHOWN = Q(name_is_public=True, state__in=PUBLIC_STATES)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten of one meeting, in numbers of rows."""

    meeting: str
    askers: int
    names: int
    addresses: int
    words: int
    supporters: int
    ballots: int
    cloud_words: int
    speakers: int


def forget_due_people(moment: datetime, *, is_dry_run: bool = False) -> list[Forgotten]:
    """Forget who took part in each meeting that ended ``WARDMOTE_ASKER_DAYS`` before ``moment``. Safe to repeat.

    Each meeting is a transaction of its own. One at which that cannot be done is logged and left for the next time. A
    dry run does everything and keeps nothing of it.
    """
    done = []
    for room_pk in list(people_due(moment, settings.CONFIG.asker_days).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                forgotten = forget_people(room_pk=room_pk, forgotten_at=moment)
                transaction.set_rollback(is_dry_run)
        except RoomError as error:
            logger.warning("The people at meeting %s could not be forgotten: %s", room_pk, error.message)
            continue
        if forgotten:
            done.append(forgotten)
    return done


def forget_answered_addresses(moment: datetime, *, is_dry_run: bool = False) -> int:
    """Delete the e-mail addresses of those who were answered ``WARDMOTE_ASKER_EMAIL_DAYS`` ago: how many."""
    answered = answered_before(moment - timedelta(days=settings.CONFIG.asker_email_days))
    due = answered.exclude(asker_email="")
    return due.count() if is_dry_run else due.update(asker_email="")


@transaction.atomic
def forget_people(*, room_pk: int, forgotten_at: datetime) -> Forgotten | None:
    """Forget who took part in a meeting: None where that is done already. The caller knows that its time has come.

    A room that nobody has closed is closed, since nothing can be counted once a person afterwards; raises ``VoteIsOpen``
    where a vote goes on in it. However many took part, the number of queries is the same.
    """
    room = Room.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=room_pk)
    if room.forgotten_at:
        return None
    if not room.is_closed:
        change_locked(room, _HOUSE, RoomChange.CLOSE, forgotten_at)
    record.locked(room)  # from here on supporters stand still
    words = _erase_words(room.questions.exclude(state__in=PUBLIC_STATES))
    _erase_drafts(room)
    names, addresses, askers = _forget_askers(room.questions.all(), forgotten_at)
    forgotten = Forgotten(
        meeting=str(room),
        askers=askers,
        names=names,
        addresses=addresses,
        words=words,
        supporters=Upvote.objects.filter(question__room=room).update(voter=_NOBODY),
        ballots=Ballot.objects.filter(poll__room=room).update(voter=_NOBODY),
        cloud_words=_erase_cloud_words(room),
        speakers=_forget_unheard(room),
    )
    room.hands.all().delete()
    QuestionHold.objects.filter(question__room=room).delete()
    empty_log(room, forgotten_at)
    room.forgotten_at = forgotten_at
    room.save(update_fields=["forgotten_at"])
    write_down(room, Act.FORGET_PEOPLE, _HOUSE, forgotten_at, subject="room", before="", after="forgotten")
    return forgotten


@transaction.atomic
def forget_asker(*, question_pk: int, actor: Actor, reason: ForgetReason, forgotten_at: datetime) -> PublicQuestion:
    """An officer forgets who asked a question, at once. Doing it again changes nothing. Raises a ``RoomError``.

    Also a name that was shown. Words that everybody may read stay; those of a question that is not published go too,
    and one that still waits is decided first. Whoever asked can put no supplementary question any more.
    """
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    if question.state == QuestionState.HELD:
        raise NotForgettable
    if not question.may_be_forgotten:
        return question
    this = PublicQuestion.objects.filter(pk=question.pk)
    if question.state == QuestionState.WITHHELD:
        _erase_words(this)
    this.update(asker_name="", name_is_public=False)
    _forget_askers(this, forgotten_at)
    empty_log(room, forgotten_at)
    question = PublicQuestion.objects.with_people().get(pk=question.pk)
    write_down_act(
        question, room, Act.FORGET_ASKER, actor, forgotten_at, before="", after="forgotten", reason=reason.value
    )
    return question


@transaction.atomic
def forget_account(*, account: AbstractBaseUser, forgotten_at: datetime) -> int:
    """An account is about to be deleted: forget which questions it asked, but for names that were shown. How many.

    What it supported and voted goes on to count, under the number of an account that no longer is.
    """
    asked = PublicQuestion.objects.filter(asker=account.pk)
    raised = Room.objects.filter(hands__user=account.pk)
    room_pks = {*asked.values_list("room", flat=True), *raised.values_list("pk", flat=True)}
    rooms = list(Room.objects.select_for_update(of=("self",)).filter(pk__in=room_pks).order_by("pk"))
    _names, _addresses, askers = _forget_askers(asked, forgotten_at)
    for room in rooms:
        room.hands.filter(user=account.pk).delete()
        empty_log(room, forgotten_at)
    return askers


def forget_deleted_account(*, instance: AbstractBaseUser, **_signal: object) -> None:
    """Signal handler: before an account is deleted, however that is done."""
    forget_account(account=instance, forgotten_at=timezone.now())


def _forget_askers(questions: QuerySet[PublicQuestion], moment: datetime) -> tuple[int, int, int]:
    """Forget who asked ``questions``: how many names that were not shown, how many addresses, how many askers."""
    names = questions.exclude(asker_name="").exclude(_SHOWN).update(asker_name="", name_is_public=False)
    addresses = questions.exclude(asker_email="").update(asker_email="")
    # The admin's log names a question by the words it had at the time.
    kind = ContentType.objects.get_for_model(PublicQuestion)
    keys = questions.annotate(key_as_text=Cast("pk", CharField())).values("key_as_text")
    log = ModelLogEntry.objects.filter(content_type=kind, object_id__in=keys)
    log.update(label=Concat(Value("question:"), F("object_id")))
    known = questions.filter(forgotten_at__isnull=True)
    # Whoever asked a question that was joined to another supports that one by having asked, and by nothing else.
    by_asking = Upvote.objects.filter(came_from__in=known, voter=F("came_from__asker_key"))
    by_asking.exclude(came_from__upvotes__voter=F("voter")).update(voter=_NOBODY)
    # In one statement with the moment: "once it is forgotten, it is nobody's" is a constraint.
    askers = known.update(asker=None, asker_key="", original_text="", forgotten_at=moment)
    return names, addresses, askers


def _erase_words(questions: QuerySet[PublicQuestion]) -> int:
    """Erase the words of ``questions``, which readers do not see: how many. Their askers are forgotten after this."""
    return questions.exclude(text=ERASED_WORDS).update(
        text=ERASED_WORDS, findings=[], proposed_answer="", answer="", answered_by=""
    )


def _erase_drafts(room: Room) -> None:
    """Erase answers that were taken back, and proposed ones where there is an answer now: readers saw neither."""
    room.questions.exclude(state=QuestionState.ANSWERED).update(answer="", answered_by="")
    room.questions.filter(state=QuestionState.ANSWERED).update(proposed_answer="")


def _erase_cloud_words(room: Room) -> int:
    """Delete the words of clouds that nobody but officers may see: how many. Their ballots stay, and are counted."""
    words = PollOption.objects.filter(poll__room=room, poll__kind=PollKind.WORDS).annotate(said=Count("marks"))
    unseen = words.exclude(
        Q(standing=WordStanding.COUNTED, said__gte=MIN_PEOPLE_PER_WORD)
        | Q(standing=WordStanding.ALLOWED, said__gt=0),
        poll__state=PollState.SHOWN,
    )
    keys = list(unseen.values_list("pk", flat=True))
    BallotMark.objects.filter(option__in=keys).delete()
    PollOption.objects.filter(pk__in=keys).delete()
    return len(keys)


def _forget_unheard(room: Room) -> int:
    """Forget members of the public who stood in the queue and never spoke: how many."""
    unheard = room.speakers.filter(kind=SpeakerKind.PUBLIC, started_at__isnull=True).exclude(name="")
    return unheard.update(name="", state=SpeakerState.LEFT)

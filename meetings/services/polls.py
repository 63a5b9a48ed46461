"""Polls: written, opened, answered and closed. Ballots lock the poll, not the room: a storm must not hold up the rest.

A poll's row is locked by every ballot and by every change of the poll, so that what closes it has counted every
ballot and none comes after.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Revision

from meetings import broadcast, messages, record
from meetings.enums import (
    PUBLIC_POLL_STATES,
    Act,
    Action,
    Audience,
    EventKind,
    PollChange,
    PollKind,
    PollState,
    ResultsPolicy,
    Role,
    WordStanding,
)
from meetings.models import AgendaItem, Ballot, BallotMark, MeetingPage, Poll, PollOption, Room
from meetings.models.polls import MAX_LABEL_LENGTH
from meetings.poll_queries import Standing, standings
from meetings.polls import (
    MAX_DIFFERENT_WORDS,
    MAX_OPEN,
    MAX_QUESTION_LENGTH,
    BadPoll,
    check_choices,
    check_words,
    most_marks,
    option_lines,
    options_for,
    poll_after,
    told_apart,
)
from meetings.room import ImpossibleChange
from meetings.services.acting import Actor, Told, agenda_item_of, locked_room, require, tell, write_down
from meetings.services.errors import (
    BadBallot,
    NoSuchPoll,
    NotPossible,
    PollNotAsked,
    PollNotOpen,
    TooManyPolls,
    TooManyWords,
)
from sentiment.nlp.wordcheck import look_over
from wardmote.core.text import clean_text

_ACTS = {
    PollChange.OPEN: Act.OPEN_POLL,
    PollChange.CLOSE: Act.CLOSE_POLL,
    PollChange.REOPEN: Act.REOPEN_POLL,
    PollChange.SHOW: Act.SHOW_POLL,
    PollChange.KEEP: Act.KEEP_POLL,
}


@dataclass(frozen=True, slots=True)
class PollWords:
    """What an officer writes of a poll; checked by the service that takes it."""

    question: str
    kind: PollKind
    options: tuple[str, ...] = ()
    at_most: int | None = None
    low_label: str = ""
    high_label: str = ""
    results: ResultsPolicy = ResultsPolicy.AFTER_VOTING
    agenda_item_pk: int | None = None


@transaction.atomic
def write_poll(*, room_pk: int, actor: Actor, key: uuid.UUID, words: PollWords, written_at: datetime) -> Poll:
    """Write a draft, or write it anew: ``key`` is the poll's, so that a form sent twice makes one poll.

    Raises a ``RoomError``; ``NotPossible`` once the poll has been opened.
    """
    room = locked_room(room_pk, actor, Action.RUN_POLLS)
    agenda_item = agenda_item_of(room, words.agenda_item_pk)
    return _write(room, actor, key, words, agenda_item, written_at)


@transaction.atomic
def plan_polls(*, meeting: MeetingPage, actor: Actor, planned_at: datetime) -> list[Poll]:
    """Bring what is planned on a published page onto its desk: new drafts, changed ones, and those taken out again.

    A poll that has been opened is the room's; the page no longer changes it. Officers' drafts written on the desk stay.
    """
    room = Room.objects.select_for_update(of=("self",)).select_related("meeting").filter(pk=meeting.pk).first()
    if room is None:
        return []
    known = {poll.key: poll for poll in room.polls.prefetch_related("options")}
    drafts = []
    for planned in meeting.planned_polls.order_by("sort_order", "pk"):
        words = PollWords(
            question=planned.question,
            kind=PollKind(planned.kind),
            options=option_lines(planned.options),
            at_most=planned.at_most,
            low_label=planned.low_label,
            high_label=planned.high_label,
            results=ResultsPolicy(planned.results),
        )
        before = known.pop(planned.translation_key, None)
        if before is None or before.state == PollState.DRAFT:
            item = (
                meeting.agenda_items.filter(number=planned.agenda_number).first() if planned.agenda_number else None
            )
            drafts.append(_write(room, actor, planned.translation_key, words, item, planned_at, is_planned=True))
    for gone in known.values():
        if gone.is_planned and gone.state == PollState.DRAFT:
            _remove(room, gone, actor, planned_at)
    return drafts


def plan_polls_of_published_meeting(
    *, instance: MeetingPage, revision: Revision | None = None, **_signal: object
) -> None:
    """Signal handler: whoever publishes a meeting's page puts its planned polls on the desk."""
    who = Actor(role=Role.OFFICER, user=revision.user if revision else None)
    plan_polls(meeting=instance, actor=who, planned_at=instance.last_published_at)


@transaction.atomic
def remove_poll(*, poll_pk: int, actor: Actor, removed_at: datetime) -> None:
    """Take a draft away. Raises a ``RoomError``; ``NotPossible`` for a poll that people have seen."""
    poll, room = _poll_and_room(poll_pk, actor, Action.RUN_POLLS)
    if poll.state != PollState.DRAFT:
        raise NotPossible
    _remove(room, poll, actor, removed_at)


@transaction.atomic
def change_poll(*, poll_pk: int, actor: Actor, change: PollChange, changed_at: datetime) -> Poll:
    """Open, close or reopen a poll, show its results or keep them. Raises a ``RoomError``."""
    is_about_results = change in {PollChange.SHOW, PollChange.KEEP}
    poll, room = _poll_and_room(poll_pk, actor, Action.SHOW_RESULTS if is_about_results else Action.RUN_POLLS)
    is_opened = change in {PollChange.OPEN, PollChange.REOPEN}
    if is_opened and room.polls.filter(state=PollState.OPEN).exclude(pk=poll.pk).count() >= MAX_OPEN:
        raise TooManyPolls
    _change(room, poll, actor, change, changed_at)
    return poll


def close_open_polls(room: Room, actor: Actor, closed_at: datetime) -> None:
    """Close what is open in a room that closes, in its transaction and under its lock."""
    for poll in room.polls.select_for_update().filter(state=PollState.OPEN).order_by("pk"):
        _change(room, poll, actor, PollChange.CLOSE, closed_at)


@transaction.atomic
def cast_ballot(
    *, poll_pk: int, actor: Actor, cast_at: datetime, choices: Sequence[int] = (), words: Sequence[str] = ()
) -> Ballot:
    """Answer an open poll, or change the answer given before. Saying the same again changes nothing.

    ``choices`` are options of the poll, of a ranking all of them, the first first; ``words`` are for a word cloud.
    Raises a ``RoomError`` whose ``field`` is ``choices`` or ``words`` for a ballot the poll does not take.
    """
    found = Poll.objects.select_for_update(of=("self",)).select_related("room__meeting")
    poll = found.filter(pk=poll_pk, room__meeting__live=True, state__in=PUBLIC_POLL_STATES).first()
    if poll is None:
        raise NoSuchPoll
    require(actor, poll.room, Action.CAST_BALLOT)
    if not poll.is_open:
        raise PollNotOpen
    try:
        marks = _words(poll, words) if poll.kind == PollKind.WORDS else _choices(poll, choices)
    except BadPoll as error:
        raise BadBallot(error) from error
    ballot, is_new = Ballot.objects.get_or_create(
        poll=poll, voter=actor.key, defaults={"cast_at": cast_at, "changed_at": cast_at}
    )
    if not is_new:
        if set(ballot.marks.values_list("option", "rank")) == set(marks):
            return ballot
        ballot.marks.all().delete()
        ballot.changed_at = cast_at
        ballot.save(update_fields=["changed_at"])
    BallotMark.objects.bulk_create(BallotMark(ballot=ballot, option_id=option, rank=rank) for option, rank in marks)
    _count_anew(poll)
    return ballot


@transaction.atomic
def judge_word(*, option_pk: int, actor: Actor, standing: WordStanding, judged_at: datetime) -> PollOption:
    """Let a word of a cloud through, or do not show it. Saying it again changes nothing. Raises a ``RoomError``."""
    poll_pk = (
        PollOption.objects.filter(pk=option_pk, poll__kind=PollKind.WORDS).values_list("poll", flat=True).first()
    )
    if poll_pk is None:
        raise NoSuchPoll
    poll, room = _poll_and_room(poll_pk, actor, Action.SHOW_RESULTS)
    word = poll.options.get(pk=option_pk)
    before = WordStanding(word.standing)
    if before == standing:
        return word
    word.standing = standing
    word.save(update_fields=["standing"])
    _count_anew(poll)
    if poll.is_closed:
        _tell(room, poll, judged_at)
    # The record names the word by its number: what an officer did not let through must not be read there.
    _write_down(room, poll, Act.JUDGE_WORD, actor, judged_at, before.value, standing.value, {"word": str(word.pk)})
    return word


# The parts of it ----------------------------------------------------------------------------------------------------


def _poll_and_room(poll_pk: int, actor: Actor, action: Action) -> tuple[Poll, Room]:
    """A poll with its room, both locked, the room first: every service takes its locks in that order."""
    room_pk = Poll.objects.filter(pk=poll_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchPoll
    room = locked_room(room_pk, actor, action)
    return Poll.objects.select_for_update().get(pk=poll_pk), room


def _write(
    room: Room,
    actor: Actor,
    key: uuid.UUID,
    words: PollWords,
    agenda_item: AgendaItem | None,
    moment: datetime,
    *,
    is_planned: bool = False,
) -> Poll:
    question = clean_text(words.question, limit=MAX_QUESTION_LENGTH).strip()
    try:
        options = options_for(words.kind, [clean_text(option) for option in words.options])
        at_most = most_marks(words.kind, words.at_most, len(options))
        if not question:
            raise BadPoll("question", _("Write what you want to ask."))
    except BadPoll as error:
        raise PollNotAsked(error) from error
    told = {
        "question": question,
        "kind": words.kind,
        "at_most": at_most,
        "low_label": clean_text(words.low_label, limit=MAX_LABEL_LENGTH),
        "high_label": clean_text(words.high_label, limit=MAX_LABEL_LENGTH),
        "results": words.results,
        "agenda_item": agenda_item,
        "is_planned": is_planned,
    }
    poll, is_new = Poll.objects.get_or_create(room=room, key=key, defaults=told | {"written_at": moment})
    before = {name: getattr(poll, name) for name in told} | {
        "options": tuple(poll.options.order_by("place").values_list("text", flat=True))
    }
    if not is_new and before == told | {"options": options}:
        return poll
    if poll.state != PollState.DRAFT:
        raise NotPossible
    for name, value in told.items():
        setattr(poll, name, value)
    poll.save()
    poll.options.all().delete()
    PollOption.objects.bulk_create(
        PollOption(poll=poll, place=place, text=option, folded=told_apart(option))
        for place, option in enumerate(options, start=1)
    )
    _tell(room, poll, moment)
    _write_down(room, poll, Act.WRITE_POLL, actor, moment, "" if is_new else "draft", "draft", _fingerprint(poll))
    return poll


def _remove(room: Room, poll: Poll, actor: Actor, moment: datetime) -> None:
    gone = messages.Removed(id=poll.pk)
    tell(room, moment, {Audience.MODERATORS: (EventKind.POLL_REMOVED, gone)})
    _write_down(room, poll, Act.REMOVE_POLL, actor, moment, poll.state, "")
    poll.delete()


def _change(room: Room, poll: Poll, actor: Actor, change: PollChange, moment: datetime) -> None:
    before = PollState(poll.state)
    try:
        after = poll_after(before, change, ResultsPolicy(poll.results))
    except ImpossibleChange as error:
        raise NotPossible from error
    poll.state = after
    if change is PollChange.OPEN:
        poll.opened_at = moment
    if change is PollChange.CLOSE:
        poll.closed_at = moment
    if change is PollChange.REOPEN:
        poll.closed_at = None
    poll.save(update_fields=["state", "opened_at", "closed_at"])
    standing = _tell(room, poll, moment)
    more = _fingerprint(poll) if change is PollChange.OPEN else {}
    if change is PollChange.CLOSE:
        more = {"tally": _tally_in_words(standing)}
    _write_down(room, poll, _ACTS[change], actor, moment, before.value, after.value, more)


def _tell(room: Room, poll: Poll, moment: datetime) -> Standing:
    """Tell moderators what the poll is now, and readers once they may see it."""
    standing = standings([poll])[poll.pk]
    told: Told = {Audience.MODERATORS: (EventKind.POLL, messages.moderated_poll_view(poll, standing))}
    if poll.is_public:
        told = {**told, Audience.PUBLIC: (EventKind.POLL, messages.poll_view(poll, standing))}
    tell(room, moment, told)
    return standing


def _write_down(
    room: Room,
    poll: Poll,
    act: Act,
    actor: Actor,
    moment: datetime,
    before: str,
    after: str,
    more: dict[str, str] | None = None,
) -> None:
    """Into the meeting's record, and into the history that officers read in the admin."""
    entry = write_down(room, act, actor, moment, subject=poll.reference, before=before, after=after, more=more)
    log(
        poll,
        f"meetings.{act.value}",
        user=actor.user,
        data={"role": actor.role.value, "before": before, "after": after, "entry": entry},
    )


def _fingerprint(poll: Poll) -> dict[str, str]:
    """Which words were asked, without the words."""
    options = poll.options.order_by("place").values_list("text", flat=True)
    return {"text_sha256": record.fingerprint_of_words("\n".join([poll.question, *options]))}


def _tally_in_words(standing: Standing) -> str:
    """How the poll stood when it was closed, as it is written into the record: only what everybody may see of it."""
    bars = [
        [standing.texts[bar.option], bar.count if bar.points is None else bar.points] for bar in standing.tally.bars
    ]
    return json.dumps({"people": standing.tally.people, "bars": bars}, ensure_ascii=False, separators=(",", ":"))


def _choices(poll: Poll, choices: Sequence[int]) -> list[tuple[int, int | None]]:
    options = list(poll.options.values_list("pk", flat=True))
    kind = PollKind(poll.kind)
    check_choices(kind, choices, options, poll.at_most or 1)
    is_ranking = kind is PollKind.RANKING
    return [(option, place if is_ranking else None) for place, option in enumerate(choices, start=1)]


def _words(poll: Poll, words: Sequence[str]) -> list[tuple[int, int | None]]:
    """The options of a ballot's words; a word that nobody has sent before becomes one, and is looked over."""
    given = check_words([clean_text(word) for word in words], poll.at_most or 1)
    known = dict(poll.options.filter(folded__in=given).values_list("folded", "pk"))
    new = {folded: word for folded, word in given.items() if folded not in known}
    if new:
        count = poll.options.count()
        if count + len(new) > MAX_DIFFERENT_WORDS:
            raise TooManyWords
        for place, (folded, word) in enumerate(new.items(), start=count + 1):
            standing = WordStanding.HELD if look_over(word) else WordStanding.COUNTED
            option = PollOption.objects.create(poll=poll, place=place, text=word, folded=folded, standing=standing)
            known[folded] = option.pk
    return [(known[folded], None) for folded in given]


def _count_anew(poll: Poll) -> None:
    """Let every server process know that the poll's tally is another."""
    Poll.objects.filter(pk=poll.pk).update(revision=F("revision") + 1)
    broadcast.tell_counts(poll.room_id)

"""Reads of polls: how they stand, counted from the ballots' rows, and who may see that while they are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from meetings.enums import PollKind, PollState, ResultsPolicy, WordStanding
from meetings.models import Ballot, BallotMark, Poll, PollOption, Room
from meetings.polls import is_seen_open
from meetings.tallies import Mark, Tally, cloud, is_word_shown, tally

MAX_WAITING_SHOWN = 30
"""Words not shown that officers see at once, those held back first."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a cloud that is not shown, or not yet, as officers see it."""

    option: int
    text: str
    count: int
    standing: WordStanding


@dataclass(frozen=True, slots=True)
class Standing:
    """How a poll stands, with the texts that its tally names, and for officers what is not shown of a cloud."""

    tally: Tally
    texts: Mapping[int, str]
    waiting: tuple[Word, ...] = ()
    is_cloud: bool = False


def polls_of(room: Room) -> QuerySet[Poll]:
    """A room's polls with their options: open ones first, then the latest closed, then drafts as they were written."""
    return room.polls.prefetch_related("options")


def in_order(polls: Iterable[Poll]) -> list[Poll]:
    """Open polls first, then closed ones, the latest first; drafts last, as they were written."""
    places = {PollState.OPEN: 0, PollState.CLOSED: 1, PollState.SHOWN: 1, PollState.DRAFT: 2}

    def order(poll: Poll) -> tuple[int, float, int]:
        place = places[PollState(poll.state)]
        since = poll.opened_at.timestamp() if poll.opened_at else 0.0
        return place, -since, poll.pk

    return sorted(polls, key=order)


def standings(polls: Collection[Poll]) -> dict[int, Standing]:
    """How each of ``polls`` stands; three queries, however many there are and whoever voted."""
    pks = [poll.pk for poll in polls]
    if not pks:
        return {}
    marks: dict[int, list[Mark]] = defaultdict(list)
    counted = BallotMark.objects.filter(option__poll__in=pks).order_by()
    for poll, option, rank, count in counted.values_list("option__poll", "option", "rank").annotate(n=Count("pk")):
        marks[poll].append(Mark(option, count, rank))
    ballots = Ballot.objects.filter(poll__in=pks).order_by()
    people = dict(ballots.values_list("poll").annotate(n=Count("pk")))
    options: dict[int, list[PollOption]] = defaultdict(list)
    for option in PollOption.objects.filter(poll__in=pks).order_by("place"):
        options[option.poll_id].append(option)
    return {poll.pk: _standing(poll, options[poll.pk], marks[poll.pk], people.get(poll.pk, 0)) for poll in polls}


def _standing(poll: Poll, options: list[PollOption], marks: list[Mark], people: int) -> Standing:
    if poll.kind != PollKind.WORDS:
        found = tally(PollKind(poll.kind), [option.pk for option in options], marks, people)
        return Standing(found, {option.pk: option.text for option in options})
    shown = cloud({option.pk: WordStanding(option.standing) for option in options}, marks, people)
    counts = {mark.option: mark.count for mark in marks}
    waiting = [
        Word(option.pk, option.text, counts[option.pk], WordStanding(option.standing))
        for option in options
        if option.pk in counts and not is_word_shown(WordStanding(option.standing), counts[option.pk])
    ]
    waiting.sort(key=lambda word: (word.standing is not WordStanding.HELD, -word.count, word.option))
    texts = {option.pk: option.text for option in options}
    return Standing(shown, texts, tuple(waiting[:MAX_WAITING_SHOWN]), is_cloud=True)


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """An open poll as the server process knows it: how it stands, and who may see that."""

    pk: int
    revision: int
    standing: Standing
    seen_by: frozenset[str]
    """Accounts and devices that have voted and may see it; empty when the poll shows nothing while it is open."""


def open_polls(room_pk: int, known: Mapping[int, int]) -> dict[int, OpenPoll | None]:
    """The room's open polls by key; None for those that still are at the revision that is ``known``.

    One query while nothing changes, five when something has, however many people vote.
    """
    polls = list(Poll.objects.filter(room=room_pk, state=PollState.OPEN))
    changed = [poll for poll in polls if known.get(poll.pk) != poll.revision]
    stand = standings(changed)
    voters: dict[int, list[str]] = defaultdict(list)
    if seen := [poll.pk for poll in changed if is_seen_open(ResultsPolicy(poll.results), has_voted=True)]:
        for poll_pk, voter in Ballot.objects.filter(poll__in=seen).values_list("poll", "voter"):
            voters[poll_pk].append(voter)
    found: dict[int, OpenPoll | None] = dict.fromkeys((poll.pk for poll in polls), None)
    for poll in changed:
        found[poll.pk] = OpenPoll(poll.pk, poll.revision, stand[poll.pk], frozenset(voters[poll.pk]))
    return found


def ballots_by(room: Room, voter: str) -> dict[int, list[BallotMark]]:
    """What ``voter`` has put on each ballot in the room, by poll, in order of rank; with its option."""
    found: dict[int, list[BallotMark]] = defaultdict(list)
    marks = BallotMark.objects.filter(ballot__poll__room=room, ballot__voter=voter)
    for mark in marks.select_related("option", "ballot").order_by("rank", "pk"):
        found[mark.ballot.poll_id].append(mark)
    return dict(found)

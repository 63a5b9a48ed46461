"""Polls as a page shows them: what is asked, what the visitor answered, how it stands if they may see that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meetings import messages
from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy
from meetings.models import BallotMark, Poll, PollOption, Room
from meetings.poll_queries import Standing, Word, ballots_by, in_order, standings
from meetings.poll_words import about, figure, option_text
from meetings.polls import changes_from, is_seen_open
from meetings.tallies import Bar


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a poll's chart and of the table beside it."""

    text: str
    bar: Bar
    width: int
    """Of the bar, per cent."""
    figure: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """An option, and whether the visitor put it on their ballot; of a ranking, at which place."""

    option: PollOption
    text: str
    is_chosen: bool
    rank: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A ballot that was not taken: what was typed, and why not."""

    poll_pk: int
    places: Mapping[int, str]
    """Options that were chosen; of a ranking with what was typed as their place."""
    words: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Card:
    poll: Poll
    options: tuple[Chosen, ...]
    words: tuple[str, ...]
    """Words of the visitor's ballot, with empty ones up to as many as they may send."""
    has_voted: bool
    standing: Standing | None
    rows: tuple[Row, ...]
    changes: tuple[PollChange, ...]
    about: str
    is_unfolded: bool
    """Whether the page shows all of it at once."""
    error: str = ""
    """Why the ballot just sent was not taken; what was on it stands in the card."""

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(str(place) for place in range(1, len(self.options) + 1))

    @property
    def people(self) -> int:
        return self.standing.tally.people if self.standing else 0

    @property
    def mean(self) -> float | None:
        return self.standing.tally.mean if self.standing else None

    @property
    def waiting(self) -> tuple[Word, ...]:
        return self.standing.waiting if self.standing else ()

    @property
    def is_tied(self) -> bool:
        return any(row.bar.is_tied and row.bar.place == 1 for row in self.rows)


def cards(room: Room, voter: str, refused: Refused | None = None, answered: str = "") -> list[Card]:
    """What ``voter`` may see of a room's polls: nothing in a private session. Six queries, however many polls.

    Of the open ones, that stand above the questions, only those are unfolded that somebody comes for: the latest one
    they have not answered, the one they have just answered (``answered``, its number), and a refused one.
    """
    polls = [] if room.is_private else in_order(room.polls.public().prefetch_related("options"))
    given = ballots_by(room, voter) if polls else {}
    stand = standings([poll for poll in polls if _is_seen(poll, poll.pk in given)])
    latest = next((str(poll.pk) for poll in polls if poll.is_open and poll.pk not in given), "")
    unfolded = {latest, answered, str(refused.poll_pk) if refused else ""}
    return [
        _card(poll, given.get(poll.pk, []), stand.get(poll.pk), refused, is_unfolded=str(poll.pk) in unfolded)
        for poll in polls
    ]


def officers_cards(room: Room) -> list[Card]:
    """What officers see: every poll, and how it stands. Five queries, however many polls."""
    polls = in_order(room.polls.prefetch_related("options", "agenda_item"))
    stand = standings([poll for poll in polls if poll.is_public])
    return [_card(poll, [], stand.get(poll.pk)) for poll in polls]


def readers_polls(room: Room, voter: str) -> tuple[tuple[messages.PollView, ...], tuple[messages.TallyView, ...]]:
    """A room's polls as ``voter`` would be told them by socket, and how the open ones stand that they may see."""
    polls = [] if room.is_private else list(room.polls.public().prefetch_related("options").order_by("pk"))
    seen = {poll.pk for poll in polls_seen_open(room, voter)}
    stand = standings([poll for poll in polls if poll.state == PollState.SHOWN or poll.pk in seen])
    return (
        tuple(messages.poll_view(poll, stand.get(poll.pk)) for poll in polls),
        tuple(messages.tally_view(poll.pk, stand[poll.pk]) for poll in polls if poll.pk in seen),
    )


def polls_seen_open(room: Room, voter: str) -> list[Poll]:
    """The open polls whose tally ``voter`` may see, because they have voted in them."""
    if room.is_private:
        return []
    voted = room.polls.filter(state=PollState.OPEN, ballots__voter=voter).order_by("pk")
    return [poll for poll in voted if is_seen_open(ResultsPolicy(poll.results), has_voted=True)]


def _is_seen(poll: Poll, has_voted: bool) -> bool:
    return poll.state == PollState.SHOWN or (poll.is_open and is_seen_open(ResultsPolicy(poll.results), has_voted))


def _card(
    poll: Poll,
    given: Sequence[BallotMark],
    standing: Standing | None,
    refused: Refused | None = None,
    is_unfolded: bool = False,
) -> Card:
    is_cloud = poll.kind == PollKind.WORDS
    places = {mark.option_id: str(mark.rank or "") for mark in given}
    words = [mark.option.text for mark in given] if is_cloud else []
    error = ""
    if refused is not None and refused.poll_pk == poll.pk:
        places, words, error = dict(refused.places), list(refused.words), refused.error
    options = [] if is_cloud else sorted(poll.options.all(), key=lambda option: option.place)
    return Card(
        poll=poll,
        options=tuple(
            Chosen(option, option_text(poll, option.text), option.pk in places, places.get(option.pk, ""))
            for option in options
        ),
        words=tuple((words + [""] * (poll.at_most or 1))[: poll.at_most or 1]) if is_cloud else (),
        has_voted=bool(given),
        standing=standing,
        rows=_rows(poll, standing) if standing else (),
        changes=changes_from(PollState(poll.state)),
        about=about(poll),
        is_unfolded=is_unfolded or not poll.is_open,
        error=error,
    )


def _rows(poll: Poll, standing: Standing) -> tuple[Row, ...]:
    """A cloud's bars are as long as its most said word; every other poll's are shares of the whole."""
    longest = max((bar.share for bar in standing.tally.bars), default=0.0) if poll.kind == PollKind.WORDS else 1.0
    return tuple(
        Row(
            text=option_text(poll, standing.texts[bar.option]),
            bar=bar,
            width=round(100 * bar.share / (longest or 1.0)),
            figure=figure(poll, bar),
        )
        for bar in standing.tally.bars
    )

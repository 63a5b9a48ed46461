"""Frames about polls, and what readers and moderators see of one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy, WordStanding
from meetings.messages.frames import Command, Frame, RowId
from meetings.models import Poll
from meetings.poll_queries import Standing
from meetings.polls import MAX_OPTIONS, MAX_WORD_LENGTH, MAX_WORDS


class CastBallot(Command):
    """Somebody's answer to a poll: ``choices`` are options, of a ranking in its order; ``words`` go into a cloud."""

    type: Literal["ballot"]
    poll: RowId
    choices: Annotated[tuple[RowId, ...], Field(max_length=MAX_OPTIONS)] = ()
    words: Annotated[
        tuple[Annotated[str, Field(max_length=4 * MAX_WORD_LENGTH)], ...], Field(max_length=MAX_WORDS)
    ] = ()


class RunPoll(Command):
    """An officer opens or closes a poll, or shows or keeps its results."""

    type: Literal["poll"]
    poll: RowId
    change: PollChange


class JudgeWord(Command):
    """An officer lets a word of a cloud through, or does not show it."""

    type: Literal["word"]
    option: RowId
    standing: Literal[WordStanding.ALLOWED, WordStanding.HIDDEN]


class OptionView(Frame):
    id: int
    text: str


class BarView(Frame):
    """One option as it stands; of a ranking with ``points`` and ``place``, of a cloud with its ``text``."""

    option: int
    count: int
    points: int | None = None
    place: int | None = None
    text: str | None = None


class WordView(Frame):
    """A word that is not shown."""

    option: int
    text: str
    count: int
    standing: WordStanding


class TallyView(Frame):
    """How a poll stands: how many people have answered, and each option."""

    poll: int
    people: int
    bars: tuple[BarView, ...]
    mean: float | None = None


class ModeratedTallyView(TallyView):
    """Also the words that are not shown, those held back first."""

    waiting: tuple[WordView, ...] = ()


class PollView(Frame):
    """A poll as readers see it; ``tally`` once its results are shown to everybody."""

    id: int
    kind: PollKind
    question: str
    options: tuple[OptionView, ...]
    at_most: int
    low_label: str
    high_label: str
    results: ResultsPolicy
    state: PollState
    agenda_item: int | None
    opened_at: datetime | None
    closed_at: datetime | None
    tally: TallyView | None


class ModeratedPollView(PollView):
    """A poll as moderators see it: in every state, its tally once it is closed."""

    tally: ModeratedTallyView | None


def poll_view(poll: Poll, standing: Standing | None = None) -> PollView:
    """What readers see of ``poll``, its options at hand. Its ``standing`` is needed when its results are shown."""
    shown = poll.state == PollState.SHOWN and standing is not None
    return PollView(**_common(poll), tally=tally_view(poll.pk, standing) if shown and standing else None)


def moderated_poll_view(poll: Poll, standing: Standing | None = None) -> ModeratedPollView:
    """What moderators see of ``poll``, its options at hand."""
    is_over = poll.is_closed and standing is not None
    tally = moderated_tally_view(poll.pk, standing) if is_over and standing else None
    return ModeratedPollView(**_common(poll), tally=tally)


def tally_view(poll_pk: int, standing: Standing) -> TallyView:
    return TallyView(**_tally(poll_pk, standing))


def moderated_tally_view(poll_pk: int, standing: Standing) -> ModeratedTallyView:
    waiting = tuple(
        WordView(option=word.option, text=word.text, count=word.count, standing=word.standing)
        for word in standing.waiting
    )
    return ModeratedTallyView(**_tally(poll_pk, standing), waiting=waiting)


def _tally(poll_pk: int, standing: Standing) -> dict[str, Any]:
    found = standing.tally
    return {
        "poll": poll_pk,
        "people": found.people,
        "mean": None if found.mean is None else round(found.mean, 2),
        "bars": tuple(
            BarView(
                option=bar.option,
                count=bar.count,
                points=bar.points,
                place=bar.place,
                text=standing.texts[bar.option] if standing.is_cloud else None,
            )
            for bar in found.bars
        ),
    }


def _common(poll: Poll) -> dict[str, Any]:
    is_cloud = poll.kind == PollKind.WORDS
    options = [] if is_cloud else sorted(poll.options.all(), key=lambda option: option.place)
    return {
        "id": poll.pk,
        "kind": PollKind(poll.kind),
        "question": poll.question,
        "options": tuple(OptionView(id=option.pk, text=option.text) for option in options),
        "at_most": poll.at_most,
        "low_label": poll.low_label,
        "high_label": poll.high_label,
        "results": ResultsPolicy(poll.results),
        "state": PollState(poll.state),
        "agenda_item": poll.agenda_item_id,
        "opened_at": poll.opened_at,
        "closed_at": poll.closed_at,
    }

"""How ballots add up. Pure: counts go in, what is shown comes out.

Ranking is by the Borda count as its author gave it: of n options the first on a ballot gets n - 1 points, the next
n - 2, the last none (J.-C. de Borda, "Mémoire sur les élections au scrutin", Histoire de l'Académie Royale des
Sciences pour 1781, Paris 1784, pp. 657-665, who gives n to 1: the order is the same). Every ballot ranks all options,
so none is worth more than another; what to do with shorter ones is a matter of dispute (P. Emerson, "The original
Borda count and partial voting", Social Choice and Welfare 40, 2013, pp. 353-358). Equal points are a tie and are
told as one. First choices stand beside the points, because the two need not agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetings.enums import PollKind, WordStanding

MIN_PEOPLE_PER_WORD = 2
"""A word that one person alone has said may point at them, so it is not shown of itself."""

MAX_WORDS_SHOWN = 20
"""Words of a cloud in one tally: what can be read, and what fits two frames a second."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``count`` people have put ``option`` (at ``rank``, the first being 1, if the poll is a ranking)."""

    option: int
    count: int
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One option as it stands. ``count`` is people: of a ranking, those who put it first."""

    option: int
    count: int
    share: float
    """Of the longest bar there could be, 0 to 1: of all people, or of all points."""
    points: int | None = None
    place: int | None = None
    """Its place in a ranking; options with equal points share one."""
    is_tied: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How a poll stands: ``people`` have sent a ballot."""

    people: int
    bars: tuple[Bar, ...]
    mean: float | None = None
    """Of a rating with at least one ballot: between 1 and 5."""


def tally(kind: PollKind, options: Sequence[int], marks: Iterable[Mark], people: int) -> Tally:
    """Add up the ballots of a poll with ``options`` in their order; a ranking comes in the order of its result."""
    found = list(marks)
    if kind is PollKind.RANKING:
        return Tally(people, ranking(options, found, people))
    counts = dict.fromkeys(options, 0)
    for mark in found:
        counts[mark.option] += mark.count
    bars = tuple(Bar(option, count, count / people if people else 0.0) for option, count in counts.items())
    return Tally(people, bars, mean_score(list(counts.values())) if kind is PollKind.RATING else None)


def mean_score(counts: Sequence[int]) -> float | None:
    """The mean of scores 1, 2, 3, … given ``counts`` times each; None when nobody gave one."""
    people = sum(counts)
    return sum(score * count for score, count in enumerate(counts, start=1)) / people if people else None


def ranking(options: Sequence[int], marks: Iterable[Mark], people: int) -> tuple[Bar, ...]:
    """The options by points, most first; equal ones keep the order they were written in and share their place."""
    points, first = dict.fromkeys(options, 0), dict.fromkeys(options, 0)
    for mark in marks:
        rank = mark.rank or len(options)
        points[mark.option] += (len(options) - rank) * mark.count
        first[mark.option] += mark.count if rank == 1 else 0
    most = people * (len(options) - 1)
    every = list(points.values())
    return tuple(
        Bar(
            option,
            first[option],
            points[option] / most if most else 0.0,
            points=points[option],
            place=1 + sum(other > points[option] for other in every),
            is_tied=every.count(points[option]) > 1,
        )
        for option in sorted(options, key=lambda option: -points[option])
    )


def is_word_shown(standing: WordStanding, count: int) -> bool:
    """Whether everybody may see a word that ``count`` people have said."""
    if standing is WordStanding.COUNTED:
        return count >= MIN_PEOPLE_PER_WORD
    return standing is WordStanding.ALLOWED and count > 0


def cloud(standings: Mapping[int, WordStanding], marks: Iterable[Mark], people: int) -> Tally:
    """The words everybody may see, the most said first, twenty at most."""
    counts = dict.fromkeys(standings, 0)
    for mark in marks:
        counts[mark.option] += mark.count
    shown = [option for option, count in counts.items() if is_word_shown(standings[option], count)]
    most = sorted(shown, key=lambda option: -counts[option])[:MAX_WORDS_SHOWN]
    return Tally(people, tuple(Bar(option, counts[option], counts[option] / people) for option in most))

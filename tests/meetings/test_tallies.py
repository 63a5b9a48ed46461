"""How ballots add up, held against the ballots themselves."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import PollKind, WordStanding
from meetings.tallies import MAX_WORDS_SHOWN, Bar, Mark, cloud, ranking, tally

OPTIONS = [11, 12, 13, 14]


def marks_of(ballots: list[list[int]], *, ranked: bool = False) -> list[Mark]:
    """As the database groups them: one mark for each option (and rank) with its number."""
    counts = Counter(
        (option, place if ranked else None) for ballot in ballots for place, option in enumerate(ballot, start=1)
    )
    return [Mark(option, count, rank) for (option, rank), count in counts.items()]


@given(st.lists(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=4, unique=True), max_size=40))
def test_a_share_is_of_people_whatever_number_of_marks_they_made(ballots: list[list[int]]) -> None:
    found = tally(PollKind.MULTIPLE, OPTIONS, marks_of(ballots), len(ballots))
    assert [bar.option for bar in found.bars] == OPTIONS
    for bar in found.bars:
        marked = [ballot for ballot in ballots if bar.option in ballot]
        assert bar.count == len(marked)
        assert bar.share == (len(marked) / len(ballots) if ballots else 0)


@given(st.lists(st.integers(1, 5), max_size=60))
def test_a_rating_has_the_mean_of_its_scores_and_lies_between_them(scores: list[int]) -> None:
    options = [21, 22, 23, 24, 25]
    found = tally(PollKind.RATING, options, marks_of([[20 + score] for score in scores]), len(scores))
    assert [bar.count for bar in found.bars] == [scores.count(score) for score in range(1, 6)]
    if scores:
        assert found.mean == pytest.approx(sum(scores) / len(scores))
    else:
        assert found.mean is None


@given(st.lists(st.permutations(OPTIONS), max_size=30))
def test_a_ranking_gives_n_minus_place_points_a_ballot_and_tells_ties(ballots: list[list[int]]) -> None:
    bars = ranking(OPTIONS, marks_of(ballots, ranked=True), len(ballots))
    points = {option: sum(3 - ballot.index(option) for ballot in ballots) for option in OPTIONS}
    assert {bar.option: bar.points for bar in bars} == points
    assert sum(bar.points or 0 for bar in bars) == 6 * len(ballots)
    assert sum(bar.count for bar in bars) == len(ballots)
    assert [bar.points for bar in bars] == sorted(points.values(), reverse=True)
    for bar in bars:
        assert bar.place == 1 + sum(other > (bar.points or 0) for other in points.values())
        assert bar.is_tied == (list(points.values()).count(bar.points or 0) > 1)
        assert 0 <= bar.share <= 1


@given(st.permutations(OPTIONS), st.lists(st.permutations(OPTIONS), max_size=10))
def test_an_option_that_everybody_puts_first_wins(order: list[int], ballots: list[list[int]]) -> None:
    same = [[order[0], *(option for option in ballot if option != order[0])] for ballot in [order, *ballots]]
    first, second = ranking(OPTIONS, marks_of(same, ranked=True), len(same))[:2]
    assert (first.option, first.place, first.is_tied, first.share) == (order[0], 1, False, 1.0)
    assert second.place == 2


def test_borda_and_first_choices_may_name_different_winners() -> None:
    # Borda's own point: the option most people put first may be the one most others put last.
    ballots = [[11, 12, 13, 14]] * 5 + [[12, 13, 14, 11]] * 4
    bars = ranking(OPTIONS, marks_of(ballots, ranked=True), 9)
    assert [(bar.option, bar.points, bar.count) for bar in bars] == [
        (12, 22, 4),
        (11, 15, 5),
        (13, 13, 0),
        (14, 4, 0),
    ]


def test_a_poll_nobody_answered_adds_up_to_nothing() -> None:
    assert tally(PollKind.SINGLE, [1, 2], [], 0).bars == (Bar(1, 0, 0.0), Bar(2, 0, 0.0))
    assert ranking([1, 2], [], 0) == (
        Bar(1, 0, 0.0, points=0, place=1, is_tied=True),
        Bar(2, 0, 0.0, points=0, place=1, is_tied=True),
    )
    assert cloud({}, [], 0).bars == ()


def test_a_word_is_shown_from_two_people_on_or_by_an_officers_word() -> None:
    standings = {
        1: WordStanding.COUNTED,
        2: WordStanding.COUNTED,
        3: WordStanding.HELD,
        4: WordStanding.ALLOWED,
        5: WordStanding.HIDDEN,
        6: WordStanding.ALLOWED,
    }
    marks = [Mark(1, 1), Mark(2, 2), Mark(3, 9), Mark(4, 1), Mark(5, 7)]
    assert [(bar.option, bar.count) for bar in cloud(standings, marks, 12).bars] == [(2, 2), (4, 1)]


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 30), max_size=60))
def test_a_cloud_shows_its_most_said_words_and_no_more_than_can_be_read(counts: dict[int, int]) -> None:
    standings = dict.fromkeys(counts, WordStanding.COUNTED)
    bars = cloud(standings, [Mark(option, count) for option, count in counts.items()], 60).bars
    wanted = sorted((count for count in counts.values() if count >= 2), reverse=True)[:MAX_WORDS_SHOWN]
    assert [bar.count for bar in bars] == wanted

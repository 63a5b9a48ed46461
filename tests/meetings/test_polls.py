"""What a poll may ask, the life it leads, and which ballots it takes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy
from meetings.polls import (
    MAX_FOLDED_LENGTH,
    BadPoll,
    changes_from,
    check_choices,
    check_words,
    fold,
    is_seen_open,
    most_marks,
    option_lines,
    options_for,
    poll_after,
)
from meetings.room import ImpossibleChange

MOVES = {
    (PollState.DRAFT, PollChange.OPEN): PollState.OPEN,
    (PollState.OPEN, PollChange.CLOSE): PollState.SHOWN,
    (PollState.CLOSED, PollChange.SHOW): PollState.SHOWN,
    (PollState.CLOSED, PollChange.REOPEN): PollState.OPEN,
    (PollState.SHOWN, PollChange.KEEP): PollState.CLOSED,
}


@pytest.mark.parametrize(("state", "change"), list(itertools.product(PollState, PollChange)))
def test_a_poll_moves_only_along_its_table(state: PollState, change: PollChange) -> None:
    assert (change in changes_from(state)) == ((state, change) in MOVES)
    for policy in ResultsPolicy:
        if (state, change) not in MOVES:
            with pytest.raises(ImpossibleChange):
                poll_after(state, change, policy)
        elif change is PollChange.CLOSE and policy is ResultsPolicy.OFFICERS:
            assert poll_after(state, change, policy) == PollState.CLOSED
        else:
            assert poll_after(state, change, policy) == MOVES[state, change]


def test_only_who_has_voted_sees_an_open_poll_and_only_under_that_policy() -> None:
    seen = {(policy, voted) for policy in ResultsPolicy for voted in (True, False) if is_seen_open(policy, voted)}
    assert seen == {(ResultsPolicy.AFTER_VOTING, True)}


def test_options_are_lines_and_a_rating_and_a_cloud_bring_their_own() -> None:
    assert option_lines(" Buses \n\n  Trams,  trains\n") == ("Buses", "Trams, trains")
    assert options_for(PollKind.SINGLE, ["A", "B"]) == ("A", "B")
    assert options_for(PollKind.RATING, ["ignored"]) == ("1", "2", "3", "4", "5")
    assert options_for(PollKind.WORDS, ["ignored"]) == ()
    assert options_for(PollKind.MULTIPLE, ["★", "★★"]) == ("★", "★★")
    for different in (["+2%", "-2%"], ["3", "3+"], ["<5", ">5"], ["C", "C++"]):
        assert options_for(PollKind.SINGLE, different) == tuple(different)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (PollKind.SINGLE, ["Only one"]),
        (PollKind.SINGLE, [str(number) for number in range(11)]),
        (PollKind.RANKING, [str(number) for number in range(8)]),
        (PollKind.MULTIPLE, ["Two  buses", "two buses"]),
        (PollKind.SINGLE, ["Yes", "x" * 81]),
    ],
)
def test_a_poll_that_cannot_be_answered_is_refused(kind: PollKind, options: list[str]) -> None:
    with pytest.raises(BadPoll) as refused:
        options_for(kind, options)
    assert refused.value.field == "options"


def test_how_many_marks_a_ballot_may_have() -> None:
    assert [
        most_marks(PollKind.SINGLE, 3, 4),
        most_marks(PollKind.RATING, None, 5),
        most_marks(PollKind.RANKING, 2, 4),
        most_marks(PollKind.MULTIPLE, None, 4),
        most_marks(PollKind.MULTIPLE, 2, 4),
        most_marks(PollKind.WORDS, None, 0),
        most_marks(PollKind.WORDS, 1, 0),
    ] == [1, 1, 4, 4, 2, 3, 1]
    for kind, wanted in ((PollKind.MULTIPLE, 1), (PollKind.MULTIPLE, 5), (PollKind.WORDS, 4)):
        with pytest.raises(BadPoll):
            most_marks(kind, wanted, 4)


@pytest.mark.parametrize(
    ("kind", "chosen", "at_most", "is_taken"),
    [
        (PollKind.SINGLE, [1], 1, True),
        (PollKind.SINGLE, [], 1, False),
        (PollKind.SINGLE, [1, 2], 1, False),
        (PollKind.SINGLE, [9], 1, False),
        (PollKind.MULTIPLE, [1, 3], 2, True),
        (PollKind.MULTIPLE, [1, 1], 2, False),
        (PollKind.MULTIPLE, [1, 2, 3], 2, False),
        (PollKind.RANKING, [3, 1, 2], 3, True),
        (PollKind.RANKING, [3, 1], 3, False),
        (PollKind.RANKING, [3, 1, 1], 3, False),
        (PollKind.RANKING, [3, 1, 2, 2], 3, False),
    ],
)
def test_which_ballots_a_poll_takes(kind: PollKind, chosen: list[int], at_most: int, is_taken: bool) -> None:
    if is_taken:
        check_choices(kind, chosen, [1, 2, 3], at_most)
        return
    with pytest.raises(BadPoll) as refused:
        check_choices(kind, chosen, [1, 2, 3], at_most)
    assert refused.value.field == "choices"


def test_words_are_counted_in_one_form_however_they_are_typed() -> None:
    assert {fold(text) for text in ("Buses", " buses! ", "“BUSES”", "ｂｕｓｅｓ")} == {"buses"}
    assert fold("more   trees, please.") == "more trees, please"
    assert [fold("..."), fold(""), fold("♥")] == ["", "", ""]
    assert fold("Tŷ") == fold("Ty\u0302") == "tŷ"
    assert check_words(["Buses", "buses!", "", "More trees"], 2) == {"buses": "buses!", "more trees": "More trees"}
    for words in ([], ["!!"], ["a", "b", "c"], ["x" * 31], ["\ufdfa" * 30]):
        with pytest.raises(BadPoll) as refused:
            check_words(words, 2)
        assert refused.value.field == "words"


@given(st.text(max_size=40))
def test_folding_is_settled_after_once_and_never_too_long_to_keep(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    try:
        kept = check_words([text], 1)
    except BadPoll:
        return
    assert all(0 < len(folded) <= MAX_FOLDED_LENGTH for folded in kept)

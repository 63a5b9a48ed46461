"""Formal business moves along its tables, and a vote comes to what was cast. No database."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.business import (
    MOTION_CHANGES,
    SETTLED,
    SPEAKER_CHANGES,
    CastingVoteNeeded,
    CastingVoteOutOfPlace,
    Tally,
    is_carried,
    motion_after,
    speaker_after,
    spoken_ms_at,
    tally,
)
from meetings.business_enums import Casting, Choice, MotionChange, MotionState, SpeakerChange, SpeakerState
from meetings.room import ImpossibleChange

CHOICES = st.lists(st.sampled_from([*Choice.values, ""]), max_size=120)
NOW = datetime(2026, 11, 5, 19, 0, tzinfo=UTC)


def test_every_state_of_a_speaker_and_of_a_motion_has_its_changes() -> None:
    assert (set(SPEAKER_CHANGES), set(MOTION_CHANGES)) == (set(SpeakerState), set(MotionState))


@pytest.mark.parametrize(("state", "change"), list(itertools.product(SpeakerState, SpeakerChange)))
def test_a_speaker_moves_only_along_the_table(state: SpeakerState, change: SpeakerChange) -> None:
    moves = {
        ("waiting", "start"): "speaking",
        ("waiting", "remove"): "left",
        ("speaking", "pause"): "paused",
        ("speaking", "stop"): "spoken",
        ("paused", "resume"): "speaking",
        ("paused", "stop"): "spoken",
        ("spoken", "resume"): "speaking",
    }
    if (state.value, change.value) in moves:
        assert speaker_after(state, change) == moves[state.value, change.value]
    else:
        with pytest.raises(ImpossibleChange):
            speaker_after(state, change)


@pytest.mark.parametrize(("state", "change"), list(itertools.product(MotionState, MotionChange)))
def test_a_motion_moves_only_along_the_table(state: MotionState, change: MotionChange) -> None:
    moves = {
        ("moved", "second"): "seconded",
        ("moved", "withdraw"): "withdrawn",
        ("moved", "drop"): "not_put",
        ("seconded", "put"): "voting",
        ("seconded", "withdraw"): "withdrawn",
        ("seconded", "drop"): "not_put",
        ("voting", "call_off"): "seconded",
        ("voting", "carry"): "carried",
        ("voting", "lose"): "lost",
    }
    if (state.value, change.value) in moves:
        assert motion_after(state, change) == moves[state.value, change.value]
    else:
        with pytest.raises(ImpossibleChange):
            motion_after(state, change)


def test_what_is_settled_stays_settled() -> None:
    assert {MotionState.CARRIED, MotionState.LOST, MotionState.WITHDRAWN, MotionState.NOT_PUT} == SETTLED


@given(CHOICES)
def test_a_tally_counts_everybody_once_in_whatever_order(choices: list[str]) -> None:
    counted = tally(choices)
    assert counted.votes_for + counted.against + counted.abstained + counted.not_voting == len(choices)
    assert counted == tally(sorted(choices))
    assert counted.votes_for == choices.count("for")
    assert counted.not_voting == choices.count("not_voting") + choices.count("")


@given(CHOICES, st.integers(min_value=0, max_value=20))
def test_abstaining_and_staying_away_change_no_result(choices: list[str], more: int) -> None:
    counted = tally(choices)
    with_more = tally([*choices, *["abstain"] * more, *[""] * more])
    assert counted.is_equal == with_more.is_equal
    if not counted.is_equal:
        assert is_carried(counted, None) == is_carried(with_more, None)


@given(CHOICES)
def test_turning_every_vote_around_turns_the_result_around(choices: list[str]) -> None:
    turned = {"for": "against", "against": "for"}
    counted, other = tally(choices), tally(turned.get(choice, choice) for choice in choices)
    if counted.is_equal:
        assert other.is_equal
    else:
        assert is_carried(counted, None) != is_carried(other, None)


@given(CHOICES)
def test_one_more_vote_for_never_loses_a_motion(choices: list[str]) -> None:
    counted, more = tally(choices), tally([*choices, "for"])
    if not counted.is_equal and not more.is_equal:
        assert is_carried(more, None) or not is_carried(counted, None)


@given(st.integers(min_value=0, max_value=60))
def test_equal_votes_wait_for_the_person_presiding(number: int) -> None:
    counted = Tally(votes_for=number, against=number)
    with pytest.raises(CastingVoteNeeded):
        is_carried(counted, None)
    results = [is_carried(counted, casting) for casting in (Casting.FOR, Casting.AGAINST, Casting.NOT_USED)]
    assert results == [True, False, False]


@pytest.mark.parametrize("casting", list(Casting))
def test_there_is_no_casting_vote_where_votes_are_not_equal(casting: Casting) -> None:
    with pytest.raises(CastingVoteOutOfPlace):
        is_carried(Tally(votes_for=3, against=2), casting)


@given(st.lists(st.integers(min_value=0, max_value=600_000), min_size=1, max_size=8))
def test_speaking_time_is_the_sum_of_what_was_spoken_and_no_pause_counts(pieces: list[int]) -> None:
    moment, spoken = NOW, 0
    for piece in pieces:
        began, moment = moment, moment + timedelta(milliseconds=piece)
        spoken = spoken_ms_at(moment, spoken_ms=spoken, running_since=began)
        moment += timedelta(minutes=3)
        assert spoken_ms_at(moment, spoken_ms=spoken, running_since=None) == spoken
    assert spoken == sum(pieces)


def test_a_clock_that_was_set_back_takes_no_time_away() -> None:
    assert spoken_ms_at(NOW, spoken_ms=5_000, running_since=NOW + timedelta(seconds=2)) == 5_000

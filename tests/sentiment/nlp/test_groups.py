import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from sentiment.nlp.groups import Apart, Opinions, Shared, TooFewVoters, opinion_groups

STATEMENTS = 30


def planted(seed: int, sizes: list[int], missing: float = 0.3, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Votes of groups with views of their own on all but the last ten statements, in mixed order; and the groups."""
    draw = np.random.default_rng(seed)
    views = draw.choice([-1.0, 1.0], (len(sizes), STATEMENTS))
    views[:, -10:] = 1.0
    truth = draw.permutation(np.repeat(np.arange(len(sizes)), sizes))
    votes = views[truth]
    turned = draw.random(votes.shape) < noise
    votes[turned] = draw.choice([-1.0, 0.0, 1.0], turned.sum())
    votes[draw.random(votes.shape) < missing] = np.nan
    return votes, truth


def labels_of(opinions: Opinions, size: int) -> list[int]:
    numbers = {row: number for number, group in enumerate(opinions.groups) for row in group.members}
    return [numbers.get(row, -1) for row in range(size)]


@pytest.mark.parametrize("sizes", [[40, 30], [12, 8], [60, 40, 30], [200, 50, 50]])
@pytest.mark.parametrize("seed", range(4))
def test_planted_groups_are_found(sizes, seed):
    votes, truth = planted(seed, sizes)

    found = opinion_groups(votes)

    assert len(found.groups) == len(sizes)
    assert adjusted_rand_score(truth, labels_of(found, len(votes))) >= 0.9
    assert [len(group.members) for group in found.groups] == sorted(map(len, (g.members for g in found.groups)))[::-1]
    assert found.silhouette is not None


def test_what_sets_groups_apart_and_what_they_share_is_what_was_planted():
    votes, truth = planted(2, [50, 40])

    found = opinion_groups(votes)

    means = np.array([np.nanmean(votes[truth == group], axis=0) for group in (0, 1)])
    differ = set(np.flatnonzero(np.abs(means[0] - means[1]) > 1).tolist())
    assert [{apart.statement for apart in group.apart} for group in found.groups] == [differ, differ]
    for apart in found.groups[0].apart:
        assert apart.side == (
            "agree" if means[truth[found.groups[0].members[0]], apart.statement] > 0 else "disagree"
        )
        assert apart.share > 0.5 > apart.elsewhere
    assert {shared.statement for shared in found.shared} == set(range(STATEMENTS)) - differ


def test_shares_are_smoothed_and_tested_as_written():
    votes = np.array([[1.0, 1, -1]] * 6 + [[-1.0, 1, 1]] * 4)

    found = opinion_groups(votes)

    assert found.groups[0].members == (0, 1, 2, 3, 4, 5)
    z = (7 / 8 - 1 / 6) / (8 / 14 * 6 / 14 * (1 / 8 + 1 / 6)) ** 0.5
    assert found.groups[0].apart == (
        Apart(0, "agree", 0.875, 0.1667, round(z, 4)),
        Apart(2, "disagree", 0.875, 0.1667, round(z, 4)),
    )
    assert found.shared == (Shared(1, "agree", (0.875, 0.8333)),)


def test_people_who_vote_much_alike_are_one_group():
    draw = np.random.default_rng(3)
    votes = draw.choice([-1.0, 0.0, 1.0], (60, 20), p=[0.2, 0.1, 0.7])
    votes[draw.random(votes.shape) < 0.3] = np.nan

    found = opinion_groups(votes)

    assert [group.members for group in found.groups] == [tuple(range(60))]
    assert found.groups[0].apart == ()
    assert found.silhouette is None
    assert len(found.shared) > 15


def test_people_who_agree_about_everything_are_one_group():
    found = opinion_groups(np.ones((12, 8)))

    assert [len(group.members) for group in found.groups] == [12]
    assert len(found.shared) == 8


def test_the_order_of_the_rows_makes_no_difference():
    votes, _ = planted(5, [40, 30, 20])
    order = np.random.default_rng(1).permutation(len(votes))

    found, moved = opinion_groups(votes), opinion_groups(votes[order])

    assert {frozenset(order[list(group.members)].tolist()) for group in moved.groups} == {
        frozenset(group.members) for group in found.groups
    }
    assert [moved.places[place] for place in range(len(order))] == [found.places[row] for row in order]
    assert moved.shared == found.shared


def test_those_who_voted_on_few_statements_are_left_out():
    votes, _ = planted(7, [30, 30], missing=0.0)
    votes[4, 6:] = np.nan

    found = opinion_groups(votes)

    assert found.places[4] is None
    assert all(4 not in group.members for group in found.groups)
    assert sum(len(group.members) for group in found.groups) == 59


def test_of_fewer_than_seven_statements_all_must_be_voted_on():
    votes = np.array([[1.0, 1, -1, 1]] * 10 + [[-1.0, -1, 1, np.nan]])

    assert [len(group.members) for group in opinion_groups(votes).groups] == [10]


@pytest.mark.parametrize(
    "votes",
    [
        np.empty((0, 0)),
        np.ones((9, 10)),
        np.full((50, 10), np.nan),
        np.ones((50, 1)),
        np.where(np.arange(20) < 6, 1.0, np.nan) * np.ones((50, 1)),
    ],
)
def test_too_few_voters_are_refused(votes):
    with pytest.raises(TooFewVoters, match="it takes 10 participants and 2 statements"):
        opinion_groups(votes)


@pytest.mark.parametrize("votes", [[1.0, -1.0], [[2.0, 1.0]] * 12, [[np.inf, 1.0]] * 12])
def test_what_is_no_table_of_votes_is_refused(votes):
    with pytest.raises(ValueError, match="table of -1, 0, 1 and NaN"):
        opinion_groups(votes)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 12), st.floats(0, 0.8))
def test_everybody_with_enough_votes_is_in_exactly_one_group(seed, statements, missing):
    draw = np.random.default_rng(seed)
    votes = draw.choice([-1.0, 0.0, 1.0], (25, statements))
    votes[draw.random(votes.shape) < missing] = np.nan
    enough = {row for row in range(25) if (~np.isnan(votes[row])).sum() >= min(7, statements)}
    try:
        found = opinion_groups(votes)
    except TooFewVoters:
        assert len(enough) < 10
        return

    assert sorted(row for group in found.groups for row in group.members) == sorted(enough)
    assert {row for row, place in enumerate(found.places) if place is not None} == enough
    assert len(found.groups) <= 5

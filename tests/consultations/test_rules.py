from datetime import timedelta

import pytest

from consultations.enums import Stage
from consultations.rules import public_count, stage_at
from tests.consultations.samples import CLOSES_AT, OPENS_AT, SECOND

REPORTED_AT = CLOSES_AT + timedelta(days=30)


@pytest.mark.parametrize(
    ("moment", "outcome_published_at", "stage"),
    [
        (OPENS_AT - SECOND, None, Stage.FORTHCOMING),
        (OPENS_AT, None, Stage.OPEN),
        (CLOSES_AT - SECOND, None, Stage.OPEN),
        (CLOSES_AT, None, Stage.CLOSED),
        (CLOSES_AT + SECOND, None, Stage.CLOSED),
        (REPORTED_AT - SECOND, REPORTED_AT, Stage.CLOSED),
        (REPORTED_AT, REPORTED_AT, Stage.REPORTED),
        (CLOSES_AT - SECOND, OPENS_AT, Stage.OPEN),  # an outcome never shows while people can answer
    ],
)
def test_stage_follows_from_the_moment(moment, outcome_published_at, stage):
    assert (
        stage_at(moment, opens_at=OPENS_AT, closes_at=CLOSES_AT, outcome_published_at=outcome_published_at) == stage
    )


def test_counts_below_ten_are_not_public():
    assert [public_count(count) for count in (0, 9, 10, 11)] == [None, None, 10, 11]

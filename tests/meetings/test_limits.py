"""Buckets that several sockets share, without a clock of their own."""

from __future__ import annotations

import pytest

from meetings import limits
from meetings.limits import Buckets, Rate

FIVE = Rate(5, 10.0)


def test_each_has_a_bucket_of_their_own_that_fills_up_again() -> None:
    shared = Buckets()
    assert [shared.take("ada", FIVE, 0.0) for _ in range(6)] == [True] * 5 + [False]
    assert shared.take("bel", FIVE, 0.0)
    assert [shared.take("ada", FIVE, second) for second in (1.9, 2.1)] == [False, True]
    # An officer's rate is another one.
    assert shared.take("ada", Rate(60, 10.0), 2.2)


def test_no_more_buckets_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BUCKETS", 3)
    shared = Buckets()
    for _ in range(5):
        shared.take("ada", FIVE, 9.0)
    shared.take("bel", FIVE, 0.0)
    shared.take("con", FIVE, 0.0)
    shared.take("dee", FIVE, 10.5)
    assert set(shared._buckets) == {"ada", "dee"}
    assert not shared.take("ada", FIVE, 10.5), "who has just used theirs up is not forgotten with those who have not"
    for name in ("eve", "fay", "gus"):
        shared.take(name, FIVE, 10.6)
    assert len(shared._buckets) <= 3

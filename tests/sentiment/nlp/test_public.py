"""What an outsider can work out from a published report."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.public import for_council, for_public
from sentiment.nlp.readings import LABELS
from sentiment.nlp.summary import Summary
from sentiment.nlp.tally import Analysis, Figures
from sentiment.nlp.uncertainty import Interval

NOTHING_SAID = Summary((), (), 0.0, 0.0, 0)


def figures(name: str, counts: tuple[int, ...]) -> Figures:
    by_label = dict(zip(LABELS, counts, strict=True))
    return Figures(name, by_label, 0.1, Interval(0.0, 0.2), (), (), NOTHING_SAID, ())


def analysis(*wards: tuple[int, ...]) -> Analysis:
    named = tuple(figures(f"Ward {place}", counts) for place, counts in enumerate(wards))
    overall = figures("All wards", tuple(sum(column) for column in zip(*wards, strict=True)) if wards else (0,) * 5)
    return Analysis(named, overall, blank=3)


def test_the_council_sees_everything():
    report = for_council(analysis((1, 2, 3, 0, 0), (20, 20, 20, 0, 0)))

    assert [ward.total for ward in report.wards] == [6, 60]
    assert report.overall.counts == {"negative": 21, "neutral": 22, "positive": 23, "unsure": 0, "unread": 0}
    assert (report.blank, report.is_public) == (3, False)


def test_nothing_hidden_means_everything_is_shown():
    report = for_public(analysis((10, 20, 30, 0, 0), (11, 12, 13, 0, 0)))

    assert [ward.total for ward in report.wards] == [60, 36]
    assert report.overall.counts == {"negative": 21, "neutral": 32, "positive": 43, "unsure": 0, "unread": 0}
    assert report.blank is None


def test_a_small_ward_hides_a_second_one_and_the_labels_of_all():
    report = for_public(analysis((1, 2, 3, 0, 0), (10, 10, 10, 0, 0), (30, 30, 30, 0, 0)))

    assert [ward.total for ward in report.wards] == [None, None, 90]
    assert report.wards[0].mean is None
    assert report.overall.total == 126
    assert report.overall.counts == dict.fromkeys(LABELS)


def test_a_ward_too_small_to_split_shows_its_total_only():
    report = for_public(analysis((5, 5, 0, 0, 0), (10, 10, 10, 0, 0)))

    assert (report.wards[0].total, report.wards[0].counts) == (10, dict.fromkeys(LABELS))


@pytest.mark.parametrize("wards", [(), ((0, 0, 0, 0, 0),), ((1, 0, 0, 0, 0),)])
def test_hardly_any_comments_are_no_trouble(wards):
    report = for_public(analysis(*wards))

    assert report.overall.total in (0, None)


@settings(max_examples=300)
@given(wards=st.lists(st.tuples(*[st.integers(0, 30)] * 5), max_size=5))
def test_no_hidden_count_can_be_worked_out_by_subtraction(wards):
    report = for_public(analysis(*wards))

    def check(total: int | None, counts: list[int | None]) -> None:
        hidden = counts.count(None)
        if total is None or not hidden:
            return
        assert hidden >= 2
        remainder = total - sum(count for count in counts if count is not None)
        assert remainder - (hidden - 1) >= 10 or hidden == len(counts)

    check(report.overall.total, [ward.total for ward in report.wards])
    for shown in (*report.wards, report.overall):
        check(shown.total, list(shown.counts.values()))
    for shown in report.wards:
        assert all(count is None or count == 0 or count >= 10 for count in shown.counts.values())
    if any(None in (ward.total, *ward.counts.values()) for ward in report.wards):
        assert report.overall.counts == dict.fromkeys(LABELS)

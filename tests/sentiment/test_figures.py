"""A ward's figures: every text in exactly the periods, kinds and labels it belongs to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sentiment.enums import FeedbackKind
from sentiment.figures import compute, first_day, midnight, refresh, stems
from sentiment.models import Feedback, WardSummary
from sentiment.services import hash_of

pytestmark = pytest.mark.django_db

# A Wednesday in summer time: local midnight is 23:00 UTC of the day before.
MOMENT = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)
NONE = {"negative": 0, "neutral": 0, "positive": 0, "unsure": 0, "unread": 0, "": 0}


@pytest.fixture
def said(ward):
    """Writes a row as filing and reading leave it."""

    def said(text="Words", *, said_at=MOMENT, kind=FeedbackKind.ANSWER, label="neutral", **fields):
        number = Feedback.objects.count()
        values = {"ward": ward, "about": "Parks", "language": "en", "text": text, "text_hash": hash_of(text)}
        return Feedback.objects.create(
            kind=kind, origin=f"row:{number}", said_at=said_at, label=label, **values | fields
        )

    return said


def test_a_ward_where_nothing_was_said_has_zeros(ward):
    period = compute(ward, MOMENT)["periods"]["28"]
    assert period == {
        "labels": {"answer": NONE, "question": NONE, "post": NONE},
        "before": {"answer": 0, "question": 0, "post": 0},
        "matters": [],
        "phrases": [],
        "voices": [],
        "excluded_share": 0.0,
        "considered": 0,
    }


def test_texts_are_counted_by_kind_and_label(ward, said):
    said(label="positive")
    said(label="positive")
    said(label="")
    said(kind=FeedbackKind.POST, label="unread", language="cy")
    assert compute(ward, MOMENT)["periods"]["7"]["labels"] == {
        "answer": NONE | {"positive": 2, "": 1},
        "question": NONE,
        "post": NONE | {"unread": 1},
    }


@pytest.mark.parametrize("length", [7, 28, 90])
def test_a_period_begins_at_local_midnight_and_the_one_before_ends_there(ward, said, length):
    begins = midnight(first_day(MOMENT.date(), length))
    said(said_at=begins)
    said(said_at=begins - timedelta(seconds=1))
    said(said_at=begins - timedelta(days=length))
    said(said_at=begins - timedelta(days=length, seconds=1))
    said(said_at=midnight(MOMENT.date() + timedelta(days=1)) - timedelta(seconds=1))
    said(said_at=midnight(MOMENT.date() + timedelta(days=1)))
    period = compute(ward, MOMENT)["periods"][str(length)]
    assert (sum(period["labels"]["answer"].values()), period["before"]["answer"]) == (2, 2)


def test_texts_too_unsure_of_their_ward_and_those_of_other_wards_are_not_counted(ward, make_ward, said):
    said(ward_confidence=0.6)
    said(ward_confidence=0.59)
    said(ward=make_ward())
    said(ward=None)
    assert sum(compute(ward, MOMENT)["periods"]["7"]["labels"]["answer"].values()) == 1


def test_weeks_run_from_monday_and_end_with_the_running_one(ward, said):
    monday = midnight(datetime(2026, 7, 13, tzinfo=UTC).date())
    said(said_at=monday, label="positive")
    said(said_at=monday - timedelta(seconds=1), label="negative")
    weeks = compute(ward, MOMENT)["weeks"]
    assert [week["from"] for week in weeks][::6] == ["2026-04-20", "2026-06-01", "2026-07-13"]
    assert weeks[-2:] == [
        {"from": "2026-07-06", "answer": {"negative": 1}, "question": {}, "post": {}},
        {"from": "2026-07-13", "answer": {"positive": 1}, "question": {}, "post": {}},
    ]


def soured(said, *, weeks_ago, label="negative", n=12):
    """Praise each week, and from some weeks ago on complaints."""
    for back in range(1, 9):
        for _ in range(n):
            said(said_at=MOMENT - timedelta(weeks=back), label=label if back <= weeks_ago else "positive")


def test_the_week_in_which_the_tone_changed_is_kept_with_what_it_was_and_is(ward, said):
    soured(said, weeks_ago=3)
    said(kind=FeedbackKind.POST, label="positive", said_at=MOMENT - timedelta(weeks=1))  # not said to the council
    assert compute(ward, MOMENT)["change"] == {"from": "2026-06-22", "before": 1.0, "after": -1.0}


def test_texts_of_unsure_tone_count_as_neither_when_a_change_is_looked_for(ward, said):
    soured(said, weeks_ago=3, label="unsure")
    said(label="unread", language="cy", said_at=MOMENT - timedelta(weeks=1))
    assert compute(ward, MOMENT)["change"] == {"from": "2026-06-22", "before": 1.0, "after": 0.0}


def test_a_tone_that_stays_has_no_change_and_the_running_week_is_not_judged(ward, said):
    soured(said, weeks_ago=0)
    for _ in range(40):
        said(label="negative")
    assert compute(ward, MOMENT)["change"] is None


def test_phrases_carry_their_texts_and_quotes_that_stand_in_them(ward, said):
    rows = [
        said("The bus shelter on Felixstowe Road leaks. I got soaked."),
        said("Please mend the bus shelter before winter comes, it is awful.", kind=FeedbackKind.PUBLIC_QUESTION),
        said("Nothing to add about parks or anything else really."),
        said("Our bus shelters were smashed again last night by somebody."),
    ]
    phrase = next(p for p in compute(ward, MOMENT)["periods"]["7"]["phrases"] if "shelter" in p["phrase"])
    assert sorted(phrase["texts"]) == [rows[0].pk, rows[1].pk, rows[3].pk]
    assert phrase["kinds"] == {"answer": 2, "question": 1}
    by_pk = {row.pk: row for row in rows}
    for pk, start, end, text_hash in phrase["quotes"]:
        assert "shelter" in by_pk[pk].text[start:end]
        assert by_pk[pk].text_hash == text_hash


def test_matters_are_listed_most_spoken_of_first_each_kind_apart(ward, said):
    said(about="Parks")
    said(about="Parks")
    said(about="Lantern", kind=FeedbackKind.POST)
    said(about="")
    assert compute(ward, MOMENT)["periods"]["7"]["matters"] == [
        {"kind": "answer", "about": "Parks", "n": 2},
        {"kind": "post", "about": "Lantern", "n": 1},
    ]


def test_figures_keep_no_words_of_anybodys_text_but_phrases_of_several(ward, said):
    said("The canary CANARY-7 sings about the bus shelter alone at night.")
    said("Another bus shelter text entirely, thanks.")
    assert "CANARY" not in json.dumps(compute(ward, MOMENT))


def test_a_change_during_the_counting_stays_noted(ward, said):
    said()
    WardSummary.objects.create(ward=ward, revision=4, is_queued=True)
    refresh(ward.pk, MOMENT)
    summary = WardSummary.objects.get()
    assert (summary.computed_revision, summary.is_queued, summary.computed_at) == (4, False, MOMENT)
    WardSummary.objects.update(computed_revision=9)
    refresh(ward.pk, MOMENT + timedelta(hours=1))
    assert WardSummary.objects.get().computed_at == MOMENT


def test_forms_of_a_word_match_and_words_across_a_stop_do_not():
    assert stems("bus shelter").strip() in stems("The Bus shelters, again")
    assert stems("bus shelter").strip() not in stems("I took the bus. Shelter was none.")


def test_counting_makes_the_same_queries_for_one_and_for_three_texts(ward, said, django_assert_num_queries):
    said()
    with django_assert_num_queries(9):
        compute(ward, MOMENT)
    said()
    said()
    with django_assert_num_queries(9):
        compute(ward, MOMENT)

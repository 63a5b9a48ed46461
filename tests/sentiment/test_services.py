"""Filing, withdrawing and correcting what was said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from sentiment.enums import FeedbackKind
from sentiment.models import Feedback, Reading, WardSummary
from sentiment.nlp import tone
from sentiment.services import NothingSaid, file_feedback, withdraw_feedback

pytestmark = pytest.mark.django_db

SAID_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def file(ward, django_capture_on_commit_callbacks):
    """Files a text as a service would and lets the queue run, as it does on commit."""

    def file(**changes):
        values = {
            "kind": FeedbackKind.ANSWER,
            "origin": "answer:1",
            "text": "The new crossing is wonderful, thank you.",
            "said_at": SAID_AT,
            "ward": ward,
            "about": "Norwich Road crossings",
            "url": "/consultations/crossings/",
        }
        with django_capture_on_commit_callbacks(execute=True):
            return file_feedback(**values | changes)

    return file


def test_a_filed_text_is_read_on_commit(file):
    feedback = file()
    feedback.refresh_from_db()
    reading = feedback.readings.get()
    assert (feedback.label, feedback.language, reading.label, reading.reader) == (
        "positive",
        "en",
        "positive",
        tone.READER,
    )
    assert feedback.text[slice(*[reading.because[0][side] for side in ("start", "end")])] == "wonderful"


def test_filing_the_same_origin_twice_adds_no_row_and_no_reading(file):
    first, second = file(), file()
    assert first == second
    assert (Feedback.objects.count(), Reading.objects.count()) == (1, 1)


def test_a_changed_text_is_read_anew(file):
    file()
    feedback = file(text="The crossing is horrible.")
    feedback.refresh_from_db()
    assert feedback.label == "negative"
    assert [reading.label for reading in feedback.readings.all()] == ["negative"]


def test_nothing_is_read_when_the_transaction_fails(ward, django_capture_on_commit_callbacks):
    def file_then_fail():
        with transaction.atomic():
            file_feedback(
                kind=FeedbackKind.ANSWER,
                origin="answer:1",
                text="Hello",
                said_at=SAID_AT,
                ward=ward,
                about="",
                url="",
            )
            raise RuntimeError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(RuntimeError):
        file_then_fail()
    assert (callbacks, Feedback.objects.count()) == ([], 0)


@pytest.mark.parametrize("blank", ["", "  \n", "\x00"])
def test_a_blank_text_is_refused(file, blank):
    with pytest.raises(NothingSaid):
        file(text=blank)
    assert Feedback.objects.count() == 0


def test_the_same_origin_of_two_kinds_is_two_texts(file):
    file()
    file(kind=FeedbackKind.PUBLIC_QUESTION)
    assert Feedback.objects.count() == 2


def test_the_database_itself_refuses_a_second_row_of_an_origin(file):
    feedback = file()
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(
            kind=feedback.kind, origin=feedback.origin, text="Again", text_hash="0" * 64, said_at=SAID_AT
        )


def test_withdrawing_takes_the_text_its_readings_and_nothing_else(file, django_capture_on_commit_callbacks):
    file()
    other = file(origin="answer:2")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin="answer:1")
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin="answer:404")
    assert list(Feedback.objects.all()) == [other]
    assert Reading.objects.count() == 1


def test_each_change_is_noted_for_the_wards_it_touches(file, ward, make_ward):
    file()
    other = make_ward()
    file(ward=other)
    assert set(WardSummary.objects.filter(revision__gt=0).values_list("ward", flat=True)) == {ward.pk, other.pk}


def test_what_cannot_be_stored_is_dropped_and_the_rest_kept_as_typed(file):
    feedback = file(text="a<b and c>d \x00\ud800 <jo@example.org>")
    assert feedback.text == "a<b and c>d  <jo@example.org>"

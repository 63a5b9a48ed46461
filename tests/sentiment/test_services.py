"""Filing, withdrawing and correcting what was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from sentiment import figures
from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.models import Correction, Feedback, Reading, WardSummary
from sentiment.nlp import tone
from sentiment.services import NothingSaid, correct_reading, file_feedback, refresh_summaries, withdraw_feedback

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
        tone.reader_version(),
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


def test_a_correction_wins_and_the_machines_reading_is_kept(file, officer):
    feedback = file()
    correction = correct_reading(
        feedback=feedback, label=ToneLabel.NEGATIVE, reason=" Sarcasm. ", corrected_by=officer, corrected_at=SAID_AT
    )
    feedback.refresh_from_db()
    assert (feedback.label, feedback.readings.get().label) == ("negative", "positive")
    assert (correction.reason, correction.corrected_by) == ("Sarcasm.", officer)
    entry = ModelLogEntry.objects.get(action="sentiment.correct")
    assert (entry.label, entry.user, entry.data) == (
        "answer:1",
        officer,
        {"before": "positive", "after": "negative", "reason": "Sarcasm."},
    )


def test_the_newest_correction_wins_until_the_text_itself_changes(file, officer):
    feedback = file()
    for minute, label in ((1, ToneLabel.NEGATIVE), (3, ToneLabel.UNSURE), (2, ToneLabel.NEUTRAL)):
        moment = SAID_AT.replace(minute=minute)
        correct_reading(feedback=feedback, label=label, reason="So", corrected_by=officer, corrected_at=moment)
    feedback.refresh_from_db()
    assert feedback.label == "unsure"
    feedback = file(text="Lovely, lovely crossing")
    feedback.refresh_from_db()
    assert feedback.label == "positive"


def test_a_correction_needs_a_reason_and_a_tone_a_person_can_give(file, officer):
    feedback = file()
    values = {"feedback": feedback, "corrected_by": officer, "corrected_at": SAID_AT}
    with pytest.raises(NothingSaid):
        correct_reading(label=ToneLabel.NEUTRAL, reason=" ", **values)
    with pytest.raises(ValueError, match="not a tone"):
        correct_reading(label=ToneLabel.UNREAD, reason="So", **values)
    assert Correction.objects.count() == 0


def test_welsh_is_kept_apart_as_not_read(file):
    feedback = file(text="Mae'r parc newydd yn ardderchog, diolch yn fawr iawn i bawb am eu gwaith caled.")
    feedback.refresh_from_db()
    assert (feedback.label, feedback.language, feedback.readings.get().tone) == ("unread", "cy", None)


def test_hundreds_of_texts_are_counted_once(ward, django_capture_on_commit_callbacks, monkeypatch):
    counted = []
    monkeypatch.setattr(figures, "refresh", lambda ward_pk, moment: counted.append(ward_pk))
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(30):
            origin = f"answer:{number}"
            file_feedback(
                kind=FeedbackKind.ANSWER, origin=origin, text="Hi", said_at=SAID_AT, ward=ward, about="", url=""
            )
    assert counted == [ward.pk]
    assert WardSummary.objects.get().revision == 30


def test_the_tick_reads_and_counts_what_no_worker_did(ward):
    file_feedback(
        kind=FeedbackKind.ANSWER, origin="answer:1", text="Wonderful", said_at=SAID_AT, ward=ward, about="", url=""
    )
    assert refresh_summaries(SAID_AT) == 1
    assert Feedback.objects.get().label == "positive"
    assert refresh_summaries(SAID_AT + timedelta(minutes=59)) == 0
    assert refresh_summaries(SAID_AT + timedelta(hours=1)) == 1

"""Filing, withdrawing and correcting what was said."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from sentiment import analysis, figures, services
from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.models import Correction, Feedback, Flag, Reading, WardSummary
from sentiment.nlp import tone
from sentiment.nlp.readings import Probabilities
from sentiment.nlp.readings import Reading as FoundReading
from sentiment.services import (
    NothingSaid,
    Said,
    correct_reading,
    file_feedback,
    file_together,
    hash_of,
    read_waiting,
    refresh_summaries,
    withdraw_feedback,
)

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
        tone.reader_version("lexicon"),
    )
    assert (feedback.read_as, feedback.read_by) == (reading.label, reading.reader)
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


def test_a_reading_keeps_its_three_probabilities_and_an_unread_text_has_none(file):
    found = tone.read(file().text, tier="lexicon")
    reading = Reading.objects.get()
    assert (reading.p_negative, reading.p_neutral, reading.p_positive) == astuple(found.p)
    file(origin="answer:2", text="Mae'r parc newydd yn ardderchog, diolch yn fawr iawn i bawb am eu gwaith caled.")
    unread = Reading.objects.get(label="unread")
    assert (unread.p_negative, unread.p_neutral, unread.p_positive) == (None, None, None)


@pytest.mark.parametrize(
    "p", [(0.5, 0.6, 0.1), (0.2, 0.2, 0.2), (1.2, -0.2, 0.0), (0.5, 0.5, None), (None, None, 1.0)]
)
def test_the_database_itself_refuses_probabilities_that_are_no_shares_of_one(file, p):
    reading = file().readings.get()
    reading.p_negative, reading.p_neutral, reading.p_positive = p
    with pytest.raises(IntegrityError), transaction.atomic():
        reading.save()


def other_reader(monkeypatch, name="lexicon/other", label="neutral"):
    """Another reader answers from now on."""

    def read(text, question, tier):
        return FoundReading(0.0, label, Probabilities(0.0, 1.0, 0.0), "en", (), name)

    monkeypatch.setattr(analysis.tone, "read", read)
    monkeypatch.setattr(analysis.tone, "reader_version", lambda tier, language: name)


def test_another_reader_reads_a_bounded_batch_anew_newest_first_until_all_are_read(file, monkeypatch):
    for day in range(5):
        file(origin=f"answer:{day}", said_at=SAID_AT + timedelta(days=day))
    other_reader(monkeypatch)
    monkeypatch.setattr(services, "READ_AT_ONCE", 2)
    read = []
    for _tick in range(4):
        read_waiting(SAID_AT + timedelta(days=9))
        by_other = Feedback.objects.filter(read_by="lexicon/other").order_by("origin")
        read.append([feedback.origin for feedback in by_other])
    every = [f"answer:{day}" for day in range(5)]
    assert read == [every[3:], every[1:], every, every]
    assert list(Feedback.objects.values_list("label", flat=True)) == ["neutral"] * 5


def test_texts_never_read_come_before_those_that_another_reader_read(file, ward, monkeypatch):
    file()
    waiting = file_feedback(
        kind=FeedbackKind.ANSWER, origin="answer:0", text="Hi", said_at=SAID_AT, ward=ward, about="", url=""
    )
    Feedback.objects.filter(pk=waiting.pk).update(said_at=SAID_AT - timedelta(days=99))
    other_reader(monkeypatch)
    monkeypatch.setattr(services, "READ_AT_ONCE", 1)
    assert read_waiting(SAID_AT) == 1
    assert [row.origin for row in Feedback.objects.filter(read_by="lexicon/other")] == ["answer:0"]


def test_welsh_is_read_anew_only_when_what_reads_welsh_changes(file, monkeypatch):
    file()
    file(origin="answer:2", text="Mae'r parc newydd yn ardderchog, diolch yn fawr iawn i bawb am eu gwaith caled.")
    english = tone.reader_version("lexicon")
    with_welsh = {"en": english, "cy": "welsh-1"}
    monkeypatch.setattr(analysis.tone, "reader_version", lambda tier, language: with_welsh[language])
    monkeypatch.setattr(
        analysis.tone,
        "read",
        lambda text, question, tier: FoundReading(0.9, "positive", Probabilities(0.0, 0.1, 0.9), "cy", (), "welsh-1"),
    )
    assert [read_waiting(SAID_AT) for _tick in range(2)] == [1, 0]
    assert set(Feedback.objects.values_list("language", "read_by")) == {("en", english), ("cy", "welsh-1")}


def test_a_reader_that_comes_back_reads_again_what_another_read_meanwhile(file, monkeypatch):
    feedback = file()
    with monkeypatch.context() as meanwhile:
        other_reader(meanwhile)
        read_waiting(SAID_AT)
    read_waiting(SAID_AT + timedelta(days=1))
    feedback.refresh_from_db()
    assert (feedback.label, feedback.read_by) == ("positive", tone.reader_version("lexicon"))
    assert feedback.readings.count() == 2


def test_a_text_read_anew_the_same_way_leaves_its_wards_figures_as_they_are(file, monkeypatch):
    file()
    revision = WardSummary.objects.get().revision
    other_reader(monkeypatch, label="positive")
    read_waiting(SAID_AT)
    assert WardSummary.objects.get().revision == revision
    other_reader(monkeypatch, "lexicon/third", label="negative")
    read_waiting(SAID_AT)
    assert WardSummary.objects.get().revision == revision + 1


def test_a_person_keeps_the_last_word_when_another_reader_reads_anew(file, officer, monkeypatch):
    feedback = file()
    correct_reading(
        feedback=feedback, label=ToneLabel.NEGATIVE, reason="So", corrected_by=officer, corrected_at=SAID_AT
    )
    other_reader(monkeypatch)
    read_waiting(SAID_AT)
    feedback.refresh_from_db()
    assert (feedback.label, feedback.read_as) == ("negative", "neutral")


def test_a_text_changed_while_it_was_read_does_not_get_the_reading_of_the_old_one(file, monkeypatch):
    feedback = file()
    Feedback.objects.update(label="", read_as="", read_by="")
    read = tone.read

    def changed_meanwhile(text, question, tier):
        Feedback.objects.update(
            text="The crossing is horrible.", text_hash=services.hash_of("The crossing is horrible.")
        )
        return read(text, question, tier)

    monkeypatch.setattr(analysis.tone, "read", changed_meanwhile)
    analysis.read_feedback(feedback.pk, SAID_AT)
    feedback.refresh_from_db()
    assert feedback.label == ""


def test_a_changed_text_leaves_its_flags_behind(file, resident):
    services.flag_reading(feedback=file(), reason="Sarcasm", flagged_by=resident, flagged_at=SAID_AT)
    file(about="Crossings")
    assert Flag.objects.count() == 1
    file(text="The crossing is horrible.")
    assert Flag.objects.count() == 0


def test_a_flag_needs_a_reason(file, resident):
    with pytest.raises(NothingSaid):
        services.flag_reading(feedback=file(), reason=" ", flagged_by=resident, flagged_at=SAID_AT)


def test_a_text_that_cannot_be_read_does_not_keep_the_others_from_it(file, monkeypatch):
    for number in range(3):
        file(origin=f"answer:{number}", text=f"Wonderful {number}", said_at=SAID_AT + timedelta(days=number))
    Feedback.objects.update(label="", read_as="", read_by="")
    read = tone.read

    def fails_once(text, question, tier):
        if text == "Wonderful 1":
            raise RuntimeError
        return read(text, question, tier)

    monkeypatch.setattr(analysis.tone, "read", fails_once)
    assert read_waiting(SAID_AT) == 3
    assert list(Feedback.objects.order_by("said_at").values_list("label", flat=True)) == ["positive", "", "positive"]


def test_what_serves_pages_imports_no_network():
    """In a process of its own: this one has long read texts."""
    code = (
        "import sys, django; django.setup()\n"
        "import wardmote.asgi, wardmote.urls\n"
        "from sentiment.nlp import tone\n"
        "print(tone._reader.cache_info().currsize, 'onnxruntime' in sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "DJANGO_SETTINGS_MODULE": "wardmote.settings.test"}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["0", "False"], run.stderr


def test_texts_sent_together_are_filed_as_each_alone_in_as_many_queries(ward):
    def file(*numbers, words="The bus never comes."):
        said = [Said(f"answer:{number}", f"{words} {number}", "What is wrong?") for number in numbers]
        with CaptureQueriesContext(connection) as made:
            file_together(
                kind=FeedbackKind.ANSWER, said=said, said_at=SAID_AT, ward=ward, about="Buses", url="/buses/"
            )
        return len(made)

    assert file(1) == file(2, 3, 4)
    alone = file_feedback(
        kind=FeedbackKind.ANSWER, origin="answer:9", text="The bus never comes. 9", said_at=SAID_AT, ward=ward,
        about="Buses", url="/buses/", question="What is wrong?",
    )  # fmt: skip
    told = ["said_at", "ward_id", "about", "url", "question", "ward_confidence", "ward_method", "ward_evidence"]
    together = Feedback.objects.get(origin="answer:1")
    assert [getattr(together, name) for name in told] == [getattr(alone, name) for name in told]
    assert together.text_hash == hash_of("The bus never comes. 1")
    file(1, 5, words="It came.")
    assert set(Feedback.objects.filter(text__startswith="It came").values_list("origin", flat=True)) == {
        "answer:1",
        "answer:5",
    }
    assert Feedback.objects.count() == 6


def test_texts_sent_together_are_read_on_commit(ward, django_capture_on_commit_callbacks):
    said = [Said("answer:1", "The new crossing is wonderful."), Said("answer:2", "The bins are horrible.")]
    with django_capture_on_commit_callbacks(execute=True):
        file_together(kind=FeedbackKind.ANSWER, said=said, said_at=SAID_AT, ward=ward, about="", url="")
    assert list(Feedback.objects.order_by("origin").values_list("label", flat=True)) == ["positive", "negative"]


def test_one_blank_text_among_several_files_none(ward):
    with pytest.raises(NothingSaid):
        file_together(
            kind=FeedbackKind.ANSWER, said=[Said("answer:1", "Bins"), Said("answer:2", "  ")], said_at=SAID_AT,
            ward=ward, about="Bins", url="",
        )  # fmt: skip
    assert not Feedback.objects.exists()

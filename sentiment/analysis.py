"""What the tasks do: read a text, settle which tone is shown, and note that a ward's figures have grown old."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from sentiment.models import Correction, Feedback, Reading, WardSummary
from sentiment.nlp import readings, tone
from sentiment.nlp.language import ENGLISH, WELSH, Language

LANGUAGES: tuple[Language, ...] = (ENGLISH, WELSH)


def read_feedback(pk: int, read_at: datetime) -> int | None:
    """Read one text and settle its tone. Doing it twice changes nothing; a text gone meanwhile is no error.

    Returns the key of the ward for which a new counting must be queued, if one must. The deep tier takes a tenth of a
    second a text, so it reads before the transaction that stores: nobody's answer waits for it. Only the worker and
    the tick call this; a process that serves pages never loads a reader.
    """
    feedback = Feedback.objects.filter(pk=pk).first()
    if feedback is None or is_read(feedback):
        return None
    found = tone.read(feedback.text, feedback.question, settings.CONFIG.reader_tier)
    return _store(feedback, found, read_at)


def present_readers() -> dict[str, str]:
    """Name and version of the reader in use, by language. Loads it."""
    return {language: tone.reader_version(settings.CONFIG.reader_tier, language) for language in LANGUAGES}


def is_read(feedback: Feedback) -> bool:
    """Whether the present reader has read the present text, and was the last to read it."""
    return bool(feedback.read_by) and feedback.read_by == present_readers().get(feedback.language)


@transaction.atomic
def _store(read: Feedback, found: readings.Reading, read_at: datetime) -> int | None:
    """Keep a reading, unless its text was changed or withdrawn while it was read: a changed one waits anew."""
    feedback = Feedback.objects.select_for_update().filter(pk=read.pk, text_hash=read.text_hash).first()
    if feedback is None:
        return None
    before = (feedback.label, feedback.read_as, feedback.language)
    p = found.p
    Reading.objects.update_or_create(
        feedback=feedback,
        reader=found.reader,
        defaults={
            "text_hash": feedback.text_hash,
            "tone": found.tone,
            "label": found.label,
            "p_negative": None if p is None else p.negative,
            "p_neutral": None if p is None else p.neutral,
            "p_positive": None if p is None else p.positive,
            "because": [_span(reason) for reason in found.because],
            "read_at": read_at,
        },
    )
    feedback.language, feedback.read_as, feedback.read_by = found.language, found.label, found.reader
    settle(feedback)
    if (feedback.label, feedback.read_as, feedback.language) == before:
        return None  # read anew and found the same: no figure changes
    return feedback.ward_id if feedback.ward_id and mark_stale(feedback.ward_id) else None


def settle(feedback: Feedback) -> None:
    """Show a person's correction of this text if there is one, else its newest reading."""
    correction = newest_correction(feedback)
    feedback.label = correction.label if correction else feedback.read_as
    feedback.save(update_fields=["label", "language", "read_as", "read_by"])


def newest_correction(feedback: Feedback) -> Correction | None:
    """The last correction made of the text as it now stands."""
    return (
        feedback.corrections.filter(text_hash=feedback.text_hash)
        .select_related("corrected_by")
        .order_by("-corrected_at", "-pk")
        .first()
    )


def mark_stale(ward_pk: int) -> bool:
    """Note that something was said or changed in a ward. True when a task to count again must be queued.

    Hundreds of texts arriving together queue one task: until it starts, the others find it queued.
    """
    summary, _created = WardSummary.objects.get_or_create(ward_id=ward_pk)
    rows = WardSummary.objects.filter(pk=summary.pk)
    rows.update(revision=F("revision") + 1)
    return rows.filter(is_queued=False).update(is_queued=True) == 1


def _span(reason: readings.Reason) -> dict[str, Any]:
    span = asdict(reason)
    del span["text"]  # it is in the feedback's own text; kept twice it would outlive a redaction
    return span

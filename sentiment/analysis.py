"""What the tasks do: read a text, settle which tone is shown, and note that a ward's figures have grown old."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from sentiment.enums import ToneLabel
from sentiment.models import Correction, Feedback, Reading, WardSummary
from sentiment.nlp import tone
from sentiment.nlp.language import ENGLISH, WELSH
from sentiment.nlp.readings import Reason


@transaction.atomic
def read_feedback(pk: int, read_at: datetime) -> int | None:
    """Read one text and settle its tone. Doing it twice changes nothing; a text gone meanwhile is no error.

    Returns the key of the ward for which a new counting must be queued, if one must.
    """
    feedback = Feedback.objects.select_for_update().filter(pk=pk).first()
    if feedback is None or is_read(feedback):
        return None
    found = tone.read(feedback.text, feedback.question)
    Reading.objects.update_or_create(
        feedback=feedback,
        reader=found.reader,
        defaults={
            "text_hash": feedback.text_hash,
            "tone": found.tone,
            "label": found.label,
            "because": [_span(reason) for reason in found.because],
            "read_at": read_at,
        },
    )
    feedback.language = found.language
    settle(feedback)
    return feedback.ward_id if feedback.ward_id and mark_stale(feedback.ward_id) else None


def is_read(feedback: Feedback) -> bool:
    """Whether the present reader has read the present text."""
    present = tone.reader_version(language=WELSH if feedback.language == WELSH else ENGLISH)
    return feedback.readings.filter(reader=present, text_hash=feedback.text_hash).exists()


def settle(feedback: Feedback) -> None:
    """Show a person's correction of this text if there is one, else its newest reading."""
    correction = newest_correction(feedback)
    reading = newest_reading(feedback)
    shown = correction or reading
    feedback.label = shown.label if shown else ""
    feedback.save(update_fields=["label", "language"])


def newest_correction(feedback: Feedback) -> Correction | None:
    """The last correction made of the text as it now stands."""
    return (
        feedback.corrections.filter(text_hash=feedback.text_hash)
        .select_related("corrected_by")
        .order_by("-corrected_at", "-pk")
        .first()
    )


def newest_reading(feedback: Feedback) -> Reading | None:
    """The last reading made of the text as it now stands."""
    return feedback.readings.filter(text_hash=feedback.text_hash).order_by("-read_at", "-pk").first()


def mark_stale(ward_pk: int) -> bool:
    """Note that something was said or changed in a ward. True when a task to count again must be queued.

    Hundreds of texts arriving together queue one task: until it starts, the others find it queued.
    """
    summary, _created = WardSummary.objects.get_or_create(ward_id=ward_pk)
    rows = WardSummary.objects.filter(pk=summary.pk)
    rows.update(revision=F("revision") + 1)
    return rows.filter(is_queued=False).update(is_queued=True) == 1


def _span(reason: Reason) -> dict[str, Any]:
    span = asdict(reason)
    del span["text"]  # it is in the feedback's own text; kept twice it would outlive a redaction
    return span


UNREADABLE = frozenset({ToneLabel.UNREAD, ""})
"""Labels of texts that have no tone to count: Welsh for now, and texts still waiting to be read."""

"""Verbs: file what was said, withdraw it, correct how it was read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial

from django.db import transaction

from sentiment import analysis, tasks
from sentiment.enums import FeedbackKind, PlacementMethod
from sentiment.models import Feedback, Source
from wardmote.core.text import clean_text
from wards.models import Ward


class NothingSaid(ValueError):
    """A text to be filed is blank."""


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def file_feedback(
    *,
    kind: FeedbackKind,
    origin: str,
    text: str,
    said_at: datetime,
    ward: Ward | None,
    about: str,
    url: str,
    question: str = "",
    source: Source | None = None,
    ward_confidence: float = 1.0,
    ward_method: PlacementMethod = PlacementMethod.GIVEN,
    ward_evidence: str = "",
) -> Feedback:
    """Put one text before the reader. Call it inside your own transaction; the reading is queued on commit.

    ``origin`` names the row the text came from ("answer:12"); filing the same origin again updates its one row, and a
    changed text is read anew. ``said_at`` is timezone-aware; ``ward_confidence`` runs from 0 to 1, and below 0.6 the
    text counts for the council only. Raises ``NothingSaid`` for a blank text.
    """
    text = clean_text(text)
    if not text.strip():
        raise NothingSaid(f"{kind} {origin} is blank")
    values = {
        "text": text,
        "text_hash": hash_of(text),
        "said_at": said_at,
        "ward": ward,
        "about": clean_text(about, limit=255),
        "url": clean_text(url, limit=2000),
        "question": clean_text(question),
        "source": source,
        "ward_confidence": ward_confidence if ward else 0.0,
        "ward_method": ward_method if ward else PlacementMethod.NONE,
        "ward_evidence": clean_text(ward_evidence, limit=200),
    }
    feedback, created = Feedback.objects.select_for_update().get_or_create(kind=kind, origin=origin, defaults=values)
    if created:
        transaction.on_commit(partial(tasks.read_feedback.enqueue, feedback.pk))
        return feedback
    changed = {name for name, value in values.items() if getattr(feedback, name) != value}
    if changed:
        _update(feedback, {name: values[name] for name in changed})
    return feedback


def _update(feedback: Feedback, values: dict[str, object]) -> None:
    """Store what changed; read a changed text anew, and count again the wards it left or stands in."""
    ward_pks = {feedback.ward_id}
    for name, value in values.items():
        setattr(feedback, name, value)
    if "text_hash" in values:
        feedback.label = ""
        transaction.on_commit(partial(tasks.read_feedback.enqueue, feedback.pk))
    feedback.save()
    count_again(ward_pks | {feedback.ward_id})


@transaction.atomic
def withdraw_feedback(*, kind: FeedbackKind, origin: str) -> None:
    """Delete a text with its readings and corrections; its ward is counted again. No row, no error."""
    feedback = Feedback.objects.select_for_update().filter(kind=kind, origin=origin).first()
    if feedback is None:
        return
    ward_pk = feedback.ward_id
    feedback.delete()
    count_again({ward_pk})


def count_again(ward_pks: set[int | None]) -> None:
    """Mark the figures of wards old, in the caller's transaction, and queue the counting on commit."""
    for ward_pk in sorted(pk for pk in ward_pks if pk is not None):
        if analysis.mark_stale(ward_pk):
            transaction.on_commit(partial(tasks.refresh_summary.enqueue, ward_pk))

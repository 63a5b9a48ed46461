"""Counting the responses to a consultation beforehand, so that reading the counts takes the same time for any number."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils import translation

from consultations.enums import QuestionKind, Standing
from consultations.kinds import KINDS, Choice, Question, QuestionCounts
from consultations.models import Answer, ConsultationPage, Response, ResponseCounts

SHARE_OF_TIME = 0.05
"""Of the time may go into counting one consultation: what took two seconds is counted every forty at most."""

Row = tuple[str, str, str, list[Choice], int]
"""Question id, kind, wording seen, choices, and how many gave just these."""


def refresh_counts(moment: datetime) -> int:
    """Count every consultation again that has something new, unless it was counted just now; how many that were.

    The tick calls this. A consultation with a million answers is counted in seconds, and then not at every tick.
    """
    answered = Response.objects.order_by().values("consultation").distinct()
    pages = ConsultationPage.objects.filter(pk__in=answered).select_related("counts", "locale")
    return sum(_refresh(page, moment) for page in pages)


def _refresh(page: ConsultationPage, moment: datetime) -> bool:
    earlier: ResponseCounts | None = getattr(page, "counts", None)
    if earlier and moment < earlier.counted_at + timedelta(seconds=earlier.took_seconds / SHARE_OF_TIME):
        return False
    if earlier and earlier.fingerprint == fingerprint_of(page):
        return False
    count_again(page, moment)
    return True


def count_again(page: ConsultationPage, moment: datetime) -> ResponseCounts:
    """Count the responses to ``page`` (in the site's first language) and keep what they come to."""
    began = time.perf_counter()
    # Before counting: what comes meanwhile is counted the next time.
    fingerprint = fingerprint_of(page)
    with translation.override(page.locale.language_code):
        counts = count(page)
    values = {
        "counted_at": moment,
        "took_seconds": time.perf_counter() - began,
        "fingerprint": fingerprint,
        "counts": counts,
    }
    return ResponseCounts.objects.update_or_create(consultation=page, defaults=values)[0]


def fingerprint_of(page: ConsultationPage) -> str:
    """Changes when a response came, was changed or counts otherwise, and when the questions were published anew."""
    rows = (
        Response.objects.filter(consultation=page)
        .order_by("standing")
        .values_list("standing")
        .annotate(count=Count("pk"), last=Max("pk"), changed=Max("changed_at"))
    )
    told = [f"{standing}:{count}:{last}:{changed}" for standing, count, last, changed in rows]
    return hashlib.sha256("|".join([str(page.last_published_at), *told]).encode()).hexdigest()


def count(page: ConsultationPage) -> dict[str, Any]:
    """What the responses come to, as plain values.

    ``standings`` (responses by standing), ``wards`` (pairs of a name, or None, and responses, the most first),
    ``questions`` and ``with_left_out`` (lists as ``_question`` makes them; the second, empty when none was left out,
    counts also what an officer left out), ``retired`` (questions no longer asked, with their answers).
    """
    standings = dict(
        Response.objects.filter(consultation=page).order_by().values_list("standing").annotate(count=Count("pk"))
    )
    rows = _rows(page, [Standing.COUNTED])
    current = {question.id: question for question in page.question_list}
    wards = (
        Response.objects.counted()
        .filter(consultation=page)
        .order_by()
        .values_list("ward__name")
        .annotate(count=Count("pk"))
    )
    left_out = _rows(page, [Standing.COUNTED, Standing.LEFT_OUT]) if standings.get(Standing.LEFT_OUT) else None
    return {
        "standings": {str(standing): count for standing, count in standings.items()},
        "wards": sorted(wards, key=lambda row: (-row[1], row[0] or "")),
        "questions": _questions(current, rows),
        "with_left_out": _questions(current, left_out) if left_out is not None else [],
        "retired": _retired(current, rows),
    }


def _rows(page: ConsultationPage, standings: Collection[str]) -> list[Row]:
    # The database folds equal answers into one row: what is read grows with the different answers, not with people.
    return list(
        Answer.objects.filter(response__consultation=page, response__standing__in=standings, is_asked=True)
        .order_by()
        .values_list("question_id", "kind", "wording", "choices")
        .annotate(count=Count("pk"))
    )


def _questions(current: dict[str, Question], rows: Iterable[Row]) -> list[dict[str, Any]]:
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[0] in current and row[1] == current[row[0]].kind:
            by_id[row[0]].append(row)
    return [_question(question, by_id[question.id]) for question in current.values()]


def _question(question: Question, rows: list[Row]) -> dict[str, Any]:
    """One question's counts: its options, what is no longer offered, its figures, and the wordings people saw."""
    counts: QuestionCounts = question.count([(choices, count) for *_told, choices, count in rows])
    offered = {option.id for option in question.options}
    gone, wordings = Counter[str](), Counter[str]()
    for _id, _kind, wording, choices, count in rows:
        wordings[wording] += count
        for choice in choices:
            if offered and choice["id"] not in offered:
                gone[choice["label"]] += count
    return {
        "id": question.id,
        "wording": question.wording,
        "kind": str(question.kind.label),
        "answered": counts.answered,
        "options": [{"label": one.option.label, "count": one.count} for one in counts.options],
        "gone": [{"label": label, "count": count} for label, count in gone.most_common()],
        "figures": [{"label": str(one.label), "value": str(one.value)} for one in counts.figures],
        "wordings": [{"wording": told, "count": count} for told, count in wordings.most_common()],
    }


def _retired(current: dict[str, Question], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Questions taken out, or asked in another way since: counted by the words people saw."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for question_id, kind, wording, choices, count in rows:
        if question_id in current and current[question_id].kind == kind:
            continue
        told = found.setdefault(
            (question_id, kind), {"answered": 0, "wordings": Counter[str](), "labels": Counter[str]()}
        )
        told["answered"] += count
        told["wordings"][wording] += count
        for label in KINDS[QuestionKind(kind)].lines(choices):
            told["labels"][label] += count
    return [
        {
            "id": question_id,
            "wording": told["wordings"].most_common(1)[0][0],
            "kind": str(QuestionKind(kind).label),
            "answered": told["answered"],
            "options": [{"label": label, "count": count} for label, count in told["labels"].most_common()],
        }
        for (question_id, kind), told in found.items()
    ]

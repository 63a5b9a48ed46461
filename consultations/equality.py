"""Verbs and reads of equality monitoring: take a slip in, count slips together, tell the counts that may be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from consultations.equality_questions import BY_KEY, EqualityQuestion
from consultations.models import ConsultationPage, EqualitySlip, EqualityTally
from sentiment.nlp.small_numbers import THRESHOLD, publishable_total, suppress

BATCH = THRESHOLD
"""Slips counted together, so that nobody who looks at the counts twice sees one person come."""

LAST_BATCH_AFTER = timedelta(days=1)
"""After closing, what is left is counted, however little."""


class SlipRefused(Exception):
    """An answer to a question that is not asked, or one that it does not offer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer and how many gave it; None where that must not be told."""

    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Table:
    question: EqualityQuestion
    rows: tuple[Row, ...]
    total: int | None


def questions_of(consultation: ConsultationPage) -> list[EqualityQuestion]:
    """What ``consultation`` asks, in the order of the standard list."""
    asked = set(consultation.canonical().equality_questions)
    return [question for key, question in BY_KEY.items() if key in asked]


def take_slip(*, consultation: ConsultationPage, slip: UUID, answers: Mapping[str, str]) -> None:
    """Keep one person's answers until they are counted. ``slip`` is the random key of their form.

    A slip without an answer is not kept. Safe to repeat until it is counted. Raises ``SlipRefused``. It takes no moment:
    none is kept.
    """
    consultation = consultation.canonical()
    asked = {question.key: question for question in questions_of(consultation)}
    for key, answer in answers.items():
        if key not in asked or answer not in dict(asked[key].choices):
            raise SlipRefused(f"{key!r}: {answer!r}")
    if answers:
        # In the order of the list, whatever the order in which they were sent.
        kept = {key: answers[key] for key in asked if key in answers}
        EqualitySlip.objects.bulk_create(
            [EqualitySlip(id=slip, consultation=consultation, answers=kept)], ignore_conflicts=True
        )


def count_slips(moment: datetime) -> int:
    """Count the slips of every consultation that has ten of them, or closed a day before: how many. The tick calls it."""
    pages = ConsultationPage.objects.filter(pk__in=EqualitySlip.objects.values("consultation").distinct())
    return sum(_count_slips(page, is_last=moment >= page.closes_at + LAST_BATCH_AFTER) for page in pages)


@transaction.atomic
def _count_slips(consultation: ConsultationPage, *, is_last: bool) -> int:
    # In the order of their random keys, so that no order in which they came is left anywhere.
    slips = list(EqualitySlip.objects.select_for_update().filter(consultation=consultation).order_by("pk"))
    if len(slips) < BATCH and not is_last:
        return 0
    given = Counter(answer for slip in slips for answer in slip.answers.items())
    for (asked, answer), count in sorted(given.items()):
        tally, _is_new = EqualityTally.objects.get_or_create(
            consultation=consultation, question=asked, answer=answer, defaults={"count": 0}
        )
        EqualityTally.objects.filter(pk=tally.pk).update(count=F("count") + count)
    EqualitySlip.objects.filter(pk__in=[slip.pk for slip in slips]).delete()
    return len(slips)


def tables(consultation: ConsultationPage) -> list[Table]:
    """The counts of each question, asked now or before, with those hidden that could point at somebody; one query."""
    counts: dict[str, dict[str, int]] = {}
    rows = EqualityTally.objects.filter(consultation=consultation).values_list("question", "answer", "count")
    for asked, answer, count in rows:
        counts.setdefault(asked, {})[answer] = count
    shown = []
    for key, question in BY_KEY.items():
        if key not in counts and key not in consultation.equality_questions:
            continue
        every = {answer: counts.get(key, {}).get(answer, 0) for answer, _label in question.choices}
        safe = suppress(every)
        told = tuple(Row(str(label), safe[answer]) for answer, label in question.choices)
        shown.append(Table(question, told, publishable_total(every)))
    return shown

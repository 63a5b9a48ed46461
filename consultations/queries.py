"""Reads that pages, dashboards and reports share. None makes more queries when there are more rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Locale

from consultations.enums import Standing
from consultations.kinds import Choice, QuestionCounts
from consultations.models import Answer, ConsultationPage, Response
from consultations.models.querysets import ConsultationQuerySet
from consultations.survey_changes import Change, Given, compare
from wards.models import Ward


def for_public() -> ConsultationQuerySet:
    """One page per consultation, in the site's first language, of those anybody may see."""
    found: ConsultationQuerySet = ConsultationPage.objects.canonical().for_public()
    return found


def open_at(moment: datetime) -> ConsultationQuerySet:
    """Consultations open at ``moment``, the one that closes first before the others."""
    return for_public().open_at(moment).order_by("closes_at", "pk")


def forthcoming_at(moment: datetime) -> ConsultationQuerySet:
    """Consultations that open after ``moment``, the nearest first."""
    return for_public().forthcoming_at(moment).order_by("opens_at", "pk")


def closed_at(moment: datetime) -> ConsultationQuerySet:
    """Consultations closed at ``moment``, with or without an outcome, the last one first."""
    return for_public().closed_at(moment).order_by("-closes_at", "-pk")


def closing_soon(moment: datetime, limit: int) -> list[ConsultationPage]:
    """The ``limit`` open consultations that close first, in the language of the reader."""
    return open_at(moment)[:limit].in_language(_active_language())


def recent_outcomes(limit: int, moment: datetime | None = None) -> list[ConsultationPage]:
    """The ``limit`` latest outcomes shown at ``moment`` (now, when not given), in the language of the reader."""
    reported = for_public().reported_at(moment or timezone.now())
    return reported.order_by("-outcome_published_at", "-pk")[:limit].in_language(_active_language())


def open_with_ward_counts(ward: Ward, moment: datetime) -> list[ConsultationPage]:
    """Open consultations that ask ``ward``, with ``response_count`` and ``ward_response_count`` on each."""
    responses = Response.objects.counted().filter(consultation=OuterRef("pk")).order_by().values("consultation")
    found = (
        open_at(moment)
        .for_ward(ward)
        .annotate(
            response_count=_count_of(responses),
            ward_response_count=_count_of(responses.filter(ward=ward)),
        )
    )
    return list(found)


def with_response_counts(pages: ConsultationQuerySet) -> ConsultationQuerySet:
    """``pages`` (in the site's first language) with ``response_count`` on each: of those that count."""
    responses = Response.objects.counted().filter(consultation=OuterRef("pk")).order_by().values("consultation")
    counted: ConsultationQuerySet = pages.annotate(response_count=_count_of(responses))
    return counted


def responses_by_ward(consultation: ConsultationPage) -> dict[int | None, int]:
    """Responses by ward pk. ``None`` counts those from outside the area and those who would rather not say."""
    rows = (
        Response.objects.counted()
        .filter(consultation=consultation.canonical())
        .order_by()
        .values_list("ward")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


def answer_counts(consultation: ConsultationPage) -> tuple[QuestionCounts, ...]:
    """How the questions asked now were answered, in both languages together, by one query.

    Free text counts as answered when it was not left empty: an empty answer has no row. Answers kept aside do not,
    and neither do those of withdrawn responses.
    """
    # The database folds equal answers into one row, so that what is read grows with the options and not with people.
    rows = (
        Answer.objects.filter(
            response__consultation=consultation.canonical(), response__standing=Standing.COUNTED, is_asked=True
        )
        .order_by()
        .values_list("question_id", "choices")
        .annotate(count=Count("pk"))
    )
    by_question: dict[str, list[tuple[list[Choice], int]]] = defaultdict(list)
    for question_id, choices, count in rows:
        by_question[question_id].append((choices, count))
    return tuple(question.count(by_question[question.id]) for question in consultation.question_list)


def changes_to(draft: ConsultationPage) -> tuple[Change, ...]:
    """What publishing ``draft`` changes about questions that people have answered; nothing for one never published.

    At most five queries, and none that reads answers where the questions are the same or nobody has answered.
    """
    published = ConsultationPage.objects.filter(pk=draft.pk, first_published_at__isnull=False).first()
    if published is None or published.question_list == draft.question_list:
        return ()
    consultation = published.canonical()
    responses = Response.objects.filter(consultation=consultation).count()
    if not responses:
        return ()
    rows = (
        Answer.objects.filter(response__consultation=consultation)
        .order_by()
        .values_list("question_id", "choices")
        .annotate(count=Count("pk"))
    )
    answers, chosen = Counter[str](), Counter[tuple[str, str]]()
    for question_id, choices, count in rows:
        answers[question_id] += count
        for choice in choices:
            chosen[question_id, choice["id"]] += count
    return compare(published.question_list, draft.question_list, Given(responses, answers, chosen))


def _count_of(rows: QuerySet[Response, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


def _active_language() -> str:
    return Locale.get_active().language_code

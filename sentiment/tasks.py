"""Work queued after commit. The bodies are in ``analysis`` and ``figures``; here the clock is read."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from sentiment import analysis, figures


@task()
def read_feedback(pk: int) -> None:
    """Read one text, then see to it that its ward is counted again."""
    ward_pk = analysis.read_feedback(pk, timezone.now())
    if ward_pk is not None:
        refresh_summary.enqueue(ward_pk)


@task()
def read_texts(pks: list[int]) -> None:
    """Read several texts that came together, then see to it that each of their wards is counted again once."""
    ward_pks = {analysis.read_feedback(pk, timezone.now()) for pk in pks}
    for ward_pk in ward_pks:
        if ward_pk is not None:
            refresh_summary.enqueue(ward_pk)


@task()
def refresh_summary(ward_pk: int) -> None:
    """Count a ward again."""
    figures.refresh(ward_pk, timezone.now())

"""A process that sends responses at once with others: it says it is ready, waits for a line, sends, says how it went.

Run by ``test_at_once`` on the test's own database. Reads a JSON list of jobs in one line, says it is ready, and starts
with the next line; then it waits for more. A job is ``{"do": "send" or "confirm", "consultation": pk,
"key" or "token": str, "evidence": {...}}``.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402

from consultations.identity import AlreadyAnswered, Evidence, confirm, take_in  # noqa: E402
from consultations.kinds import AnswerGiven  # noqa: E402
from consultations.models import ConsultationPage  # noqa: E402
from tests.consultations.samples import DAYS, SECOND, WHILE_OPEN, answers  # noqa: E402

THREADS = 8


def do(job: dict[str, Any], pages: dict[int, ConsultationPage]) -> str:
    page = pages[job["consultation"]]
    try:
        if job["do"] == "confirm":
            return confirm(consultation=page, token=job["token"], confirmed_at=WHILE_OPEN + SECOND).reference
        given = answers(AnswerGiven(DAYS, choices=("option-friday",)), key=UUID(job["key"]))
        evidence = Evidence(**job["evidence"])
        return take_in(consultation=page, answers=given, evidence=evidence, submitted_at=WHILE_OPEN).reference
    except AlreadyAnswered:
        return "already answered"


def work(batch: list[dict[str, Any]], pages: dict[int, ConsultationPage]) -> list[str]:
    try:
        return [do(job, pages) for job in batch]
    finally:
        connection.close()


def main() -> None:
    while line := sys.stdin.readline():
        jobs = json.loads(line)
        pages = ConsultationPage.objects.select_related("locale").in_bulk({job["consultation"] for job in jobs})
        batches = [jobs[start::THREADS] for start in range(THREADS)]
        print("ready", flush=True)
        sys.stdin.readline()
        with ThreadPoolExecutor(THREADS) as threads:
            done = list(threads.map(work, batches, [pages] * THREADS))
        results = [""] * len(jobs)
        for start, batch in enumerate(done):
            results[start::THREADS] = batch
        print(json.dumps(results), flush=True)


if __name__ == "__main__":
    main()

"""``wardmote tick``: the recurring work. Safe to repeat, and to run on several machines."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from consultations import counting, drafts, equality, identity, uploads, watching
from meetings import services as meetings
from sentiment import services as feedback

logger = logging.getLogger(__name__)


def publish_scheduled(moment: datetime) -> None:
    """Publish and expire the pages whose moment has come."""
    call_command("publish_scheduled", verbosity=0)


def forget_finished_tasks(moment: datetime) -> None:
    """Drop the queue's rows of work done more than a fortnight ago, and sessions that have ended."""
    call_command("prune_db_task_results", verbosity=0)
    call_command("clearsessions", verbosity=0)


# Stages need no entry: a consultation's stage is computed from the moment whenever it is read.
DUTIES: tuple[tuple[str, Callable[[datetime], object]], ...] = (
    ("scheduled publishing", publish_scheduled),
    ("sources", feedback.read_due_sources),
    ("expired posts", feedback.expire_posts),
    ("ward summaries", feedback.refresh_summaries),
    ("counts of responses", counting.refresh_counts),
    ("unusual patterns among responses", watching.look_again),
    ("reminders of unsent answers", drafts.send_reminders),
    ("unsent answers", drafts.forget_drafts),
    ("files that nothing holds", uploads.forget_uploads),
    ("equality slips", equality.count_slips),
    ("addresses and marks of respondents", identity.forget_addresses),
    ("addresses of askers who were answered", meetings.forget_answered_addresses),
    ("people who took part in meetings", meetings.forget_due_people),
    ("finished tasks", forget_finished_tasks),
)


class Command(BaseCommand):
    help = "Do the recurring work once, or every so many seconds: publishing, sources, summaries, tidying."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Repeat until told to stop.")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        failed = self.tick()
        while every is not None:
            time.sleep(every)
            close_old_connections()
            self.tick()
        if failed:
            raise SystemExit(1)

    def tick(self) -> list[str]:
        """Do each duty. One that fails is logged and does not keep the others from being done."""
        failed = []
        for name, duty in DUTIES:
            try:
                duty(timezone.now())
            except Exception:
                logger.exception("tick: %s failed", name)
                failed.append(name)
        if failed:
            self.stderr.write(f"tick: failed: {', '.join(failed)}")
        else:
            self.stdout.write("tick: done")
        return failed

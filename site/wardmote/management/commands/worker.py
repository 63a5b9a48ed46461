"""``wardmote worker``: do queued work (reading feedback, summing up wards) until told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django_tasks_db.management.commands import db_worker

IDLE_SECONDS = 0.5
"""How long an idle worker waits before it looks at the queue again."""


class Worker(db_worker.Command):
    """The queue's own worker, its logging left as the settings have it."""

    def configure_logging(self, verbosity: int) -> None:
        """A line for each task begun and done would drown whatever needs to be read."""


class Command(BaseCommand):
    help = "Do queued work until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="Stop when the queue is empty.")

    def handle(self, *args: Any, until_empty: bool, **options: Any) -> None:
        call_command(
            Worker(),
            interval=IDLE_SECONDS,
            batch=until_empty,
            startup_delay=False,
            reload=False,
        )

"""``wardmote demo``: load the demonstration council, once, and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wardmote.demo import loader
from wardmote.demo.people import read_sign_ins


class Command(BaseCommand):
    help = "Load the demonstration council, once, and say how to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--leave-reading", action="store_true", help="Leave what was said in the queue, for a worker to read."
        )

    def handle(self, *args: Any, leave_reading: bool, **options: Any) -> None:
        if not settings.CONFIG.demonstration:
            raise CommandError("WARDMOTE_DEMONSTRATION is off: the demonstration is not loaded into a real site.")
        if not loader.is_loaded():
            self.stdout.write("Loading the demonstration council: wards, postcodes, people and what they said.")
            loader.load(timezone.localtime())
            if not leave_reading:
                call_command("worker", until_empty=True)
        self.stdout.write("Demonstration sign-ins:")
        for one in read_sign_ins():
            self.stdout.write(f"  {one.who:<28} {one.email:<44} {one.password}")

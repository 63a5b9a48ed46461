"""``wardmote forget_askers``: who took part in meetings long over. The tick does the same."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from meetings import services
from meetings.services import Forgotten


class Command(BaseCommand):
    help = "Forget who took part in meetings whose time is over, and say how much of each was forgotten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be forgotten and forget nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        addresses = services.forget_answered_addresses(now, is_dry_run=dry_run)
        meetings = services.forget_due_people(now, is_dry_run=dry_run)
        would = "would be " if dry_run else ""
        self.stdout.write(f"e-mail addresses of askers who were answered: {addresses} {would}deleted")
        for forgotten in meetings:
            self.stdout.write(_line(forgotten))
        self.stdout.write(f"meetings whose people {would or 'were '}forgotten: {len(meetings)}")


def _line(forgotten: Forgotten) -> str:
    counts = (
        f"{forgotten.askers} askers",
        f"{forgotten.names} names",
        f"{forgotten.addresses} e-mail addresses",
        f"{forgotten.words} questions’ words",
        f"{forgotten.supporters} supporters",
        f"{forgotten.ballots} ballots",
        f"{forgotten.cloud_words} words of clouds",
        f"{forgotten.speakers} speakers",
    )
    return f"{forgotten.meeting}: {', '.join(counts)}"

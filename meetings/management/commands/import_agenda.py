"""``wardmote import_agenda``: meetings and their agendas from a file of ModernGov."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.agendas import import_agenda
from meetings.moderngov import MAX_BYTES, FileRefused


class Command(BaseCommand):
    help = "Import committees, meetings and agendas from XML of ModernGov (GetMeeting, GetMeetings, GetCommittees)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xml")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                report = import_agenda(file.read(MAX_BYTES + 1))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        except FileRefused as error:
            raise CommandError(str(error)) from error
        for problem in report.problems:
            self.stderr.write(problem)
        for notice in report.notices:
            self.stdout.write(notice)
        self.stdout.write(report.summary)

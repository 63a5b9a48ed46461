"""``wardmote import_councillors``: councillors and their terms from the council's own list."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wards.management.imports import council_with, day, print_report
from wards.services import FileRefused, import_councillors


class Command(BaseCommand):
    help = "Import councillors from a CSV with ward, name, party, email, term_start, term_end, seat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--council", default="", metavar="CODE", help="the council's ONS code, like E07000202")
        parser.add_argument(
            "--from", dest="from_date", type=day, metavar="DATE", help="for rows without a term_start"
        )
        parser.add_argument(
            "--seats", type=int, metavar="N", help="seats each ward has; those without a row are vacant"
        )
        parser.add_argument(
            "--left-on", type=day, metavar="DATE", help="whoever sits but is not in the file left then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_councillors(
                options["file"],
                council=council_with(options["council"]),
                from_date=options["from_date"],
                seats_per_ward=options["seats"],
                left_on=options["left_on"],
            )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        print_report(report, out=self.stdout, err=self.stderr, what="Councillors")

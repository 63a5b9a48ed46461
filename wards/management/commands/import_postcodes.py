"""``wardmote import_postcodes``: a council's postcodes from the ONS Postcode Directory."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wardmote.core.progress import byte_progress
from wards.management.imports import council_with, day, print_report
from wards.services import FileRefused, import_postcodes


class Command(BaseCommand):
    help = (
        "Import a council's live postcodes from the ONS Postcode Directory (CSV, may be gzipped), read as a stream."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv[.gz]")
        parser.add_argument("--council", default="", metavar="CODE", help="the council's ONS code, like E07000202")
        parser.add_argument(
            "--on", type=day, metavar="DATE", help="for the wards in force on this day (default: today)"
        )
        parser.add_argument("--accept-fewer", action="store_true", help="even when many postcodes are gone")

    def handle(self, *args: Any, **options: Any) -> None:
        council = council_with(options["council"])
        on = options["on"] or timezone.localdate()
        ward_set = council.ward_sets.in_force_on(on).select_related("council").first()
        if ward_set is None:
            raise CommandError(f"{council} has no wards in force on {on}. Import them first, or say --on DATE.")
        path: Path = options["file"]
        try:
            with byte_progress(self.stderr, label="Reading", total_bytes=_plain_size(path)) as progress:
                report = import_postcodes(
                    path, ward_set=ward_set, accept_fewer=options["accept_fewer"], progress=progress
                )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        print_report(report, out=self.stdout, err=self.stderr, what="Postcodes")


def _plain_size(path: Path) -> int | None:
    """Bytes to be read, or None for a gzipped file, which does not say (and for one that is not there)."""
    return path.stat().st_size if path.is_file() and path.suffix != ".gz" else None

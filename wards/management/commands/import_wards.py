"""``wardmote import_wards``: ward boundaries from a GeoJSON file of the Office for National Statistics."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wards.management.imports import day, print_report
from wards.services import FileRefused, WardSetDetails, import_wards


class Command(BaseCommand):
    help = "Import a council's ward boundaries from ONS GeoJSON. The same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.geojson")
        parser.add_argument("--council", default="", metavar="CODE", help="the council's ONS code, like E07000202")
        parser.add_argument("--name", default="", help="the council's name, when it is new or has changed")
        parser.add_argument("--from", dest="from_date", type=day, metavar="DATE", help="first day in force")
        parser.add_argument(
            "--until", dest="until_date", type=day, metavar="DATE", help="first day no longer in force"
        )
        parser.add_argument("--set-name", default="", help='what to call these wards, like "Wards from 2026"')
        parser.add_argument("--attribution", default="", help="printed wherever the boundaries are shown")

    def handle(self, *args: Any, **options: Any) -> None:
        details = WardSetDetails(
            council_code=options["council"],
            council_name=options["name"],
            from_date=options["from_date"],
            until_date=options["until_date"],
            name=options["set_name"],
            attribution=options["attribution"],
        )
        try:
            report = import_wards(options["file"], details=details)
        except FileRefused as error:
            raise CommandError(str(error)) from error
        print_report(report, out=self.stdout, err=self.stderr, what="Wards", line_word="Feature")

"""``wardmote import_responses``: responses from another program's export, of any length."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from consultations.import_columns import Column, choose, guess
from consultations.import_rows import BadRow, Plan, read_rows
from consultations.import_tables import SHAPE_NAMES, FileUnreadable, Table, read_table
from consultations.import_values import read_moment
from consultations.importing import ImportRefused, ImportReport, import_table, saved_targets
from consultations.models import ConsultationPage
from wardmote.core.progress import progress
from wardmote.core.roles import is_officer

SHOWN_BAD = 50


class Command(BaseCommand):
    help = (
        "Import responses from a CSV or XLSX file as Citizen Space, Microsoft Forms, Qualtrics or Wardmote export it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--consultation", required=True, metavar="SLUG", help="the last part of its page's address"
        )
        parser.add_argument("--source", default="", metavar="NAME", help="a name for the survey it comes from")
        parser.add_argument(
            "--received", default="", metavar="MOMENT", help="for rows that do not say when they came"
        )
        parser.add_argument(
            "--language", default="", choices=["", "en", "cy"], help="for rows that do not say theirs"
        )
        parser.add_argument("--mapping", type=Path, metavar="FILE.json", help="headings and what they are")
        parser.add_argument("--print-mapping", action="store_true", help="print the mapping and import nothing")
        parser.add_argument("--dry-run", action="store_true", help="say what would be imported and import nothing")
        parser.add_argument("--by", default="", metavar="EMAIL", help="the officer whose import it is")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self._handle(**options)

    def _handle(self, **options: Any) -> None:
        consultation = _consultation(options["consultation"])
        try:
            table = read_table(options["file"].read_bytes(), options["file"].name)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        except FileUnreadable as unreadable:
            raise CommandError(str(unreadable)) from unreadable
        source, saved = saved_targets(consultation, table)
        columns = _columns(consultation, table, options["mapping"], saved)
        if options["print_mapping"]:
            mapping = {column.header: column.target for column in columns}
            self.stdout.write(json.dumps(mapping, ensure_ascii=False, indent=2))
            return
        now = timezone.now()
        received_at = read_moment(options["received"]) if options["received"] else now
        if received_at is None:
            raise CommandError(f"'{options['received']}' is no moment like 2026-11-20 16:30.")
        plan = Plan(
            columns=columns,
            source=options["source"] or source or SHAPE_NAMES[table.shape],
            received_at=received_at,
            language=options["language"] or consultation.locale.language_code,
        )
        if options["dry_run"]:
            self._tell(_dry_run(consultation, table, plan, now), would=True)
            return
        try:
            report = import_table(
                consultation=consultation,
                table=table,
                plan=plan,
                imported_by=_officer(options["by"]),
                imported_at=now,
                progress=partial(_telling, total=len(table.rows), stream=self.stderr._out),  # type: ignore[attr-defined]
            )
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        self._tell(report, would=False)

    def _tell(self, report: ImportReport, *, would: bool) -> None:
        for row in report.bad[:SHOWN_BAD]:
            self.stderr.write(_say_bad(row))
        if len(report.bad) > SHOWN_BAD:
            self.stderr.write(f"… and {len(report.bad) - SHOWN_BAD} more.")
        for line in report.changed[:SHOWN_BAD]:
            self.stderr.write(f"Line {line}: imported before, and it says something else now. Nothing was changed.")
        verb = "would be imported" if would else "imported"
        self.stdout.write(
            f"{report.added} responses {verb} ({report.late} late, {report.without_ward} with a postcode of no ward), "
            f"{report.known} imported before, {len({row.line for row in report.bad})} left out."
        )


def _consultation(slug: str) -> ConsultationPage:
    found = ConsultationPage.objects.canonical().filter(slug=slug).order_by("-live", "pk").first()
    if found is None:
        raise CommandError(f"There is no consultation '{slug}'.")
    return found


def _columns(
    consultation: ConsultationPage, table: Table, mapping: Path | None, saved: dict[str, str]
) -> list[Column]:
    if mapping is None:
        return guess(table, consultation.survey, saved)
    try:
        targets = json.loads(mapping.read_text(encoding="utf-8"))
        return choose(table, [targets.get(header, "skip") for header in table.headers], consultation.survey)
    except (OSError, ValueError, AttributeError) as error:
        raise CommandError(f"{mapping} is no mapping as --print-mapping prints it: {error}.") from error


def _officer(email: str) -> Any:
    if not email:
        return None
    user = get_user_model().objects.filter(email__iexact=email).first()
    if user is None or not is_officer(user):
        raise CommandError(f"{email} is no officer here.")
    return user


def _dry_run(consultation: ConsultationPage, table: Table, plan: Plan, now: Any) -> ImportReport:
    report = ImportReport(table.name, rows=len(table.rows))
    for read in read_rows(consultation, table, plan, now=now):
        if isinstance(read, list):
            report.bad += read
        else:
            report.added += 1
            report.late += read.standing == "late"
            report.without_ward += read.lost_ward
    return report


def _telling(rows: Iterable[Any], *, total: int, stream: Any) -> Iterable[Any]:
    return progress(rows, label="rows", total=total, stream=stream)


def _say_bad(row: BadRow) -> str:
    where = f"Line {row.line}, {row.column}" if row.column else f"Line {row.line}"
    return f"{where}: expected {row.expected}."

"""What the three import commands share: their arguments' types, and how a report is printed."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import CommandError, OutputWrapper

from wards.models import Council
from wards.services import ImportReport

SHOWN_BAD_ROWS = 50


def day(typed: str) -> date:
    """An argument that is a date, ``2026-05-07``."""
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise ArgumentTypeError(f"'{typed}' is not a date like 2026-05-07") from error


def council_with(code: str) -> Council:
    """The council of ``code``, or the only one there is."""
    councils = Council.objects.filter(code=code) if code else Council.objects.all()
    found = list(councils[:2])
    if len(found) == 1:
        return found[0]
    if code:
        raise CommandError(f"There is no council {code} here. Import its wards first.")
    if found:
        raise CommandError("There are several councils here. Say which with --council CODE.")
    raise CommandError("There is no council here yet. Import its wards first.")


def print_report(
    report: ImportReport, *, out: OutputWrapper, err: OutputWrapper, what: str, line_word: str = "Line"
) -> None:
    """The counts and notices to ``out``, bad rows to ``err``."""
    for row in report.bad_rows[:SHOWN_BAD_ROWS]:
        err.write(f"{line_word} {row.line}: {row.message}")
    if len(report.bad_rows) > SHOWN_BAD_ROWS:
        err.write(f"… and {len(report.bad_rows) - SHOWN_BAD_ROWS} more.")
    for notice in report.notices:
        out.write(notice)
    removed = f", {report.removed} removed" if report.removed else ""
    bad = f" {len(report.bad_rows)} left out." if report.bad_rows else ""
    out.write(f"{what}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged{removed}.{bad}")

"""Import a council's councillors and their terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from wards.models import Council, Seat, Term
from wards.naming import plain
from wards.readers.councillor_table import TermRecord, read_councillors
from wards.readers.tables import BadRow, FileRefused, RowRefused
from wards.services.register import Outcome, Register
from wards.services.reports import ImportReport


@transaction.atomic
def import_councillors(
    path: Path,
    *,
    council: Council,
    from_date: date | None = None,
    seats_per_ward: int | None = None,
    left_on: date | None = None,
    user: AbstractBaseUser | None = None,
) -> ImportReport:
    """Import councillors, one row a term, oldest first; rows without a name are vacant seats.

    ``from_date`` stands in for a missing term_start. ``seats_per_ward`` makes the seats that no row mentions, so
    that they show as vacant. A new term closes the one before it in its seat, and an empty term_end never opens a
    closed term again: history is added to, not rewritten. Whoever sits and is missing from the file is reported, or
    with ``left_on`` leaves on that day. A bad row is left out and the rest lands. Raises ``FileRefused``.
    """
    if not council.ward_sets.exists():
        raise FileRefused(_("%(council)s has no wards yet. Import the wards first.") % {"council": council})
    report = ImportReport()
    records = []
    for entry in read_councillors(path):
        if isinstance(entry, BadRow):
            report.bad_rows.append(entry)
        else:
            records.append(entry if entry.from_date or not entry.name else replace(entry, from_date=from_date))
    intake = _Intake(council, report, seats_per_ward, records)
    for record in sorted(records, key=lambda one: (not one.name, one.from_date or date.min, one.line)):
        intake.take(record)
    intake.complete_seats()
    intake.settle_missing(left_on)
    report.bad_rows.sort(key=lambda row: row.line)
    report.write_to_audit(council, "wards.import_councillors", path=path, user=user)
    return report


class _Intake:
    """One file's rows on their way into the register of seats and terms."""

    def __init__(
        self, council: Council, report: ImportReport, seats_per_ward: int | None, records: list[TermRecord]
    ) -> None:
        self._register = Register(council, seats_per_ward, {plain(record.name) for record in records if record.name})
        self._report = report
        self._seats_per_ward = seats_per_ward
        self._terms: set[int] = set()
        """Keys of the terms the file speaks of."""
        self._vacancies: dict[int, int] = {}

    def take(self, record: TermRecord) -> None:
        try:
            with transaction.atomic():
                outcome = self._take_term(record) if record.name else self._take_vacancy(record)
        except RowRefused as error:
            self._report.bad_rows.append(BadRow(record.line, str(error)))
            return
        match outcome:
            case Outcome.ADDED:
                self._report.added += 1
            case Outcome.CHANGED:
                self._report.changed += 1
            case Outcome.UNCHANGED:
                self._report.unchanged += 1

    def _take_term(self, record: TermRecord) -> Outcome:
        if record.from_date is None:
            raise RowRefused(
                _("term_start is empty. Expected a date like 2026-05-07, or one for all rows with --from.")
            )
        ward = self._register.ward_called(record.ward, record.from_date, record.until_date)
        councillor, person_changed = self._register.person(record, ward)
        seat = self._register.seat_for(record, ward, councillor)
        term, outcome = self._register.hold(seat, councillor, record)
        self._terms.add(term.pk)
        return Outcome.CHANGED if person_changed and outcome is Outcome.UNCHANGED else outcome

    def _take_vacancy(self, record: TermRecord) -> Outcome:
        ward = self._register.ward_called(record.ward, record.from_date, record.until_date)
        if record.seat is not None:
            return self._register.vacate(ward, record.seat, record.from_date)
        self._vacancies[ward.pk] = self._vacancies.get(ward.pk, 0) + 1
        return self._register.have_vacant(ward, self._vacancies[ward.pk])

    def complete_seats(self) -> None:
        """Number each ward's seats without gaps, up to ``seats_per_ward`` where it is told."""
        made = 0
        for ward in self._register.current_wards():
            numbers = set(ward.seats.values_list("number", flat=True))
            last = max([*numbers, self._seats_per_ward or 0])
            missing = [number for number in range(1, last + 1) if number not in numbers]
            Seat.objects.bulk_create([Seat(ward=ward, number=number) for number in missing])
            made += len(missing)
        if made:
            self._report.notices.append(_("%(count)s vacant seats were made.") % {"count": made})

    def settle_missing(self, left_on: date | None) -> None:
        """Those who sit but are not in the file leave on ``left_on``, or are named for somebody to look at.

        With a bad row nobody is made to leave: the missing person may be on it.
        """
        sitting = Term.objects.filter(until_date=None, seat__ward__in=self._register.current_wards())
        missing = sitting.exclude(pk__in=self._terms).select_related("councillor", "seat__ward")
        for term in missing.order_by("seat__ward__name", "seat__number"):
            names = {"name": term.councillor.name, "ward": term.seat.ward.name}
            if left_on and left_on > term.from_date and not self._report.bad_rows:
                term.until_date = left_on
                term.save(update_fields=["until_date"])
                self._report.changed += 1
                self._report.notices.append(_("%(name)s (%(ward)s) is not in the file and left.") % names)
            else:
                self._report.notices.append(
                    _("%(name)s (%(ward)s) sits but is not in the file. Give a term_end, or use --left-on DATE.")
                    % names
                )

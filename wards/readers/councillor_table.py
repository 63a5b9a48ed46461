"""A council's own list of councillors: a CSV with a row for each term, and rows for vacant seats.

Its columns are found by lenient names: ``Ward name``, ``wardName`` and ``division`` are all the ward. Dates are
``2026-05-07`` or ``07/05/2026``; ModernGov's "unspecified" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from wards.readers.tables import BadRow, RowRefused, csv_rows, find_columns, read_text

COLUMNS = {
    "ward": r"ward|wardname|wardtitle|division|divisionname|electoraldivision|wardcode",
    "name": r"name|councillor|councillorname|fullname|fullusername|member|membername",
    "party": r"party|partyname|politicalparty|politicalpartytitle|group|politicalgroup",
    "email": r"email|emailaddress|mail",
    "from_date": r"termstart|startdate|from|fromdate|start|elected|dateelected|electedon",
    "until_date": r"termend|enddate|until|untildate|end|left",
    "seat": r"seat|seatnumber|place",
}
EXPECTED = "ward, name, party, email, term_start, term_end, seat (ward and name are needed)"
VACANT = frozenset({"", "vacant", "vacancy", "vacantseat", "tbc"})
NO_DATE = frozenset({"", "unspecified", "-", "n/a"})
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
MAX_CELL_LENGTH = 120
MAX_SEATS_PER_WARD = 20
"""Far above any council's; a larger number is a slip."""


@dataclass(frozen=True, slots=True)
class TermRecord:
    """One row: a term, or with an empty ``name`` a vacant seat. ``ward`` is as written; dates are half-open."""

    line: int
    ward: str
    name: str
    party: str
    email: str
    from_date: date | None
    until_date: date | None
    seat: int | None


def read_councillors(path: Path) -> list[TermRecord | BadRow]:
    """Every row as a term or as a bad row. Raises ``FileRefused`` when the columns are others."""
    rows = csv_rows(read_text(path))
    _first, header = next(rows, (1, []))
    places = find_columns(header, COLUMNS, needed=["ward", "name"], expected=EXPECTED, fold=_letters)
    return list(_records(rows, places))


def _letters(name: str) -> str:
    """A column's name without case, spaces and marks: ``Term start``, ``term_start`` and ``TermStart`` are one."""
    return re.sub(r"[\W_]", "", name.casefold())


def _records(rows: Iterator[tuple[int, list[str]]], places: dict[str, int]) -> Iterator[TermRecord | BadRow]:
    for line, row in rows:
        try:
            yield _record(
                line, {key: row[place].strip() if place < len(row) else "" for key, place in places.items()}
            )
        except RowRefused as error:
            yield BadRow(line, str(error))


def _record(line: int, cells: dict[str, str]) -> TermRecord:
    for key, value in cells.items():
        if len(value) > MAX_CELL_LENGTH or "\0" in value:
            raise RowRefused(
                _("The %(column)s is too long. Expected up to %(limit)s characters.")
                % {"column": key, "limit": MAX_CELL_LENGTH}
            )
    if not cells["ward"]:
        raise RowRefused(_("The ward is empty. Expected the name of one of the council's wards."))
    from_date, until_date = (
        _day("term_start", cells.get("from_date", "")),
        _day("term_end", cells.get("until_date", "")),
    )
    if from_date and until_date and until_date <= from_date:
        raise RowRefused(_("The term ends before it begins. Expected term_end to be after term_start."))
    return TermRecord(
        line=line,
        ward=cells["ward"],
        name="" if _letters(cells["name"]) in VACANT else cells["name"],
        party=cells.get("party", ""),
        email=_email(cells.get("email", "")),
        from_date=from_date,
        until_date=until_date,
        seat=_seat(cells.get("seat", "")),
    )


def _day(column: str, typed: str) -> date | None:
    if typed.lower() in NO_DATE:
        return None
    for layout in DATE_FORMATS:
        try:
            return datetime.strptime(typed, layout).date()  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
    raise RowRefused(
        _("%(column)s is “%(value)s”. Expected a date like 2026-05-07 or 07/05/2026.")
        % {"column": column, "value": typed[:40]}
    )


def _email(typed: str) -> str:
    if typed:
        try:
            validate_email(typed)
        except ValidationError as error:
            raise RowRefused(
                _("The e-mail address is “%(value)s”. Expected one like name@council.example.")
                % {"value": typed[:60]}
            ) from error
    return typed


def _seat(typed: str) -> int | None:
    if not typed:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", typed) or not 1 <= int(typed) <= MAX_SEATS_PER_WARD:
        raise RowRefused(
            _("The seat is “%(value)s”. Expected a number from 1 to %(limit)s.")
            % {"value": typed[:40], "limit": MAX_SEATS_PER_WARD}
        )
    return int(typed)

"""Files of responses as people's programs write them: CSV in any usual encoding, or XLSX, read into rows of text.

Nothing in a file is ever evaluated: a cell that looks like a formula is text like any other.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
MAX_CELL_CHARACTERS = 100_000
MAX_UNPACKED_BYTES = 300_000_000
"""Of a workbook's parts together, as they say themselves; a file that lies about it is stopped by the caps on cells."""
MAX_PACKING = 200
"""How many times a part of more than a megabyte may grow when unpacked; honest sheets grow about tenfold."""
MAX_PARTS = 2_000

DELIMITERS = (",", ";", "\t", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class FileUnreadable(Exception):
    """The file cannot be read as responses. The message says what was expected."""


class Shape(StrEnum):
    """Whose export a file looks like."""

    WARDMOTE = "wardmote"
    CITIZEN_SPACE = "citizen-space"
    FORMS = "microsoft-forms"
    QUALTRICS = "qualtrics"
    OTHER = "other"


SHAPE_NAMES = {
    Shape.WARDMOTE: "Wardmote",
    Shape.CITIZEN_SPACE: "Citizen Space",
    Shape.FORMS: "Microsoft Forms",
    Shape.QUALTRICS: "Qualtrics",
    Shape.OTHER: "",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One response: the line its row begins on (in a workbook its row), from 1, and a text for each column."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file. ``labels`` are what the columns ask, where that stands apart from their ``headers``."""

    name: str
    shape: Shape
    headers: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(content: bytes, name: str) -> Table:
    """The table in a file of ``content``. Raises ``FileUnreadable``."""
    if len(content) > MAX_BYTES:
        wrong = _("The file is larger than %(most)d MB. Split it.") % {"most": MAX_BYTES // 1_000_000}
        raise FileUnreadable(wrong)
    if not content.strip():
        raise FileUnreadable(_("The file is empty."))
    if content.startswith(_OLD_EXCEL):
        raise FileUnreadable(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    records = _workbook_records(content) if content.startswith(_ZIP) else _csv_records(content)
    return _table(_capped(records), name)


def shape_of(headers: Iterable[str], third_row: Iterable[str] = ()) -> Shape:
    """Whose export has these headers."""
    names = {" ".join(header.split()).casefold() for header in headers}
    if any(cell.replace(" ", "").startswith('{"ImportId"') for cell in third_row):
        return Shape.QUALTRICS
    if {"start time", "completion time"} <= names:
        return Shape.FORMS
    if {"reference", "sent", "from", "language"} <= names:
        return Shape.WARDMOTE
    return Shape.CITIZEN_SPACE if "response id" in names else Shape.OTHER


def _table(records: Iterator[tuple[int, list[str]]], name: str) -> Table:
    rows = [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]
    if len(rows) < 2:
        raise FileUnreadable(_("There is no response in the file: it needs a row of headings and a row for each."))
    headers = _headings(rows[0][1])
    while (
        headers
        and not headers[-1]
        and not any(len(cells) >= len(headers) and cells[len(headers) - 1].strip() for _line, cells in rows)
    ):
        headers.pop()
    width = len(headers)
    shape = shape_of(headers, rows[2][1] if len(rows) > 2 else ())
    labels, first = headers, 1
    if shape is Shape.QUALTRICS:
        labels, first = _headings(_fitted(rows[1][1], width)), 3
    if len(rows) == first:
        raise FileUnreadable(_("There is no response in the file: it needs a row of headings and a row for each."))
    for line, cells in rows[first:]:
        if any(cell.strip() for cell in cells[width:]):
            wrong = _("Row %(line)s has %(found)s columns, the headings have %(width)s. Save the file again as CSV.")
            raise FileUnreadable(wrong % {"line": line, "found": len(cells), "width": width})
    body = tuple(TableRow(line, tuple(_fitted(cells, width))) for line, cells in rows[first:])
    return Table(name, shape, tuple(headers), tuple(labels), body)


def _headings(cells: Iterable[str]) -> list[str]:
    """On one line each, without the NUL that PostgreSQL does not keep in a mapping or a report."""
    return [" ".join(cell.replace("\0", "").split()) for cell in cells]


def _fitted(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * width)[:width]


def _capped(records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    cells_seen = 0
    for count, (line, cells) in enumerate(records, start=1):
        cells_seen += len(cells)
        if len(cells) > MAX_COLUMNS:
            raise FileUnreadable(_("The file has more than %(most)d columns.") % {"most": MAX_COLUMNS})
        if count > MAX_ROWS or cells_seen > MAX_CELLS:
            raise FileUnreadable(
                _("The file has more than %(most)d rows or too many cells. Split it.") % {"most": MAX_ROWS}
            )
        yield line, cells


# CSV.


def _csv_records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    earlier_limit = csv.field_size_limit(MAX_CELL_CHARACTERS)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        wrong = _("The file cannot be read past line %(line)s: %(why)s. A quotation mark may never be closed.")
        raise FileUnreadable(wrong % {"line": line, "why": error}) from error
    finally:
        csv.field_size_limit(earlier_limit)


def _decoded(content: bytes) -> str:
    """UTF-16 and UTF-8 by their marks, UTF-16 by its zeros, UTF-8 where all of it is, else Windows-1252."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        start = content[:1_000]
        if start.count(0) > len(start) // 4:
            return content.decode("utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined; they become the sign for what could not be read.
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The delimiter that gives the first row the most columns, and the first rows the same number."""
    start = text[:20_000]

    def quality(delimiter: str) -> tuple[int, int]:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
                widths.append(len(cells))
        except csv.Error:
            pass
        like_first = sum(width == widths[0] for width in widths) if widths else 0
        return (widths[0] if widths else 0, like_first)

    return max(DELIMITERS, key=quality)


# XLSX.


def _workbook_records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(content)
    try:
        # Not data_only: a formula is shown as its own text, and never as what some program made of it.
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        try:
            sheet = next((sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"), None)
            if sheet is None:
                raise FileUnreadable(_("The workbook has no sheet that can be seen."))
            sheet.reset_dimensions()  # some programs write a wrong extent; read to the real end
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield line, [_cell_text(cell) for cell in cells]
        finally:
            workbook.close()
    except (ParseError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        raise FileUnreadable(_("The workbook is damaged and cannot be read. Save it again or as CSV.")) from error


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileUnreadable(_("The workbook is damaged and cannot be read. Save it again or as CSV.")) from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise FileUnreadable(_("This is no .xlsx workbook. Save it as .xlsx or as CSV."))
    grown = any(
        part.file_size > 1_000_000 and part.file_size > MAX_PACKING * max(1, part.compress_size) for part in parts
    )
    if grown or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FileUnreadable(_("The workbook unpacks to more than can be read. Save it as CSV."))


def _cell_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
    return str(cell)[:MAX_CELL_CHARACTERS]

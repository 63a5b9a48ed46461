"""A council's feedback export, CSV or XLSX, read row by row: a file of any size in the same small memory.

Exports come as people's spreadsheets write them, so the encoding, the delimiter and the case of column names are
found out, and everything that cannot be is refused before the first row, in words that say what was expected and
what was found. (An XLSX file keeps its different texts in one list that has to be in memory; a CSV file has no such
cost.)
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 1_000_000  # characters; a longer one is nearly always a quotation mark that never closes
LARGEST_STRINGS_BYTES = 1_000_000_000  # of an XLSX file's unpacked list of texts
CHUNK_BYTES = 1 << 20
SNIFFED_LINES = 200  # a header spread over more lines than this is no header

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TableError(Exception):
    """The file cannot be read as asked; the message says why, for whoever chose the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was filled in. ``number`` counts as a spreadsheet does: the header is row 1."""

    number: int
    text: str
    ward: str
    question: str


class Table:
    """An export whose columns have been found. ``rows`` may be called again; each call reads from the start.

    ``done`` is how much of the file the reading has got through, 0..1, or None when that cannot be told.
    """

    def __init__(self, path: Path, *, text: str, ward: str, question: str | None = None) -> None:
        """Find the columns. Raises ``TableError``; ``OSError`` when the file cannot be opened at all."""
        self.path = path
        self.done: float | None = 0.0
        self._wanted = (text, ward) if question is None else (text, ward, question)
        with path.open("rb") as file:
            opening = file.read(4)
        if not opening:
            raise TableError("The file is empty.")
        if opening == _OLD_EXCEL:
            raise TableError("This is an old Excel file (.xls). Save it as .xlsx or CSV and try again.")
        self._is_workbook = opening == _ZIP
        if self._is_workbook:
            _check_workbook(path)
            self._sheet = _sheet_with(path, self._wanted)
        else:
            self._encoding = _encoding(path)
            self._delimiter = _delimiter(path, self._encoding, self._wanted)

    def rows(self) -> Iterator[Row]:
        """The rows below the header that hold anything, in order. Raises ``TableError`` where the file breaks off."""
        self.done = 0.0
        records = self._workbook_records() if self._is_workbook else self._csv_records()
        header = next(records, [])
        places = _places(header, self._wanted)
        for number, record in enumerate(records, start=2):
            if any(cell.strip() for cell in record):
                cells = [record[place] if place < len(record) else "" for place in places]
                yield Row(number, cells[0], cells[1].strip(), cells[2] if len(cells) > 2 else "")
        self.done = 1.0

    def _csv_records(self) -> Iterator[list[str]]:
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as file:
            reader = csv.reader(_decoded(file, self._encoding), delimiter=self._delimiter)
            with _explained(reader):
                for number, record in enumerate(reader):
                    if number % 256 == 0:
                        self.done = min(1.0, file.tell() / size)
                    yield record

    def _workbook_records(self) -> Iterator[list[str]]:
        with _workbook(self.path) as workbook:
            sheet = workbook.worksheets[self._sheet]
            height = sheet.max_row
            sheet.reset_dimensions()  # some programs write a wrong extent; read to the real end
            for number, record in enumerate(sheet.iter_rows(values_only=True), start=1):
                self.done = min(1.0, number / height) if height else None
                yield [_cell_text(cell) for cell in record]


class _Counting(Protocol):
    """What a csv reader shows of where it is."""

    @property
    def line_num(self) -> int: ...


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines of text, with their line ends, as the csv module wants them. Unmappable bytes become U+FFFD."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    return io.TextIOWrapper(file, encoding, errors="replace", newline="")


@contextmanager
def _explained(reader: _Counting) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise TableError(
            f"The file cannot be read past line {reader.line_num}: {error}. "
            "Often a quotation mark is opened there and never closed."
        ) from error


def _encoding(path: Path) -> str:
    """UTF-16 or UTF-8 by their marks, UTF-8 when the whole file is, else Windows-1252 as older Excel writes."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(path: Path, encoding: str, wanted: Sequence[str]) -> str:
    """The delimiter under which the wanted columns appear; if none, refuse naming the columns of the likeliest."""
    headers = []
    for delimiter in DELIMITERS:
        with path.open("rb") as file:
            reader = csv.reader(islice(_decoded(file, encoding), SNIFFED_LINES), delimiter=delimiter)
            with _explained(reader):
                header = next(reader, [])
        if not _missing(header, wanted):
            _places(header, wanted)
            return delimiter
        headers.append(header)
    _places(max(headers, key=len), wanted)
    raise AssertionError("unreachable: the line above raises for a missing column")


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise TableError("The file looks like .xlsx but is damaged. Save it again or send it as CSV.") from error
    if "xl/workbook.xml" not in parts:
        raise TableError("This is not an .xlsx workbook. Save it as .xlsx or CSV and try again.")
    if parts.get("xl/sharedStrings.xml", 0) > LARGEST_STRINGS_BYTES:
        raise TableError("This workbook holds more text than can be read at once. Save it as CSV and try again.")


@contextmanager
def _workbook(path: Path) -> Iterator[openpyxl.Workbook]:
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            yield workbook
        finally:
            workbook.close()
    except (ParseError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise TableError("The workbook is damaged and cannot be read. Save it again or send it as CSV.") from error


def _sheet_with(path: Path, wanted: Sequence[str]) -> int:
    """Place of the first sheet whose first row holds the wanted columns."""
    headers: list[list[str]] = []
    with _workbook(path) as workbook:
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            header = [_cell_text(cell) for cell in next(sheet.iter_rows(max_row=1, values_only=True), ())]
            headers.append(header)
    for place, header in enumerate(headers):
        if not _missing(header, wanted):
            _places(header, wanted)
            return place
    _places(max(headers, key=len, default=[]), wanted)
    raise AssertionError("unreachable: the line above raises for a missing column")


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _missing(header: Sequence[str], wanted: Sequence[str]) -> list[str]:
    present = {_folded(name) for name in header}
    return [name for name in wanted if _folded(name) not in present]


def _places(header: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Place of each wanted column: by its exact name, else without regard to case and blanks."""
    missing = _missing(header, wanted)
    found = ", ".join(f"“{name}”" for name in header if name.strip()) or "none"
    if missing:
        names = " and no column ".join(f"“{name}”" for name in missing)
        raise TableError(f"There is no column {names}. The columns found are: {found}.")
    places = []
    for name in wanted:
        alike = [place for place, there in enumerate(header) if there == name]
        alike = alike or [place for place, there in enumerate(header) if _folded(there) == _folded(name)]
        if len(alike) > 1:
            raise TableError(f"There is more than one column “{name}”. The columns found are: {found}.")
        places.append(alike[0])
    return places

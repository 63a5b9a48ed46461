"""What every reader of a file shares: opening it, finding its columns, and saying what is wrong with it."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t"
SHOWN_COLUMNS = 60
"""Column names of a refused file that are printed; ONS files have up to 53."""


class FileRefused(Exception):
    """A file that cannot be imported at all. Nothing was written; the message says what was expected."""


class RowRefused(Exception):
    """One row that cannot be imported. The message says what was expected of it."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row left out: its line in the file (from 1; for GeoJSON the number of the feature) and what was expected."""

    line: int
    message: str


def open_bytes(path: Path) -> BinaryIO:
    """Open a plain or gzipped file, told by its first bytes. Raises ``FileRefused`` when it cannot be opened."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise FileRefused(_("%(file)s cannot be opened: %(why)s.") % {"file": path, "why": error.strerror}) from error
    if raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
        raw.close()
        return cast(BinaryIO, gzip.open(path, "rb"))
    raw.seek(0)
    return raw


def read_text(path: Path) -> str:
    """The whole of a text file in UTF-8, or in Windows-1252, in which Excel still saves CSV."""
    with open_bytes(path) as file:
        data = file.read()
    if data.startswith(UTF16_BOMS):
        raise FileRefused(_("%(file)s is in UTF-16. Save it as CSV in UTF-8.") % {"file": path.name})
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _folded(name: str) -> str:
    return name.strip().lstrip("\ufeff").lower()


def find_columns(
    header: Sequence[str],
    wanted: Mapping[str, str],
    *,
    needed: Sequence[str],
    expected: str,
    fold: Callable[[str], str] = _folded,
) -> dict[str, int]:
    """Where each wanted column is, by the regular expression of its name as ``fold`` makes it plain.

    Where several names fit, the one of the latest year wins (``wd26cd`` over ``wd25cd``), else the first pattern to
    fit: alternatives in ``wanted`` stand in order of preference. Raises ``FileRefused``, naming ``expected`` and the
    columns found, when a needed column is missing.
    """
    names = [fold(name) for name in header]
    places = {}
    for key, patterns in wanted.items():
        for pattern in patterns.split("|"):
            fitting = [name for name in names if re.fullmatch(pattern, name)]
            if fitting:
                places[key] = names.index(max(fitting))
                break
    if any(key not in places for key in needed):
        found = ", ".join(name.strip() or '""' for name in header[:SHOWN_COLUMNS])
        raise FileRefused(
            _("These are not the expected columns. Expected: %(expected)s. Found: %(found)s.")
            % {"expected": expected, "found": found[:2000]}
        )
    return places


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with the line each begins on; empty rows are left out. Comma, semicolon or tab."""
    first_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(_("Line %(line)s is not CSV: %(why)s.") % {"line": line, "why": error}) from error

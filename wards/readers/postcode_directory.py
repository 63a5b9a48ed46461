"""The ONS Postcode Directory as a stream: 2.7 million rows, of which one council needs a few thousand.

Its columns change name nearly every year (``osward``, ``wd25cd``, ``wd26cd``; ``pcd``, ``pcd7``) and have changed
place, so they are found by pattern in the header. Most of the file is never parsed: a block of bytes in which neither
the council's code nor the beginning that all its wards' codes share occurs is passed over whole.
"""

from __future__ import annotations

import csv
import os
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from wards.postcodes import PostcodeError, normalise
from wards.readers.tables import UTF8_BOM, UTF16_BOMS, BadRow, FileRefused, find_columns, open_bytes

COLUMNS = {
    "postcode": r"pcds|pcd8|pcd7|pcd2|pcd|postcode",
    "ward": r"wd\d\dcd|osward|ward_code|wardcode",
    "council": r"lad\d\dcd|oslaua|laua",
    "ended": r"doterm",
}
EXPECTED = "pcds (or pcd, pcd2, pcd7, pcd8), osward (or wd25cd, wd26cd, …), doterm, oslaua (or lad25cd, lad26cd, …)"

PSEUDO_CODE_ENDING = "999999"
"""Codes that end so stand for no real area (ONSPD user guide), like the Channel Islands and the Isle of Man."""

BLOCK_BYTES = 1 << 19
"""Read at a time: half a mebibyte, about a thousand rows of the full directory."""

TELLING_PREFIX = 6
"""Characters of a ward code from which on its beginning tells one council's wards from most others'. The codes of a
review are given in a row, so they share 6 to 8 of 9; shorter than that, each code is looked for by itself."""

LONGEST_LINE_BYTES = 1 << 16
"""Without a line end in so many bytes this is no directory; a row has about 530."""


@dataclass(slots=True)
class DirectoryReading:
    """What one reading of a directory found.

    ``wards`` gives the ward codes of each live postcode (upper case, no space); more than one is a split postcode.
    ``terminated`` and ``pseudo`` count rows of the council left out for having ended or for having no real ward.
    """

    wards: dict[str, set[str]] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    terminated: int = 0
    pseudo: int = 0


def read_directory(
    path: Path, *, ward_codes: Collection[str], council_code: str, progress: Callable[[int], object]
) -> DirectoryReading:
    """Read the postcodes of a council's wards. ``progress`` is told the bytes read since it was last told.

    Raises ``FileRefused`` when the columns are not those of a directory, or the file ends in the middle.
    """
    reading = DirectoryReading()
    try:
        with open_bytes(path) as file:
            header = _header(file)
            progress(len(header))
            names = next(csv.reader([header.decode("utf-8-sig", errors="replace")]))
            places = find_columns(names, COLUMNS, needed=["postcode", "ward"], expected=EXPECTED)
            parse = _RowParser(places, frozenset(ward_codes), council_code, reading)
            marks = _marks(ward_codes, council_code if "council" in places else "")
            for number, line in _lines_holding(file, marks, progress):
                parse(number, line)
    except (EOFError, OSError, zlib.error) as error:
        raise FileRefused(
            _("%(file)s is damaged or cut short: %(why)s.") % {"file": path.name, "why": error}
        ) from error
    return reading


def _header(file: BinaryIO) -> bytes:
    header = file.readline(LONGEST_LINE_BYTES)
    if header.startswith(UTF16_BOMS) or b"\0" in header or len(header) == LONGEST_LINE_BYTES:
        raise FileRefused(
            _("This is not a CSV file in UTF-8. Expected the columns %(expected)s.") % {"expected": EXPECTED}
        )
    return header.removeprefix(UTF8_BOM)


def _marks(ward_codes: Collection[str], council_code: str) -> list[bytes]:
    """What a line must hold, one of, to be worth parsing."""
    shared = os.path.commonprefix(sorted(ward_codes))  # noqa: RUF071  of characters is what is wanted
    wards = [shared] if len(shared) >= TELLING_PREFIX else sorted(ward_codes)
    return [mark.encode("ascii", errors="ignore") for mark in (*wards, council_code) if mark]


def _lines_holding(
    file: BinaryIO, marks: list[bytes], progress: Callable[[int], object]
) -> Iterator[tuple[int, bytes]]:
    """Lines that hold one of ``marks``, with their number; blocks that hold none are only counted."""
    number, rest = 2, b""
    while block := file.read(BLOCK_BYTES):
        progress(len(block))
        block = rest + block
        whole, end, rest = block.rpartition(b"\n")
        if len(rest) > LONGEST_LINE_BYTES:
            raise FileRefused(_("Line %(line)s is too long for a postcode directory.") % {"line": number})
        if any(mark in whole for mark in marks):
            for offset, line in enumerate(whole.split(b"\n")):
                if any(mark in line for mark in marks):
                    yield number + offset, line
        number += whole.count(b"\n") + len(end)
    if any(mark in rest for mark in marks):
        yield number, rest


class _RowParser:
    """Takes one line after another into a reading."""

    def __init__(
        self, places: dict[str, int], ward_codes: frozenset[str], council_code: str, reading: DirectoryReading
    ) -> None:
        self._places = places
        self._last_place = max(places.values())
        self._ward_codes = ward_codes
        self._council_code = council_code
        self._reading = reading

    def __call__(self, number: int, line: bytes) -> None:
        row = next(csv.reader([line.decode("utf-8", errors="replace").rstrip("\r")]), [])
        if len(row) <= self._last_place:
            self._refuse(
                number,
                _("Expected at least %(expected)s columns, found %(found)s.")
                % {"expected": self._last_place + 1, "found": len(row)},
            )
            return
        ward_code = row[self._places["ward"]].strip()
        if ward_code in self._ward_codes:
            self._keep(number, row, ward_code)
        elif self._is_of_council(row):
            self._explain(number, row, ward_code)

    def _is_of_council(self, row: list[str]) -> bool:
        return "council" in self._places and row[self._places["council"]].strip() == self._council_code

    def _has_ended(self, row: list[str]) -> bool:
        return "ended" in self._places and bool(row[self._places["ended"]].strip())

    def _keep(self, number: int, row: list[str], ward_code: str) -> None:
        if self._has_ended(row):
            self._reading.terminated += 1
            return
        typed = row[self._places["postcode"]]
        try:
            code = normalise(typed)
        except PostcodeError:
            self._refuse(number, _("Expected a postcode, like IP1 2DE; found “%(found)s”.") % {"found": typed[:40]})
            return
        self._reading.wards.setdefault(code, set()).add(ward_code)

    def _explain(self, number: int, row: list[str], ward_code: str) -> None:
        """A row of this council whose ward is none of its wards."""
        if self._has_ended(row):
            self._reading.terminated += 1
        elif ward_code.endswith(PSEUDO_CODE_ENDING) or not ward_code:
            self._reading.pseudo += 1
        else:
            self._refuse(
                number,
                _("The ward %(code)s is not in the ward set. Expected one of its %(count)s codes.")
                % {"code": ward_code[:40], "count": len(self._ward_codes)},
            )

    def _refuse(self, number: int, message: str) -> None:
        self._reading.bad_rows.append(BadRow(number, message))

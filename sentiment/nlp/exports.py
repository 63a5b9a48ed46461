"""The two CSV files of an analysis. Cells are safe to open in a spreadsheet: none can start a formula."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sentiment.nlp.public import Report, Shown
from sentiment.nlp.readings import LABELS, Reading
from sentiment.nlp.table import Row

HIDDEN = "[c]"  # "confidential", the mark the Government Analysis Function asks for in published tables

# What starts a formula once a spreadsheet has dropped the blanks before it (OWASP, "CSV Injection"), with the
# full-width twins that some spreadsheets fold to the same.
_FORMULA_STARTS = frozenset("=+-@\t\r\n\x00＝＋－＠")
_BLANKS = " \u00a0\u3000\ufeff"

READING_COLUMNS = ("row", "ward", "question", "comment", "label", "tone", "language", "because", "reader")
WARD_COLUMNS = ("ward", "comments", *LABELS, "mean_tone", "tone_low", "tone_high", "talked_about", "said_more_here")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet could take it for a formula."""
    start = text.lstrip(_BLANKS)[:1]
    return f"'{text}" if start in _FORMULA_STARTS and start else text


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name only when it is complete; a half-written one is removed."""
    part = path.with_name(path.name + ".part")
    try:
        # utf-8-sig, because Excel takes a CSV file without the mark for Windows-1252.
        encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
        with part.open("w", encoding=encoding, errors="replace", newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class ReadingsFile:
    """``readings.csv``, a line a comment, in the order of the export."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow(READING_COLUMNS)

    def add(self, row: Row, ward: str, text: str, reading: Reading) -> None:
        because = "; ".join(f"{reason.text or '?'} ({reason.weight:+.2f})" for reason in reading.because)
        self._rows.writerow(
            [
                row.number,
                safe_cell(ward),
                safe_cell(row.question),
                safe_cell(text),
                reading.label,
                "" if reading.tone is None else reading.tone,
                reading.language,
                safe_cell(because),
                reading.reader,
            ]
        )


def write_wards(report: Report, file: TextIO) -> None:
    """``wards.csv``, a line a ward and one for all; a hidden number is ``[c]``, one that there is not is empty."""
    rows = csv.writer(file)
    rows.writerow(WARD_COLUMNS)
    for shown in (*report.wards, report.overall):
        rows.writerow(_ward_cells(shown))


def _ward_cells(shown: Shown) -> list[object]:
    counts = [shown.total, *(shown.counts[label] for label in LABELS)]
    low, high = (shown.interval.low, shown.interval.high) if shown.interval else (None, None)
    tones = [
        HIDDEN if shown.is_hidden else "" if tone is None else round(tone, 4) for tone in (shown.mean, low, high)
    ]
    return [
        safe_cell(shown.name),
        *(HIDDEN if count is None else count for count in counts),
        *tones,
        safe_cell("; ".join(phrase.text for phrase in shown.phrases)),
        safe_cell("; ".join(phrase.text for phrase in shown.apart)),
    ]

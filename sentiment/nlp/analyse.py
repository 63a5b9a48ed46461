"""``wardmote analyse``: read a council's feedback export and tell what was said, ward by ward, with no site at all.

::

    wardmote analyse FILE.csv --text comment --ward ward [--question column] [--out DIR] [--public]
"""

import argparse
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol, TextIO

from tqdm import tqdm

from sentiment.nlp.charts import signed
from sentiment.nlp.exports import HIDDEN, ReadingsFile, write_wards, written_whole
from sentiment.nlp.public import Report, Shown, for_council, for_public
from sentiment.nlp.readings import LABELS
from sentiment.nlp.report import page
from sentiment.nlp.small_numbers import THRESHOLD
from sentiment.nlp.table import Table, TableError
from sentiment.nlp.tally import Analysis, TooManyWards, WardTallies
from sentiment.nlp.tone import CHARACTERS_READ, read

READINGS_FILE = "readings.csv"
PLAIN_STEP = 0.1  # without a terminal, a line each tenth of the file
PLAIN_ROWS = 10_000  # ... or each so many rows when the file does not tell its length
PHRASES_IN_TABLE = 3


class Progress(Protocol):
    """Told after each row how far the reading is: 0..1, or None when that is unknown; and at each ward summed up."""

    def __call__(self, rows: int, done: float | None) -> None: ...


def analyse_file(
    path: Path,
    text_column: str,
    ward_column: str,
    out_dir: Path | None = None,
    *,
    question_column: str | None = None,
    public: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Read every comment of an export and sum them up by ward.

    With ``out_dir`` (made when missing) writes ``readings.csv``, ``wards.csv`` and ``report.html`` there, each
    whole or not at all. ``public`` hides small numbers and everybody's own words, and writes no ``readings.csv``.
    Memory does not grow with the file: running figures, and a sample of 300 texts a ward and 3,000 overall for
    phrases and quotes. Raises ``TableError`` for a file or column that cannot be used, before anything is written;
    ``OSError``.
    """
    table = Table(path, text=text_column, ward=ward_column, question=question_column)
    if public and out_dir is not None and (out_dir / READINGS_FILE).exists():
        raise TableError(
            f"{out_dir} holds a {READINGS_FILE} with everybody's words. Choose another folder to publish."
        )
    with ExitStack() as files:
        readings = None
        if out_dir is not None:
            out_dir.mkdir(parents=True, exist_ok=True)
            if not public:
                readings = ReadingsFile(files.enter_context(written_whole(out_dir / READINGS_FILE)))
        try:
            analysis = _analysis(table, readings, progress)
        except TooManyWards as error:
            raise TableError(
                f"The column “{ward_column}” holds {error}, so it cannot be the ward. Choose another with --ward."
            ) from error
    report = for_public(analysis) if public else for_council(analysis)
    if out_dir is not None:
        with written_whole(out_dir / "wards.csv") as file:
            write_wards(report, file)
        with written_whole(out_dir / "report.html") as file:
            file.write(page(report, path.name))
    return report


def _analysis(table: Table, readings: ReadingsFile | None, progress: Progress | None) -> Analysis:
    tallies = WardTallies()
    for rows, row in enumerate(table.rows(), start=1):
        if not row.text.strip():
            tallies.blank += 1
            continue
        text = row.text[:CHARACTERS_READ]
        reading = read(text, row.question)
        tallies.add(row.ward, text, reading)
        if readings is not None:
            readings.add(row, tallies.name_of(row.ward), text, reading)
        if progress is not None:
            progress(rows, table.done)
    return Analysis(wards=tuple(tallies.figures()), overall=tallies.overall(), blank=tallies.blank)


def terminal_table(report: Report, width: int | None = None) -> str:
    """The summary as plain text. Lines are cut to ``width`` characters when it is given."""
    header = ["Ward", "Comments", *(label.capitalize() for label in LABELS), "Mean tone (95 %)", "Talked about"]
    rows = [header, *(_cells(shown) for shown in (*report.wards, report.overall))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = []
    for place, row in enumerate(rows):
        cells = [
            cell.rjust(widths[column]) if 0 < column <= len(LABELS) + 1 else cell.ljust(widths[column])
            for column, cell in enumerate(row)
        ]
        line = "  ".join(cells).rstrip()
        if place in (1, len(rows) - 1):
            lines.append("-" * (min(width, sum(widths) + 2 * len(widths) - 2) if width else len(line)))
        lines.append(line[: width - 1] + "…" if width and len(line) > width else line)
    return "\n".join([*lines, "", *_notes(report)])


def _cells(shown: Shown) -> list[str]:
    counts = [shown.total, *(shown.counts[label] for label in LABELS)]
    tone = HIDDEN if shown.is_hidden else "-" if shown.mean is None else _plain_sign(shown.mean)
    if shown.interval is not None:
        tone += f" ({_plain_sign(shown.interval.low)} to {_plain_sign(shown.interval.high)})"
    phrases = ", ".join(phrase.text for phrase in shown.phrases[:PHRASES_IN_TABLE])
    return [_printable(shown.name), *(HIDDEN if n is None else f"{n:,}" for n in counts), tone, _printable(phrases)]


def _plain_sign(tone: float) -> str:
    return signed(tone).replace("−", "-")  # terminals do not all know the true minus


def _printable(text: str) -> str:
    """Without characters that would steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _notes(report: Report) -> list[str]:
    notes = ["Tone is how a text sounds, not whether its writer supports anything."]
    if report.blank:
        notes.append(f"{report.blank:,} rows had no comment and are not counted.")
    if report.overall.counts["unread"]:
        notes.append("Unread comments are in Welsh, which this reader does not read.")
    if report.is_public:
        notes.append(f"{HIDDEN}: hidden, because it is below {THRESHOLD} or would give such a number away.")
    return notes


def _bar(stream: TextIO) -> tuple[Progress, Callable[[], None]]:
    """A progress bar on a terminal, and what takes it away."""
    bar = tqdm(total=100, unit="%", file=stream, leave=False, bar_format="{l_bar}{bar}| {postfix}")

    def show(rows: int, done: float | None) -> None:
        if rows % 200 == 0:
            bar.set_postfix_str(f"{rows:,} rows", refresh=False)
            if done is not None:
                bar.update(100 * done - bar.n)
            else:
                bar.refresh()

    return show, bar.close


def _plain(stream: TextIO) -> tuple[Progress, Callable[[], None]]:
    """A line now and then where there is no terminal."""
    told = 0

    def show(rows: int, done: float | None) -> None:
        nonlocal told
        steps = int(done / PLAIN_STEP) if done is not None else rows // PLAIN_ROWS
        if steps > told:
            told = steps
            print(f"{rows:,} rows read" + (f", {done:.0%}" if done is not None else ""), file=stream, flush=True)

    return show, lambda: None


def main(argv: list[str] | None = None) -> int:
    """Run ``wardmote analyse``. The exit code is 0; 1 when the file cannot be used (the reason is on stderr); 2 for
    arguments that make no sense; 130 when interrupted. Nothing half-written is left behind.
    """
    asked = _parser().parse_args(argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no "…" shows "?" instead of failing
    show, finish = _bar(sys.stderr) if sys.stderr.isatty() else _plain(sys.stderr)
    try:
        report = analyse_file(
            asked.file,
            asked.text,
            asked.ward,
            asked.out,
            question_column=asked.question,
            public=asked.public,
            progress=show,
        )
    except TableError as error:
        finish()
        print(f"wardmote analyse: {asked.file}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        finish()
        print(f"wardmote analyse: {error.filename or asked.file}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        finish()
        print("wardmote analyse: stopped; nothing was written.", file=sys.stderr)
        return 130
    finish()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(terminal_table(report, width))
    if asked.out is not None:
        names = ["wards.csv", "report.html"] if asked.public else [READINGS_FILE, "wards.csv", "report.html"]
        print(f"Written to {asked.out}: {', '.join(names)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wardmote analyse",
        description="Read a council's feedback export (CSV or XLSX) and tell what was said, ward by ward.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the export, .csv or .xlsx, of any size")
    parser.add_argument("--text", required=True, metavar="COLUMN", help="the column that holds the comments")
    parser.add_argument("--ward", required=True, metavar="COLUMN", help="the column that holds the ward")
    parser.add_argument("--question", metavar="COLUMN", help="the column that holds the question that was asked")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write readings.csv, wards.csv and report.html there")
    parser.add_argument(
        "--public",
        action="store_true",
        help=f"hide numbers below {THRESHOLD}, those that would give them away, and everybody's own words",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

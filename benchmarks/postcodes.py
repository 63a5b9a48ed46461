"""How fast one council's postcodes are read out of a national directory.

    python benchmarks/postcodes.py [--rows 2720000]    # prints, and writes benchmarks/results/postcodes.md

The directory is made: as many rows and as many bytes a row as the real one (2.7 million with terminated postcodes,
about 530 bytes), sorted by postcode, one council's 5,000 postcodes together as they are in the real file. Three ways
of reading it are timed in one run, each in a process of its own, which is also where the memory is measured.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

RESULT = ROOT / "benchmarks" / "results" / "postcodes.md"
REAL_ROWS = 2_720_000
COUNCIL_ROWS = 5_000
COLUMNS = 53
HEADER = ["pcd7", "pcd8", "pcds", "dointr", "doterm", "lad26cd", "wd26cd", *(f"x{n}" for n in range(COLUMNS - 7))]
COUNCIL, WARDS = "E07000999", [f"E0500{number:04d}" for number in range(1, 17)]
WAYS = {
    "lines": "every line read, nothing else",
    "csv": "every row through csv.reader",
    "house": "wards.readers.read_directory",
}
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def postcodes(area: str):
    """Postcodes of one area in order: "AB1 0AA" and on."""
    for district, sector, first, second in itertools.product(range(1, 99), range(10), LETTERS, LETTERS):
        yield f"{area}{district} {sector}{first}{second}"


def block(area: str, council: str, wards: list[str], rows: int) -> bytes:
    """Rows of one council, quoted as the ONS does."""
    filling = '"E99999999"'
    lines = []
    for number, postcode in enumerate(itertools.islice(postcodes(area), rows)):
        fixed = f'"{postcode}","{postcode}","{postcode}","198001","","{council}","{wards[number % len(wards)]}"'
        lines.append(f"{fixed}{f',{filling}' * (COLUMNS - 10)},52.051234,1.151234,12345\n")
    return "".join(lines).encode()


def write_directory(path: Path, rows: int) -> None:
    others = block("CD", "E07000111", [f"E0600{number:04d}" for number in range(1, 17)], 10_000)
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        blocks = (rows - COUNCIL_ROWS) // 10_000
        for number in range(blocks):
            if number == blocks // 2:
                file.write(block("AB", COUNCIL, WARDS, COUNCIL_ROWS))
            file.write(others)


def read(way: str, path: Path) -> int:
    """Read the file in one way; the number of the council's postcodes, or of lines."""
    if way == "lines":
        with path.open("rb") as file:
            return sum(1 for _line in file)
    if way == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            ward = next(rows).index("wd26cd")
            wanted = set(WARDS)
            return sum(row[ward] in wanted for row in rows)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardmote.settings.test")
    from wards.readers.postcode_directory import read_directory

    return len(read_directory(path, ward_codes=WARDS, council_code=COUNCIL, progress=lambda count: None).wards)


def measure(way: str, path: Path) -> None:
    """In a process of its own: print what was found, wall and processor seconds, and the most memory held."""
    wall, processor = time.perf_counter(), time.process_time()
    found = read(way, path)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{found} {wall:.2f} {processor:.2f} {peak:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=REAL_ROWS)
    parser.add_argument("--out", type=Path, default=RESULT)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], Path(options.measure[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "directory.csv"
        write_directory(path, options.rows)
        lines = [
            f"Made directory: {options.rows:,} rows, {path.stat().st_size / 1e9:.2f} GB, of which {COUNCIL_ROWS:,} rows "
            "are the council's.",
            f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start.",
            "",
            "| way | found | wall s | processor s | peak MB |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        for way, words in WAYS.items():
            command = [sys.executable, __file__, "--measure", way, str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            found, wall, processor, peak = run.stdout.split()
            lines.append(f"| {words} | {int(found):,} | {wall} | {processor} | {peak} |")
    print("\n".join(lines))
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Checks the record of a meeting as Wardmote exports it. This file stands alone: Python 3.8 or later, nothing else.

    python check_record.py record.jsonl
    python check_record.py record.jsonl --noted 9f86d081884c7d65...

It says that the record is whole (exit 0), or names the first line that does not fit (exit 1), or that the file is no
such record (exit 2). ``--noted`` takes a fingerprint that somebody wrote down earlier and says whether, and where, it
stands in this record: only that tells a record from another one, whole in itself, made up afterwards.

The file is UTF-8, one JSON object a line: a head (``record``, ``version``, ``meeting``, ``title``), the entries, and
an end (``end``, ``entries``, ``fingerprint``). An entry is ``{"content": {...}, "hash": "...", "previous": "..."}``;
``hash`` is the SHA-256, in lower-case hexadecimal, of the previous entry's hash, a line feed, and the content as
canonical JSON: keys in order, no blanks, letters as themselves, UTF-8. The first entry's ``previous`` is 64 zeros.
"""

import argparse
import hashlib
import json
import sys

FORMAT = "wardmote-meeting-record"
VERSION = 1
START = "0" * 64
"""What stands for the hash before the first entry."""


class Broken(Exception):
    """The record breaks at ``line`` (from 1)."""

    def __init__(self, line, why):
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


class NoRecord(Exception):
    """The file is no record of a meeting, or of a version this checker does not know."""


def canonical(content):
    """The one way to write ``content`` (a JSON value of texts, whole numbers, lists and objects)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(previous, content):
    """The hash of an entry: of the hash before it and its own content."""
    return hashlib.sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def check(lines):
    """The hashes of a whole record, in order. ``lines`` are bytes. Raises ``NoRecord`` or ``Broken``."""
    lines = iter(lines)
    head = _head(next(lines, b""))
    hashes = []
    end = None
    number = 1
    for number, line in enumerate(lines, start=2):
        if end is not None:
            raise Broken(number, "something follows the end of the record")
        entry = _object(number, line)
        if "end" in entry:
            end = entry
            _check_end(number, end, hashes)
        else:
            hashes.append(_check_entry(number, entry, head["meeting"], hashes))
    if end is None:
        raise Broken(number + 1, "the end of the record is missing: lines were cut off")
    return hashes


def _head(line):
    try:
        head = _object(1, line)
    except Broken as error:
        raise NoRecord(f"the first line is not a record's: {error.why}") from error
    if head.get("record") != FORMAT or not isinstance(head.get("meeting"), str):
        raise NoRecord("the first line is not that of a meeting's record")
    if head.get("version") != VERSION:
        raise NoRecord(f"this checker knows version {VERSION}, the file says {head.get('version')!r}")
    return head


def _check_entry(number, entry, meeting, hashes):
    if set(entry) != {"content", "hash", "previous"} or not isinstance(entry["content"], dict):
        raise Broken(number, "this is not an entry: it has content, hash and previous, and nothing else")
    content = entry["content"]
    expected = len(hashes) + 1
    if content.get("meeting") != meeting:
        raise Broken(number, "this entry belongs to another meeting")
    if content.get("sequence") != expected:
        raise Broken(
            number,
            f"entry {expected} should stand here, this one is numbered {content.get('sequence')!r}: "
            "entries were dropped, added or moved",
        )
    if entry["previous"] != (hashes[-1] if hashes else START):
        raise Broken(number, f"entry {expected} does not follow from the entry before it")
    if entry["hash"] != hash_of(entry["previous"], content):
        raise Broken(number, f"entry {expected} was changed: its content does not give its hash")
    return entry["hash"]


def _check_end(number, end, hashes):
    if end.get("entries") != len(hashes) or end.get("fingerprint") != (hashes[-1] if hashes else START):
        raise Broken(
            number,
            f"the end speaks of {end.get('entries')!r} entries, {len(hashes)} stand here: "
            "the last ones were dropped or added, or the end was changed",
        )


def _object(number, line):
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
        canonical(found).encode()
    except (ValueError, RecursionError) as error:
        raise Broken(number, f"this is not JSON as a record has it ({error})") from error
    if not isinstance(found, dict):
        raise Broken(number, "this is not a JSON object")
    return found


def _once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _refuse(name):
    raise ValueError(f"{name} is no JSON number")


def main(arguments=None):
    """Check a file; returns 0 when it is whole, 1 when it breaks, 2 when it cannot be checked."""
    parser = argparse.ArgumentParser(description="Check the record of a meeting as Wardmote exports it.")
    parser.add_argument("file", help="the record (.jsonl)")
    parser.add_argument("--noted", default="", metavar="FINGERPRINT", help="a fingerprint written down earlier")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as file:  # noqa: PTH123  stands alone, and on old Pythons too
            hashes = check(file)
    except OSError as error:
        print(f"CANNOT BE READ: {error}")
        return 2
    except NoRecord as error:
        print(f"NO RECORD: {error}")
        return 2
    except Broken as error:
        print(f"BROKEN at {error}")
        return 1
    noted = given.noted.strip().lower()
    if noted and noted not in hashes:
        print(f"NOT THE SAME: whole in itself, but the noted fingerprint {noted} is not in it")
        return 1
    print(f"WHOLE: {len(hashes)} entries, fingerprint {hashes[-1] if hashes else START}")
    if noted:
        print(f"The noted fingerprint is that of entry {hashes.index(noted) + 1}: up to there nothing was changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

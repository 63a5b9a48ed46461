"""``python -m sentiment.nlp``: JSON lines on standard input, JSON lines on standard output, in the same order.

::

    $ echo '{"id": 1, "text": "The wardens were lovely."}' | python -m sentiment.nlp vader
    {"id": 1, "neg": 0.0, "neu": 0.441, "pos": 0.559, "compound": 0.5859}

``read`` and ``vader`` answer line by line in constant memory; ``summarise`` takes all lines as one set of texts. A
line that cannot be read is named by number on standard error and passed over; the command then ends with exit code
1.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO, TextIO

from sentiment.nlp import tone, vader
from sentiment.nlp.summary import Sentence, summarise

LONGEST_LINE_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One good line. ``id`` is whatever JSON value it came with, None without one."""

    id: object
    text: str
    question: str


class BadLine(Exception):
    """Why a line cannot be read."""


class Lines:
    """The good items of a stream; the bad lines are told to ``complaints`` and counted."""

    def __init__(self, stream: BinaryIO, complaints: TextIO) -> None:
        self.bad = 0
        self._stream = stream
        self._complaints = complaints

    def __iter__(self) -> Iterator[Item]:
        number = 0
        while line := self._stream.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            try:
                if len(line) > LONGEST_LINE_BYTES:
                    self._skip_rest(line)
                    raise BadLine(f"longer than {LONGEST_LINE_BYTES:,} bytes")
                if line.strip():
                    yield parse(line)
            except BadLine as reason:
                self.bad += 1
                print(f"line {number}: {reason}", file=self._complaints)

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(LONGEST_LINE_BYTES)


def parse(line: bytes) -> Item:
    """The item of one line. Raises ``BadLine``."""
    try:
        found = json.loads(line)
    except UnicodeDecodeError as error:
        raise BadLine("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON ({error})") from error
    if not isinstance(found, dict):
        raise BadLine("not a JSON object")
    text, question = found.get("text"), found.get("question") or ""
    if not isinstance(text, str):
        raise BadLine('no "text", or one that is not a string')
    if not isinstance(question, str):
        raise BadLine('a "question" that is not a string')
    return Item(found.get("id"), text, question)


def read(items: Lines, out: TextIO) -> None:
    """A reading for each item: tone, label, NLTK's scores, language, and the words behind it."""
    for item in items:
        _write({"id": item.id, **asdict(tone.read(item.text, item.question))}, out)


def vader_scores(items: Lines, out: TextIO) -> None:
    """Exactly NLTK's four figures for each item, whatever its language."""
    for item in items:
        _write({"id": item.id, **asdict(vader.scores(item.text))}, out)


def summary(items: Lines, out: TextIO, limit: int) -> None:
    """One line for all items: lead, quotes (each with its item's ``id``), coverage and excluded share."""
    ids, texts = [], []
    for item in items:
        ids.append(item.id)
        texts.append(item.text)
    found = summarise(texts, limit)

    def told(sentence: Sentence) -> dict[str, object]:
        return {"id": ids[sentence.text_index], **asdict(sentence)}

    _write(
        {
            "lead": [told(sentence) for sentence in found.lead],
            "quotes": [told(sentence) for sentence in found.quotes],
            "coverage": found.coverage,
            "excluded_share": found.excluded_share,
            "considered": found.considered,
        },
        out,
    )


def _write(found: dict[str, object], out: TextIO) -> None:
    out.write(json.dumps(found) + "\n")  # ASCII only: a lone surrogate goes out as it came in


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 1 when a line could not be read."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.nlp", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("read", help="tone, label, language and reasons of each text")
    commands.add_parser("vader", help="NLTK's VADER scores of each text")
    commands.add_parser("summarise", help="lead sentences and quotes of all texts together").add_argument(
        "--limit", type=int, default=3, help="how many quotes (default 3)"
    )
    asked = parser.parse_args(argv)
    items = Lines(sys.stdin.buffer, sys.stderr)
    if asked.command == "read":
        read(items, sys.stdout)
    elif asked.command == "vader":
        vader_scores(items, sys.stdout)
    else:
        summary(items, sys.stdout, asked.limit)
    return 1 if items.bad else 0


if __name__ == "__main__":
    sys.exit(main())

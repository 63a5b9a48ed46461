"""JSON lines as they come in: good ones as items, bad ones named by number and counted."""

import json
import select
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import Any, Generic, Protocol, TextIO, TypeGuard, TypeVar

LONGEST_LINE_BYTES = 8_000_000
READ_BYTES = 65_536  # asked of the stream at a time
PAUSE_SECONDS = (
    0.05  # without input that ends a batch early, so that a program at the other end need not wait for more
)


@dataclass(frozen=True, slots=True)
class Item:
    """One good line. ``id`` is whatever JSON value it came with, None without one."""

    id: object
    text: str
    question: str


@dataclass(frozen=True, slots=True)
class Vote:
    """What a participant said to a statement: +1 agree, -1 disagree, 0 pass. Both are named by a string or a number."""

    participant: str | int
    statement: str | int
    vote: int


class BadLine(Exception):
    """Why a line cannot be read."""


class Stream(Protocol):
    """What is asked of standard input: bytes as they come, and where to ask whether there are any."""

    def read1(self, size: int, /) -> bytes: ...
    def fileno(self) -> int: ...


T = TypeVar("T")


class Lines(Generic[T]):
    """The good lines of a stream, as ``parse`` reads them; the bad are told to ``complaints`` and counted in ``bad``."""

    def __init__(self, stream: Stream, complaints: TextIO, parse: Callable[[bytes], T]) -> None:
        self.bad = 0
        self._stream = stream
        self._complaints = complaints
        self._parse = parse
        self._held = bytearray()

    def __iter__(self) -> Iterator[T]:
        number = 0
        while line := self._line():
            number += 1
            try:
                if len(line) > LONGEST_LINE_BYTES:
                    self._skip_rest(line)
                    raise BadLine(f"longer than {LONGEST_LINE_BYTES:,} bytes")
                if line.strip():
                    yield self._parse(line)
            except BadLine as reason:
                self.bad += 1
                print(f"line {number}: {reason}", file=self._complaints)

    def batches(self, size: int) -> Iterator[list[T]]:
        """The items, up to ``size`` together; fewer at the end, or when the input pauses after a line."""
        batch: list[T] = []
        for item in self:
            batch.append(item)
            if len(batch) >= size or self._pauses():
                yield batch
                batch = []
        if batch:
            yield batch

    def _pauses(self) -> bool:
        if b"\n" in self._held:
            return False
        try:
            return not select.select([self._stream.fileno()], [], [], PAUSE_SECONDS)[0]
        except (UnsupportedOperation, OSError):  # not a file the system knows, or one it cannot ask
            return False

    def _line(self) -> bytes:
        """The next line with its end, or the first ``LONGEST_LINE_BYTES + 1`` bytes of it; empty at the end."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0 and len(self._held) <= LONGEST_LINE_BYTES:
            searched = len(self._held)
            more = self._stream.read1(READ_BYTES)
            if not more:
                break
            self._held += more
        size = min(end + 1 if end >= 0 else len(self._held), LONGEST_LINE_BYTES + 1)
        line = bytes(self._held[:size])
        del self._held[:size]
        return line

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._line()


def parse_item(line: bytes) -> Item:
    """The text of one line. Raises ``BadLine``."""
    found = _json_object(line)
    text, question = found.get("text"), found.get("question") or ""
    if not isinstance(text, str):
        raise BadLine('no "text", or one that is not a string')
    if not isinstance(question, str):
        raise BadLine('a "question" that is not a string')
    return Item(found.get("id"), text, question)


def parse_vote(line: bytes) -> Vote:
    """The vote of one line. Raises ``BadLine``."""
    found = _json_object(line)
    participant, statement, cast = (found.get(name) for name in ("participant", "statement", "vote"))
    if not _is_name(participant) or not _is_name(statement):
        raise BadLine('no "participant" or no "statement", or one that is neither a string nor a whole number')
    if cast not in (-1, 0, 1) or isinstance(cast, bool):
        raise BadLine('no "vote", or one that is not -1, 0 or 1')
    return Vote(participant, statement, int(cast))


def _is_name(value: object) -> TypeGuard[str | int]:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _json_object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except UnicodeDecodeError as error:
        raise BadLine("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON ({error})") from error
    if not isinstance(found, dict):
        raise BadLine("not a JSON object")
    return found

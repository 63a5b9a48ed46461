"""How far a long piece of work has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

from django.core.management.base import OutputWrapper
from tqdm import tqdm

Item = TypeVar("Item")

PLAIN_STEP_PERCENT = 25

LINE_SECONDS = 5.0
"""Seconds between plain lines: often enough to see that it lives, seldom enough for a log."""


def progress(
    items: Iterable[Item], *, label: str, total: int | None = None, stream: TextIO | None = None
) -> Iterator[Item]:
    """Yield ``items``, telling on ``stream`` (standard error by default) how many are done of ``total``."""
    stream = stream or sys.stderr
    if stream.isatty():
        yield from tqdm(items, desc=label, total=total, file=stream, unit="")
        return
    told_at = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - told_at >= LINE_SECONDS:
            told_at = time.monotonic()
            print(f"{label}: {done}" + (f" of {total}" if total else ""), file=stream, flush=True)


@contextmanager
def byte_progress(
    out: TextIO | OutputWrapper, *, label: str, total_bytes: int | None
) -> Iterator[Callable[[int], None]]:
    """Gives a function to be told the bytes read since the last time. Without a total, only a terminal shows any."""
    if out.isatty():
        with tqdm(desc=label, total=total_bytes, unit="B", unit_scale=True, unit_divisor=1024, file=out) as bar:
            yield lambda count: bar.update(count) and None
        return
    done, printed = 0, 0

    def tell(count: int) -> None:
        nonlocal done, printed
        done += count
        percent = 100 * done // total_bytes if total_bytes else 0
        if percent >= printed + PLAIN_STEP_PERCENT:
            printed = percent
            out.write(f"{label}: {percent} %\n")

    yield tell

"""How far a long piece of work has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

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

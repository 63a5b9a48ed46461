"""Progress of long work: a bar on a terminal, plain lines elsewhere (a log, a pipe)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from django.core.management.base import OutputWrapper
from tqdm import tqdm

PLAIN_STEP_PERCENT = 25


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

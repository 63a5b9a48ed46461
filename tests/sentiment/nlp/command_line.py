"""``python -m sentiment.nlp`` without a new Python each time: three seconds of imports for a test of milliseconds."""

import sys
from io import BufferedReader, BytesIO, TextIOWrapper
from typing import NamedTuple

import pytest

from sentiment.nlp.__main__ import main


class Done(NamedTuple):
    """What a command left behind, as ``subprocess.run`` would tell it."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(command: list[str], lines: bytes) -> Done:
    """Run a command on ``lines`` as its standard input."""
    stdout, stderr = (TextIOWrapper(BytesIO(), write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", TextIOWrapper(BufferedReader(BytesIO(lines))))
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", stderr)
        code = main(command)
    return Done(code, *(stream.buffer.getvalue() for stream in (stdout, stderr)))

"""Long work tells how far it has come: plain lines where nobody watches a terminal."""

import io

from wardmote.core.progress import byte_progress, progress


def test_every_item_passes_through_and_quick_work_says_nothing() -> None:
    out = io.StringIO()
    assert (list(progress(range(3), label="rows", total=3, stream=out)), out.getvalue()) == ([0, 1, 2], "")


def test_bytes_are_told_by_the_quarter() -> None:
    out = io.StringIO()
    with byte_progress(out, label="Reading", total_bytes=100) as tell:
        for _ in range(10):
            tell(10)
    assert out.getvalue() == "Reading: 30 %\nReading: 60 %\nReading: 90 %\n"


def test_without_a_total_plain_output_stays_silent() -> None:
    out = io.StringIO()
    with byte_progress(out, label="Reading", total_bytes=None) as tell:
        tell(10)
    assert out.getvalue() == ""

"""The demonstration council's data files (``data/README.md`` says what each holds), with moments made from days."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

DATA_DIR = Path(__file__).parent / "data"


@cache
def read_json(name: str) -> Any:
    return json.loads((DATA_DIR / name).read_text(encoding="utf-8"))


@cache
def comments(kind: str) -> tuple[dict[str, Any], ...]:
    """The lines of ``comments.jsonl`` of one kind (answer, question, feed), oldest first."""
    lines = (DATA_DIR / "comments.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines if line.strip()]
    return tuple(sorted((one for one in said if one["kind"] == kind), key=lambda one: -float(one["days_ago"])))


def days_before(moment: datetime, days: float) -> datetime:
    return moment - timedelta(days=days)

"""The house's settings with every statement noted, for the benchmark that counts queries.

Each statement becomes a line of ``BENCH_STATEMENTS``: moment of ``time.monotonic``, process, thread, statement.
"""

import os
import threading
import time
from typing import Any

from django.db.backends.signals import connection_created

from wardmote.settings import *  # noqa: F403

_notes = open(os.environ["BENCH_STATEMENTS"], "a", encoding="utf-8", buffering=1)  # noqa: SIM115, PTH123  kept open


def _note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    thread, statement = threading.current_thread().name, " ".join(sql.split())
    _notes.write(f"{time.monotonic():.6f}\t{os.getpid()}\t{thread}\t{statement}\n")
    return execute(sql, params, many, context)


def _begin(connection: Any, **_signal: Any) -> None:
    if _note not in connection.execute_wrappers:  # one that was closed and opened again has it already
        connection.execute_wrappers.append(_note)


connection_created.connect(_begin)

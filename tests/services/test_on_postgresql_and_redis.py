"""The same code on a real PostgreSQL and a real Redis: the suite's service-level part, run there as well."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("WARDMOTE_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("WARDMOTE_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
SERVICE_LEVEL = (
    "tests/*/test_*services.py",
    "tests/*/test_queries.py",
    "tests/*/test_*at_once.py",
    "tests/*/test_import_*.py",
    "tests/consultations/test_entering.py",
    "tests/consultations/test_drafts.py",
    "tests/*/test_figures.py",
    "tests/*/test_consumers.py",
    "tests/*/test_commands.py",
    "tests/*/test_*frames.py",
    "tests/*/test_outbox.py",
    "tests/*/test_processes.py",
    "tests/*/test_kills.py",
    "tests/*/test_migrations.py",
    "tests/*/sources/test_reading_sources.py",
    "tests/*/test_public_results.py",
)
"""What reads and writes rows, locks them, or talks over the channel layer; not pages, forms or plain functions."""

MINUTES = 40
"""A limit for two cores that are busy with the other parts of the suite: alone it takes two or three."""


def reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def test_what_the_services_promise_holds_on_postgresql_and_redis() -> None:
    missing = [url for url in (POSTGRES, REDIS) if not reachable(url)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI must reach {', '.join(missing)}")
    if missing:
        pytest.skip(f"not reachable here: {', '.join(missing)}")
    env = os.environ | {"WARDMOTE_DATABASE_URL": POSTGRES, "WARDMOTE_REDIS_URL": REDIS, "PYTEST_ADDOPTS": ""}
    env.pop("WARDMOTE_DATA_DIR", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not browser"]
    files = sorted(str(path) for pattern in SERVICE_LEVEL for path in ROOT.glob(pattern))
    run = subprocess.run(
        [*command, *files],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=MINUTES * 60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6_000:] + run.stderr[-2_000:]

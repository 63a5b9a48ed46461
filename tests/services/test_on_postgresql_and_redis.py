"""The same code on a real PostgreSQL and a real Redis: the apps' own tests, run there as well."""

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
APPS = ("core", "wards", "sentiment", "consultations", "meetings", "dashboards")
MINUTES = 6


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
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not browser"]
    run = subprocess.run(
        [*command, *(f"tests/{app}" for app in APPS)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=MINUTES * 60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6_000:] + run.stderr[-2_000:]

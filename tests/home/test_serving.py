"""Serving ends when it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import threading
from wardmote.management.commands.serve import leave_within
threading.Thread(target=threading.Event().wait).start()  # a page that waits for a loop which has stopped
leave_within(0.2)
"""


def test_a_page_that_is_never_done_does_not_keep_a_stopped_server_alive() -> None:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "wardmote.settings.test",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    command = [sys.executable, "-c", f"import django; django.setup()\n{SCRIPT}"]
    assert subprocess.run(command, env=env, cwd=ROOT, timeout=60, check=False).returncode == 0

"""The live room against its targets, each with the servers and the load client on this machine.

    python benchmarks/room_targets.py [--only one_daphne two_uvicorn …] [--small] [--write]

Every scenario is bounded, loopback only, and prints its target beside what it measured. ``--small`` takes a tenth of the
sockets, to try it out. ``--write`` keeps what was measured in benchmarks/results/room_targets.json and .md. Where no
PostgreSQL answers (WARDMOTE_TEST_DATABASE_URL), SQLite is used and the results say so; Redis is one of its own.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from benchmarks.rooms import fan_out, killed, redis_away, stalled, storm  # noqa: E402  the path is set only now
from benchmarks.rooms.figures import Measured, keep  # noqa: E402

SCENARIOS: dict[str, tuple[Callable[[Path, int], Measured], int]] = {
    "one_daphne": (fan_out.one_daphne, 2_000),
    "two_uvicorn": (fan_out.two_uvicorn, 5_000),
    "storm": (storm.storm, 1_000),
    "killed": (killed.killed, 1_000),
    "stalled": (stalled.stalled, 1_000),
    "redis_away": (redis_away.redis_away, 1_000),
}
"""Scenario: (what measures it, how many sockets)."""

PREFACE = """# The live room against its targets

`make bench`, or `python benchmarks/room_targets.py`: servers, load client, database and Redis share two cores.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(SCENARIOS), default=list(SCENARIOS))
    parser.add_argument("--small", action="store_true", help="a tenth of the sockets")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # what was started is ended, and the scratch database dropped
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    found = []
    for name in arguments.only:
        measure, sockets = SCENARIOS[name]
        with tempfile.TemporaryDirectory(prefix="wardmote-room-") as scratch:
            found.append(measure(Path(scratch), sockets // 10 if arguments.small else sockets))
        print(found[-1].as_text(), flush=True)
        if arguments.write:
            keep(found[-1:], "room_targets", PREFACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())

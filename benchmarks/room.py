"""How fast a question reaches every screen: the hub against plain per-socket groups, on Daphne and on uvicorn.

    python benchmarks/room.py [--sizes 200 1000 2000] [--write]

One server process, one load client, both on this machine, SQLite, the in-memory channel layer. For the hub an officer's
socket publishes held questions, so that each delivery holds the whole way: permission, transaction, log, hub, socket.
The groups have no database behind them: a socket's frame goes to a channel-layer group and out to each member. Paced:
six questions, one at a time. Burst: twenty sent at once. Late: not there after five seconds. ``--write`` keeps
benchmarks/results/room.json and room.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from benchmarks.rooms.figures import RESULTS  # noqa: E402  the path is set only now
from benchmarks.rooms.groups import example_frame  # noqa: E402
from benchmarks.rooms.house import House, Server, house  # noqa: E402
from benchmarks.rooms.load import Reader, connect_readers  # noqa: E402
from benchmarks.rooms.officer import Officer, officer_at  # noqa: E402

PACED, BURST = 6, 20
WARM_UP_SECONDS = 4.0
PATIENCE_SECONDS = 5.0
"""What has not arrived by then is counted as late, and not waited for."""

APPLICATIONS = {"hub": "wardmote.asgi:application", "groups": "benchmarks.rooms.groups_asgi:application"}


@dataclass(frozen=True, slots=True)
class Row:
    server: str
    fan_out: str
    sockets: int
    deliveries_per_second: int
    p50_ms: int
    p99_ms: int
    late: int
    kb_per_socket: float


class Measurement:
    """What arrived where, and how long it took."""

    def __init__(self) -> None:
        self.sent_at: dict[int, float] = {}
        self.delays: list[float] = []
        self.last_at = 0.0

    def arrived(self, question: int, now: float) -> None:
        if question in self.sent_at:
            self.delays.append(now - self.sent_at[question])
            self.last_at = now

    async def wait_for(self, expected: int) -> int:
        """Wait until ``expected`` deliveries have been made; how many were not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.delays) < expected and time.monotonic() < deadline:  # noqa: ASYNC110  arrivals are counted, not awaited
            await asyncio.sleep(0.02)
        return expected - len(self.delays)

    def begin(self) -> None:
        self.sent_at, self.delays = {}, []


class Publisher:
    """Who makes something new happen: an officer's socket, or any member of the group."""

    def __init__(self, officer: Officer, fan_out: str) -> None:
        self.officer, self.fan_out = officer, fan_out

    def publish(self, question: int) -> None:
        if self.fan_out == "groups":
            self.officer.say(json.dumps({"type": "publish", "frame": example_frame(question)}))
        else:
            self.officer.publish(question)


async def measure(server: Server, kind: str, fan_out: str, place: House, sizes: list[int]) -> list[Row]:
    """The rows of one server: sockets are added from size to size."""
    measurement = Measurement()
    readers: list[Reader] = []
    rows = []
    publisher = Publisher(await officer_at(server.port, place.path, place.officer), fan_out)
    # The first command of a process imports what it needs; that is not what is measured here.
    publisher.publish(place.questions.pop())
    await asyncio.sleep(WARM_UP_SECONDS)
    before = server.memory_kb()
    for size in sizes:
        readers += await connect_readers(size - len(readers), server.port, place.path, measurement.arrived)
        memory = (server.memory_kb() - before) / size
        late, delays = await paced(publisher, measurement, place, size)
        burst_late, rate = await burst(publisher, measurement, place, size)
        late += burst_late + sum(reader.is_lost for reader in readers)
        rows.append(
            Row(
                server=kind,
                fan_out=fan_out,
                sockets=size,
                deliveries_per_second=round(rate),
                p50_ms=round(1000 * statistics.median(delays)),
                p99_ms=round(1000 * statistics.quantiles(delays, n=100)[98]),
                late=late,
                kb_per_socket=round(memory, 1),
            )
        )
        print(line(rows[-1]), flush=True)
    for reader in readers:
        reader.transport.abort()
    return rows


async def paced(publisher: Publisher, measurement: Measurement, place: House, size: int) -> tuple[int, list[float]]:
    """Up to six questions, each once the last has reached everybody: what was late, and every delay in seconds."""
    delays: list[float] = []
    late = 0
    for _ in range(PACED):
        measurement.begin()
        question = place.questions.pop()
        measurement.sent_at[question] = time.monotonic()
        publisher.publish(question)
        late += await measurement.wait_for(size)
        delays += measurement.delays
        if late:
            break  # the next question would only wait in the same queue
        await asyncio.sleep(0.1)
    return late, delays


async def burst(publisher: Publisher, measurement: Measurement, place: House, size: int) -> tuple[int, float]:
    """Twenty questions at once: what was late, and deliveries a second from the first sent to the last received."""
    measurement.begin()
    questions = [place.questions.pop() for _ in range(BURST)]
    started = time.monotonic()
    for question in questions:
        measurement.sent_at[question] = started
        publisher.publish(question)
    late = await measurement.wait_for(BURST * size)
    if not measurement.delays:
        return late, 0.0
    return late, len(measurement.delays) / (measurement.last_at - started)


def line(row: Row) -> str:
    return (
        f"| {row.server} | {row.fan_out} | {row.sockets:,} | {row.deliveries_per_second:,} | {row.p50_ms:,} "
        f"| {row.p99_ms:,} | {row.late:,} | {row.kb_per_socket:,.0f} |"
    )


HEAD = (
    "| server | fan-out | sockets | deliveries a second | p50 ms | p99 ms | late | KB a socket |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1_000, 2_000])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start.\n\n{HEAD}")
    rows = []
    held = 4 * (1 + (PACED + BURST) * len(arguments.sizes))
    with tempfile.TemporaryDirectory() as scratch, house(Path(scratch), held=held) as place:
        for kind in ("daphne", "uvicorn"):
            for fan_out, application in APPLICATIONS.items():
                server = place.server(kind, application)
                server.start()
                try:
                    rows += asyncio.run(measure(server, kind, fan_out, place, arguments.sizes))
                finally:
                    server.kill()
    if arguments.write:
        write(rows, load)
    return 0


def write(rows: list[Row], load: float) -> None:
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "load_at_start": round(load, 1)}
    result = {"machine": machine, "paced": PACED, "burst": BURST, "rows": [asdict(row) for row in rows]}
    (RESULTS / "room.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "room.md").write_text(
        f"One server process and the load client on {machine['cores']} cores, Python {machine['python']}, load "
        f"{machine['load_at_start']} at the start, SQLite, in-memory channel layer. Delay: from the officer's click "
        f"(hub) or the group message (groups) to each screen, {PACED} questions one at a time. Deliveries a second: "
        f"{BURST} questions at once. Late: not there after {PATIENCE_SECONDS:.0f} seconds.\n"
        "The hub's figures hold permission, transaction and log; the groups have no "
        "database behind them.\n\n" + "\n".join([HEAD, *map(line, rows)]) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())

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
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
PACED, BURST = 6, 20
WARM_UP_SECONDS = 4.0
PATIENCE_SECONDS = 5.0
"""What has not arrived by then is counted as late, and not waited for."""


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


@dataclass(slots=True)
class House:
    """A council on disk: a room, an officer's session, and held questions to publish."""

    env: dict[str, str]
    room_pk: int
    session: str
    questions: list[int]


def build_house(folder: Path, held: int) -> House:
    """Migrate a database in ``folder`` and put one meeting with ``held`` held questions into it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("WARDMOTE_", "DJANGO_"))}
    env |= {
        "WARDMOTE_DATA_DIR": str(folder),
        "WARDMOTE_LOG_LEVEL": "WARNING",
        "WARDMOTE_SECOND_FACTOR": "0",
        "DJANGO_SETTINGS_MODULE": "wardmote.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    (folder / "static").mkdir()
    subprocess.run([sys.executable, "-m", "wardmote", "migrate", "-v0"], env=env, cwd=ROOT, check=True)
    script = [sys.executable, __file__, "--furnish", str(held)]
    found = subprocess.run(script, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return House(env=env, **json.loads(found.stdout.splitlines()[-1]))


def furnish(held: int) -> None:
    """Runs inside the house: makes the rows and prints what the load client must know."""
    import django

    django.setup()
    from datetime import date

    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group, Permission
    from django.test import Client
    from django.utils import timezone
    from wagtail.models import Site

    from meetings.enums import Role, RoomState
    from meetings.models import Body, MeetingIndexPage, MeetingPage, Room
    from meetings.services import Actor, ask_question
    from wardmote.core.roles import OFFICER_PERMISSION, OFFICERS_GROUP
    from wards.models import Council, Ward, WardSet

    now = timezone.now()
    council = Council.objects.create(code="E07000999", name="Example Borough Council")
    ward_set = WardSet.objects.create(council=council, name="Wards", from_date=date(2020, 5, 7))
    edge = [[1, 52], [1.01, 52], [1.01, 52.01], [1, 52.01], [1, 52]]
    boundary = {"type": "Polygon", "coordinates": [edge]}
    ward = Ward.objects.create(ward_set=ward_set, code="E05000001", name="Alexandra", slug="a", boundary=boundary)
    index = Site.objects.get(is_default_site=True).root_page.add_child(
        instance=MeetingIndexPage(title="Meetings", slug="meetings")
    )
    body = Body.objects.create(name="Full Council")
    meeting = index.add_child(
        instance=MeetingPage(title="Full Council", body=body, starts_at=now, venue="Council Chamber")
    )
    Room.objects.filter(pk=meeting.pk).update(state=RoomState.IN_SESSION)
    officer = get_user_model().objects.create_user("officer@example.org")
    group, _ = Group.objects.get_or_create(name=OFFICERS_GROUP)
    group.permissions.add(Permission.objects.get(codename=OFFICER_PERMISSION.split(".")[1]))
    officer.groups.add(group)
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    questions = [
        ask_question(
            room_pk=meeting.pk,
            actor=Actor(role=Role.GUEST, guest=f"{number:x}"),
            key=uuid.uuid4(),
            text="When will the library on Nacton Road open on Saturdays again? My children can only go then.",
            name="Ada",
            ward=ward,
            asked_at=now,
        ).pk
        for number in range(held)
    ]
    print(json.dumps({"room_pk": meeting.pk, "session": client.cookies["sessionid"].value, "questions": questions}))


class Server:
    def __init__(self, house: House, kind: str, fan_out: str, folder: Path) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        application = {"hub": "wardmote.asgi:application", "groups": "benchmarks.rooms.groups_asgi:application"}[
            fan_out
        ]
        quiet = folder / "server.log"
        command = {
            "daphne": ["daphne", "-b", "127.0.0.1", "-p", str(self.port), "--access-log", os.devnull],
            "uvicorn": ["uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"],
        }[kind]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, application],
            env=house.env,
            cwd=ROOT,
            stdout=quiet.open("a"),
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{kind} did not start: {quiet.read_text()}")

    def memory_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


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

    def __init__(self, link: Any, fan_out: str) -> None:
        self.link, self.fan_out, self.number = link, fan_out, 0
        self.drain = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        async for _frame in self.link:
            pass

    async def publish(self, question: int) -> None:
        from benchmarks.rooms.groups import example_frame

        if self.fan_out == "groups":
            await self.link.send(json.dumps({"type": "publish", "frame": example_frame(question)}))
        else:
            self.number += 1
            command = {"type": "decide", "id": str(self.number), "question": question, "decision": "publish"}
            await self.link.send(json.dumps(command))


async def measure(server: Server, kind: str, fan_out: str, house: House, sizes: list[int]) -> list[Row]:
    """The rows of one server: sockets are added from size to size."""
    from websockets.asyncio.client import connect

    from benchmarks.rooms.load import Reader, connect_readers

    path = f"/ws/room/{house.room_pk}/"
    measurement = Measurement()
    readers: list[Reader] = []
    rows = []
    origin = f"http://127.0.0.1:{server.port}"
    officer = {"Cookie": f"sessionid={house.session}"}
    hello = '{"type":"hello","protocol":1}'
    async with connect(
        f"ws://127.0.0.1:{server.port}{path}", origin=origin, additional_headers=officer, max_queue=None
    ) as link:
        publisher = Publisher(link, fan_out)
        await link.send(hello)
        # The first command of a process imports what it needs; that is not what is measured here.
        await publisher.publish(house.questions.pop())
        await asyncio.sleep(WARM_UP_SECONDS)
        before = server.memory_kb()
        for size in sizes:
            readers += await connect_readers(size - len(readers), server.port, path, hello, measurement.arrived)
            memory = (server.memory_kb() - before) / size
            late, delays = await paced(publisher, measurement, house, size)
            burst_late, rate = await burst(publisher, measurement, house, size)
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
        publisher.drain.cancel()
    for reader in readers:
        reader.transport.abort()  # type: ignore[attr-defined]
    return rows


async def paced(publisher: Publisher, measurement: Measurement, house: House, size: int) -> tuple[int, list[float]]:
    """Up to six questions, each once the last has reached everybody: what was late, and every delay in seconds."""
    delays: list[float] = []
    late = 0
    for _ in range(PACED):
        measurement.begin()
        question = house.questions.pop()
        measurement.sent_at[question] = time.monotonic()
        await publisher.publish(question)
        late += await measurement.wait_for(size)
        delays += measurement.delays
        if late:
            break  # the next question would only wait in the same queue
        await asyncio.sleep(0.1)
    return late, delays


async def burst(publisher: Publisher, measurement: Measurement, house: House, size: int) -> tuple[int, float]:
    """Twenty questions at once: what was late, and deliveries a second from the first sent to the last received."""
    measurement.begin()
    questions = [house.questions.pop() for _ in range(BURST)]
    started = time.monotonic()
    for question in questions:
        measurement.sent_at[question] = started
        await publisher.publish(question)
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
    parser.add_argument("--furnish", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.furnish is not None:
        furnish(arguments.furnish)
        return 0
    most = max(arguments.sizes) + 200
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(most * 2, 4_096), hard), hard))
    load = os.getloadavg()[0]
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start.\n\n{HEAD}")
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        house = build_house(folder, held=4 * (1 + (PACED + BURST) * len(arguments.sizes)))
        for kind in ("daphne", "uvicorn"):
            for fan_out in ("hub", "groups"):
                server = Server(house, kind, fan_out, folder)
                try:
                    rows += asyncio.run(measure(server, kind, fan_out, house, arguments.sizes))
                finally:
                    server.stop()
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

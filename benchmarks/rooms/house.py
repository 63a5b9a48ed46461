"""A council on disk for the room benchmarks: its database, its meeting, its server processes and its own Redis."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("WARDMOTE_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
"""Where a scratch database may be made; without an answer there, the benchmark runs on SQLite and says so."""

START_SECONDS = 180
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port below those that clients are given: one that waits for a server must not take the server's own port."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def resident_kb(pid: int) -> int:
    """Resident memory of a process, in kB of 1,024 bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


class Clerk:
    """A process of the house that does what it is asked by lines of JSON (``clerk.py``): rows, sessions, tallies."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", "benchmarks.rooms.clerk"]
        self.process = subprocess.Popen(
            command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lock = threading.Lock()

    def ask(self, what: str, **arguments: Any) -> Any:
        """The answer to one request. Blocks; call it by ``asyncio.to_thread`` beside sockets."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._lock:
            self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the clerk ended while asked: {what}")
        return json.loads(line)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Redis:
    """A Redis of the benchmark's own, that may be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "redis.log").read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Server:
    """One server process of the house; ``kind`` is daphne or uvicorn. It may be killed and started again on its port."""

    def __init__(self, env: dict[str, str], kind: str, folder: Path, application: str = "") -> None:
        self.env, self.kind, self.port, self.application = env, kind, free_port(), application
        self.log = folder / f"server-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def begin(self) -> None:
        """Start the process without waiting for it."""
        serve = ["wardmote", "serve", "--server", self.kind, "--bind", f"127.0.0.1:{self.port}"]
        bare = {
            "daphne": ["daphne", "-b", "127.0.0.1", "-p", str(self.port), "--access-log", os.devnull],
            "uvicorn": ["uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"],
        }[self.kind]
        command = [*bare, self.application] if self.application else serve
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command], env=self.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if time.monotonic() > deadline or self.process is None or self.process.poll() is not None:
                raise TimeoutError(f"{self.kind} did not start: {self.log.read_text()[-3_000:]}")
            time.sleep(0.05)

    def start(self) -> None:
        self.begin()
        self.wait_until_up()

    def memory_kb(self) -> int:
        return resident_kb(self.pid)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def kill(self) -> None:
        """SIGKILL: the process has no time for anything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


@dataclass(slots=True)
class House:
    """A council on disk: its environment, a room in session, an officer's session, and held questions to publish."""

    env: dict[str, str]
    folder: Path
    database: str
    clerk: Clerk
    room_pk: int = 0
    officer: str = ""
    """The Cookie header of an officer's browser."""
    questions: list[int] = field(default_factory=list)
    redis: Redis | None = None

    @property
    def path(self) -> str:
        return f"/ws/room/{self.room_pk}/"

    def collect_static_files(self) -> None:
        """For pages over HTTP, which name their files by what is in them."""
        command = [sys.executable, "-m", "wardmote", "collectstatic", "-v0", "--no-input"]
        subprocess.run(command, env=self.env, cwd=ROOT, check=True)

    def server(self, kind: str = "daphne", application: str = "", **env: str) -> Server:
        return Server(self.env | env, kind, self.folder, application)


@contextlib.contextmanager
def house(
    folder: Path, *, held: int = 0, length: int = 92, on_postgresql: bool = False, with_redis: bool = False
) -> Iterator[House]:
    """A migrated house with one meeting and ``held`` held questions of ``length`` characters; removed afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    env = bare_environment() | {
        "WARDMOTE_DATA_DIR": str(folder),
        "WARDMOTE_LOG_LEVEL": "WARNING",
        "WARDMOTE_SECOND_FACTOR": "0",
        "WARDMOTE_READER_TIER": "lexicon",
        "WARDMOTE_SOCKETS_PER_ADDRESS": "20000",  # the load client is all one address
        "DJANGO_SETTINGS_MODULE": "wardmote.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    (folder / "static").mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        database = "SQLite"
        if on_postgresql and answers(urlsplit(POSTGRES).port or 5432, urlsplit(POSTGRES).hostname or "127.0.0.1"):
            database = "PostgreSQL"
            env["WARDMOTE_DATABASE_URL"] = stack.enter_context(scratch_database())
        redis = None
        if with_redis:
            redis = Redis(folder)
            redis.start()
            stack.callback(redis.kill)
            env["WARDMOTE_REDIS_URL"] = redis.url
        subprocess.run([sys.executable, "-m", "wardmote", "migrate", "-v0"], env=env, cwd=ROOT, check=True)
        clerk = Clerk(env)
        stack.callback(clerk.stop)
        found = clerk.ask("furnish", held=held, length=length)
        yield House(env=env, folder=folder, database=database, clerk=clerk, redis=redis, **found)


def bare_environment() -> dict[str, str]:
    """This process's environment without anything that is said to the house."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("WARDMOTE_", "DJANGO_"))}


@contextlib.contextmanager
def scratch_database() -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, dropped afterwards."""
    import psycopg

    name = f"wardmote_bench_{os.getpid()}_{random.SystemRandom().randrange(10**6)}"
    with psycopg.connect(POSTGRES, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        try:
            yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")

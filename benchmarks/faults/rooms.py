"""SIGKILL at random moments while a room asks: is an acknowledged question lost, is one doubled, is a list wrong?

Two Daphne processes on one PostgreSQL and one Redis, and a worker; residents ask over sockets, an officer publishes,
others read. One of the processes is killed at a seeded random moment of every few questions and started again; pages come
back, catch up and send again what was not acknowledged, as the site's own script does. At the end

- every acknowledged question is in the database, under the number and with the words that were acknowledged;
- no question is there twice;
- every page's list, also a moderator's, is what the database holds.

``python benchmarks/faults/rooms.py --write`` writes ``benchmarks/results/room_kills.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from benchmarks.rooms.figures import RESULTS, load_now  # noqa: E402  the path is set only now
from benchmarks.rooms.house import Clerk, Redis, Server, house  # noqa: E402
from benchmarks.rooms.pages import Page, open_pages  # noqa: E402

VICTIMS = ("server", "redis", "server", "worker")
"""What is killed, in turn; of the two servers, one or the other."""

PUBLISHED_SHARE = 0.2
"""How many of the questions the officer publishes; the others stay held, and are on moderators' lists."""

PATIENCE_SECONDS = 120.0


class Worker:
    """A worker of the house, that may be killed and started again."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.log = env, folder / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wardmote", "worker"], env=self.env, cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Site:
    """The processes of one site, with a room in session."""

    room_pk: int
    officer: str
    """The Cookie header of an officer's browser."""
    clerk: Clerk
    servers: list[Server]
    worker: Worker
    redis: Redis | None

    @property
    def path(self) -> str:
        return f"/ws/room/{self.room_pk}/"

    def start(self) -> None:
        for server in self.servers:
            server.begin()
        self.worker.start()
        for server in self.servers:
            server.wait_until_up()

    def stop(self) -> None:
        for each in (*self.servers, self.worker):
            each.kill()


@dataclass(slots=True)
class Told:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By the question's key: its number and words, as acknowledged."""
    lost: int = 0
    doubled: int = 0
    differing: int = 0
    unread: int = 0
    filed_wrongly: int = 0
    pages: int = 0
    drops: int = 0
    published: int = 0
    asked_again: int = 0
    slowest_seconds: float = 0.0

    @property
    def faults(self) -> int:
        return self.lost + self.doubled + self.differing + self.filed_wrongly


async def run(site: Site, *, questions: int, kills: int, askers: int, readers: int, seed: int) -> Told:
    """``questions`` asked by ``askers`` while ``kills`` processes are killed, by the seed at the same questions."""
    told, chance = Told(), random.Random(seed)
    ports = [server.port for server in site.servers]
    cookies = await asyncio.to_thread(site.clerk.ask, "residents", count=askers)
    asking = [
        Page(_turned(ports, number), site.path, cookie=each, chance=chance) for number, each in enumerate(cookies)
    ]
    reading = [Page(_turned(ports, number), site.path, chance=chance) for number in range(readers)]
    desks = [
        Page(_turned(ports, number), f"{site.path}?as=moderator", cookie=site.officer, chance=chance)
        for number in range(2)
    ]
    pages = [*asking, *reading, *desks]
    await open_pages(pages)
    numbers = itertools.count(1)
    moments = sorted(chance.sample(range(1, questions), kills))
    done = asyncio.Event()
    publishing = asyncio.create_task(_publish(desks[0], random.Random(seed + 1), done, told))
    killing = asyncio.create_task(_kill(site, moments, told, chance))
    await asyncio.gather(*(_ask(page, numbers, questions, told, killing, moments) for page in asking))
    await killing
    done.set()
    await publishing
    await _settle(site, pages, desks, told)
    stored = await asyncio.to_thread(site.clerk.ask, "asked", room=site.room_pk)
    _compare(stored, told, site)
    told.pages = len(pages)
    told.drops = sum(page.account.drops for page in pages)
    told.asked_again = sum(page.account.asked_again for page in pages)
    for page in pages:
        page.close()
    return told


def _turned(ports: list[int], number: int) -> list[int]:
    """Every second page tries the second process first."""
    return ports[number % len(ports) :] + ports[: number % len(ports)]


async def _ask(
    page: Page, numbers: Iterator[int], questions: int, told: Told, killing: asyncio.Task[None], moments: list[int]
) -> None:
    """Ask one question after the other, each once the last is acknowledged, until there are enough of them."""
    while (number := next(numbers)) <= questions:
        # Nobody runs ahead of the kills: each falls into questions that are on their way.
        while not killing.done() and number > _reach(moments, told):  # noqa: ASYNC110  kills are counted, not awaited
            await asyncio.sleep(0.05)
        key, text = str(uuid.uuid4()), f"Question {number}: when does the library on Nacton Road open again?"
        began = time.monotonic()
        reply = await page.command(type="ask", key=key, text=text)
        assert reply["type"] == "ack", reply
        told.slowest_seconds = max(told.slowest_seconds, time.monotonic() - began)
        told.acknowledged[reply["key"]] = (reply["question"], text)


def _reach(moments: list[int], told: Told) -> int:
    """How far the questions may go before the next process has been killed."""
    killed = sum(told.kills.values())
    return moments[killed] + 25 if killed < len(moments) else sys.maxsize


async def _kill(site: Site, moments: list[int], told: Told, chance: random.Random) -> None:
    """Kill what is next when as many questions are acknowledged as its moment says, and start it again."""
    for number, moment in enumerate(moments):
        while len(told.acknowledged) < moment - 20:  # noqa: ASYNC110  questions are counted, not awaited
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(0, 0.3))
        name = VICTIMS[number % len(VICTIMS)]
        victim: Server | Redis | Worker | None = {
            "server": site.servers[chance.randrange(len(site.servers))],
            "redis": site.redis,
            "worker": site.worker,
        }[name]
        if victim is None:
            continue
        await asyncio.to_thread(victim.kill)
        told.kills[name] += 1
        await asyncio.sleep(chance.uniform(0, 0.5))
        await asyncio.to_thread(victim.start)


async def _publish(desk: Page, chance: random.Random, done: asyncio.Event, told: Told) -> None:
    """An officer publishes one question in five, as they come."""
    seen: set[int] = set()
    while not done.is_set():
        for pk in [pk for pk, question in desk.questions.items() if question["state"] == "held" and pk not in seen]:
            seen.add(pk)
            if chance.random() < PUBLISHED_SHARE:
                reply = await desk.command(type="decide", question=pk, decision="publish")
                # Sent again after a kill, it may find its own work done.
                assert reply["type"] == "ack" or reply["reason"] == "not_now", reply
                told.published += 1
        await asyncio.sleep(0.1)


async def _settle(site: Site, pages: list[Page], desks: list[Page], told: Told) -> None:
    """Wait until every list is what the database holds; how many are not, after some patience, and what is unread."""
    wanted: dict[str, dict[int, dict[str, Any]]] = {}
    for audience in ("public", "moderators"):
        found = await asyncio.to_thread(site.clerk.ask, "listing", room=site.room_pk, audience=audience)
        wanted[audience] = {question["id"]: question for question in found["questions"]}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        told.differing = sum(page.questions != wanted["moderators" if page in desks else "public"] for page in pages)
        if not told.differing or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    while time.monotonic() < deadline:
        stored = await asyncio.to_thread(site.clerk.ask, "asked", room=site.room_pk)
        told.unread = sum(filed - read for _pk, _text, filed, read in stored.values())
        if not told.unread:
            break
        await asyncio.sleep(1)
    told.filed_wrongly = sum(
        stored_row[2] != (stored_row[0] in wanted["public"])
        for stored_row in (await asyncio.to_thread(site.clerk.ask, "asked", room=site.room_pk)).values()
    )


def _compare(stored: dict[str, list[Any]], told: Told, site: Site) -> None:
    told.lost = sum(stored.get(key, [None, None])[:2] != [pk, text] for key, (pk, text) in told.acknowledged.items())
    texts = Counter(text for _pk, text, _filed, _read in stored.values())
    told.doubled = sum(times - 1 for times in texts.values())


@contextlib.contextmanager
def whole_site(folder: Path) -> Iterator[tuple[Site, str]]:
    """A site of its own, on PostgreSQL where one answers; with the name of its database."""
    with house(folder, on_postgresql=True, with_redis=True) as place:
        servers = [place.server("daphne"), place.server("daphne")]
        site = Site(place.room_pk, place.officer, place.clerk, servers, Worker(place.env, place.folder), place.redis)
        try:
            site.start()
            yield site, place.database
        finally:
            site.stop()


def report(told: Told, *, seed: int, database: str, seconds: float, load: float) -> str:
    kills = ", ".join(f"{name} {count}" for name, count in sorted(told.kills.items()))
    rows = [
        ("acknowledged questions", len(told.acknowledged)),
        ("of them lost, or stored otherwise than acknowledged", told.lost),
        ("stored twice", told.doubled),
        (f"of {told.pages} pages, with a list other than the database", told.differing),
        ("published questions not filed as feedback exactly once", told.filed_wrongly),
        ("filed and still unread by the worker at the end", told.unread),
        ("published meanwhile", told.published),
        ("sockets dropped, which all came back", told.drops),
        ("gaps noticed and mended", told.asked_again),
        ("longest wait for an acknowledgement, seconds", round(told.slowest_seconds, 1)),
    ]
    return "\n".join(
        [
            "# A room killed at random moments",
            "",
            f"`make faults`: {sum(told.kills.values())} SIGKILLs ({kills}), seed {seed}, {seconds:.0f} s, load {load}",
            f"at the start. Two Daphne processes, {database}, a Redis and a worker, each started again at once.",
            "",
            "| | |",
            "| --- | ---: |",
            *(f"| {what} | {count:,} |" for what, count in rows),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--askers", type=int, default=120)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="Write benchmarks/results/room_kills.md.")
    chosen = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # what was started is ended, and the scratch database dropped
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    load = load_now()
    with (
        tempfile.TemporaryDirectory(prefix="wardmote-room-kills-") as folder,
        whole_site(Path(folder)) as (site, name),
    ):
        began = time.monotonic()
        told = asyncio.run(
            run(
                site,
                questions=chosen.questions,
                kills=chosen.kills,
                askers=chosen.askers,
                readers=chosen.readers,
                seed=chosen.seed,
            )
        )
        text = report(told, seed=chosen.seed, database=name, seconds=time.monotonic() - began, load=load)
    if chosen.write:
        (RESULTS / "room_kills.md").write_text(text, encoding="utf-8")
    print(text)
    print(json.dumps({"faults": told.faults}))
    sys.exit(bool(told.faults))


if __name__ == "__main__":
    main()

"""Redis is killed for a minute while the meeting goes on in two processes: what arrives late, or never?"""

from __future__ import annotations

import asyncio
import random
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.rooms.figures import Figure, Measured, load_now, milliseconds, percentile
from benchmarks.rooms.house import House, Server, house
from benchmarks.rooms.officer import officer_at
from benchmarks.rooms.pages import Arrivals, Page, open_pages

BEFORE_SECONDS, AWAY_SECONDS, AFTER_SECONDS = 10, 60, 15
PATIENCE_SECONDS = 10.0
SEED = 2026


def redis_away(folder: Path, sockets: int) -> Measured:
    """Two Daphne processes with half of ``sockets`` guests each; one question a second, before, meanwhile and after."""
    load, began = load_now(), time.monotonic()
    held = BEFORE_SECONDS + AWAY_SECONDS + AFTER_SECONDS + 2
    with house(folder, held=held, on_postgresql=True, with_redis=True) as place:
        place.collect_static_files()
        servers = [place.server("daphne"), place.server("daphne")]
        for server in servers:
            server.start()
        try:
            figures = asyncio.run(_measure(place, servers, sockets))
        finally:
            for server in servers:
                server.kill()
        database = place.database
    return Measured(
        "redis_away",
        f"Redis is killed for {AWAY_SECONDS} seconds under {sockets:,} sockets",
        f"Two Daphne, {database}, a Redis of its own. The officer publishes a question a second, at the first process; "
        "half of the pages are at the second. A newcomer asks for the room's page over HTTP every other second.",
        load,
        time.monotonic() - began,
        figures,
    )


async def _measure(place: House, servers: list[Server], sockets: int) -> tuple[Figure, ...]:
    assert place.redis is not None
    chance = random.Random(SEED)
    phases = {name: Arrivals() for name in ("before", "away", "after")}

    def arrived(question: int, now: float) -> None:
        for phase in phases.values():
            phase.arrived(question, now)

    pages = [
        Page([servers[number % 2].port], place.path, chance=chance, arrived=arrived) for number in range(sockets)
    ]
    await open_pages(pages)
    officer = await officer_at(servers[0].port, place.path, place.officer)
    officer.publish(place.questions.pop())
    await asyncio.sleep(3)
    for page in pages:  # what happened while a thousand connected at once is another benchmark's
        page.account.drops = page.account.asked_again = 0
    statuses: list[int] = []
    for name, seconds in (("before", BEFORE_SECONDS), ("away", AWAY_SECONDS), ("after", AFTER_SECONDS)):
        if name == "away":
            await asyncio.to_thread(place.redis.kill)
        elif name == "after":
            await asyncio.to_thread(place.redis.start)
        for second in range(seconds):
            question = place.questions.pop()
            phases[name].sent(question)
            officer.publish(question)
            if name == "away" and second % 2 == 0:
                statuses.append(await asyncio.to_thread(_status_of, servers[1].port, place.room_pk))
            passed = time.monotonic() - phases[name].sent_at[question]
            await asyncio.sleep(max(0.0, 1 - passed))
    lost = sum([await phase.wait_for(sockets, PATIENCE_SECONDS) for phase in phases.values()])
    wanted = (await asyncio.to_thread(place.clerk.ask, "listing", room=place.room_pk, audience="public"))["questions"]
    differing = sum(page.questions != {question["id"]: question for question in wanted} for page in pages)
    seconds_of = {name: phase.all_seconds() for name, phase in phases.items()}
    for page in pages:
        page.close()
    away = milliseconds(percentile(seconds_of["away"], 0.95))
    return (
        Figure("question to every screen while Redis is away, p95", away, "ms", 1_500),
        Figure("the same, p50", milliseconds(percentile(seconds_of["away"], 0.5)), "ms"),
        Figure("the same, the last", milliseconds(max(seconds_of["away"])), "ms"),
        *(
            Figure(f"{name}, {label}", milliseconds(percentile(seconds_of[name], share)), "ms")
            for name in ("before", "after")
            for label, share in (("p50", 0.5), ("p95", 0.95))
        ),
        Figure("sockets dropped", sum(page.account.drops for page in pages), "", 0),
        Figure(f"deliveries lost of {sum(len(p.sent_at) for p in phases.values()) * sockets:,}", lost, "", 0),
        Figure("gaps nobody noticed: pages whose list differs from the database", differing, "", 0),
        Figure("gaps noticed and mended", sum(page.account.asked_again for page in pages)),
        Figure("officer's commands refused", len(officer.refused), "", 0),
        Figure("pages over HTTP that failed meanwhile", sum(status != 200 for status in statuses), "", 0),
    )  # fmt: skip


def _status_of(port: int, room_pk: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/room/{room_pk}/", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0

"""A question published by an officer on its way to thousands of screens: on one process, and on two."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.rooms.crowd import Crowd, crowds
from benchmarks.rooms.figures import Figure, Measured, load_now, milliseconds, percentile
from benchmarks.rooms.house import House, Server, house
from benchmarks.rooms.officer import Officer, officer_at

PACED, BURST = 20, 20
"""Questions one after the other, each once the last has reached everybody; and questions sent at once."""

PATIENCE_SECONDS = 30.0
"""What has not arrived by then is counted as lost."""

WARM_UP_SECONDS = 3.0


def one_daphne(folder: Path, sockets: int) -> Measured:
    """``sockets`` readers on one Daphne, SQLite and no Redis: what a council starts with."""
    load, began = load_now(), time.monotonic()
    with house(folder, held=2 + PACED + BURST) as place, crowds(1) as crowd:
        server = place.server("daphne")
        server.start()
        try:
            figures = asyncio.run(_measure(place, [server], crowd, sockets, (250, 800, 40)))
        finally:
            server.kill()
    return Measured(
        "one_daphne",
        f"{sockets:,} sockets on one Daphne process",
        f"One Daphne, SQLite, no Redis, one load client process. {PACED} questions one at a time, then {BURST} at once.",
        load,
        time.monotonic() - began,
        figures,
    )


def two_uvicorn(folder: Path, sockets: int) -> Measured:
    """``sockets`` readers on two uvicorn processes with one database and one Redis."""
    load, began = load_now(), time.monotonic()
    held = 2 + PACED + BURST
    with house(folder, held=held, on_postgresql=True, with_redis=True) as place, crowds(2) as crowd:
        servers = [place.server("uvicorn"), place.server("uvicorn")]
        for server in servers:
            server.start()
        try:
            figures = asyncio.run(_measure(place, servers, crowd, sockets, (None, 1_500, None)))
        finally:
            for server in servers:
                server.kill()
        database = place.database
    return Measured(
        "two_uvicorn",
        f"{sockets:,} sockets on two uvicorn processes",
        f"Two uvicorn, {database}, Redis, two load client processes. {PACED} questions one at a time, then {BURST} at "
        "once; the officer is at the first process.",
        load,
        time.monotonic() - began,
        figures,
    )


async def _measure(
    place: House, servers: list[Server], crowd: list[Crowd], sockets: int, targets: tuple[int | None, int, int | None]
) -> tuple[Figure, ...]:
    officer = await officer_at(servers[0].port, place.path, place.officer)
    # The first command of a process imports what it needs; that is not what is measured here.
    officer.publish(place.questions.pop())
    await asyncio.sleep(WARM_UP_SECONDS)
    before = [server.memory_kb() for server in servers]
    share, connecting = sockets // len(crowd), time.monotonic()
    await asyncio.gather(
        *(
            asyncio.to_thread(each.ask, "connect", count=share, port=server.port, path=place.path)
            for each, server in zip(crowd, servers, strict=True)
        )
    )
    connected = time.monotonic() - connecting
    memory = sum(server.memory_kb() for server in servers) - sum(before)
    delays, lost = [], 0
    for _ in range(PACED):
        found, missing, _rate = await _publish(place, officer, crowd, 1, share * len(crowd))
        delays += found
        lost += missing
    _found, missing, rate = await _publish(place, officer, crowd, BURST, share * len(crowd))
    gone = sum([(await asyncio.to_thread(each.ask, "count"))["lost"] for each in crowd])
    p50, p99, per_socket = targets
    return (
        Figure("question to every screen, p50", milliseconds(percentile(delays, 0.5)), "ms", p50),
        Figure("question to every screen, p99", milliseconds(percentile(delays, 0.99)), "ms", p99),
        Figure(f"deliveries lost of {(PACED + BURST) * share * len(crowd):,}", lost + missing, "", 0),
        Figure("sockets dropped", gone, "", 0),
        Figure("memory a socket", round(memory / (share * len(crowd)), 1), "KB", per_socket),
        Figure("deliveries a second, twenty at once", round(rate), ""),
        Figure("all connected and shown the room", round(connected, 1), "s"),
    )


async def _publish(
    place: House, officer: Officer, crowd: list[Crowd], count: int, screens: int
) -> tuple[list[float], int, float]:
    """Publish ``count`` questions at once: each delay in seconds, what was not delivered, and deliveries a second."""
    sent_at = time.monotonic()
    for _ in range(count):
        officer.publish(place.questions.pop())
    deadline = sent_at + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        told = [await asyncio.to_thread(each.ask, "count") for each in crowd]
        if sum(each["deliveries"] for each in told) >= count * screens:
            break
    moments = [
        moment
        for each in crowd
        for found in (await asyncio.to_thread(each.ask, "report")).values()
        for moment in found
    ]
    delays = [moment - sent_at for moment in moments]
    return delays, count * screens - len(delays), len(delays) / max(delays) if delays else 0.0

"""Fifty of a thousand sockets stop reading: do the others notice, and what does the server keep for those who sleep?"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

from benchmarks.rooms.figures import Figure, Measured, load_now, milliseconds, percentile
from benchmarks.rooms.house import House, Server, house
from benchmarks.rooms.officer import officer_at
from benchmarks.rooms.pages import Arrivals, Page, open_pages

STALLED_SHARE = 20
"""One in twenty stops reading."""

ROUNDS, ROUND_SECONDS, EVERY_SECONDS = 3, 20, 0.2
"""Rounds with everybody reading and rounds with some asleep, in turn; officers may do six things a second."""

LENGTH = 480
"""Characters of a question: in a round more is said than the server may owe to one socket."""

PATIENCE_SECONDS = 10.0
SEED = 2026


def stalled(folder: Path, sockets: int) -> Measured:
    """One Daphne, SQLite; ``sockets`` pages, of which one in twenty stops reading in every other round."""
    load, began = load_now(), time.monotonic()
    a_round = round(ROUND_SECONDS / EVERY_SECONDS)
    with house(folder, held=1 + 2 * ROUNDS * a_round, length=LENGTH) as place:
        server = place.server("daphne")
        server.start()
        try:
            figures = asyncio.run(_measure(place, server, sockets))
        finally:
            server.kill()
    return Measured(
        "stalled",
        f"{sockets // STALLED_SHARE} of {sockets:,} sockets stop reading",
        f"One Daphne, SQLite. {ROUNDS} rounds of {ROUND_SECONDS} seconds with everybody reading and as many with one in "
        f"twenty asleep, in turn; {1 / EVERY_SECONDS:.0f} questions of {LENGTH} characters a second.",
        load,
        time.monotonic() - began,
        figures,
    )


async def _measure(place: House, server: Server, sockets: int) -> tuple[Figure, ...]:
    chance = random.Random(SEED)
    arrivals = Arrivals()
    asleep = [Page([server.port], place.path, chance=chance) for _ in range(sockets // STALLED_SHARE)]
    awake = [
        Page([server.port], place.path, chance=chance, arrived=arrivals.arrived) for _ in range(sockets - len(asleep))
    ]
    await open_pages(awake + asleep)
    officer = await officer_at(server.port, place.path, place.officer)
    officer.publish(place.questions.pop())
    await asyncio.sleep(3)
    delays: dict[bool, list[float]] = {False: [], True: []}
    growth: dict[bool, list[int]] = {False: [], True: []}
    back: list[float] = []
    lost = 0
    for number in range(2 * ROUNDS):
        with_sleepers = number % 2 == 1
        before = server.memory_kb()
        if with_sleepers:
            _read(asleep, False)
        arrivals.sent_at, arrivals.seconds = {}, {}
        for _ in range(round(ROUND_SECONDS / EVERY_SECONDS)):
            question = place.questions.pop()
            arrivals.sent(question)
            officer.publish(question)
            await asyncio.sleep(EVERY_SECONDS)
        lost += await arrivals.wait_for(len(awake), PATIENCE_SECONDS)
        delays[with_sleepers] += arrivals.all_seconds()
        growth[with_sleepers].append(server.memory_kb() - before)
        if with_sleepers:
            back += await _wake(asleep, question)
    p99 = {key: percentile(found, 0.99) for key, found in delays.items()}
    kept = max(growth[True]) / len(asleep)
    drops = sum(page.account.drops for page in awake)
    passed_over = sum(page.account.asked_again > 0 for page in asleep)
    for page in awake + asleep:
        page.close()
    return (
        Figure("p99 of the others, with sleepers to without", round(p99[True] / p99[False], 2), "times", 1.2),
        Figure("p99, everybody reading", milliseconds(p99[False]), "ms"),
        Figure("p99 of the others, some asleep", milliseconds(p99[True]), "ms"),
        Figure("most the server grew in such a round, for each sleeper", round(max(kept, 0)), "KB", 256),
        Figure("deliveries to the others lost", lost, "", 0),
        Figure("sockets of the others dropped", drops, "", 0),
        Figure(f"sleepers of {len(asleep)} that were passed over", passed_over),
        Figure("awake again to up to date, p95", round(percentile(back, 0.95), 2), "s", 2),
        Figure("sleepers not up to date again", ROUNDS * len(asleep) - len(back), "", 0),
    )


def _read(pages: list[Page], is_reading: bool) -> None:
    for page in pages:
        if page.link is not None:
            page.link.transport.resume_reading() if is_reading else page.link.transport.pause_reading()


async def _wake(pages: list[Page], newest: int) -> list[float]:
    """Let the sleepers read on: how long each took to show the newest question."""
    woken = time.monotonic()
    _read(pages, True)
    back: dict[int, float] = {}
    while len(back) < len(pages) and time.monotonic() < woken + PATIENCE_SECONDS:
        for number, page in enumerate(pages):
            if number not in back and newest in page.questions:
                back[number] = time.monotonic() - woken
        await asyncio.sleep(0.02)
    return list(back.values())

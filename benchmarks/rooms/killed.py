"""The server process is killed under a thousand sockets and started again: how soon is everybody back, at what price?"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

from benchmarks.rooms.figures import Figure, Measured, load_now, percentile
from benchmarks.rooms.house import House, Server, house
from benchmarks.rooms.pages import Page, open_pages

MISSED = 10
"""Questions published while no server runs: what everybody has to catch up with."""

SEED = 2026
PATIENCE_SECONDS = 90.0


def killed(folder: Path, sockets: int) -> Measured:
    """One Daphne with ``sockets`` guests is killed and at once started again, as a supervisor does."""
    load, began = load_now(), time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    notes = folder / "statements"
    with house(folder, held=30 + MISSED, on_postgresql=True) as place:
        server = place.server(
            "daphne", DJANGO_SETTINGS_MODULE="benchmarks.rooms.counted", BENCH_STATEMENTS=str(notes)
        )
        server.start()
        try:
            figures = asyncio.run(_measure(place, server, sockets, notes))
        finally:
            server.kill()
        database = place.database
    return Measured(
        "killed",
        f"The process is killed under {sockets:,} sockets",
        f"One Daphne, {database}. SIGKILL, {MISSED} questions published meanwhile, started again at once. Every "
        "page comes back as the site's own script does: after a random wait of up to 2 seconds, then 3, and so on.",
        load,
        time.monotonic() - began,
        figures,
    )


async def _measure(place: House, server: Server, sockets: int, notes: Path) -> tuple[Figure, ...]:
    await asyncio.to_thread(place.clerk.ask, "publish", questions=place.questions[MISSED:])
    cookies = await asyncio.to_thread(place.clerk.ask, "guests", count=sockets)
    chance = random.Random(SEED)
    pages = [Page([server.port], place.path, cookie=cookie, chance=chance) for cookie in cookies]
    await open_pages(pages)
    killed_at = time.monotonic()
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.begin)
    await asyncio.to_thread(place.clerk.ask, "publish", questions=place.questions[:MISSED])
    deadline = killed_at + PATIENCE_SECONDS
    await asyncio.to_thread(server.wait_until_up)
    up_after = time.monotonic() - killed_at
    newest = place.questions[MISSED - 1]
    while time.monotonic() < deadline and not all(_is_back(page, newest) for page in pages):  # noqa: ASYNC110  counted
        await asyncio.sleep(0.05)
    back = [page.account.caught_up_at - killed_at for page in pages if _is_back(page, newest)]
    wanted = (await asyncio.to_thread(place.clerk.ask, "listing", room=place.room_pk, audience="public"))["questions"]
    differing = sum(page.questions != {question["id"]: question for question in wanted} for page in pages)
    opening, polling, others = _statements(notes, server.pid, killed_at, killed_at + max(back, default=0.0))
    for page in pages:
        page.close()
    return (
        Figure("back and caught up, p50", round(percentile(back, 0.5), 1), "s"),
        Figure("back and caught up, p95", round(percentile(back, 0.95), 1), "s", 15),
        Figure("back and caught up, the last", round(max(back, default=float("nan")), 1), "s"),
        Figure("the new process listens after", round(up_after, 1), "s"),
        Figure("not back after ninety seconds", len(pages) - len(back), "", 0),
        Figure("pages whose list differs from the database", differing, "", 0),
        Figure("queries of the process to open the room, for all together", opening, "", 3),
        Figure("queries for single sockets", others, "", 0),
        Figure("queries of the half-second poll and of asking who may still read, meanwhile", polling),
    )


def _is_back(page: Page, newest: int) -> bool:
    return page.is_up_to_date.is_set() and newest in page.questions


def _statements(notes: Path, pid: int, since: float, until: float) -> tuple[int, int, int]:
    """Queries of a process between two moments: to open the room, of its poll after that, and of any other thread."""
    opening = polling = others = 0
    for line in notes.read_text(encoding="utf-8").splitlines():
        moment, process, thread, statement = line.split("\t", 3)
        if int(process) != pid or not since <= float(moment) <= until or not statement.startswith("SELECT"):
            continue
        if thread == "MainThread":  # checks of the database at the start, before anybody is let in
            continue
        if not thread.startswith("room-reader"):
            others += 1
        elif polling or '"id" > ' in statement:
            polling += 1
        else:
            opening += 1
    return opening, polling, others

"""A thousand people support a question within ten seconds; and a hundred smaller storms, each counted to the last one."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from pathlib import Path

from benchmarks.rooms.figures import Figure, Measured, load_now, milliseconds, percentile
from benchmarks.rooms.house import House, Server, house
from benchmarks.rooms.pages import Page, open_pages

STORM_SECONDS = 10.0
STORM_QUESTIONS = 5
RUNS, RUN_PEOPLE, RUN_SECONDS = 100, 100, 0.5
SEED = 2026
SETTLE_SECONDS = 20.0
"""How long the last tick may take to reach every screen; it is waited for, not measured."""

CLICKS = (
    ("support",),
    ("support", "support"),
    ("support", "withdraw_support"),
    ("support", "withdraw_support", "support"),
)
"""What one person does to one question, each as likely as the next: clicks, clicks twice, takes it back, and so on."""


def storm(folder: Path, sockets: int) -> Measured:
    """``sockets`` guests, each on a socket and device of their own, on one Daphne with SQLite."""
    load, began = load_now(), time.monotonic()
    with house(folder, held=STORM_QUESTIONS + RUNS) as place:
        server = place.server("daphne")
        server.start()
        try:
            figures = asyncio.run(_measure(place, server, sockets))
        finally:
            server.kill()
    return Measured(
        "storm",
        f"{sockets:,} people support within {STORM_SECONDS:.0f} seconds",
        f"One Daphne, SQLite, guests with a device each; every fourth clicks twice, takes it back, or does so and clicks "
        f"again. Then {RUNS} seeded runs of {min(RUN_PEOPLE, sockets // 10)} of them, each within {RUN_SECONDS} s.",
        load,
        time.monotonic() - began,
        figures,
    )


async def _measure(place: House, server: Server, sockets: int) -> tuple[Figure, ...]:
    await asyncio.to_thread(place.clerk.ask, "publish", questions=place.questions)
    cookies = await asyncio.to_thread(place.clerk.ask, "guests", count=sockets)
    chance = random.Random(SEED)
    pages = [Page([server.port], place.path, cookie=cookie, chance=chance) for cookie in cookies]
    await open_pages(pages)
    before = [page.account.bytes for page in pages]
    for page in pages:
        page.account.counts_at.clear()
    expected: Counter[int] = Counter(dict.fromkeys(place.questions, 0))
    acks: list[float] = []
    plan = [(page, place.questions[chance.randrange(STORM_QUESTIONS)]) for page in pages]
    began, used = time.monotonic(), server.cpu_seconds()
    await _clicks(plan, STORM_SECONDS, chance, expected, acks)
    lasted, used = time.monotonic() - began, server.cpu_seconds() - used
    shown_wrong = await _shown_wrong(pages, expected)
    received = [page.account.bytes - start for page, start in zip(pages, before, strict=True)]
    frames = [len(page.account.counts_at) for page in pages]
    span = max(page.account.counts_at[-1] for page in pages) - began
    busiest = max(_most_in_a_second(page.account.counts_at) for page in pages)
    stored_wrong = await _stored_wrong(place, expected, place.questions[:STORM_QUESTIONS])
    wrong_runs = await _small_storms(place, pages, expected, random.Random(SEED + 1))
    for page in pages:
        page.close()
    return (
        Figure("frames of counts a second and person", round(max(frames) / span, 2), "", 2),
        Figure("most frames of counts in any one second", busiest, "", 2),
        Figure("received by one person in the storm, most", round(max(received) / 1000, 1), "KB", 20),
        Figure("questions whose tally differs from who supports it", stored_wrong, "", 0),
        Figure("screens that end with another count", shown_wrong, "", 0),
        Figure(f"seeded runs of {RUNS} with a wrong tally or screen", wrong_runs, "", 0),
        Figure("click to acknowledgement, p50", milliseconds(percentile(acks, 0.5)), "ms"),
        Figure("click to acknowledgement, p99", milliseconds(percentile(acks, 0.99)), "ms"),
        Figure("last click acknowledged after", round(lasted, 1), "s"),
        Figure("processor time of the server for a thousand clicks", round(1000 * used / len(acks), 1), "s"),
        Figure("commands refused for being too fast", sum(page.account.refused.get("too_fast", 0) for page in pages)),
    )


async def _clicks(
    plan: list[tuple[Page, int]], within: float, chance: random.Random, expected: Counter[int], acks: list[float]
) -> None:
    """Each person does one of ``CLICKS`` at a moment of their own; ``expected`` learns what must come of it."""

    async def one(page: Page, question: int, wait: float, clicks: tuple[str, ...]) -> None:
        await asyncio.sleep(wait)
        for click in clicks:
            clicked = time.monotonic()
            reply = await page.command(type=click, question=question)
            assert reply["type"] == "ack", reply
            acks.append(time.monotonic() - clicked)

    tasks = []
    for number, (page, question) in enumerate(plan):
        clicks = CLICKS[chance.randrange(len(CLICKS))] if number % 4 == 0 else CLICKS[0]
        expected[question] += clicks[-1] == "support"
        tasks.append(one(page, question, chance.uniform(0, within), clicks))
    await asyncio.gather(*tasks)


async def _shown_wrong(pages: list[Page], expected: Counter[int]) -> int:
    """Screens that do not show the expected counts once everything has settled."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        wrong = sum(any(page.support.get(pk, 0) != count for pk, count in expected.items()) for page in pages)
        if not wrong or time.monotonic() > deadline:
            return wrong
        await asyncio.sleep(0.1)


async def _stored_wrong(place: House, expected: Counter[int], questions: list[int]) -> int:
    tallies = [await asyncio.to_thread(place.clerk.ask, "tally", question=pk) for pk in questions]
    wanted = [{"rows": expected[pk], "people": expected[pk]} for pk in questions]
    return sum(found != want for found, want in zip(tallies, wanted, strict=True))


async def _small_storms(place: House, pages: list[Page], expected: Counter[int], chance: random.Random) -> int:
    """The seeded runs, one question each; how many of them end with a wrong tally, or a wrong number on a screen."""
    wrong = 0
    for run, question in enumerate(place.questions[STORM_QUESTIONS:]):
        size = min(RUN_PEOPLE, len(pages) // 10)  # a person acts in every tenth run, as the limit of commands has it
        people = [pages[(run * size + place_in_run) % len(pages)] for place_in_run in range(size)]
        await _clicks([(page, question) for page in people], RUN_SECONDS, chance, expected, [])
        is_wrong = await _shown_wrong(pages, Counter({question: expected[question]}))
        wrong += bool(is_wrong or await _stored_wrong(place, expected, [question]))
    return wrong


def _most_in_a_second(moments: list[float]) -> int:
    """The most of ``moments`` within any half-open second."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most

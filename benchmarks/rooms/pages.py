"""People at an open page of the room, as ``room-connection.js`` serves them: they come back, catch up and send again."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rooms.load import SEEN_AT, Link

FIRST_RETRY_SECONDS, RETRY_GROWTH, LONGEST_RETRY_SECONDS = 2.0, 1.5, 12.0
"""Of room-connection.js: a wait is anywhere between nothing and two seconds, then half as long again each time."""

FINAL_CODES = frozenset({4400, 4403, 4404})


@dataclass(slots=True)
class Account:
    """What one page has been through."""

    frames: int = 0
    bytes: int = 0
    counts_at: list[float] = field(default_factory=list)
    drops: int = 0
    """Times the socket was lost without the page having wished it."""
    asked_again: int = 0
    """Times the page noticed a missing number, or was told to begin again."""
    refused: dict[str, int] = field(default_factory=dict)
    connected: int = 0
    caught_up_at: float = 0.0
    """When the page was last brought up to date by a replay or a snapshot, of ``time.monotonic``."""


class Page:
    """One person's page: what it shows, and what happened to it."""

    def __init__(
        self,
        ports: list[int],
        path: str,
        *,
        cookie: str = "",
        chance: random.Random,
        arrived: Callable[[int, float], None] | None = None,
    ) -> None:
        self.ports, self.path, self.cookie, self.chance, self.arrived = ports, path, cookie, chance, arrived
        self.account = Account()
        self.epoch: str | None = None
        self.sequence = 0
        self.questions: dict[int, dict[str, Any]] = {}
        self.support: dict[int, int] = {}
        self.mine: list[str] = []
        self._told: set[int] = set()
        self.is_up_to_date = asyncio.Event()
        self._link: _PageLink | None = None
        self._pending: dict[str, tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = {}
        self._number = self._failures = 0
        self._is_stopped = False
        self._coming: asyncio.Task[None] | None = None

    @property
    def link(self) -> Link | None:
        return self._link

    def open(self) -> None:
        """Begin to connect; ``is_up_to_date`` is set once the page shows all there is."""
        self._coming = asyncio.get_running_loop().create_task(self._come(0.0))

    def close(self) -> None:
        self._is_stopped = True
        if self._coming is not None:
            self._coming.cancel()
        if self._link is not None:
            self._link.transport.abort()

    async def command(self, **frame: Any) -> dict[str, Any]:
        """Have something done: the server's ack or refused frame. Sent again over every new socket until then."""
        self._number += 1
        name = f"c{self._number}"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[name] = (frame | {"id": name}, future)
        self._say(self._pending[name][0])
        return await future

    # The socket -----------------------------------------------------------------------------------------------------

    async def _come(self, wait: float) -> None:
        await asyncio.sleep(wait)
        loop = asyncio.get_running_loop()
        # As a proxy does: another process is tried after one that did not answer.
        port = self.ports[self._failures % len(self.ports)]
        try:
            await loop.create_connection(lambda: _PageLink(self, port), "127.0.0.1", port)
        except OSError:
            self._come_back()

    def opened(self, link: _PageLink) -> None:
        self._link = link
        self.account.connected += 1
        self._hello()
        for frame, _future in list(self._pending.values()):
            self._say(frame)

    def lost(self, link: _PageLink) -> None:
        if link.is_left:
            return
        if link is self._link:
            self._link = None
            if not self._is_stopped:
                self.account.drops += 1
        self.is_up_to_date.clear()
        if not self._is_stopped:
            self._come_back()

    def _come_back(self, wait: float | None = None) -> None:
        self._failures += 1
        longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * RETRY_GROWTH ** (self._failures - 1))
        self._coming = asyncio.get_running_loop().create_task(
            self._come(self.chance.uniform(0, longest) if wait is None else wait)
        )

    def _hello(self) -> None:
        known = {"epoch": self.epoch, "sequence": self.sequence} if self.epoch else {}
        self._say({"type": "hello", "protocol": 1, **known, "mine": self.mine[-20:]})

    def _say(self, frame: dict[str, Any]) -> None:
        if self._link is not None and self._link.is_open:
            self._link.say(json.dumps(frame))

    # Frames ---------------------------------------------------------------------------------------------------------

    def received(self, text: bytes, now: float) -> None:
        frame = json.loads(text)
        self.account.frames += 1
        self.account.bytes += len(text) + (2 if len(text) < 126 else 4)
        match frame["type"]:
            case "snapshot":
                self.epoch, self.sequence = frame["epoch"], frame["sequence"]
                self.questions = {question["id"]: question for question in frame["questions"]}
                self.support = {int(pk): count for pk, count in frame["support"].items()}
                self._in_step(now)
                for pk in self.questions:
                    self._tell(pk, now)
            case "events":
                self._take(frame, now)
            case "counts":
                self.account.counts_at.append(now)
                self.support |= {int(pk): count for pk, count in frame["support"].items()}
            case "resync":
                self.account.asked_again += 1
                self._hello()
            case "ack":
                self._settle(frame)
            case "refused":
                self._refused(frame)
            case "going_away":
                if self._link is not None:
                    link, self._link = self._link, None
                    link.is_left = True
                    link.transport.abort()
                    self.is_up_to_date.clear()
                    self._come_back(frame["retry_seconds"] * (1 + self.chance.random()))

    def _take(self, frame: dict[str, Any], now: float) -> None:
        if frame["epoch"] != self.epoch or frame["prev"] > self.sequence:
            self.account.asked_again += 1
            self._hello()
            return
        for event in frame["events"]:
            if event["sequence"] <= self.sequence:
                continue
            self.sequence = event["sequence"]
            payload = event["payload"]
            if event["kind"] == "question":
                self.questions[payload["id"]] = payload
                self._tell(payload["id"], now)
            elif event["kind"] == "question_removed":
                self.questions.pop(payload["id"], None)
        self._in_step(now)

    def _in_step(self, now: float) -> None:
        if not self.is_up_to_date.is_set():
            self._failures = 0
            self.account.caught_up_at = now
            self.is_up_to_date.set()

    def _tell(self, question: int, now: float) -> None:
        if self.arrived is not None and question not in self._told:
            self._told.add(question)
            self.arrived(question, now)

    def _settle(self, frame: dict[str, Any]) -> None:
        found = self._pending.pop(frame["id"], None)
        if found is not None and not found[1].done():
            found[1].set_result(frame)

    def _refused(self, frame: dict[str, Any]) -> None:
        reason = frame["reason"]
        self.account.refused[reason] = self.account.refused.get(reason, 0) + 1
        if reason in {"try_again", "too_fast"} and frame["id"] in self._pending:
            command = self._pending[frame["id"]][0]
            asyncio.get_running_loop().call_later(self.chance.uniform(0.2, 2), self._say_if_waiting, command)
            return
        self._settle(frame)

    def _say_if_waiting(self, command: dict[str, Any]) -> None:
        if command["id"] in self._pending:
            self._say(command)


class _PageLink(Link):
    def __init__(self, page: Page, port: int) -> None:
        super().__init__(port, page.path, page.cookie)
        self.page = page
        self.frames = self.unsaid = 0
        self.is_left = False

    def opened(self) -> None:
        self.page.opened(self)

    def received(self, frame: bytes, now: float) -> None:
        self.frames += 1
        self.unsaid += len(frame)
        self.page.received(frame, now)
        if self.unsaid >= SEEN_AT:
            self.unsaid = 0
            self.say(f'{{"type":"seen","frames":{self.frames}}}')

    def lost(self, error: Exception | None) -> None:
        self.page.lost(self)


async def open_pages(pages: list[Page], at_once: int = 50, within: float = 120) -> None:
    """Open pages, ``at_once`` handshakes at a time; each shows all there is when this returns."""
    gate = asyncio.Semaphore(at_once)

    async def one(page: Page) -> None:
        async with gate:
            page.open()
            await page.is_up_to_date.wait()

    async with asyncio.timeout(within):
        await asyncio.gather(*(one(page) for page in pages))


class Arrivals:
    """When something published reached how many screens."""

    def __init__(self) -> None:
        self.sent_at: dict[int, float] = {}
        self.seconds: dict[int, list[float]] = {}

    def sent(self, question: int) -> None:
        self.sent_at[question] = time.monotonic()
        self.seconds[question] = []

    def arrived(self, question: int, now: float) -> None:
        if question in self.sent_at:
            self.seconds[question].append(now - self.sent_at[question])

    def all_seconds(self) -> list[float]:
        return [delay for delays in self.seconds.values() for delay in delays]

    async def wait_for(self, screens: int, within: float) -> int:
        """Wait until each question sent has reached ``screens`` screens; how many deliveries have not been made."""
        deadline = time.monotonic() + within
        while (missing := self.missing(screens)) and time.monotonic() < deadline:  # noqa: ASYNC110  arrivals are counted
            await asyncio.sleep(0.02)
        return missing

    def missing(self, screens: int) -> int:
        return sum(max(0, screens - len(delays)) for delays in self.seconds.values())

"""The officer whose click makes something new happen in a benchmark."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from benchmarks.rooms.load import HELLO, Link


class Officer(Link):
    """An officer's socket: publishes held questions, so that a delivery holds the whole way from click to screens."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        super().__init__(port, path, cookie)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.number = self.frames = self.unsaid = 0
        self.refused: list[dict[str, Any]] = []

    def opened(self) -> None:
        self.say(HELLO)

    def received(self, frame: bytes, now: float) -> None:
        self.frames += 1
        self.unsaid += len(frame)
        if not self.ready.done() and (b'"snapshot"' in frame or b'"ready"' in frame):
            self.ready.set_result(None)
        if b'"type":"refused"' in frame:
            self.refused.append(json.loads(frame))
        if self.unsaid >= 8_192:
            self.unsaid = 0
            self.say(f'{{"type":"seen","frames":{self.frames}}}')

    def publish(self, question: int) -> None:
        self.number += 1
        command = {"type": "decide", "id": str(self.number), "question": question, "decision": "publish"}
        self.say(json.dumps(command))


async def officer_at(port: int, path: str, cookie: str) -> Officer:
    """An officer's socket that is in the room."""
    loop = asyncio.get_running_loop()
    _transport, officer = await loop.create_connection(lambda: Officer(port, path, cookie), "127.0.0.1", port)
    async with asyncio.timeout(30):
        await officer.ready
    return officer

"""A bounded load client for the room benchmarks: thousands of readers on one event loop, over the loopback only.

It speaks just enough of RFC 6455 to take part: the handshake, unmasked text frames from the server, masked ones to it.
A library's own client would cost more than the server it measures.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from collections.abc import Callable

SEEN_AT = 16_384  # as room-connection.js does
MARK = re.compile(rb'"kind":"question","payload":\{"id":(\d+)')
CONNECTING_AT_ONCE = 50
HELLO = '{"type":"hello","protocol":1}'
PING, CLOSE = 9, 8


TEXT, PONG = b"\x81", b"\x8a"


def masked(payload: bytes, kind: bytes = TEXT) -> bytes:
    """A whole frame of a client (RFC 6455, 5.2), of at most 65,535 bytes."""
    key = os.urandom(4)
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    body = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
    return kind + length + key + body


class Link(asyncio.Protocol):
    """One socket: ``opened``, ``received`` and ``lost`` are for a subclass to fill."""

    transport: asyncio.Transport

    def __init__(self, port: int, path: str, cookie: str = "") -> None:
        self.port, self.path, self.cookie = port, path, cookie
        self.buffer = b""
        self.is_open = False
        self.bytes_received = 0

    def opened(self) -> None:
        """The handshake is done."""

    def received(self, frame: bytes, now: float) -> None:
        """A text frame came, at ``now`` of ``time.monotonic``."""

    def lost(self, error: Exception | None) -> None:
        """The socket is gone, or was never let in."""

    def say(self, text: str) -> None:
        self.transport.write(masked(text.encode()))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://127.0.0.1:{self.port}\r\n"
            f"{cookie}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.bytes_received += len(data)
        self.buffer += data
        if not self.is_open and not self._take_handshake():
            return
        while (frame := self._next_frame()) is not None:
            self.received(frame, now)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost(error)

    def _take_handshake(self) -> bool:
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 101 " not in head.split(b"\r\n")[0]:
            self.transport.abort()
            return False
        self.buffer, self.is_open = rest, True
        self.opened()
        return True

    def _next_frame(self) -> bytes | None:
        while len(self.buffer) >= 2:
            length, start = self.buffer[1] & 0x7F, 2
            if length == 126:
                length, start = int.from_bytes(self.buffer[2:4], "big"), 4
            elif length == 127:
                length, start = int.from_bytes(self.buffer[2:10], "big"), 10
            if len(self.buffer) < start + length:
                return None
            opcode, frame = self.buffer[0] & 0x0F, self.buffer[start : start + length]
            self.buffer = self.buffer[start + length :]
            if opcode == PING:  # answered with its own words, or the server lets go
                self.transport.write(masked(frame, PONG))
            elif opcode == CLOSE:
                self.transport.close()
            else:
                return frame
        return None


class Reader(Link):
    """One reader: notes when each question arrived."""

    def __init__(self, port: int, path: str, arrived: Callable[[int, float], None]) -> None:
        super().__init__(port, path)
        self.arrived = arrived
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False
        self.frames = self.unsaid = 0

    def opened(self) -> None:
        self.say(HELLO)

    def received(self, frame: bytes, now: float) -> None:
        self.frames += 1
        self.unsaid += len(frame)
        if not self.ready.done() and (b'"snapshot"' in frame or b'"events"' in frame or b'"ready"' in frame):
            self.ready.set_result(None)
        if b'"resync"' in frame:
            self.say(HELLO)
        for question in MARK.findall(frame):
            self.arrived(int(question), now)
        if self.unsaid >= SEEN_AT:
            self.unsaid = 0
            self.say(f'{{"type":"seen","frames":{self.frames}}}')

    def lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed by the server"))


async def connect_readers(count: int, port: int, path: str, arrived: Callable[[int, float], None]) -> list[Reader]:
    """Open ``count`` readers, fifty handshakes at a time; each has its snapshot when this returns."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one() -> Reader:
        async with gate, asyncio.timeout(90):
            _transport, reader = await loop.create_connection(lambda: Reader(port, path, arrived), "127.0.0.1", port)
            await reader.ready
            return reader

    return list(await asyncio.gather(*(one() for _ in range(count))))

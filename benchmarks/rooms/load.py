"""A bounded load client for the room benchmark: thousands of readers on one event loop, over the loopback only.

It speaks just enough of RFC 6455 to read: the handshake, and unmasked text frames from the server. A library's own
client would cost more than the server it measures.
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


def masked(text: str) -> bytes:
    """A text frame of a client (RFC 6455, 5.2), at most 65,535 bytes."""
    payload, key = text.encode(), os.urandom(4)
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    body = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
    return b"\x81" + length + key + body


class Reader(asyncio.Protocol):
    """One reader: notes when each question arrived."""

    def __init__(self, port: int, path: str, hello: str, arrived: Callable[[int, float], None]) -> None:
        self.port, self.path, self.hello, self.arrived = port, path, hello, arrived
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.is_open = self.is_lost = False
        self.frames = self.unsaid = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://127.0.0.1:{self.port}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.buffer += data
        if not self.is_open and not self._take_handshake():
            return
        while (frame := self._next_frame()) is not None:
            self.frames += 1
            self.unsaid += len(frame)
            if not self.ready.done() and (b'"snapshot"' in frame or b'"events"' in frame or b'"ready"' in frame):
                self.ready.set_result(None)
            for question in MARK.findall(frame):
                self.arrived(int(question), now)
        if self.unsaid >= SEEN_AT:
            self.unsaid = 0
            self.transport.write(masked(f'{{"type":"seen","frames":{self.frames}}}'))  # type: ignore[attr-defined]

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed by the server"))

    def _take_handshake(self) -> bool:
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode(errors="replace"))
        self.buffer, self.is_open = rest, True
        self.transport.write(masked(self.hello))  # type: ignore[attr-defined]
        return True

    def _next_frame(self) -> bytes | None:
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(self.buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(self.buffer[2:10], "big"), 10
        if len(self.buffer) < start + length:
            return None
        opcode, frame = self.buffer[0] & 0x0F, self.buffer[start : start + length]
        self.buffer = self.buffer[start + length :]
        if opcode == 9:  # ping: answer, or the server lets go
            self.transport.write(b"\x8a\x80" + os.urandom(4))  # type: ignore[attr-defined]
            return self._next_frame()
        return frame


async def connect_readers(
    count: int, port: int, path: str, hello: str, arrived: Callable[[int, float], None]
) -> list[Reader]:
    """Open ``count`` readers, fifty handshakes at a time; each has its snapshot when this returns."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one() -> Reader:
        async with gate, asyncio.timeout(90):
            _transport, reader = await loop.create_connection(
                lambda: Reader(port, path, hello, arrived), "127.0.0.1", port
            )
            await reader.ready
            return reader

    return list(await asyncio.gather(*(one() for _ in range(count))))

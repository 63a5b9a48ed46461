"""What one socket is still owed: bounded, so that a reader who stops reading costs nobody else anything."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MAX_OUTSTANDING_BYTES = 65_536
"""Characters queued for, or sent to and not yet seen by, one socket. An ASGI server may take frames without waiting
for the reader (Daphne does), so what the client says it has seen is the only true measure."""

RESUME_BYTES = 16_384
"""A lagging socket begins again when no more than this is outstanding. Clients say what they have seen at every
16,384 characters, so that less than that always remains unsaid."""

STALL_SECONDS = 30.0
"""How long a socket may be passed over before it is closed."""


class Outbox:
    """Frames on their way to one socket.

    Beyond ``MAX_OUTSTANDING_BYTES`` the socket is *lagging*: what was offered and waits is dropped and nothing more is
    taken until the client has seen nearly all that was sent; then it is told to hello again. Replies stay: a command
    is acknowledged once. One frame always fits, however long.
    """

    __slots__ = ("_queue", "_seen", "_send", "_sizes", "_writer", "lagging_since", "outstanding")

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[tuple[str, bool]] = deque()
        """Frames that wait, each with whether it is a reply."""
        self._sizes: deque[int] = deque()
        self._seen = 0
        self._writer: asyncio.Task[None] | None = None
        self.outstanding = 0
        self.lagging_since: float | None = None

    def offer(self, frame: str, *, now: float) -> bool:
        """Queue a frame, unless the socket is lagging or would begin to: whether it was taken."""
        if self.lagging_since is not None:
            return False
        if self.outstanding and self.outstanding + len(frame) > MAX_OUTSTANDING_BYTES:
            self.lagging_since = now
            self._drop_queue()
            return False
        self._take(frame, is_reply=False)
        return True

    def reply(self, frame: str) -> None:
        """Queue an answer to the client's own frame: its rate is limited, so it goes out even to a lagging socket."""
        self._take(frame, is_reply=True)

    def seen(self, frames: int) -> bool:
        """The client has received ``frames`` frames in all. Whether a lagging socket has thereby caught up."""
        while self._seen < frames and len(self._sizes) > len(self._queue):
            self.outstanding -= self._sizes.popleft()
            self._seen += 1
        if self.lagging_since is not None and self.outstanding <= RESUME_BYTES:
            self.lagging_since = None
            return True
        return False

    def close(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        self._queue.clear()

    def _take(self, frame: str, *, is_reply: bool) -> None:
        self._queue.append((frame, is_reply))
        self._sizes.append(len(frame))
        self.outstanding += len(frame)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def _drop_queue(self) -> None:
        waiting = list(self._queue)
        self._queue.clear()
        for frame, _is_reply in waiting:
            self._sizes.pop()
            self.outstanding -= len(frame)
        for frame, is_reply in waiting:
            if is_reply:
                self._take(frame, is_reply=True)

    async def _write(self) -> None:
        try:
            while self._queue:
                frame, _is_reply = self._queue.popleft()
                await self._send(frame)
        except (OSError, RuntimeError):
            # The server tells the socket's own loop that it is gone; there is nobody left to write to.
            self._queue.clear()
        finally:
            self._writer = None

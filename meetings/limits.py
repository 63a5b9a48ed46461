"""How much one socket may say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` frames in ``seconds``."""

    count: int
    seconds: float


FRAMES = Rate(60, 10.0)
"""Frames of any kind: hello and seen cost nearly nothing, and a burst of events wants a burst of seen."""

COMMANDS = Rate(5, 10.0)
"""Commands of a reader: nobody asks or clicks faster for long."""

OFFICER_COMMANDS = Rate(60, 10.0)
"""Commands of an officer, who may clear a queue by keyboard."""

MAX_BAD_FRAMES = 10
"""Frames that make no sense, or come too fast, before a socket is closed."""


@dataclass(slots=True)
class Bucket:
    """A token bucket: full at first, refilled evenly. The caller reads the clock (seconds, monotonic)."""

    rate: Rate
    refilled_at: float
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = float(self.rate.count)

    def take(self, now: float) -> bool:
        """Take one token: whether there was one."""
        gained = (now - self.refilled_at) * self.rate.count / self.rate.seconds
        self.tokens = min(float(self.rate.count), self.tokens + max(gained, 0.0))
        self.refilled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

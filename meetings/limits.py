"""How much one socket, one person and one address may say, and how many sockets there may be."""

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

ADDRESS_COMMANDS = Rate(1_500, 10.0)
"""Commands of all who come from one address: a chamber, a school or a library full of people who support at once."""

MAX_BUCKETS = 20_000
"""Shared buckets kept at once. Those that have filled up again are forgotten first."""

GESTURES = Rate(6, 6.0)
"""Reactions of one socket: once a second. What is more is passed over without a word."""

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


class Buckets:
    """Buckets that several sockets share, by whom they belong to."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def take(self, who: str, rate: Rate, now: float) -> bool:
        """Take one token of ``who``: whether there was one."""
        bucket = self._buckets.get(who)
        if bucket is None or bucket.rate != rate:
            if len(self._buckets) >= MAX_BUCKETS:
                self._forget(now)
            bucket = self._buckets[who] = Bucket(rate, now)
        return bucket.take(now)

    def _forget(self, now: float) -> None:
        """Forget buckets that are full by now; and all, if that frees none: better generous than out of memory."""
        kept = {
            who: bucket for who, bucket in self._buckets.items() if now - bucket.refilled_at < bucket.rate.seconds
        }
        self._buckets = kept if len(kept) < MAX_BUCKETS else {}


@dataclass(frozen=True, slots=True)
class Caps:
    """How many sockets there may be, of everybody but officers: they always get in."""

    process: int
    """In this server process."""
    meeting: int
    """In one meeting, in all processes as far as they have told each other."""
    person: int
    """Of one account or device, in this process."""
    address: int
    """From one address, in this process."""

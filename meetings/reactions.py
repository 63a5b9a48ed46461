"""Reactions in a room: summed, and gone after a few seconds. State of a server process, kept nowhere.

A reaction is a gesture, not a vote: it is not counted once a person, not recorded and not exported. What is lost when
a process stops or Redis is away is lost.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping

from meetings.enums import Reaction

WINDOW_SECONDS = 6.0
"""How long a reaction is part of the sum: about as long as people clap."""

MOST_AT_ONCE = 500
"""What one process is believed to have counted between two ticks; a mad message must not fill the screens."""


class Applause:
    """The reactions of the last seconds, here and as other processes tell. The caller reads the clock (seconds)."""

    def __init__(self) -> None:
        self._beats: deque[tuple[float, Counter[str]]] = deque()
        self._untold: Counter[str] = Counter()

    def add(self, reaction: Reaction, now: float) -> None:
        """Somebody here has reacted."""
        self._beats.append((now, Counter({reaction.value: 1})))
        self._untold[reaction.value] += 1

    def add_elsewhere(self, counts: Mapping[str, object], now: float) -> None:
        """Another process tells what was done there; what makes no sense is left out."""
        known = {
            name: min(count, MOST_AT_ONCE)
            for name, count in counts.items()
            if name in Reaction.values and isinstance(count, int) and count > 0
        }
        if known:
            self._beats.append((now, Counter(known)))

    def untold(self) -> dict[str, int]:
        """What has been done here since this was asked last, for the other processes."""
        counts, self._untold = dict(self._untold), Counter()
        return counts

    def sums(self, now: float) -> dict[str, int]:
        """How often each reaction was given in the last seconds; none of those that nobody gave."""
        while self._beats and now - self._beats[0][0] > WINDOW_SECONDS:
            self._beats.popleft()
        return dict(sum((counts for _at, counts in self._beats), Counter()))

"""Where a meeting's picture comes from, and the endless demonstration stream. Pure: no clock, no setting, no file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from meetings.enums import StreamKind

BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When the endless stream is taken to have begun. Any past moment would do; it must never change."""

WINDOW = 6
"""Segments in the playlist. A player starts three from the end (RFC 8216, 6.3.3), so as many again are spare."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of the clip that is shown again and again."""

    url: str
    milliseconds: int


def playlist(now: datetime, segments: Sequence[Segment], window: int = WINDOW) -> str:
    """The live playlist at ``now`` (timezone-aware, after ``BEGAN_AT``) of a clip that never stops.

    Segment number n is always the same piece at the same moment, so that every process and every reader agree without
    a word to each other: the numbers are counted from ``BEGAN_AT``. Only pieces that are wholly past are listed.
    """
    clip = [segment.milliseconds for segment in segments]
    ends = _ended(now, clip)
    first = max(ends - window, 0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{math.ceil(max(clip) / 1000)}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        # Each round of the clip begins with a discontinuity; these are the ones that have left the list.
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{math.ceil(first / len(clip))}",
    ]
    for number in range(first, ends):
        rounds, place = divmod(number, len(clip))
        starts_at = BEGAN_AT + timedelta(milliseconds=rounds * sum(clip) + sum(clip[:place]))
        if place == 0:
            lines.append("#EXT-X-DISCONTINUITY")
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{starts_at.strftime('%Y-%m-%dT%H:%M:%S')}.{starts_at.microsecond // 1000:03d}Z",
            f"#EXTINF:{clip[place] / 1000:.3f},",
            segments[place].url,
        ]
    return "\n".join(lines) + "\n"


def _ended(now: datetime, clip: Sequence[int]) -> int:
    """How many segments are wholly past at ``now``."""
    elapsed = (now - BEGAN_AT) // timedelta(milliseconds=1)
    rounds, rest = divmod(elapsed, sum(clip))
    place = 0
    while place < len(clip) and sum(clip[: place + 1]) <= rest:
        place += 1
    return int(rounds) * len(clip) + place


@dataclass(frozen=True, slots=True)
class Player:
    """What the room shows of a stream: our own player, a provider's frame, or a link when the frame is not allowed."""

    kind: StreamKind
    url: str
    frame: bool
    directives: dict[str, list[str]]
    """What the page's Content-Security-Policy must allow in addition, and only on this page."""


def player_for(kind: StreamKind, url: str, *, playlist_url: str, embed_hosts: Sequence[str]) -> Player | None:
    """How to show a stream, or None without one. A provider's frame needs its host among ``embed_hosts``."""
    origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    if kind is StreamKind.DEMONSTRATION:
        return Player(kind, playlist_url, frame=False, directives={})
    if kind is StreamKind.HLS:
        return Player(kind, url, frame=False, directives={"connect-src": [origin], "media-src": [origin]})
    if kind is StreamKind.EMBED:
        is_framed = (urlsplit(url).hostname or "") in embed_hosts
        return Player(kind, url, frame=is_framed, directives={"frame-src": [origin]} if is_framed else {})
    return None

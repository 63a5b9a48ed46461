"""The endless playlist agrees with itself at every moment, and a page allows no more than its stream needs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import StreamKind
from meetings.streams import BEGAN_AT, Player, Segment, player_for, playlist

clips = st.lists(st.integers(min_value=200, max_value=12_000), min_size=1, max_size=12).map(
    lambda lengths: [Segment(f"/s{place}.ts", length) for place, length in enumerate(lengths)]
)
moments = st.integers(min_value=0, max_value=40 * 365 * 86_400_000).map(
    lambda passed: BEGAN_AT + timedelta(milliseconds=passed)
)


def read(text: str) -> tuple[int, int, dict[int, tuple[str, str, bool, str]]]:
    """A playlist's media and discontinuity numbers, and its segments by number: url, length, discontinuity, moment."""
    first = int(re.search(r"MEDIA-SEQUENCE:(\d+)", text).group(1))
    breaks = int(re.search(r"DISCONTINUITY-SEQUENCE:(\d+)", text).group(1))
    found = re.findall(r"(#EXT-X-DISCONTINUITY\n)?#EXT-X-PROGRAM-DATE-TIME:(\S+)\n#EXTINF:([\d.]+),\n(\S+)\n", text)
    segments = {
        first + place: (url, length, bool(mark), moment) for place, (mark, moment, length, url) in enumerate(found)
    }
    return first, breaks, segments


def test_a_playlist_reads_as_the_format_asks() -> None:
    clip = [Segment("/a.ts", 3000), Segment("/b.ts", 2500)]
    assert playlist(BEGAN_AT + timedelta(seconds=11, milliseconds=1), clip, window=3) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:3\n"
        "#EXT-X-TARGETDURATION:3\n"
        "#EXT-X-MEDIA-SEQUENCE:1\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:1\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:03.000Z\n#EXTINF:2.500,\n/b.ts\n"
        "#EXT-X-DISCONTINUITY\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:05.500Z\n#EXTINF:3.000,\n/a.ts\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:08.500Z\n#EXTINF:2.500,\n/b.ts\n"
    )


@given(clips, moments, st.integers(min_value=0, max_value=600_000))
def test_a_number_is_the_same_segment_forever_and_numbers_only_grow(
    clip: list[Segment], now: datetime, later_by: int
) -> None:
    first, breaks, segments = read(playlist(now, clip))
    later_first, later_breaks, later_segments = read(playlist(now + timedelta(milliseconds=later_by), clip))
    assert later_first >= first
    assert later_breaks >= breaks
    shared = segments.keys() & later_segments.keys()
    assert {number: segments[number] for number in shared} == {number: later_segments[number] for number in shared}
    # RFC 8216, 4.3.3.3: a discontinuity that leaves the list is counted, so its number never changes either.
    for number in shared:
        before = breaks + sum(segments[one][2] for one in segments if one <= number)
        after = later_breaks + sum(later_segments[one][2] for one in later_segments if one <= number)
        assert before == after


@given(clips, moments)
def test_the_last_segment_has_just_ended(clip: list[Segment], now: datetime) -> None:
    _first, _breaks, segments = read(playlist(now, clip))
    if not segments:
        assert (now - BEGAN_AT) < timedelta(milliseconds=clip[0].milliseconds)
        return
    _url, length, _mark, moment = segments[max(segments)]
    ended_at = datetime.fromisoformat(moment) + timedelta(seconds=float(length))
    assert timedelta(0) <= now - ended_at < timedelta(milliseconds=max(piece.milliseconds for piece in clip))


def test_only_a_configured_provider_gets_a_frame_and_only_its_host_is_allowed() -> None:
    url = "https://video.example.org/embed/42"
    show = {"playlist_url": "/live.m3u8", "embed_hosts": ["video.example.org"]}
    assert player_for(StreamKind.EMBED, url, **show) == Player(
        StreamKind.EMBED, url, frame=True, directives={"frame-src": ["https://video.example.org"]}
    )
    assert player_for(StreamKind.EMBED, url, **show | {"embed_hosts": []}) == Player(
        StreamKind.EMBED, url, frame=False, directives={}
    )
    hls = "https://stream.example.org/live/index.m3u8"
    origin = ["https://stream.example.org"]
    assert player_for(StreamKind.HLS, hls, **show) == Player(
        StreamKind.HLS, hls, frame=False, directives={"connect-src": origin, "media-src": origin}
    )
    assert player_for(StreamKind.DEMONSTRATION, "", **show) == Player(
        StreamKind.DEMONSTRATION, "/live.m3u8", frame=False, directives={}
    )
    assert player_for(StreamKind.NONE, "", **show) is None

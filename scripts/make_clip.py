#!/usr/bin/env python3
"""Draw and sound the demonstration meeting's clip, and cut it into HLS segments.

    pip install pillow
    python scripts/make_clip.py     # needs ffmpeg and ffprobe; writes site/wardmote/demo/data/stream/

An empty council chamber: light from two tall windows moves slowly over the benches, a pendulum swings, a small
mark breathes. The sound is the hush of a room, a soft chord far below speech, and one low bell. Everything is
drawn and synthesised here, so nothing in it belongs to anybody else.

Every motion and every tone has a whole number of periods in one loop, and the segments are cut from the second of
three loops: the picture and the sound of the last segment run on into the first, the audio encoder's silent priming
samples are not in it, and a playlist may repeat the segments for ever. ``index.json`` gives each one's duration.
"""

from __future__ import annotations

import array
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent.parent / "site" / "wardmote" / "demo" / "data" / "stream"

WIDTH, HEIGHT = 640, 360
DRAWN_AT = 2  # frames are drawn at this many times the size, then reduced, which smooths their edges
FRAMES_PER_SECOND = 25
LOOP_SECONDS = 24
SEGMENT_SECONDS = 3
SAMPLE_RATE_HZ = 48_000  # 24 s is exactly 1,125 AAC frames of 1,024 samples
PENDULUM_SECONDS = 2

INK, DEEP, SLATE = (18, 38, 63), (11, 26, 45), (52, 78, 110)
PAPER, SHADE, OAK, OAK_DARK, AMBER = (
    (246, 243, 235),
    (226, 222, 210),
    (148, 112, 72),
    (104, 76, 48),
    (214, 143, 46),
)

Colour = tuple[int, int, int]


def mix(a: Colour, b: Colour, share_of_b: float) -> Colour:
    """The colour ``share_of_b`` (0 to 1) of the way from ``a`` to ``b``."""
    return tuple(round(x + (y - x) * share_of_b) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


class Chamber:
    """The room, drawn once; ``frame`` adds what moves."""

    def __init__(self) -> None:
        self.still = Image.new("RGB", (WIDTH * DRAWN_AT, HEIGHT * DRAWN_AT), PAPER)
        pen = ImageDraw.Draw(self.still)
        self._wall_and_floor(pen)
        for left in (96, 480):
            self._window(pen, left)
        self._shield(pen)
        self._dais(pen)
        self._benches(pen)
        self._clock_case(pen)
        self._title(pen)
        self.pool = self._pool_of_light()

    def frame(self, second: float) -> Image.Image:
        """The picture ``second`` seconds into the loop."""
        turn = 2 * math.pi * second / LOOP_SECONDS
        picture = self.still.copy()
        shift = round(60 * DRAWN_AT * math.sin(turn))
        picture.paste(Image.new("RGB", picture.size, (255, 250, 235)), (0, 0), self._moved(self.pool, shift))
        pen = ImageDraw.Draw(picture)
        self._pendulum(pen, second)
        self._breathing_mark(pen, second)
        return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    @staticmethod
    def _box(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], fill: Colour) -> None:
        x0, y0, x1, y1 = box
        pen.rectangle(
            (x0 * DRAWN_AT, y0 * DRAWN_AT, x1 * DRAWN_AT - 1, y1 * DRAWN_AT - 1), fill=fill
        )  # the far edge belongs to the neighbour

    @staticmethod
    def _shape(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], fill: Colour) -> None:
        pen.polygon([(x * DRAWN_AT, y * DRAWN_AT) for x, y in points], fill=fill)

    def _wall_and_floor(self, pen: ImageDraw.ImageDraw) -> None:
        for y in range(0, 236, 2):
            self._box(pen, (0, y, WIDTH, y + 2), mix(PAPER, SHADE, y / 300))
        self._box(pen, (0, 168, WIDTH, 236), OAK)
        for x in range(0, WIDTH, 40):
            self._box(pen, (x + 4, 176, x + 36, 228), mix(OAK, OAK_DARK, 0.35))
        self._box(pen, (0, 164, WIDTH, 168), OAK_DARK)
        self._box(pen, (0, 236, WIDTH, HEIGHT), SLATE)
        for y in range(236, HEIGHT, 2):
            self._box(pen, (0, y, WIDTH, y + 2), mix(SLATE, INK, (y - 236) / 124))

    def _window(self, pen: ImageDraw.ImageDraw, left: float) -> None:
        right, top, sill = left + 64, 66, 150
        for grow, fill in ((5, SHADE), (0, (206, 222, 234))):
            self._box(pen, (left - grow, top, right + grow, sill + grow), fill)
            pen.pieslice(
                [
                    (left - grow) * DRAWN_AT,
                    (top - 32 - grow) * DRAWN_AT,
                    (right + grow) * DRAWN_AT - 1,
                    (top + 32 + grow) * DRAWN_AT,
                ],
                180,
                360,
                fill=fill,
            )
        for x in (left + 20.5, left + 41.5):
            self._box(pen, (x, top - 28, x + 2, sill), PAPER)
        for y in (top + 2, top + 42):
            self._box(pen, (left, y, right, y + 2), PAPER)

    def _shield(self, pen: ImageDraw.ImageDraw) -> None:
        """A plain shield with two waves: the river. Not the arms of any council."""
        outline = [(296, 84), (344, 84), (344, 112), (338, 128), (320, 142), (302, 128), (296, 112)]
        self._shape(pen, outline, INK)
        for y, colour in ((102, PAPER), (114, AMBER)):
            wave_line = [
                ((300 + x) * DRAWN_AT, (y + 3 * math.sin(x / 40 * 4 * math.pi)) * DRAWN_AT) for x in range(41)
            ]
            pen.line(wave_line, fill=colour, width=3 * DRAWN_AT, joint="curve")

    def _dais(self, pen: ImageDraw.ImageDraw) -> None:
        self._shape(pen, [(196, 260), (444, 260), (470, 280), (170, 280)], mix(INK, DEEP, 0.6))
        for x in (250, 320, 390):
            tall = 62 if x == 320 else 46
            self._box(pen, (x - 17, 222 - tall, x + 17, 224), OAK_DARK)
            self._box(pen, (x - 13, 226 - tall, x + 13, 224), INK)
        self._box(pen, (204, 214, 436, 262), OAK)
        self._box(pen, (200, 208, 440, 216), OAK_DARK)
        for x in range(212, 430, 44):
            self._box(pen, (x, 222, x + 36, 256), mix(OAK, OAK_DARK, 0.3))

    def _benches(self, pen: ImageDraw.ImageDraw) -> None:
        """Two banks facing the dais across an aisle, three rows deep, larger as they come nearer."""
        for row, (top, height, reach) in enumerate(((272, 20, 232), (296, 26, 268), (328, 34, 320))):
            shade = mix(OAK, OAK_DARK, 0.15 + 0.2 * row)
            for side in (-1, 1):
                inner, outer = 320 + side * (62 + 14 * row), 320 + side * reach
                lift = 10 + 4 * row
                self._shape(
                    pen,
                    [(inner, top), (outer, top - lift), (outer, top - lift + height), (inner, top + height)],
                    shade,
                )
                self._shape(
                    pen,
                    [(inner, top), (outer, top - lift), (outer, top - lift - 5), (inner, top - 5)],
                    OAK_DARK,
                )
                for seat in range(4):
                    x = inner + (outer - inner) * (seat + 0.5) / 4
                    y = top - lift * (seat + 0.5) / 4 - 5
                    self._box(pen, (x - 1, y - 9 - 2 * row, x + 1, y), DEEP)
                    self._box(pen, (x - 2, y - 12 - 2 * row, x + 2, y - 8 - 2 * row), DEEP)

    def _clock_case(self, pen: ImageDraw.ImageDraw) -> None:
        self._box(pen, (574, 92, 614, 228), OAK_DARK)
        self._shape(pen, [(570, 92), (594, 76), (618, 92)], OAK_DARK)
        self._box(pen, (581, 136, 607, 216), DEEP)
        pen.ellipse([578 * DRAWN_AT, 96 * DRAWN_AT, 610 * DRAWN_AT, 128 * DRAWN_AT], fill=PAPER)
        centre = (594 * DRAWN_AT, 112 * DRAWN_AT)
        for hour in range(12):
            angle = math.radians(30 * hour)
            pen.line(
                [
                    (centre[0] + r * DRAWN_AT * math.sin(angle), centre[1] - r * DRAWN_AT * math.cos(angle))
                    for r in (12, 14)
                ],
                fill=INK,
                width=DRAWN_AT,
            )
        for degrees, length in ((210, 8), (2, 12)):  # seven o'clock, when councils meet
            angle = math.radians(degrees)
            tip = (
                centre[0] + length * DRAWN_AT * math.sin(angle),
                centre[1] - length * DRAWN_AT * math.cos(angle),
            )
            pen.line([centre, tip], fill=INK, width=2 * DRAWN_AT)

    def _title(self, pen: ImageDraw.ImageDraw) -> None:
        self._box(pen, (0, 0, WIDTH, 26), INK)
        self._box(pen, (0, 26, WIDTH, 28), AMBER)
        font = ImageFont.load_default(15 * DRAWN_AT)
        pen.text((16 * DRAWN_AT, 13 * DRAWN_AT), "Demonstration: Full Council", PAPER, font, anchor="lm")
        pen.text((600 * DRAWN_AT, 13 * DRAWN_AT), "Council Chamber", mix(PAPER, SLATE, 0.25), font, anchor="rm")

    def _pool_of_light(self) -> Image.Image:
        """A mask: where the light of the two windows falls on wall, dais and floor."""
        mask = Image.new("L", (WIDTH * DRAWN_AT, HEIGHT * DRAWN_AT), 0)
        pen = ImageDraw.Draw(mask)
        for left in (120, 400):
            points = [(left, 172), (left + 70, 172), (left + 130, 350), (left + 20, 350)]
            pen.polygon([(x * DRAWN_AT, y * DRAWN_AT) for x, y in points], fill=38)
        small = mask.resize((WIDTH // 20, HEIGHT // 20), Image.Resampling.BOX)
        return small.resize(mask.size, Image.Resampling.BICUBIC)

    @staticmethod
    def _moved(mask: Image.Image, right: int) -> Image.Image:
        moved = Image.new("L", mask.size, 0)
        moved.paste(mask, (right, 0))
        title_and_edge = Image.new("L", (mask.size[0], 30 * DRAWN_AT), 0)
        moved.paste(title_and_edge, (0, 0))
        return moved

    def _pendulum(self, pen: ImageDraw.ImageDraw, second: float) -> None:
        angle = 0.13 * math.sin(2 * math.pi * second / PENDULUM_SECONDS)
        pivot = (594 * DRAWN_AT, 138 * DRAWN_AT)
        bob = (pivot[0] + 64 * DRAWN_AT * math.sin(angle), pivot[1] + 64 * DRAWN_AT * math.cos(angle))
        pen.line([pivot, bob], fill=AMBER, width=DRAWN_AT)
        r = 5 * DRAWN_AT
        pen.ellipse([bob[0] - r, bob[1] - r, bob[0] + r, bob[1] + r], fill=AMBER)

    def _breathing_mark(self, pen: ImageDraw.ImageDraw, second: float) -> None:
        glow = 0.5 - 0.5 * math.cos(2 * math.pi * second / 4)
        r = 4.5 * DRAWN_AT
        x, y = 618 * DRAWN_AT, 13 * DRAWN_AT
        pen.ellipse([x - r, y - r, x + r, y + r], fill=mix(INK, AMBER, 0.35 + 0.65 * glow))


def room_sound() -> array.array[int]:
    """One loop of 16-bit mono samples whose end runs into its beginning. Peaks near -20 dB of full scale."""
    count = SAMPLE_RATE_HZ * LOOP_SECONDS
    samples = [0.0] * count
    _add_hush(samples)
    for hertz, level in ((110.0, 0.010), (165.0, 0.007), (220.0, 0.004)):  # whole cycles in 24 s
        for i in range(count):
            t = i / SAMPLE_RATE_HZ
            swell = 0.6 - 0.4 * math.cos(2 * math.pi * t / 12)
            samples[i] += level * swell * math.sin(2 * math.pi * hertz * t)
    _add_bell(samples, at_second=1.5)
    return array.array("h", (round(max(-1.0, min(1.0, s)) * 32_767) for s in samples))


def _add_hush(samples: list[float]) -> None:
    """Low-passed noise, run round the loop twice so that the filter's state agrees at the join."""
    source = random.Random(1215)
    noise = [source.uniform(-1, 1) for _ in samples]
    slow = slower = 0.0
    for lap in range(2):
        for i, value in enumerate(noise):
            slow += 0.03 * (value - slow)
            slower += 0.03 * (slow - slower)
            if lap:
                samples[i] += 0.05 * slower


def _add_bell(samples: list[float], *, at_second: float) -> None:
    """A struck bell as five decaying partials (minor-third bell ratios); its tail wraps round the loop."""
    partials = ((0.5, 0.35, 5.0), (1.0, 1.0, 4.0), (1.2, 0.5, 3.0), (1.5, 0.3, 2.5), (2.0, 0.35, 2.0))
    start = round(at_second * SAMPLE_RATE_HZ)
    for i in range(14 * SAMPLE_RATE_HZ):
        t = i / SAMPLE_RATE_HZ
        attack = min(1.0, t / 0.012)
        tone = sum(
            level * math.exp(-t / decay) * math.sin(2 * math.pi * 330 * ratio * t) for ratio, level, decay in partials
        )
        samples[(start + i) % len(samples)] += 0.035 * attack * tone


def write_wave(path: Path, samples: array.array[int], *, loops: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        for _ in range(loops):
            file.writeframes(samples.tobytes())


def encode(work: Path) -> None:
    """Three loops of picture and sound into ``work/all_NN.ts``, one keyframe at the head of each segment."""
    write_wave(work / "room.wav", room_sound(), loops=3)
    every = FRAMES_PER_SECOND * SEGMENT_SECONDS
    command = ["ffmpeg", "-v", "error", "-y", "-nostdin"]
    command += [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{WIDTH}x{HEIGHT}",
        "-r",
        str(FRAMES_PER_SECOND),
    ]
    command += ["-i", "pipe:0", "-i", str(work / "room.wav")]
    command += [
        "-c:v",
        "libx264",
        "-profile:v",
        "main",
        "-level",
        "3.0",
        "-pix_fmt",
        "yuv420p",
        "-preset",
        "slow",
    ]
    command += [
        "-crf",
        "25",
        "-g",
        str(every),
        "-keyint_min",
        str(every),
        "-sc_threshold",
        "0",
        "-threads",
        "1",
    ]
    command += ["-x264-params", "open-gop=0", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    command += ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "-flags:a", "+bitexact"]
    command += ["-f", "segment", "-segment_time", str(SEGMENT_SECONDS), "-segment_format", "mpegts"]
    command += [str(work / "all_%02d.ts")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    chamber = Chamber()
    for number in range(3 * LOOP_SECONDS * FRAMES_PER_SECOND):
        process.stdin.write(chamber.frame(number / FRAMES_PER_SECOND).tobytes())
    process.stdin.close()
    if process.wait():
        raise SystemExit("make_clip: ffmpeg failed; its message is above")


def duration_seconds(path: Path) -> float:
    """The exact time the segment's pictures cover: their count, as ffprobe reads it, over the frame rate."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets"]
    command += ["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(answer.strip().strip(",").splitlines()[0].strip(",")) / FRAMES_PER_SECOND


def main() -> None:
    for tool in ("ffmpeg", "ffprobe"):
        if shutil.which(tool) is None:
            raise SystemExit(f"make_clip: {tool} is not installed")
    per_loop = LOOP_SECONDS // SEGMENT_SECONDS
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("segment_*.ts"):
        old.unlink()
    segments = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        encode(work)
        for number in range(per_loop):
            target = OUT / f"segment_{number:02d}.ts"
            shutil.copyfile(work / f"all_{per_loop + number:02d}.ts", target)
            segments.append(
                {
                    "file": target.name,
                    "duration_seconds": duration_seconds(target),
                    "size_bytes": target.stat().st_size,
                }
            )
    index = {
        "width": WIDTH,
        "height": HEIGHT,
        "codecs": "avc1.4d401e,mp4a.40.2",
        "target_duration_seconds": SEGMENT_SECONDS,
        "loop_duration_seconds": sum(segment["duration_seconds"] for segment in segments),
        "discontinuity_before": [segments[0]["file"]],
        "segments": segments,
    }
    (OUT / "index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    print(f"{len(segments)} segments, {sum(s['size_bytes'] for s in segments)} bytes: {OUT}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""The labelled texts that the reader's weights are made from, brought to one shape.

Shared sets lie in a folder given on the command line and are never copied into the product; the council texts beside
this file were written for Wardmote. A text's ``tone`` runs from -1 to +1; ``classes`` are the shares of negative,
neutral and positive it is taught as.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HELD_OUT = HERE.parent / "benchmarks/texts/council_held_out.jsonl"
SHORT_HELD_OUT = HERE.parent / "benchmarks/texts/short_held_out.jsonl"
GRADED = {"tweets": 3.2, "amazon": 3.2, "nyt": 2.4, "movie": 3.2}
"""Rating (mean of 20 raters, -4..+4) that counts as a whole tone; editorials are rated closer to the middle."""
NEUTRAL_RATING = 0.45
"""Ratings closer to 0 than this are taught as neutral, with a soft edge of as much again on either side."""
EVEN, FIRM = 1 / 3, 0.96
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with what it is taught as. ``group`` keeps sentences of one review or article in one fold."""

    text: str
    question: str
    tone: float
    classes: tuple[float, float, float]
    source: str
    group: str
    kind: str = ""
    themes: tuple[str, ...] = ()


def firm(label: str) -> tuple[float, float, float]:
    rest = (1 - FIRM) / 2
    return tuple(FIRM if each == label else rest for each in ("negative", "neutral", "positive"))  # type: ignore[return-value]


def soft(rating: float) -> tuple[float, float, float]:
    """Class shares of a graded rating: linear across the edge of the neutral zone."""
    outside = min(1.0, max(0.0, (abs(rating) - NEUTRAL_RATING / 2) / NEUTRAL_RATING))
    side, rest = 0.02 + 0.94 * outside, 0.02
    middle = 1 - side - rest
    return (side, middle, rest) if rating < 0 else (rest, middle, side)


def rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def shared(folder: Path) -> list[Labelled]:
    """The development halves: patients' feedback (five levels) and the four graded sets."""
    found = []
    for number, row in enumerate(rows(folder / "nhs_fft_dev.jsonl")):
        tone = (3 - row["level"]) / 2
        found.append(
            Labelled(
                row["text"],
                row["question"],
                tone,
                firm(row["label"]),
                "nhs",
                str(number),
                themes=tuple(row["themes"]),
            )
        )
    for name, whole in GRADED.items():
        for row in rows(folder / f"vader_{name}_dev.jsonl"):
            rating = row["rating"]
            found.append(Labelled(row["text"], "", rating / whole, soft(rating), name, str(row["id"]).split("_")[0]))
    return found


def council(folder: Path = HERE / "council") -> list[Labelled]:
    """Our own texts, labelled by hand in steps of a quarter."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for row in rows(path):
            tone = row["tone"]
            label = "negative" if tone < 0 else "positive" if tone > 0 else "neutral"
            found.append(
                Labelled(
                    row["text"],
                    row.get("question", ""),
                    tone,
                    firm(label),
                    path.stem,
                    row["text"].casefold(),  # the same answer to two questions stays in one fold
                    kind=row["kind"],
                )
            )
    return found


def split(texts: list[Labelled], fold: int) -> tuple[list[Labelled], list[Labelled]]:
    """(to learn from, to check on): a fifth of each source's groups, the same fifth on every machine."""
    learn, check = [], []
    for text in texts:
        place = random.Random(f"{text.source} {text.group}").randrange(FOLDS)
        (check if place == fold else learn).append(text)
    return learn, check


def held_out(path: Path = HELD_OUT, source: str = "held_out") -> list[Labelled]:
    """Texts that nothing was taught and nothing was chosen by, labelled like ``council``; to report on."""
    found = []
    for number, row in enumerate(rows(path)):
        label = "negative" if row["tone"] < 0 else "positive" if row["tone"] > 0 else "neutral"
        found.append(
            Labelled(row["text"], row.get("question", ""), row["tone"], firm(label), source, str(number), row["kind"])
        )
    return found

"""Measured figures beside their targets, printed and kept."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parents[1] / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``at_most`` is its target, None where it is only told."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        return None if self.at_most is None else self.value <= self.at_most

    def row(self) -> str:
        target = "" if self.at_most is None else f"≤ {self.at_most:,g} {self.unit}".rstrip()
        met = {None: "", True: "yes", False: "**no**"}[self.is_met]
        return f"| {self.what} | {self.value:,g} {self.unit}".rstrip() + f" | {target} | {met} |"


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` of them lie (nearest rank); nan of nothing."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: float) -> float:
    return round(1000 * seconds)


def load_now() -> float:
    """The machine's load average over the last minute: what else was going on."""
    return round(os.getloadavg()[0], 1)


def machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "cores": os.cpu_count()}


def table(figures: Iterable[Figure]) -> str:
    return "\n".join(
        ["| | measured | target | met |", "| --- | ---: | ---: | --- |", *(each.row() for each in figures)]
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """One scenario's figures, with how they were taken."""

    scenario: str
    title: str
    setting: str
    load_at_start: float
    seconds: float
    figures: tuple[Figure, ...]

    def as_text(self) -> str:
        head = f"## {self.title}\n\n{self.setting} Load {self.load_at_start} at the start; {self.seconds:.0f} s."
        return f"{head}\n\n{table(self.figures)}\n"


def keep(found: list[Measured], name: str, preface: str) -> None:
    """Put scenarios into results/``name``.json and .md; those not measured this time stay as they are."""
    path = RESULTS / f"{name}.json"
    kept: dict[str, Any] = json.loads(path.read_text())["scenarios"] if path.exists() else {}
    kept |= {
        each.scenario: {key: value for key, value in asdict(each).items() if key != "scenario"} for each in found
    }
    path.write_text(json.dumps({"machine": machine(), "scenarios": kept}, indent=2) + "\n", encoding="utf-8")
    texts = []
    for scenario, values in kept.items():
        figures = tuple(Figure(**each) for each in values["figures"])
        texts.append(Measured(scenario=scenario, **values | {"figures": figures}).as_text())
    (RESULTS / f"{name}.md").write_text("\n".join([preface, *texts]), encoding="utf-8")

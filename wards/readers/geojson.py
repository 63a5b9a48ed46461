"""Ward boundaries as the Office for National Statistics publishes them: a GeoJSON feature collection.

The properties carry the year in their name (``WD13CD``, ``WD24CD``, ``WD25CD``; ``CED25CD`` for county divisions), so
they are found by pattern. Positions must be longitude and latitude in degrees (WGS 84, RFC 7946).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from wards.readers.tables import BadRow, FileRefused, RowRefused, find_columns, read_text

WARD_PROPERTIES = {
    "code": r"wd\d\dcd|ced\d\dcd|wdcd|wd_cd",
    "name": r"wd\d\dnm|ced\d\dnm|wdnm|wd_nm",
    "name_cy": r"wd\d\dnmw|ced\d\dnmw|wdnmw",
    "council_code": r"lad\d\dcd|cty\d\dcd|ladcd",
    "council_name": r"lad\d\dnm|cty\d\dnm|ladnm",
}
EXPECTED = "WD25CD, WD25NM (or another year: WD13CD, WD13NM)"

DECIMALS_KEPT = 6
"""Of a degree: a tenth of a metre, finer than any published boundary."""

UK_BOUNDS = (-9.0, 49.0, 2.5, 61.5)
"""West, south, east, north in degrees: Rockall aside, the United Kingdom with room around it."""

WARD_CODE = re.compile(r"[EWSN]\d{8}")
"""A code of the ONS register: the country's letter and eight digits."""

MAX_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class WardRecord:
    """One ward of a file. ``boundary`` is a GeoJSON Polygon or MultiPolygon; an unknown council's code is ``""``."""

    number: int
    code: str
    name: str
    name_cy: str
    council_code: str
    council_name: str
    boundary: dict[str, Any]


def read_wards(path: Path) -> list[WardRecord | BadRow]:
    """Every feature of the file as a ward or as a bad row. Raises ``FileRefused`` when it is no file of wards."""
    features = _features(path)
    _refuse_other_grids(features)
    names = list(features[0].get("properties") or {})
    places = find_columns(names, WARD_PROPERTIES, needed=["code", "name"], expected=EXPECTED)
    keys = {key: names[place] for key, place in places.items()}
    return list(_records(features, keys))


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise FileRefused(_("%(file)s is not GeoJSON: %(why)s.") % {"file": path.name, "why": error}) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(one, dict) for one in features):
        raise FileRefused(
            _("%(file)s holds no GeoJSON features. Expected a FeatureCollection.") % {"file": path.name}
        )
    crs = ((document.get("crs") or {}).get("properties") or {}).get("name", "")
    if crs and not re.search(r"CRS84|4326|4258", str(crs)):
        raise FileRefused(_other_grid(str(crs)))
    return features


def _other_grid(what: str) -> str:
    return _(
        "The boundaries are not in longitude and latitude (%(what)s). Download them again as GeoJSON in WGS 84 "
        "(EPSG:4326); British National Grid (EPSG:27700) cannot be used."
    ) % {"what": what}


def _refuse_other_grids(features: list[dict[str, Any]]) -> None:
    """Files often carry no ``crs`` at all; the first number tells metres from degrees."""
    for feature in features:
        position = (feature.get("geometry") or {}).get("coordinates")
        while isinstance(position, list) and position and isinstance(position[0], list):
            position = position[0]
        if isinstance(position, list) and len(position) >= 2 and isinstance(position[0], int | float):
            if abs(position[0]) > 180 or abs(position[1]) > 90:
                raise FileRefused(_other_grid(f"{position[0]}, {position[1]}"))
            return


def _records(features: list[dict[str, Any]], keys: dict[str, str]) -> Iterator[WardRecord | BadRow]:
    for number, feature in enumerate(features, start=1):
        try:
            yield _record(number, feature, keys)
        except RowRefused as error:
            yield BadRow(number, str(error))


def _record(number: int, feature: dict[str, Any], keys: dict[str, str]) -> WardRecord:
    properties = feature.get("properties") or {}
    values = {key: str(properties.get(name) or "").strip() for key, name in keys.items()}
    code = values["code"].upper()
    if not WARD_CODE.fullmatch(code):
        raise RowRefused(
            _("%(column)s is “%(value)s”. Expected a ward's ONS code, like E05007117.")
            % {"column": keys["code"], "value": values["code"][:40]}
        )
    name = values["name"]
    if not name or len(name) > MAX_NAME_LENGTH:
        raise RowRefused(
            _("%(column)s of %(code)s is empty or too long. Expected a ward's name of up to %(limit)s characters.")
            % {"column": keys["name"], "code": code, "limit": MAX_NAME_LENGTH}
        )
    return WardRecord(
        number=number,
        code=code,
        name=name,
        name_cy=values.get("name_cy", "")[:MAX_NAME_LENGTH],
        council_code=values.get("council_code", ""),
        council_name=values.get("council_name", ""),
        boundary=_boundary(code, feature.get("geometry")),
    )


def _boundary(code: str, geometry: Any) -> dict[str, Any]:
    expected = _("Expected for %(code)s a Polygon or MultiPolygon in longitude and latitude") % {"code": code}
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        found = geometry.get("type") if isinstance(geometry, dict) else None
        raise RowRefused(_("%(expected)s; found %(found)s.") % {"expected": expected, "found": found})
    try:
        area = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise RowRefused(_("%(expected)s; it cannot be read.") % {"expected": expected}) from error
    west, south, east, north = area.bounds if not area.is_empty else (math.nan,) * 4
    if not (UK_BOUNDS[0] <= west and UK_BOUNDS[1] <= south and east <= UK_BOUNDS[2] and north <= UK_BOUNDS[3]):
        raise RowRefused(_("%(expected)s; this one does not lie in the United Kingdom.") % {"expected": expected})
    return _rounded(_mended(area))


def _mended(area: BaseGeometry) -> BaseGeometry:
    """Published boundaries now and then cross themselves; the mended area without the slivers that are no area."""
    if area.is_valid:
        return area
    parts = shapely.get_parts(shapely.make_valid(area))
    return shapely.union_all([part for part in parts if part.geom_type in ("Polygon", "MultiPolygon")])


def _rounded(area: BaseGeometry) -> dict[str, Any]:
    coordinates = shapely.get_coordinates(area).round(DECIMALS_KEPT)
    drawn = mapping(shapely.set_coordinates(area, coordinates))
    plain: dict[str, Any] = json.loads(json.dumps(drawn))  # tuples to the lists a JSON column gives back
    return plain

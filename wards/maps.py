"""The wards drawn as one SVG, without tiles and without JavaScript.

A flat map is honest at a council's size: longitudes are shortened by the cosine of the middle latitude, nothing else
is projected. Boundaries are simplified together, so that neighbours still share their edge.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from functools import lru_cache

import numpy
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from wards.models import Ward, WardSet

MAP_WIDTH = 1000
"""Width of the drawing in its own units; the height follows from the ground."""

MAX_HEIGHT = 1400
"""A council much taller than wide is drawn narrower instead."""

MARGIN = 8

TOLERANCE = 1.5
"""Units a boundary may be off after simplifying: under one pixel on a map 640 pixels wide."""

SHARED_EDGE = 4.0
"""Units of common boundary from which on two wards are neighbours; touching in a corner is not enough."""

LETTER_WIDTH = 12.0
"""Mean width of a letter of a label in units, at the label's size in the style sheet (24 units)."""

LINE_HEIGHT = 27.0

HALF_LETTER = 13.0
"""Half the height a line needs, so that no boundary runs through it."""

COMFORT = 30.0
"""Room beside a label, in units, below which it looks squeezed."""

TIGHTNESS_WEIGHT = 4.0
"""Units a label would rather move away from the ward's middle than miss one unit of comfort."""

SCANNED_LINES = 25
"""Heights at which a ward is tried for its label."""

KEPT_MAPS = 8


@dataclass(frozen=True, slots=True)
class WardShape:
    """A ward as drawn: ``path`` is SVG path data; the label stands around (``x``, ``y``) in lines, or has none.

    ``neighbours`` are the keys of the wards that share an edge with it. Baselines of the label's lines are in
    ``label``: (y, words).
    """

    pk: int
    slug: str
    name: str
    name_cy: str
    path: str
    x: float
    label: tuple[tuple[float, str], ...]
    neighbours: frozenset[int]


@dataclass(frozen=True, slots=True)
class WardMap:
    """A ward set as drawn, in units of the ``viewBox``."""

    width: int
    height: int
    shapes: tuple[WardShape, ...]
    west: float = 0.0
    """Longitude at the drawing's left edge, and ``north`` the latitude at its top, in degrees."""
    north: float = 0.0
    per_longitude: float = 1.0
    """Units a degree of longitude is wide; ``per_latitude`` is a degree's height."""
    per_latitude: float = 1.0

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"

    def shape_of(self, ward: Ward) -> WardShape | None:
        return next((one for one in self.shapes if one.pk == ward.pk), None)


def ward_map(ward_set: WardSet) -> WardMap:
    """The drawing of a ward set, by ward name; kept in memory until a ward of the set changes."""
    return _drawn(ward_set.pk, ward_set.edition)


@lru_cache(maxsize=KEPT_MAPS)
def _drawn(ward_set_pk: int, edition: uuid.UUID) -> WardMap:
    """``edition`` is part of the key only: a changed ward gives the set a new one."""
    wards = list(Ward.objects.filter(ward_set=ward_set_pk).order_by("name", "pk"))
    if not wards:
        return WardMap(MAP_WIDTH, 1, ())
    areas, ground = _projected([shape(ward.boundary) for ward in wards])
    drawn = shapely.coverage_simplify(areas, TOLERANCE)
    neighbours = _neighbours(areas, [ward.pk for ward in wards])
    return WardMap(
        width=ground.width,
        height=ground.height,
        west=ground.west,
        north=ground.north,
        per_longitude=ground.per_longitude,
        per_latitude=ground.per_latitude,
        shapes=tuple(_ward_shape(ward, area, neighbours[ward.pk]) for ward, area in zip(wards, drawn, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """How the drawing lies on the ground, as ``WardMap`` tells it."""

    width: int
    height: int
    west: float
    north: float
    per_longitude: float
    per_latitude: float


def _projected(areas: list[BaseGeometry]) -> tuple[list[BaseGeometry], _Ground]:
    """Degrees to units, north up: the areas, and how the drawing lies on the ground."""
    west, south, east, north = shapely.total_bounds(areas)
    narrowing = math.cos(math.radians((south + north) / 2))
    ground_width, ground_height = (east - west) * narrowing, north - south
    scale = min((MAP_WIDTH - 2 * MARGIN) / ground_width, (MAX_HEIGHT - 2 * MARGIN) / ground_height)

    def to_units(degrees: numpy.ndarray) -> numpy.ndarray:
        x = (degrees[:, 0] - west) * narrowing * scale + MARGIN
        y = (north - degrees[:, 1]) * scale + MARGIN
        return numpy.column_stack([x, y])

    width, height = (math.ceil(extent * scale + 2 * MARGIN) for extent in (ground_width, ground_height))
    ground = _Ground(
        width=width,
        height=height,
        west=west - MARGIN / (narrowing * scale),
        north=north + MARGIN / scale,
        per_longitude=narrowing * scale,
        per_latitude=scale,
    )
    return [shapely.transform(area, to_units) for area in areas], ground


def _neighbours(areas: list[BaseGeometry], pks: list[int]) -> dict[int, frozenset[int]]:
    """Who shares an edge with whom. A hair's width is added, since published edges do not always meet exactly."""
    wider = [shapely.buffer(area, 1.0) for area in areas]
    tree = shapely.STRtree(wider)
    return {
        pks[index]: frozenset(
            pks[other]
            for other in tree.query(areas[index])
            if other != index
            and shapely.length(shapely.intersection(areas[index].boundary, wider[other])) > SHARED_EDGE
        )
        for index in range(len(areas))
    }


def _ward_shape(ward: Ward, area: BaseGeometry, neighbours: frozenset[int]) -> WardShape:
    x, label = _label(ward.name, area)
    return WardShape(
        pk=ward.pk,
        slug=ward.slug,
        name=ward.name,
        name_cy=ward.name_cy,
        path=_path(area),
        x=x,
        label=label,
        neighbours=neighbours,
    )


def _path(area: BaseGeometry) -> str:
    """SVG path data: each ring of each part, to a tenth of a unit."""
    rings = [ring for part in shapely.get_parts(area) for ring in shapely.get_rings(part)]
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z" for ring in rings
    )


def _label(name: str, area: BaseGeometry) -> tuple[float, tuple[tuple[float, str], ...]]:
    """Where the name stands: its middle, and its lines' baselines. In one line or a line a word, or not at all."""
    for lines in ([name], name.split()):
        half_height = HALF_LETTER + (len(lines) - 1) * LINE_HEIGHT / 2
        place = _place(area, half_height, max(len(line) for line in lines) * LETTER_WIDTH)
        if place:
            x, y = place
            top = y - (len(lines) - 1) * LINE_HEIGHT / 2 + LINE_HEIGHT / 3
            return x, tuple((round(top + number * LINE_HEIGHT, 1), line) for number, line in enumerate(lines))
    return 0.0, ()


def _place(area: BaseGeometry, half_height: float, width: float) -> tuple[float, float] | None:
    """The middle, nearest the ward's own, of a level stretch of ``width`` that stays clear of every edge."""
    inner = shapely.buffer(area, -half_height)
    if inner.is_empty:
        return None
    west, south, east, north = inner.bounds
    levels = numpy.linspace(south, north, SCANNED_LINES + 2)[1:-1]
    cuts = shapely.intersection(inner, shapely.linestrings([[(west, y), (east, y)] for y in levels]))
    stretches = shapely.get_parts(cuts)
    # The buffer has taken half a letter's height at both ends as well: that much room is there besides.
    room = shapely.length(stretches) + 2 * HALF_LETTER - width
    fitting, room = stretches[room >= 0], room[room >= 0]
    if not len(fitting):
        return None
    middles = shapely.centroid(fitting)
    tightness = numpy.maximum(0, COMFORT - room)
    away = shapely.distance(middles, shapely.centroid(area))
    nearest = middles[int(numpy.argmin(away + TIGHTNESS_WEIGHT * tightness))]
    return round(float(nearest.x), 1), float(nearest.y)

"""Boundaries as shapes: which ward a point lies in, kept in memory per edition of a ward set."""

from __future__ import annotations

import uuid
from functools import lru_cache

import shapely
from shapely.geometry import shape

from wards.models import Ward, WardSet

KEPT_WARD_SETS = 4
"""Trees held per process: today's wards, the last ones, and room to spare."""


@lru_cache(maxsize=KEPT_WARD_SETS)
def _tree(ward_set_pk: int, edition: uuid.UUID) -> tuple[shapely.STRtree, tuple[int, ...]]:
    """The tree of a ward set's boundaries and the wards' keys in its order; ``edition`` ends a stale one."""
    rows = list(Ward.objects.filter(ward_set=ward_set_pk).order_by("code").values_list("pk", "boundary"))
    return shapely.STRtree([shape(boundary) for _, boundary in rows]), tuple(pk for pk, _ in rows)


def ward_pks_at(ward_set: WardSet, longitude: float, latitude: float) -> list[int]:
    """Keys of the wards that hold or touch the point (degrees, WGS 84), by ward code."""
    tree, pks = _tree(ward_set.pk, ward_set.edition)
    return [pks[index] for index in sorted(tree.query(shapely.Point(longitude, latitude), predicate="intersects"))]

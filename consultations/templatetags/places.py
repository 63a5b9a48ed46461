"""``{% place_map %}``: the wards as a drawing on which a point can be set."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from wards.maps import ward_map
from wards.queries import current_ward_set

register = template.Library()


@register.simple_tag
def place_map() -> dict[str, Any] | None:
    """The drawing of the wards in force today and their names in the reader's language; None without wards."""
    ward_set = current_ward_set(timezone.localdate())
    drawing = ward_map(ward_set) if ward_set else None
    if ward_set is None or drawing is None or not drawing.shapes:
        return None
    in_welsh = get_language() == "cy"
    return {
        "drawing": drawing,
        "attribution": ward_set.attribution,
        "shapes": [(one, (in_welsh and one.name_cy) or one.name) for one in drawing.shapes],
    }

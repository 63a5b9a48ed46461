"""Template tags of the wards: the map."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wards.maps import ward_map as drawn_map
from wards.models import Ward, WardSet

register = template.Library()


@register.inclusion_tag("wards/ward_map.html")
def ward_map(ward_set: WardSet, highlighted: Ward | None = None) -> dict[str, Any]:
    """Draw a ward set: ``{% ward_map ward_set %}`` or ``{% ward_map ward_set highlighted=ward %}``.

    One query the first time, none while no ward of the set changes.
    """
    drawing = drawn_map(ward_set)
    in_welsh = get_language() == "cy"
    return {
        "map": drawing,
        "attribution": ward_set.attribution,
        "highlighted": highlighted,
        "shapes": [(one, (in_welsh and one.name_cy) or one.name) for one in drawing.shapes],
    }


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that a narrow screen may break before its "@"."""
    name, _at, host = address.rpartition("@")
    return format_html("{}<wbr>@{}", name, host)

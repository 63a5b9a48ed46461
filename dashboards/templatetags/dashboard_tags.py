"""Shares as a dashboard writes them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def in_hundred(share: float) -> int:
    """A share (0 to 1) as so many in a hundred."""
    return round(100 * share)


@register.filter
def exact(share: float) -> str:
    """A share for a chart to read: four decimals and a point, whatever the page's language."""
    return f"{share:.4f}"

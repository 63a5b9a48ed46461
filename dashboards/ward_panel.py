"""What a ward's public page says about what was said there."""

from __future__ import annotations

from django.http import HttpRequest

from dashboards.queries import public_results
from wards.models import Ward
from wards.panels import Panel


def what_was_said(request: HttpRequest, ward: Ward) -> Panel | None:
    """The public total, leading to the counts; nothing before the first counting."""
    results = public_results(ward)
    return Panel("dashboards/ward_panel.html", {"results": results}, order=40) if results else None

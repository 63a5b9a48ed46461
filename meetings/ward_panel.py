"""What a ward's page says about meetings."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from meetings.coming import outlook_for
from wards.models import Ward
from wards.panels import Panel


def coming_to_meetings(request: HttpRequest, ward: Ward) -> Panel | None:
    """ "At council meetings": what is coming that names this ward, and the questions asked from there."""
    now = timezone.now()
    outlook = outlook_for(ward, now)
    return None if outlook.is_empty else Panel("meetings/ward_panel.html", {"outlook": outlook, "now": now}, order=20)

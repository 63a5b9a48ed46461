"""What a ward's page says about consultations."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Locale

from consultations import queries
from wards.models import Ward
from wards.panels import Panel


def open_consultations(request: HttpRequest, ward: Ward) -> Panel | None:
    """ "Open to answer here": what asks this ward now, the one that closes first before the others."""
    now = timezone.now()
    found = queries.open_at(now).for_ward(ward).in_language(Locale.get_active().language_code)
    if not found:
        return None
    return Panel("consultations/ward_panel.html", {"consultations": found, "now": now}, order=10)

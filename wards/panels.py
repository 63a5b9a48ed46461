"""What other rooms show on a ward's page, without ``wards`` knowing them.

Imports point down, so consultations and dashboards cannot be imported here; they register a panel instead, in their
``AppConfig.ready``::

    from wards import panels

    def open_consultations(request, ward):
        found = queries.open_with_ward_counts(ward, timezone.now())
        return panels.Panel("consultations/ward_panel.html", {"consultations": found}, order=10) if found else None

    panels.register(open_consultations)

The template begins with its own ``<h2>`` and gets the context plus ``ward`` and ``request``. Panels stand between the
summary and the councillors, by ``order``. A builder that has nothing to show returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from wards.models import Ward


@dataclass(frozen=True, slots=True)
class Panel:
    """A template with its context; panels with a lower ``order`` come first."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


PanelBuilder = Callable[[HttpRequest, Ward], Panel | None]

_builders: list[PanelBuilder] = []


def register(builder: PanelBuilder) -> None:
    """Add a panel to every ward's page. Registering the same builder again changes nothing."""
    if builder not in _builders:
        _builders.append(builder)


def unregister(builder: PanelBuilder) -> None:
    """Take a panel away again, as a test does that registered one."""
    _builders.remove(builder)


def panels_of(request: HttpRequest, ward: Ward) -> list[Panel]:
    """The panels that have something to show for a ward, in order."""
    built = (builder(request, ward) for builder in _builders)
    return sorted((panel for panel in built if panel), key=lambda panel: panel.order)

"""The regions of the officer's desk, for the navigation between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Region:
    """One part of the desk: the id of its element, what it is called, and the key that leads there."""

    id: str
    title: str | Promise
    key: str
    waiting: str = ""
    """What waits in it for an officer, as a CSS selector; ``""`` where nothing ever does."""


ACT_KEYS = frozenset("nbjkpxr?")
"""Keys that do something on the desk (``desk-keys.js``)."""

REGIONS = (
    Region("questions", _("Questions"), "q", "[data-lane='held'] [data-question]"),
    Region("agenda", _("Agenda"), "a"),
    Region("speakers", _("Speakers"), "s", "#speakers-live > .wm-turns > [data-state='waiting']"),
    Region("motions", _("Motions"), "m", "#motions-live [data-state='voting']"),
    Region("hands", _("Raised hands"), "h", "#hands [data-hand]"),
    Region("polls", _("Polls"), "o", "#polls [data-waits]"),
    Region("inside", _("Kept inside"), "i", "#inside li"),
    Region("here", _("Who is here"), "w"),
    Region("join", _("In the chamber"), "c"),
    Region("downloads", _("Downloads"), "d"),
)
"""In the order of the page. A key stands for one region only and for no other shortcut (``desk-keys.js``)."""


def regions_with(waiting: Mapping[str, int], without: Iterable[str] = ()) -> list[dict[str, object]]:
    """The regions that are there, each with the number of things that wait in it when the page is drawn."""
    left_out = set(without)
    return [
        {
            "id": region.id,
            "title": region.title,
            "key": region.key,
            "selector": region.waiting,
            "waits": waiting.get(region.id, 0),
        }
        for region in REGIONS
        if region.id not in left_out
    ]

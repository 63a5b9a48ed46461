"""Who looks at a ward's figures, and what there is to look at."""

from __future__ import annotations

from enum import StrEnum


class Viewer(StrEnum):
    """Who somebody is to one ward on one day."""

    ANYBODY = "anybody"
    """Nobody signed in."""
    USER = "user"
    """Somebody with an account: a resident, a former councillor, a councillor of another council."""
    OTHER_COUNCILLOR = "other_councillor"
    """Holds a seat now, for another ward."""
    OWN_COUNCILLOR = "own_councillor"
    """Holds a seat for this ward now."""
    OFFICER = "officer"


class Screen(StrEnum):
    PUBLIC_RESULTS = "public_results"
    WARD = "ward"
    TEXTS = "texts"
    """The list of what was said, and one text opened."""
    CORRECTION = "correction"
    FLAG = "flag"
    """Telling officers that a text was read wrongly."""
    CHECKS = "checks"
    """A random sample of texts, for officers to judge."""
    OVERVIEW = "overview"
    """All wards beside each other."""

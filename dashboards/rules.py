"""Who may see what of a ward: one table."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.enums import Screen, Viewer

_EVERYBODY = frozenset(Viewer)
_WARD = frozenset({Viewer.OWN_COUNCILLOR, Viewer.OFFICER})
_OFFICERS = frozenset({Viewer.OFFICER})

MAY_SEE: Mapping[Screen, frozenset[Viewer]] = {
    Screen.PUBLIC_RESULTS: _EVERYBODY,
    Screen.WARD: _WARD,
    Screen.TEXTS: _WARD,
    Screen.CORRECTION: _OFFICERS,
    Screen.FLAG: frozenset({Viewer.OWN_COUNCILLOR}),
    Screen.CHECKS: _OFFICERS,
    Screen.OVERVIEW: _OFFICERS,
}


def may_see(viewer: Viewer, screen: Screen) -> bool:
    return viewer in MAY_SEE[screen]

"""The permission table, whole: every viewer before every screen."""

from __future__ import annotations

import pytest

from dashboards.enums import Screen, Viewer
from dashboards.rules import MAY_SEE, may_see

EXPECTED = {
    # viewer: public results, ward, texts, correction, flag, checks, overview
    Viewer.ANYBODY: (True, False, False, False, False, False, False),
    Viewer.USER: (True, False, False, False, False, False, False),
    Viewer.OTHER_COUNCILLOR: (True, False, False, False, False, False, False),
    Viewer.OWN_COUNCILLOR: (True, True, True, False, True, False, False),
    Viewer.OFFICER: (True, True, True, True, False, True, True),
}
SCREENS = (
    Screen.PUBLIC_RESULTS,
    Screen.WARD,
    Screen.TEXTS,
    Screen.CORRECTION,
    Screen.FLAG,
    Screen.CHECKS,
    Screen.OVERVIEW,
)


def test_the_table_has_a_row_for_every_viewer_and_every_screen():
    assert (set(EXPECTED), set(SCREENS), set(MAY_SEE)) == (set(Viewer), set(Screen), set(Screen))


@pytest.mark.parametrize("viewer", Viewer)
def test_each_viewer_may_see_what_the_table_says(viewer):
    assert tuple(may_see(viewer, screen) for screen in SCREENS) == EXPECTED[viewer]

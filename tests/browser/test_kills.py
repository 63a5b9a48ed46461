"""The server and the browser are killed while people answer: the short form of ``make faults``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from benchmarks.faults.kills import KINDS, Site, copy_site, run_rounds
from tests.browser.conftest import LiveSite

ROUNDS, SEED = 3, 2026
"""The server while it saves and while it takes answers in, and the browser while somebody types; moments by the seed."""


@pytest.fixture
def killed_site(live_site: LiveSite, tmp_path: Path) -> Iterator[Site]:
    """A server of its own, with a copy of what the shared one holds."""
    site = copy_site(live_site.data_dir, tmp_path / "site")
    site.start()
    yield site
    site.kill()


def test_nothing_acknowledged_is_lost_or_doubled_when_server_or_browser_are_killed(
    killed_site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    done = list(run_rounds(killed_site, ROUNDS, SEED, tmp_path, playwright))
    assert {each.kind: each.faults for each in done} == {kind: [] for kind in KINDS[:ROUNDS]}
    assert all(each.acknowledged for each in done if each.kind.endswith("sending"))
    log = (killed_site.data_dir / "site.log").read_text()
    assert "/draft/" not in log, "a link's secret stands in the log"

"""A real Chromium before the real site: its own process, worker and database, loaded with the demonstration.

These tests run in a pytest process of their own (``make test`` does so): Playwright keeps an event loop running in the
main thread, in which neither Django's ORM nor other async tests may then be used. They act through the site alone.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STYLES = ROOT / "var" / "css" / "wardmote.css"
START_SECONDS = 240
"""Loading the demonstration and having it read takes most of this on a busy machine."""

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first there is is taken: the one without windows takes half the processor time of the others."""

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 1280)
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class LiveSite:
    """The running site and the accounts of its demonstration."""

    url: str
    data_dir: Path
    env: dict[str, str]

    def wardmote(self, *words: str) -> str:
        """Run a ``wardmote`` command on the site's own database; what it printed."""
        command = [sys.executable, "-m", "wardmote", *words]
        run = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=180, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def account(self, who: str) -> dict[str, str]:
        """E-mail address and password of the demonstration's account whose description begins with ``who``."""
        people = json.loads((self.data_dir / "demonstration-sign-ins.json").read_text())
        return next(one for one in people if one["who"].startswith(who))


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    assert STYLES.exists(), "Styles are not compiled: run `python3 scripts/setup.py test`"
    data_dir, port = tmp_path_factory.mktemp("site"), free_port()
    url = f"http://127.0.0.1:{port}"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("WARDMOTE_", "DJANGO_"))}
    env |= {
        "WARDMOTE_DATA_DIR": str(data_dir),
        "WARDMOTE_BASE_URL": url,
        "WARDMOTE_LOG_LEVEL": "WARNING",
        # The deep reader takes minutes over the demonstration's texts, and these tests are about pages.
        "WARDMOTE_READER_TIER": "fast",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    log = (data_dir / "site.log").open("w")
    command = [sys.executable, "-m", "wardmote", "serve", "--prepare", "--with-worker", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until_up(url, process, data_dir / "site.log")
        yield LiveSite(url, data_dir, env)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url + "/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"not up after {START_SECONDS} seconds: {log.read_text()}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None and os.environ.get("CI"):
        pytest.fail("CI must have a Chromium")
    if path is None:
        pytest.skip("no Chromium on this machine: the browser tests need one")
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@dataclass(slots=True)
class Watch:
    """What went wrong in a page while nobody looked: console errors, refused content, requests to other hosts."""

    site: str
    faults: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of messages that a test provokes on purpose."""

    def follow(self, page: Page) -> None:
        page.on("console", lambda message: self.note("console", message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.note("script", str(error)))
        page.on("request", lambda request: self.check_host(request.url))

    def check_host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.site).netloc:
            self.note("other host", url)

    def note(self, kind: str, what: str) -> None:
        if not any(part in what for part in self.expected):
            self.faults.append(f"{kind}: {what}")


@pytest.fixture
def watch(live_site: LiveSite) -> Iterator[Watch]:
    """Collects faults of every page opened by ``open_browser``; the test fails if there was one."""
    collected = Watch(live_site.url)
    yield collected
    assert collected.faults == []


@pytest.fixture
def open_browser(chromium: Browser, live_site: LiveSite, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh profile: ``open_browser(width=320, java_script_enabled=False)``."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1280, height: int = 900, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=live_site.url, locale="en-GB", **options
        )
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    """A wide page in a fresh profile."""
    return open_browser()


@pytest.fixture
def sign_in(live_site: LiveSite) -> Callable[[Page, str], None]:
    """Signs a page in as one of the demonstration's people: ``sign_in(page, "Councillor for Bridge")``."""

    def do(page: Page, who: str) -> None:
        account = live_site.account(who)
        page.goto("/account/login/")
        page.locator("[name=login]").fill(account["email"])
        page.locator("[name=password]").fill(account["password"])
        page.locator("form:has([name=password]) button").first.click()
        expect(page).not_to_have_url(live_site.url + "/account/login/")

    return do


def violations(page: Page) -> list[str]:
    """WCAG 2.2 A and AA violations axe finds: rule, how many, and the first element."""
    # A colour half faded in is not the colour that stays, so what moves is brought to its end; some of the admin's
    # pages would be waited for a quarter of a minute. What moves for ever is let be.
    page.wait_for_function(
        """() => {
          const moving = document.getAnimations().filter((one) =>
            one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)
          moving.forEach((one) => one.finish())
          return moving.length === 0
        }"""
    )
    page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    # A bar that sticks to the window's edge covers half a button at some heights of the page and not at others; a
    # person scrolls on, axe does not. In its own place it covers nothing.
    result = page.evaluate(
        """async (tags) => {
          const stuck = [...document.querySelectorAll('body *')].filter((one) =>
            getComputedStyle(one).position === 'sticky')
          stuck.forEach((one) => one.style.setProperty('position', 'static', 'important'))
          const result = await axe.run({runOnly: {type: 'tag', values: tags}})
          stuck.forEach((one) => one.style.removeProperty('position'))
          return result
        }""",
        WCAG,
    )
    return [f"{one['id']} x{len(one['nodes'])}: {one['nodes'][0]['html'][:200]}" for one in result["violations"]]


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """No violation of WCAG 2.2 A or AA that axe can find, and no sideways scrolling."""

    def check(page: Page) -> None:
        assert (violations(page), scrolls_sideways(page)) == ([], False), page.url

    return check

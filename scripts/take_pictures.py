"""Take README's pictures from the running demonstration, as the people it is for would see it.

Starts the site with a fresh data folder on a free port, signs in with the demonstration's accounts, saves PNGs into
``docs/pictures/`` and ends the site. Needs Chromium and what ``make test`` installs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
START_SECONDS = 180
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

PUBLIC = {
    "front-page": ("/", WIDE),
    "consultation": ("/consultations/slower-streets/", WIDE),
    "answering-on-a-phone": ("/answer/slower-streets/", PHONE),
    "ward": ("/wards/holywells/", WIDE),
    "welsh": ("/cy/consultations/slower-streets/", PHONE),
}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def site(data_dir: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = os.environ | {"WARDMOTE_DATA_DIR": str(data_dir), "WARDMOTE_BASE_URL": address}
    command = [sys.executable, "-m", "wardmote", "serve", "--prepare", "--with-worker", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        for _ in range(START_SECONDS):
            try:
                urllib.request.urlopen(address + "/health/", timeout=2)
                break
            except OSError:
                time.sleep(1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def sign_in(page: Page, address: str, who: dict[str, str]) -> None:
    page.goto(address + "/account/login/")
    page.locator("[name=login]").fill(who["email"])
    page.locator("[name=password]").fill(who["password"])
    page.locator("form:has([name=password]) button").first.click()
    page.wait_for_load_state("networkidle")


def take(page: Page, name: str) -> None:
    page.screenshot(path=str(PICTURES / f"{name}.png"))
    print(f"docs/pictures/{name}.png")


def take_public(browser: Browser, address: str) -> None:
    for name, (path, size) in PUBLIC.items():
        page = browser.new_page(viewport=size)
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        take(page, name)
        page.close()


def take_meeting(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=WIDE)
    page.goto(address + "/meetings/full-council-live/")
    page.locator("a[href*='/room/']").first.click()
    page.wait_for_timeout(4_000)  # the picture starts a segment behind
    take(page, "meeting-room")


def take_dashboard(browser: Browser, address: str, people: list[dict[str, str]]) -> None:
    councillor = next(one for one in people if one["who"].startswith("Councillor for Holywells"))
    page = browser.new_page(viewport=WIDE)
    sign_in(page, address, councillor)
    page.goto(address + "/dashboard/wards/holywells/")
    while not page.get_by_text("What people talk about").count():  # until the worker has counted the ward
        page.wait_for_timeout(2_000)
        page.reload()
    page.wait_for_timeout(1_000)  # charts are drawn from their tables after load
    take(page, "ward-dashboard")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    data_dir = Path(tempfile.mkdtemp(prefix="wardmote-pictures-"))
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        with site(data_dir) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            people = json.loads((data_dir / "demonstration-sign-ins.json").read_text())
            take_public(browser, address)
            take_meeting(browser, address)
            take_dashboard(browser, address, people)
            browser.close()
    finally:
        shutil.rmtree(data_dir)


if __name__ == "__main__":
    main()

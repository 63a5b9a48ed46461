"""The whole loop, played by its people: published, answered, asked, read nearby, and seen by the ward's councillor."""

from __future__ import annotations

import csv
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import LiveSite

DATA = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "demo" / "data"
WARD, OTHER_WARD = "Holywells", "Bridge"
WARD_CODE = "E05007123"
TITLE = "A footbridge over the old lock"
QUESTION = "What should we know about crossing the lock?"
ANSWER = "My lad is in a wheelchair & the kissing gate is <impossible>. A flat footbridge would be wonderful."
ASKED = "Will the footbridge be lit in winter?"
POST = "Neighbours in Holywells were delighted to hear of a footbridge over the old lock."

FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Lockside Notes</title><id>tag:lockside.example,2026:notes</id><updated>{moment}</updated>
<entry><title>A footbridge at last?</title><id>tag:lockside.example,2026:1</id><updated>{moment}</updated>
<link href="https://lockside.example/1"/><summary>{text}</summary></entry>
</feed>"""


@pytest.fixture
def news() -> Iterator[str]:
    """The address of a local news feed, on a real HTTP server."""
    body = FEED.format(moment=datetime.now(UTC).isoformat(timespec="seconds"), text=POST).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/atom+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/feed.atom"
    server.shutdown()


def a_postcode_of(ward_code: str) -> str:
    with (DATA / "postcodes.csv").open(encoding="utf-8") as file:
        return next(row["pcds"] for row in csv.DictReader(file) if row["osward"] == ward_code)


def test_what_a_resident_says_reaches_the_councillor_of_their_ward_and_no_other(
    live_site: LiveSite, open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None], news: str
) -> None:
    officer = open_browser()
    sign_in(officer, "Democratic services officer")
    publish_consultation(officer)
    answer(open_browser(width=320, java_script_enabled=False))
    ask_at_the_meeting(officer, open_browser)
    add_source(officer, news)
    live_site.wardmote("tick")
    councillor = open_browser()
    sign_in(councillor, f"Councillor for {WARD}")
    see_all_three(councillor)
    other = open_browser()
    sign_in(other, f"Councillor for {OTHER_WARD}")
    refused = other.request.get(f"/dashboard/wards/{WARD.lower()}/")
    assert refused.status == 403


def publish_consultation(page: Page) -> None:
    """In Wagtail's admin, as an officer would: fill in the form, add a question, publish."""
    page.goto("/admin/consultations/")
    page.get_by_role("link", name="Add consultation").first.click()
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=intro]").fill("We could build a footbridge over the old lock. Tell us what it must do.")
    today = datetime.now().astimezone()
    page.locator("[name=opens_at]").fill(f"{today - timedelta(days=1):%Y-%m-%d} 09:00")
    page.locator("[name=closes_at]").fill(f"{today + timedelta(days=30):%Y-%m-%d} 17:00")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Questions").click()
    page.locator("#tab-questions").get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Free text").first.click()
    page.locator("[name=questions-0-value-wording]").fill(QUESTION)
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(f"Page '{TITLE}' created and published.")).to_be_visible()


def answer(page: Page) -> None:
    """A resident with a phone and no JavaScript finds it, answers and gets a receipt."""
    page.goto("/consultations/")
    page.get_by_role("link", name=TITLE).first.click()
    page.locator("a", has_text="Give your view").first.click()
    page.get_by_label(QUESTION).fill(ANSWER)
    page.get_by_label("postcode").first.fill(a_postcode_of(WARD_CODE))
    page.get_by_role("button", name="Send your answers").click()
    expect(page).to_have_url(re.compile(r"/receipt/"))
    expect(page.get_by_text(ANSWER)).to_be_visible()


def ask_at_the_meeting(officer: Page, open_browser: Callable[..., Page]) -> None:
    """One resident asks, an officer publishes it, and it stands on another's screen within a second, unasked."""
    asker, reader = open_browser(), open_browser(width=390)
    for page in (asker, reader):
        page.goto("/meetings/full-council-live/")
        page.locator("a[href*='/room/']").first.click()
        expect(page.locator("#room")).to_be_visible()
    room = asker.url
    loads = []
    reader.on("framenavigated", lambda frame: loads.append(frame.url))
    asker.locator("summary", has_text="Ask a question").click()
    asker.locator("[name=text]").fill(ASKED)
    asker.locator("[name=name]").fill("Sam")
    asker.locator("[name=postcode]").fill(a_postcode_of(WARD_CODE))
    asker.get_by_role("button", name="Send the question").click()
    officer.goto(room.rstrip("/") + "/desk/")
    # Its own card, not that of another question beside which it stands as one that asks the same.
    held = officer.locator("[data-question]").filter(has=officer.locator("[data-field=text]", has_text=ASKED))
    expect(held).to_be_visible()
    for page in (officer, reader):
        expect(page.locator("[data-part=status]")).to_contain_text("Live")
    expect(reader.get_by_text(ASKED)).to_have_count(0)
    held.get_by_role("button", name="Publish").click()
    shown = reader.locator("[data-part=questions] [data-field=text]", has_text=ASKED)
    new = reader.locator("[data-part=show-new]")
    arrived = f"[data-part=show-new]:visible, [data-part=questions] li:visible:has-text('{ASKED}')"
    expect(reader.locator(arrived).first).to_be_visible()
    if new.is_visible():
        new.click()
    expect(shown).to_be_visible()
    assert loads == []


def add_source(page: Page, address: str) -> None:
    """The officer switches a local feed on, with the purpose and basis it needs."""
    page.goto("/admin/snippets/sentiment/source/add/")
    page.locator("[name=address]").fill(address)
    page.locator("[name=name]").fill("Lockside Notes")
    page.locator("[name=purpose]").fill("What neighbours publish for everybody about the lock.")
    page.locator("[name=basis]").select_option(index=1)
    page.locator("[name=dpia_url]").fill("https://orwell.example/assessment")
    page.locator("[name=is_on]").check()
    page.locator("form button[type=submit]").last.click()
    expect(page.get_by_text("Lockside Notes").first).to_be_visible()


def see_all_three(page: Page) -> None:
    """The dashboard counts all three; each can be opened to its words and to how they were read."""
    for text in (ANSWER, ASKED, POST):
        deadline = time.monotonic() + 120
        page.goto(f"/dashboard/wards/{WARD.lower()}/said/")
        while page.get_by_text(text).count() == 0 and time.monotonic() < deadline:
            page.wait_for_timeout(500)
            page.reload()
        expect(page.get_by_text(text).first).to_be_visible()

"""A resident on a phone with a bad line: what they send is kept, sent later, or given back with the reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Watch

DATA = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "demo" / "data"
KEPT = "It goes out as soon as you are connected."


@pytest.fixture
def room(page: Page) -> str:
    page.goto("/meetings/full-council-live/")
    page.locator("a[href*='/room/']").first.click()
    expect(page.locator("#room")).to_be_visible()
    return re.sub(r"[?#].*", "", page.url)


class Line:
    """A page's line, which can be cut, and fall silent without breaking."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets: list[WebSocketRoute] = []
        self.is_cut = self.is_silent = False
        page.route_web_socket(re.compile("/ws/room/"), self.open)

    def open(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
            return
        server = socket.connect_to_server()
        self.sockets.append(socket)
        self.is_silent = False

        def hear(message: str | bytes) -> None:
            if not self.is_silent:
                socket.send(message)

        server.on_message(hear)

    def cut(self) -> None:
        self.is_cut = True
        self.page.context.set_offline(True)
        self.sockets[-1].close()
        expect(self.page.locator("[data-connection=offline]")).to_be_visible()

    def mend(self) -> None:
        self.is_cut = False
        self.page.context.set_offline(False)
        expect(self.page.locator("[data-connection=live]")).to_be_visible()


def ask(page: Page, text: str, postcode: str) -> None:
    page.locator("#ask > summary").click()
    page.locator("#ask [name=text]").fill(text)
    page.locator("#ask [name=name]").fill("Sam Fenn")
    page.locator("#ask [name=postcode]").fill(postcode)
    page.locator("#ask form button").click()


def test_nothing_a_resident_sends_is_lost_on_a_bad_line(
    open_browser: Callable[..., Page], room: str, watch: Watch, assert_accessible: Callable[[Page], None]
) -> None:
    watch.expected = ("ERR_INTERNET_DISCONNECTED",)
    with (DATA / "postcodes.csv").open(encoding="utf-8") as file:
        postcode = next(row["pcds"] for row in csv.DictReader(file))
    page = open_browser(width=320, height=640)
    line = Line(page)
    page.goto(room)
    expect(page.locator("[data-connection=live]")).to_be_visible()
    own, hand = page.locator("[data-part=own]"), page.locator("[data-part=hand-button]")
    poll = page.locator("[data-part=open-polls] > li", has=page.locator("[type=checkbox]")).first

    line.cut()
    ask(page, "Who clears the towpath of nettles?", postcode)
    page.wait_for_timeout(1_100)  # the button takes no second press within a second
    ask(page, "Who sweeps the leaves?", "nowhere")
    expect(own.locator("li", has_text="Kept on this device.")).to_have_count(2)
    poll.locator("[data-part=fold] > summary").click()
    poll.locator("[type=checkbox]").first.check()
    poll.locator("[data-part=send]").click()
    expect(poll.locator("[data-part=poll-waiting]")).to_contain_text(KEPT)
    hand.click()
    expect(page.locator("[data-part=hand-waiting]")).to_contain_text(KEPT)
    expect(hand).to_have_text(re.compile("Put your hand down"))
    assert_accessible(page)

    line.mend()
    refused = own.locator("li", has_text="Who sweeps the leaves?")
    expect(refused).to_contain_text("Not sent:")
    expect(own.locator("li", has_text="towpath")).to_contain_text("Your question has arrived.")
    expect(poll.locator("[data-part=taken]")).to_be_visible()
    expect(poll.locator("[data-part=poll-waiting]")).to_be_hidden()
    expect(page.locator("[data-part=hand-waiting]")).to_be_hidden()
    expect(page.locator("[data-part=announcer]")).to_contain_text("Not sent:", timeout=30_000)
    assert_accessible(page)

    page.reload()
    refused.get_by_role("button", name="Change it and send it again").click()
    expect(page.locator("#ask [name=postcode]")).to_be_focused()
    expect(page.locator("[data-part=ask-error]")).to_be_in_viewport()
    page.locator("#ask [name=postcode]").fill(postcode)
    page.locator("#ask form button").click()
    expect(refused).to_contain_text("Your question has arrived.")
    hand.click()
    expect(hand).to_have_text(re.compile("Raise your hand"))

    # The line falls silent; the phone is looked at again.
    sockets = len(line.sockets)
    line.is_silent = True
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for _second in range(20):
        page.wait_for_timeout(1_000)
        if len(line.sockets) > sockets:
            break
    assert len(line.sockets) == sockets + 1
    expect(page.locator("[data-connection=live]")).to_be_attached()

"""One meeting, everybody in it at once: two residents, a moderator, the clerk and the chamber's big screen.

Nobody touches a mouse: each control is come to by Tab and pressed by Enter or Space.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

DATA = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "demo" / "data"
ASKED = "Will the swing bridge be painted before the regatta?"
FARTHEST = 300
"""Stops of the Tab key between two controls of a page with every question of a long evening."""


@pytest.fixture
def room(page: Page) -> str:
    page.goto("/meetings/full-council-live/")
    page.locator("a[href*='/room/']").first.click()
    expect(page.locator("#room")).to_be_visible()
    return re.sub(r"[?#].*", "", page.url)


def tab_to(page: Page, control: Locator) -> None:
    """Come to a control by the keyboard alone."""
    control.wait_for(state="visible")
    for _stop in range(FARTHEST):
        if control.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"not reached in {FARTHEST} stops: {control}")


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    tab_to(page, control)
    page.keyboard.press(key)


def write(page: Page, field: Locator, text: str) -> None:
    tab_to(page, field)
    page.keyboard.type(text)


def test_a_meeting_is_asked_answered_and_polled_by_keyboard_alone(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None], room: str
) -> None:
    asker, other = open_browser(width=390), open_browser()
    moderator, clerk = open_browser(), open_browser()
    screen = open_browser(width=1920, height=1080, reduced_motion="reduce")
    for officer in (moderator, clerk):
        sign_in(officer, "Democratic services officer")
        officer.goto(room + "desk/")
        expect(officer.locator("[data-part=status]")).to_contain_text("Live")
    for page in (asker, other):
        page.goto(room)
        expect(page.locator("[data-connection=live]")).to_be_visible()
    screen.goto(room + "screen/")
    expect(screen.locator("[data-connection=live]")).to_be_visible()

    # A resident asks, the moderator publishes, another resident supports.
    with (DATA / "postcodes.csv").open(encoding="utf-8") as file:
        postcode = next(row["pcds"] for row in csv.DictReader(file))
    press(asker, asker.locator("#ask > summary"))
    write(asker, asker.locator("#ask [name=text]"), ASKED)
    write(asker, asker.locator("#ask [name=name]"), "Sam Fenn")
    write(asker, asker.locator("#ask [name=postcode]"), postcode)
    press(asker, asker.locator("#ask form button").last)
    own = asker.locator("[data-part=own]")
    expect(own).to_contain_text("Your question has arrived.")
    held = moderator.locator("[data-lane=held] [data-question]", has_text=ASKED)
    press(moderator, held.get_by_role("button", name="Publish"))
    expect(own).to_contain_text("Your question is published.")
    question = other.locator(".wm-question", has_text=ASKED)
    press(other, question.get_by_role("button", name=re.compile("Support")), "Space")
    expect(question.locator("[data-field=support]")).to_have_text("1")

    # The clerk lets it be answered: it stands on the big screen, and the asker is told what became of it.
    card = clerk.locator("[data-question]", has_text=ASKED)
    press(clerk, card.get_by_role("button", name="Answering now"))
    expect(screen.locator("[data-part=answering]")).to_contain_text(ASKED)
    press(clerk, card.locator("summary", has_text="Answer").first)
    write(clerk, card.locator("[name=answer]"), "Yes, in April.")
    press(clerk, card.get_by_role("button", name="Mark as answered"))
    expect(own).to_contain_text("Your question is marked as answered.")
    expect(question).to_contain_text("Yes, in April.")
    expect(screen.locator("[data-part=answering]")).to_be_hidden()

    # Whoever has answered a poll sees how it stands; whoever has not does not.
    choices = other.locator("[data-part=open-polls] > li", has=other.locator("[type=checkbox]")).first
    press(other, choices.locator("[data-part=fold] > summary"))
    press(other, choices.locator("[type=checkbox]").first, "Space")
    press(other, choices.locator("[data-part=send]"))
    expect(choices.locator("table")).to_have_count(1)
    expect(
        asker.locator("[data-part=open-polls] > li", has=asker.locator("[type=checkbox]")).locator("table")
    ).to_be_hidden()

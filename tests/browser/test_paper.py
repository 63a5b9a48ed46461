"""Typing a response in without a mouse, with and without JavaScript, and how the officers' pages look to axe."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, LiveSite
from tests.browser.test_building import MAKE
from tests.consultations.samples import option_items, question

Check = Callable[[Page], None]
SignIn = Callable[[Page, str], None]

SLUG = "typed-in"
DAYS, USES, SEATS, VIEW = (f"c000000{n}-0000-4000-8000-000000000000" for n in range(4))
OPTIONS = option_items("Food", "Clothes", "Company")

TYPED_IN = {
    "title": "Typed in",
    "slug": SLUG,
    "questions": [
        question("single_choice", DAYS, "Which day suits you?", options=option_items("Friday", "Saturday")),
        question("several_choices", USES, "What do you come for?", options=OPTIONS),
        question("matrix", SEATS, "How are they?", rows=option_items("Seats"), scale=option_items("Poor", "Good")),
        question("free_text", VIEW, "What should change?"),
    ],
}

PLACE = f"""
from consultations.models import ConsultationPage
print(ConsultationPage.objects.get(slug={SLUG!r}, locale__language_code="en").pk)
"""


@pytest.fixture(scope="module")
def batches_url(live_site: LiveSite) -> str:
    live_site.wardmote("shell", "--verbosity", "0", "--command", MAKE.format(told=json.dumps([TYPED_IN])))
    pk = live_site.wardmote("shell", "--verbosity", "0", "--command", PLACE).strip()
    return f"/admin/consultations/entry/{pk}/"


def begin_batch(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Begin and type in").click()


def test_a_pile_is_typed_in_with_the_keyboard_alone(
    open_browser: Callable[..., Page], sign_in: SignIn, batches_url: str, assert_accessible: Check
) -> None:
    page = open_browser()
    sign_in(page, "Democratic services officer")
    page.goto(batches_url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    begin_batch(page, batches_url, "Post")
    keys = page.keyboard
    for number in (1, 2):
        first = page.get_by_role("textbox", name="Which day suits you?")
        expect(first).to_be_focused()
        keys.type("b")
        expect(page.locator(f"#id_q-{DAYS}_said")).to_have_text("Saturday")
        keys.press("Enter")
        keys.type("ac")
        expect(page.locator(f"#id_q-{USES}_said")).to_have_text("Food; Company")
        keys.press("Enter")
        keys.type("9")
        expect(page.locator(f"#id_q-{SEATS}-option-seats_said")).to_have_text("No such code")
        keys.press("Backspace")
        keys.type("2")
        keys.press("Enter")
        keys.type("More seats, in two lines:")
        keys.press("Enter")
        keys.type("and shade")
        keys.press("Control+Enter")
        expect(page.get_by_text(f"Saved as number {number} (WM-")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_role("link", name="Number 2, WM-").click()
    for said in ("Saturday", "Food", "Company", "Seats: Good"):
        expect(page.get_by_text(said, exact=True)).to_be_visible()
    expect(page.locator(".wm-own-words")).to_have_text("More seats, in two lines:\nand shade")
    page.get_by_role("link", name="Correct what was typed in").click()
    expect(page.get_by_role("textbox", name="Which day suits you?")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)


def test_without_javascript_enter_reads_back_and_only_the_button_saves(
    open_browser: Callable[..., Page], sign_in: SignIn, batches_url: str, assert_accessible: Check
) -> None:
    page = open_browser(java_script_enabled=False)
    sign_in(page, "Democratic services officer")
    begin_batch(page, batches_url, "Drop-in")
    first = page.get_by_role("textbox", name="Which day suits you?")
    first.fill("2")
    first.press("Enter")
    expect(page.get_by_role("heading", name="Read back, not saved yet")).to_be_visible()
    expect(page.get_by_role("definition")).to_have_text("Saturday")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_text("Saved as number 1 (WM-")).to_be_visible()


def test_a_spreadsheet_is_mapped_and_imported(
    open_browser: Callable[..., Page], sign_in: SignIn, batches_url: str, assert_accessible: Check
) -> None:
    page = open_browser()
    sign_in(page, "Democratic services officer")
    page.goto(batches_url)
    page.get_by_role("link", name="Import responses").click()
    rows = ["ID,Email,Which day suits you?,What should change?", "1,a@example.org,Friday,Seats", "2,,Monday,Shade"]
    page.get_by_label("File").set_input_files(
        {"name": "forms.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_label("Which day suits you?")).to_have_value(f"question:{DAYS}")
    expect(page.get_by_text("it looks as if it told who somebody is")).to_be_visible()
    page.get_by_label("Where the file comes from").fill("Forms")
    page.get_by_role("button", name="Look at what it becomes").click()
    expect(page.get_by_text("one of: Friday · Saturday")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_role("button", name="Import 1 response").click()
    expect(page.get_by_text("1 responses are imported.")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)

"""Answering a consultation as residents do: on a small telephone, without JavaScript, and after a mistake."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, LiveSite, Watch

OPEN = "slower-streets"
ODD_WORDS = "a<b and c>d – <script>alert(1)</script>\n\nMae’n wych 👏 شكرا"

Check = Callable[[Page], None]


def answer_required_questions(page: Page) -> None:
    for group in page.locator("fieldset:not(:has(.wm-optional)):has(input[type=radio])").all():
        group.locator("input[type=radio]").first.check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send your answers").click()


def test_a_resident_answers_on_a_small_telephone_without_javascript(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(width=320, height=700, java_script_enabled=False)
    page.goto("/consultations/")
    page.locator(f"a[href$='/{OPEN}/']").first.click()
    page.get_by_role("button", name="Give your view").first.click()
    answer_required_questions(page)
    page.locator("textarea").first.fill(ODD_WORDS)
    page.get_by_label("What is your postcode?").fill("ip11aa")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    expect(page.get_by_text(re.compile(r"WM-\w{4}-\w{4}"))).to_be_visible()
    assert page.locator(".wm-own-words").first.inner_text() == ODD_WORDS


def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    open_browser: Callable[..., Page], watch: Watch, assert_accessible: Check
) -> None:
    watch.expected = ("422",)
    page = open_browser()
    page.goto(f"/answer/{OPEN}/")
    page.locator("textarea").first.fill(ODD_WORDS)
    send(page)
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    assert page.locator("textarea").first.input_value() == ODD_WORDS
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    summary.get_by_role("link", name="Enter your postcode, or tick one of the boxes below it").click()
    expect(page.get_by_label("What is your postcode?")).to_be_focused()
    answer_required_questions(page)
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)


def test_a_text_that_is_too_long_says_by_how_much(
    open_browser: Callable[..., Page], watch: Watch, assert_accessible: Check
) -> None:
    watch.expected = ("422",)
    page = open_browser()
    page.goto(f"/answer/{OPEN}/")
    page.locator("textarea").first.fill("x" * 2_001)
    expect(page.get_by_text("You have 1 character too many").first).to_be_visible()
    answer_required_questions(page)
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.locator(".govuk-error-summary")).to_contain_text("it may have up to 2000 characters, and it has 2001")
    assert page.locator("textarea").first.input_value() == "x" * 2_001
    assert_accessible(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["/", "/cy/"])
def test_every_page_of_consultations_is_accessible(
    open_browser: Callable[..., Page], live_site: LiveSite, assert_accessible: Check, language: str, width: int
) -> None:
    page = open_browser(width=width)
    page.goto(f"{language}consultations/")
    assert_accessible(page)
    links = {link.get_attribute("href") or "" for link in page.locator(".wm-list__title a").all()}
    assert len(links) >= 4
    for address in sorted(links):
        page.goto(address)
        assert_accessible(page)
    page.goto(f"{language}answer/{OPEN}/")
    assert_accessible(page)


def test_answers_are_saved_while_typing_and_come_back_on_another_device(
    open_browser: Callable[..., Page], assert_accessible: Check, watch: Watch
) -> None:
    watch.expected = ("ERR_INTERNET_DISCONNECTED", "409", "404")
    page = open_browser()
    page.goto(f"/answer/{OPEN}/")
    text, status = page.locator("textarea").first, page.locator(".wm-save-status")
    text.fill(ODD_WORDS)
    expect(status).to_have_text(re.compile(r"^Saved at "))
    page.context.set_offline(True)
    text.press_sequentially("!")
    expect(status).to_contain_text("kept on this device")
    page.context.set_offline(False)
    expect(status).to_have_text(re.compile(r"^Saved at "))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are saved, not sent yet")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    link = page.locator("[data-draft-link]").get_attribute("href") or ""

    other = open_browser(width=320, java_script_enabled=False)
    other.goto(link)
    assert link.rsplit("/", 2)[1] not in other.url
    assert other.locator("textarea").first.input_value() == ODD_WORDS + "!"
    page.goto(link)
    other.locator("textarea").first.fill("From the other device")
    other.get_by_role("button", name="Save and come back later").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Your answers are saved, not sent yet")

    text.fill("From this one, not having seen it")
    expect(status).to_contain_text("Somebody else has changed these answers")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of your answers")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_label("Keep both texts, one after the other").check()
    page.get_by_role("button", name="Save what I chose").click()
    expect(text).to_have_value("From the other device\n\nFrom this one, not having seen it")
    answer_required_questions(page)
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    page.wait_for_function("Object.keys(localStorage).length === 0")
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("Your answers were sent")


def test_a_browser_that_was_killed_brings_back_what_never_left_it(
    open_browser: Callable[..., Page], watch: Watch
) -> None:
    watch.expected = ("ERR_FAILED",)
    page = open_browser()
    page.goto(f"/answer/{OPEN}/")
    page.route("**/save/", lambda route: route.abort())
    page.locator("textarea").first.fill(ODD_WORDS)
    expect(page.locator(".wm-save-status")).to_contain_text("kept on this device")
    key = page.locator("[name=key]").input_value()
    page.unroute("**/save/")
    again = page.context.new_page()
    page.close()
    again.goto(f"/answer/{OPEN}/")
    expect(again.get_by_text("that did not reach us")).to_be_visible()
    again.get_by_role("button", name="Bring my answers back").click()
    expect(again.locator("textarea").first).to_have_value(ODD_WORDS)
    expect(again.locator(".wm-save-status")).to_have_text(re.compile(r"^Saved at "))
    expect(again.locator("[name=key]")).to_have_value(key)


def test_what_was_sent_can_be_changed_and_withdrawn_from_its_receipt(
    open_browser: Callable[..., Page], assert_accessible: Check
) -> None:
    page = open_browser(width=320)
    page.goto(f"/answer/{OPEN}/")
    page.locator("textarea").first.fill("First thoughts")
    answer_required_questions(page)
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    link = page.locator("[data-answers-link]").get_attribute("href") or ""
    assert_accessible(page)

    other = open_browser(java_script_enabled=False)
    other.goto(link)
    assert link.rsplit("/", 2)[1] not in other.url
    other.get_by_role("button", name="Change your answers").click()
    expect(other.locator("textarea").first).to_have_value("First thoughts")
    other.locator("textarea").first.fill(ODD_WORDS)
    other.get_by_role("button", name="Send the changed answers").click()
    expect(other.locator(".wm-own-words").first).to_contain_text("alert(1)")
    assert other.locator(".wm-own-words").first.inner_text() == ODD_WORDS
    page.get_by_role("button", name="Change your answers").click()
    expect(page.get_by_role("button", name="Send the changed answers")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.go_back()
    other.get_by_role("link", name="Withdraw your answers").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Withdraw your answers?")
    other.get_by_role("button", name="Withdraw my answers").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Your answers are withdrawn")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are withdrawn")
    assert_accessible(page)

"""Every kind of page, narrow and wide, in both languages: no accessibility fault, no console error, no other host."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import LiveSite, Watch

WIDTHS = (320, 1280)

PUBLIC = {
    "front page": "/",
    "list of consultations": "/consultations/",
    "open consultation": "/consultations/library-hours/",
    "consultation with an outcome": "/consultations/waterfront-promenade/",
    "paper form": "/answer/slower-streets/paper/?size=large",
    "list of meetings": "/meetings/",
    "wards": "/wards/",
    "ward": "/wards/holywells/",
    "accessibility statement": "/accessibility/",
    "privacy notice": "/privacy/",
    "sign in": "/account/login/",
    "code to sign in": "/account/login/code/",
    "make an account": "/account/signup/",
    "forgotten password": "/account/password/reset/",
    "figures of a ward": "/dashboard/results/holywells/",
}
"""What it is: its address in English. The Welsh one is the same under ``/cy``."""

FOR_COUNCILLORS = ("/dashboard/", "/dashboard/wards/holywells/", "/account/second-step/", "/account/logout/")

Check = Callable[[Page], None]
OpenBrowser = Callable[..., Page]


def addresses(page: Page, start: str, pattern: str) -> list[str]:
    """Addresses on the page at ``start`` that match ``pattern``, each once."""
    page.goto(start)
    found = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return sorted({href for href in found if re.fullmatch(pattern, href)})


@pytest.fixture
def assert_accessible_at_every_width(assert_accessible: Check) -> Check:
    def check(page: Page) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page)

    return check


in_both_languages = pytest.mark.parametrize("prefix", ["", "/cy"], ids=["English", "Welsh"])


@in_both_languages
@pytest.mark.parametrize("what", PUBLIC)
def test_public_page_is_accessible_and_loads_nothing_from_elsewhere(
    page: Page, assert_accessible_at_every_width: Check, what: str, prefix: str
) -> None:
    response = page.goto(prefix + PUBLIC[what])
    assert response is not None
    assert response.status == 200
    assert page.locator("html").get_attribute("lang") == ("cy" if prefix else "en-GB")
    assert page.locator("h1").count() == 1
    assert_accessible_at_every_width(page)


@in_both_languages
def test_meeting_and_its_room_are_accessible(
    page: Page, assert_accessible_at_every_width: Check, prefix: str
) -> None:
    meetings = addresses(page, "/meetings/", r"/meetings/[^/]+/")
    rooms = addresses(page, "/", r"/room/\d+/")
    assert meetings
    assert rooms
    for path in (meetings[0], rooms[0]):
        page.goto(prefix + path)
        assert_accessible_at_every_width(page)


@in_both_languages
def test_answering_is_accessible_empty_and_with_errors(
    page: Page, assert_accessible_at_every_width: Check, watch: Watch, prefix: str
) -> None:
    watch.expected = ("422",)
    page.goto(f"{prefix}/answer/library-hours/")
    assert_accessible_at_every_width(page)
    page.locator("form.wm-answer-form button.govuk-button:not(.govuk-button--secondary)").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert_accessible_at_every_width(page)


def test_message_after_signing_out_is_accessible(
    page: Page, sign_in: Callable[[Page, str], None], assert_accessible_at_every_width: Check
) -> None:
    sign_in(page, "Resident")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status").filter(has_text="You have signed out.")).to_be_visible()
    assert_accessible_at_every_width(page)


@in_both_languages
@pytest.mark.parametrize(("path", "status"), [("/wards/find/?postcode=nonsense", 422), ("/nothing-here/", 404)])
def test_page_that_says_no_is_accessible(
    page: Page, assert_accessible_at_every_width: Check, watch: Watch, prefix: str, path: str, status: int
) -> None:
    watch.expected = (str(status),)
    response = page.goto(prefix + path)
    assert response is not None
    assert response.status == status
    assert_accessible_at_every_width(page)


@in_both_languages
def test_councillors_pages_are_accessible(
    page: Page, sign_in: Callable[[Page, str], None], assert_accessible_at_every_width: Check, prefix: str
) -> None:
    sign_in(page, "Councillor for Holywells")
    for path in FOR_COUNCILLORS:
        page.goto(prefix + path)
        assert_accessible_at_every_width(page)


def test_skip_link_is_first_and_leads_past_the_navigation(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_menu_opens_by_keyboard_on_a_phone(open_browser: OpenBrowser) -> None:
    page = open_browser(width=320)
    page.goto("/")
    menu = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("link", name="Consultations", exact=True)).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Consultations", exact=True)).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")


def test_menu_stands_open_without_scripts(open_browser: OpenBrowser) -> None:
    page = open_browser(width=320, java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("link", name="Consultations", exact=True)).to_be_visible()


def test_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/account/signup/")
    page.get_by_role("button", name="Make an account").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    summary.get_by_role("link").click()
    expect(page.locator("#id_email")).to_be_focused()


def test_nothing_moves_for_those_who_asked_for_less(open_browser: OpenBrowser) -> None:
    page = open_browser(reduced_motion="reduce")
    for path in ("/", "/wards/", "/meetings/"):
        page.goto(path)
        assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0


def test_links_and_buttons_can_be_seen_in_forced_colours(open_browser: OpenBrowser, assert_accessible: Check) -> None:
    page = open_browser(forced_colors="active")
    page.goto("/")
    assert_accessible(page)
    border = page.locator(".govuk-button").first.evaluate("button => getComputedStyle(button).borderTopWidth")
    assert border == "2px"


@pytest.mark.parametrize("path", ["/", "/wards/", "/account/login/", "/consultations/library-hours/"])
def test_text_spaced_as_readers_need_it_is_not_cut(open_browser: OpenBrowser, path: str) -> None:
    """WCAG 2.2, 1.4.12: with its four spacings nothing may be lost, at 320 px as little as elsewhere."""
    page = open_browser(width=320, bypass_csp=True)
    page.goto(path)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        " p { margin-bottom: 2em !important }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_controls_are_large_enough_to_hit(open_browser: OpenBrowser) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 px; links within a sentence are exempt."""
    page = open_browser(width=320)
    small = []
    for path in ("/", "/account/login/", "/consultations/", "/wards/"):
        page.goto(path)
        small += page.eval_on_selector_all(
            "button, input:not([type=hidden]), select, textarea, nav a, .wm-footer__links a",
            """(controls, path) => controls
                .map(one => [path, one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
                .filter(([, , box]) => box.width > 0 && (box.height < 24 || box.width < 24))
                .map(([path, html, box]) => `${path} ${html} ${box.width}x${box.height}`)""",
            path,
        )
    assert small == []


def test_reading_leaves_no_cookie(open_browser: OpenBrowser) -> None:
    page = open_browser()
    for path in ("/", "/consultations/library-hours/", "/wards/holywells/", "/privacy/", "/cy/"):
        page.goto(path)
    assert page.context.cookies() == []


def test_print_leaves_out_what_paper_cannot_use(page: Page) -> None:
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator(".govuk-service-navigation")).to_be_hidden()
    expect(page.locator(".govuk-language-navigation")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_officers_admin_is_accessible_and_asks_no_other_host(
    page: Page, sign_in: Callable[[Page, str], None], assert_accessible_at_every_width: Check
) -> None:
    sign_in(page, "Democratic services officer")
    for path in ("/admin/", "/admin/pages/"):
        page.goto(path)
        assert_accessible_at_every_width(page)


def test_language_switch_leads_there_and_back(page: Page, live_site: LiveSite) -> None:
    page.goto("/wards/?from=here")
    page.get_by_role("link", name="Cymraeg").click()
    expect(page).to_have_url(f"{live_site.url}/cy/wards/?from=here")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{live_site.url}/wards/?from=here")

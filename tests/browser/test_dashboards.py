"""The councillor's dashboard in a real browser: drawn, accessible, whole without JavaScript, closed to others."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

OWN = "/dashboard/wards/holywells/"
COUNCILLOR = "Councillor for Holywells"
COUNTING_SECONDS = 180
"""The worker reads some 300 texts of the demonstration before it counts the first ward."""


@pytest.fixture
def open_dashboard(sign_in):
    """Signs in as the ward's councillor and opens the dashboard once the ward has been counted."""

    def open_dashboard(page: Page) -> None:
        sign_in(page, COUNCILLOR)
        deadline = time.monotonic() + COUNTING_SECONDS
        page.goto(OWN)
        while page.get_by_text("Nothing has been counted yet").count():
            assert time.monotonic() < deadline, "the worker has counted nothing"
            page.wait_for_timeout(1_000)
            page.reload()

    return open_dashboard


@pytest.mark.parametrize("width", [320, 1280])
def test_the_dashboard_is_drawn_and_accessible(open_browser, open_dashboard, assert_accessible, width):
    page = open_browser(width=width)
    open_dashboard(page)
    charts = page.locator("svg.wm-chart__svg[role=img]")
    expect(charts.nth(1)).to_be_visible()
    assert page.locator("svg.wm-chart__svg style").count() == 0
    assert_accessible(page)
    page.goto(OWN + "said/")
    assert_accessible(page)
    page.get_by_role("link", name="how it was read").first.click()
    expect(page.get_by_role("heading", name="How it was read", exact=True)).to_be_visible()
    assert_accessible(page)


def test_without_javascript_sentences_tables_and_the_period_are_there(open_browser, open_dashboard):
    page = open_browser(java_script_enabled=False)
    open_dashboard(page)
    page.get_by_label("Period").select_option("90")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("In the last 90 days")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(3)


def test_a_quote_leads_to_the_whole_text(open_browser, open_dashboard):
    page = open_browser()
    open_dashboard(page)
    quote = page.locator(".wm-quote").first
    words = quote.locator("blockquote").inner_text()
    quote.get_by_role("link").click()
    expect(page.locator(".wm-text")).to_contain_text(words)


def test_another_wards_dashboard_is_refused(open_browser, sign_in, watch):
    watch.expected = ("403",)
    page = open_browser()
    sign_in(page, COUNCILLOR)
    assert page.goto("/dashboard/wards/bridge/").status == 403


@pytest.mark.parametrize("address", ["/dashboard/results/holywells/", "/sources/"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_public_pages_are_accessible(open_browser, assert_accessible, address, width):
    page = open_browser(width=width)
    assert page.goto(address).status == 200
    assert_accessible(page)


def test_the_overview_is_accessible_to_officers(open_browser, sign_in, assert_accessible):
    page = open_browser()
    sign_in(page, "Democratic services officer")
    page.goto("/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_have_text("All wards")
    assert_accessible(page)

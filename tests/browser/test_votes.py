"""A vote in a real browser: the clerk takes it, a councillor votes, a resident and the chamber follow."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch


def test_a_councillor_speaks_and_votes_while_the_clerk_runs_it_and_a_resident_follows(
    open_browser: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
    watch: Watch,
) -> None:
    watch.expected = ("status of 422",)  # closing a vote that is equal, without the casting vote
    clerk, councillor, resident, screen = open_browser(), open_browser(width=390), open_browser(), open_browser()
    sign_in(clerk, "Democratic services officer")
    sign_in(councillor, "Councillor for Bridge")
    resident.goto("/meetings/full-council-live/")
    resident.locator("a[href*='/room/']").first.click()
    expect(resident.locator("[data-connection=live]")).to_be_visible()
    room = re.sub(r"[?#].*", "", resident.url)
    clerk.goto(room + "desk/")
    expect(clerk.locator("[data-part=status]")).to_contain_text("Live")
    clerk.locator(".wm-agenda__take", has_text="Questions from the public").click()
    clerk.locator("[data-region=speakers]").click()
    councillor.goto(room)
    expect(councillor.locator("[data-connection=live]")).to_be_visible()
    screen.goto(room + "screen/")

    councillor.locator("#yours-speak > summary").click()
    councillor.locator("#yours-speak").get_by_role("button", name="Ask to speak").click()
    expect(councillor.locator("#yours-waiting")).to_contain_text("You are in the queue to speak.")
    councillor.locator("#yours-waiting").get_by_role("button", name="Leave the queue").click()
    expect(councillor.locator("#yours-waiting")).not_to_contain_text("You are in the queue")

    clerk.locator("#next-speaker").focus()
    clerk.keyboard.press("Enter")
    expect(resident.locator("[data-field=speaking]")).to_have_text("Peter Lindqvist is speaking")
    expect(resident.locator("[data-part=speaking] [data-field=clock]")).to_have_text(re.compile(r"^[12]:\d\d left$"))
    expect(screen.locator("[data-field=following]")).to_have_text("Next: Gwenllian Prosser")
    expect(clerk.locator("#next-speaker")).to_be_focused()
    clerk.locator("#speakers-live").get_by_role("button", name="Stop").click()
    expect(resident.locator("[data-field=speaking]")).to_be_empty()

    clerk.locator("[data-region=motions]").click()
    amendment = clerk.locator("#motions-live .wm-motion--amendment")
    amendment.get_by_role("button", name="Put to a recorded vote").click()
    your_vote = councillor.locator("#yours-vote")
    expect(your_vote).to_contain_text("Your vote: Amendment 1 to motion 1")
    your_vote.get_by_role("button", name="For", exact=True).click()
    expect(your_vote).to_contain_text("You have voted: For.")
    line = resident.locator(".wm-motion--amendment [data-field=vote]")
    expect(line).to_have_text(re.compile("^Vote open: 1 of 45 have voted$"))
    amendment.get_by_role("button", name="Against").first.click()
    expect(line).to_have_text(re.compile("^Vote open: 2 of 45 have voted$"))
    for page in (councillor, resident, clerk):
        assert_accessible(page)
    amendment.get_by_role("button", name="Close the vote").click()
    expect(amendment.locator("[data-part=error]")).to_contain_text("The votes are equal.")
    amendment.locator("select[name$=casting]").select_option("not_used")
    amendment.get_by_role("button", name="Close the vote").click()
    expect(resident.locator(".wm-motion--amendment [data-field=state]")).to_have_text("Lost")
    expect(line).to_contain_text("Votes were equal and no casting vote was used.")
    resident.locator(".wm-motion--amendment [data-part=roll] summary").click()
    roll = resident.locator(".wm-motion--amendment [data-part=roll-rows]")
    expect(roll.locator("tr", has_text="Delroy Whitmarsh")).to_contain_text("For")
    expect(roll.locator("tr", has_text="Martin Oxborrow")).to_contain_text("Declared an interest")

"""The live room and the officer's desk in a real browser: picture, questions between screens, no script, no network."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch

DATA = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "demo" / "data"


def a_postcode() -> str:
    with (DATA / "postcodes.csv").open(encoding="utf-8") as file:
        return next(row["pcds"] for row in csv.DictReader(file))


@pytest.fixture
def room(page: Page) -> str:
    """The address of the demonstration's live room."""
    page.goto("/meetings/full-council-live/")
    page.locator("a[href*='/room/']").first.click()
    expect(page.locator("#room")).to_be_visible()
    return re.sub(r"[?#].*", "", page.url)


def fill_question(page: Page, text: str) -> None:
    page.locator("#ask > summary").click()
    page.locator("[name=text]").fill(text)
    page.locator("[name=name]").fill("Sam Fenn")
    page.locator("[name=postcode]").fill(a_postcode())


def send(page: Page) -> None:
    page.locator("#ask form button").click()


def live(page: Page) -> None:
    expect(page.locator("[data-connection=live]")).to_be_visible()


def test_the_demonstrations_picture_plays(page: Page, room: str) -> None:
    page.goto(room)
    video = page.locator("video")
    expect(page.locator("[data-part=player-status]")).to_have_text("Picture is live", timeout=30_000)
    before = video.evaluate("video => video.currentTime")
    page.wait_for_function("before => document.querySelector('video').currentTime > before", arg=before)
    assert video.evaluate("video => [video.videoWidth > 0, video.muted, video.controls]") == [True, True, True]


def test_a_question_goes_from_one_screen_by_the_desk_to_another(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None], room: str
) -> None:
    asked = "Could the stop at Bramford Lane get a shelter & a <bench>?"
    asker, reader, officer = open_browser(width=390), open_browser(), open_browser()
    sign_in(officer, "Democratic services officer")
    officer.goto(room + "desk/")
    for page in (asker, reader):
        page.goto(room)
        live(page)
    expect(officer.locator("[data-part=status]")).to_contain_text("Live")
    fill_question(asker, asked)
    send(asker)
    own = asker.locator("[data-part=own]")
    expect(own).to_contain_text("Your question has arrived.")
    card = officer.locator("[data-lane=held] [data-question]", has_text=asked)
    expect(card).to_be_visible()
    expect(officer).to_have_title(re.compile(r"^\(\d+\) Officer's desk"))
    expect(officer.locator("#here")).to_be_hidden()
    # Single keys lead between the desk's regions, and can be turned off.
    officer.keyboard.press("w")
    expect(officer.locator("#here")).to_be_focused()
    expect(officer.locator("[data-here=colleagues]")).not_to_be_empty()
    officer.keyboard.press("?")
    officer.get_by_label("Use single keys on this desk").uncheck()
    officer.keyboard.press("q")
    expect(card).to_be_hidden()
    officer.get_by_label("Use single keys on this desk").check()
    officer.keyboard.press("q")
    expect(officer.locator("#questions")).to_be_focused()
    number = officer.locator(".wm-desk [aria-current=step] .wm-agenda__number").text_content() or "0"
    officer.keyboard.press("n")
    expect(reader.locator("[data-part=now]")).to_contain_text(f"item {int(number) + 1},")
    officer.keyboard.press("b")
    expect(reader.locator(".wm-question", has_text=asked)).to_have_count(0)
    # By keyboard alone; the focus then stays among the questions.
    card.get_by_role("button", name="Publish").focus()
    officer.keyboard.press("Enter")
    shown = reader.locator(".wm-question", has_text=asked)
    expect(shown).to_be_visible()
    expect(own).to_contain_text("Your question is published.")
    expect(asker.locator("[data-part=announcer]")).to_contain_text("Your question is published.")
    officer.wait_for_function("document.activeElement.closest('[data-lane]') !== null")
    shown.get_by_role("button", name=re.compile("Support")).click()
    expect(officer.locator("[data-question]", has_text=asked)).to_contain_text("1 person supports it")


def test_nothing_moves_while_somebody_reads(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None], room: str
) -> None:
    asker, reader, officer = open_browser(), open_browser(), open_browser()
    sign_in(officer, "Democratic services officer")
    officer.goto(room + "desk/")
    for page in (asker, reader):
        page.goto(room)
        live(page)
    reader.locator(".wm-question").first.hover()
    first = reader.locator(".wm-question__text").first.text_content()
    fill_question(asker, "Will the ferry run on Sundays?")
    send(asker)
    officer.locator("[data-question]", has_text="ferry run").get_by_role("button", name="Publish").click()
    button = reader.get_by_role("button", name="1 new question")
    expect(button).to_be_visible()
    assert reader.locator(".wm-question__text").first.text_content() == first
    button.click()
    expect(reader.locator(".wm-question__text").first).to_have_text("Will the ferry run on Sundays?")
    expect(reader.locator(".wm-question:focus")).to_be_visible()


def test_a_question_written_without_a_connection_is_kept_and_sent_later(
    open_browser: Callable[..., Page], room: str, watch: Watch
) -> None:
    watch.expected = ("ERR_INTERNET_DISCONNECTED",)
    page = open_browser()
    page.route_web_socket(re.compile("/ws/room/"), lambda socket: socket.close())
    page.goto(room)
    page.context.set_offline(True)
    fill_question(page, "Is anybody mending the lock gates?")
    send(page)
    expect(page.locator("[data-part=own]")).to_contain_text("Kept on this device.")
    page.context.set_offline(False)
    later = page.context.new_page()
    later.goto(room)
    expect(later.locator("[data-part=own]")).to_contain_text("Your question has arrived.")


def test_a_page_that_finds_the_room_full_goes_on_by_http_and_its_forms(
    open_browser: Callable[..., Page], room: str, assert_accessible: Callable[[Page], None]
) -> None:
    page = open_browser(width=320)
    page.route_web_socket(re.compile("/ws/room/"), lambda socket: socket.close(code=4429))
    page.goto(room)
    with page.expect_response(re.compile("questions.json"), timeout=30_000):
        expect(page.locator("[data-connection=full]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-part=status]")).to_contain_text("Many people are here")
    assert_accessible(page)
    page.locator(".wm-question").last.get_by_role("button").click()
    expect(page).to_have_url(re.compile("#question-"))
    expect(page.locator(":target").get_by_role("button")).to_have_attribute("aria-pressed", "true")


def test_everything_can_be_done_without_javascript(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None], room: str
) -> None:
    resident = open_browser(width=320, java_script_enabled=False)
    officer = open_browser(java_script_enabled=False)
    sign_in(officer, "Democratic services officer")
    resident.goto(room)
    fill_question(resident, "How long is the queue for an allotment?")
    send(resident)
    expect(resident.locator("#asked")).to_contain_text("Your question has arrived.")
    officer.goto(room + "desk/")
    card = officer.locator("[data-question]", has_text="queue for an allotment")
    card.get_by_role("button", name="Publish").click()
    expect(card.get_by_role("button", name="Publish")).to_have_count(0)
    resident.goto(room)
    question = resident.locator(".wm-question", has_text="queue for an allotment")
    question.get_by_role("button").click()
    expect(question.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(question.locator("[data-field=support]")).to_have_text("1")
    officer.locator("summary", has_text="Adjourn").click()
    officer.locator("[data-change=adjourn] [name=until]").fill("19:15")
    officer.get_by_role("button", name="Adjourn", exact=True).click()
    expect(officer.locator(".wm-room__mark")).to_have_text("Adjourned")
    resident.goto(room)
    expect(resident.locator(".wm-room__mark")).to_have_text("Adjourned")
    expect(resident.locator("[data-part=slate]")).to_contain_text("It goes on at about 7:15pm.")
    officer.get_by_role("button", name="Resume").click()
    expect(officer.locator(".wm-room__mark")).to_have_text("In session")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_room_the_desk_and_the_meetings_are_accessible(
    open_browser: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
    room: str,
    width: int,
) -> None:
    page = open_browser(width=width)
    pages = [f"/meetings/{name}" for name in ("", "full-council-live/", "full-council-past/", "cabinet-next/")]
    for address in (*pages, "/room/wards/holywells/", room):
        page.goto(address)
        for summary in page.locator(".wm-folded > summary").all():
            summary.click()
        assert_accessible(page)
    page.locator("#ask > summary").click()
    assert_accessible(page)
    sign_in(page, "Democratic services officer")
    page.goto(room + "desk/")
    for summary in page.locator("[data-question] summary:visible").all()[:4]:
        summary.click()
    assert_accessible(page)


def test_the_big_screen_follows_the_meeting_and_leads_into_it(
    open_browser: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    room: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    officer, phone = open_browser(), open_browser(width=390, java_script_enabled=False)
    screen = open_browser(width=1920, height=1080, reduced_motion="reduce")
    sign_in(officer, "Democratic services officer")
    officer.goto(room + "desk/")
    expect(officer.locator("[data-part=status]")).to_contain_text("Live")
    screen.goto(room + "screen/")
    live(screen)
    shown = screen.locator(".wm-screen__question")
    expect(shown).to_have_count(3)
    # Another item is taken, and the question on top is answered: the screen follows by itself.
    other = officer.locator(".wm-agenda__item:not([aria-current]) .wm-agenda__take").last
    title = other.locator(".wm-agenda__title").text_content() or "?"
    other.click()
    expect(screen.locator("[data-part=item]")).to_contain_text(title)
    first = shown.first.get_attribute("data-question")
    card = officer.locator(f"#question-{first}")
    card.get_by_text("Answer", exact=True).click()
    card.get_by_role("button", name="Mark as answered").click()
    expect(screen.locator(f"[data-question='{first}']")).to_have_count(0)
    assert screen.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert screen.locator(".wm-screen__qr").evaluate("picture => picture.naturalWidth > 0")
    assert_accessible(screen)
    screen.set_viewport_size({"width": 1280, "height": 720})
    assert_accessible(screen)
    # In private session all that the public has is a slate, with no picture and no address of one; then it comes back.
    reader = open_browser(width=390)
    reader.goto(room)
    expect(reader.locator("[data-module=player][data-source]")).to_be_visible()
    officer.locator("summary", has_text="Go into private session").click()
    officer.get_by_role("button", name="Go into private session").click()
    expect(officer.locator("[name=paragraph]").first).to_be_focused()
    officer.get_by_label("3. Information relating to the financial").check()
    officer.get_by_role("button", name="Go into private session").click()
    expect(officer.locator("[data-offered=adjourn] summary")).to_be_focused()
    expect(screen.locator(".wm-screen__join")).to_be_hidden()
    for public in (reader, screen):
        expect(public.locator("[data-part=slate]")).to_contain_text("Schedule 12A, paragraph 3.")
        assert_accessible(public)
    expect(reader.locator("video")).to_be_hidden()
    expect(reader.locator(".wm-question").first).to_be_hidden()
    expect(screen.locator("[data-part=poll]")).to_be_hidden()
    assert "m3u8" not in reader.content()
    late = open_browser(width=320)
    late.goto(room)
    expect(late.locator("[data-part=slate]")).to_contain_text("private session")
    officer.locator("summary", has_text="Return to public session").click()
    officer.get_by_role("button", name="Return to public session").click()
    expect(reader.locator("video")).to_be_visible()
    expect(reader.locator(".wm-question").first).to_be_visible()
    expect(screen.locator("[data-part=poll]")).to_contain_text("Answer now on your own screen")
    late.get_by_role("link", name="Show the picture and the questions").click()
    expect(late.locator("video")).to_be_visible()
    # What stands under the QR code leads into the room, and where no script runs the page loads itself again.
    phone.goto(room + "screen/")
    assert phone.locator("meta[http-equiv=refresh]").get_attribute("content") == "20"
    code = (screen.locator(".wm-screen__address").text_content() or "").rsplit("/", 1)[-1]
    phone.goto("/m/")
    phone.locator("#code").fill(code.lower())
    phone.get_by_role("button", name="Join").click()
    expect(phone).to_have_url(room)

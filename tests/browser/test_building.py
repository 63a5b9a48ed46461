"""Surveys that officers build: rules of who is asked what, in the editor and as residents meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import WIDTHS, LiveSite, Watch
from tests.consultations.file_samples import HTML, picture
from tests.consultations.samples import option_items, question

Check = Callable[[Page], None]

MAKE = """
import json
from datetime import timedelta
from django.utils import timezone
from consultations.models import ConsultationIndexPage, ConsultationPage
for told in json.loads({told!r}):
    now = timezone.now()
    moments = {{"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=20)}}
    page = ConsultationPage(intro="Tell us.", **moments, **told)
    ConsultationIndexPage.objects.get(locale__language_code="en").add_child(instance=page)
    page.save_revision().publish()
"""

CYCLES, WHY, MILES, LANE = (f"b000000{n}-0000-4000-8000-000000000000" for n in range(4))


def only_if(question_id: str, operator: str, answer: str) -> dict[str, Any]:
    clause = {"question": question_id, "operator": operator, "answer": answer}
    return {"asked_if": [{"type": "item", "id": f"{question_id}-{operator}", "value": clause}]}


CYCLING = {
    "title": "Cycling in the town",
    "slug": "cycling-in-the-town",
    "questions": [
        question("yes_no", CYCLES, "Do you cycle?", is_required=True),
        question("free_text", WHY, "What stops you?", **only_if(CYCLES, "is", "no")),
        question("number", MILES, "How many miles a week?", is_required=True, **only_if(CYCLES, "is", "yes")),
        question(
            "single_choice",
            LANE,
            "Which lane would you take?",
            options=option_items("Wide", "Lit"),
            **only_if(MILES, "at_least", "20"),
        ),
    ],
}


def page_break(page_id: str, heading: str, **fields: Any) -> dict[str, Any]:
    return {"type": "page_break", "id": page_id, "value": {"heading": heading, "text": "", **fields}}


SHOPS = "b0000009-0000-4000-8000-000000000000"
TOWN_PLAN = {
    "title": "A plan for the town",
    "slug": "town-plan",
    "questions": [
        question("yes_no", CYCLES, "Do you cycle?", is_required=True),
        page_break("riding", "Riding", **only_if(CYCLES, "is", "yes")),
        question("number", MILES, "How many miles a week?", is_required=True),
        question("free_text", WHY, "Where to?", **only_if(CYCLES, "is", "yes")),
        page_break("town", "The town"),
        question("free_text", SHOPS, "Which shops do you miss?"),
    ],
}
PICTURE, PLACE = "b0000010-0000-4000-8000-000000000000", "b0000011-0000-4000-8000-000000000000"
SHOWING = {
    "title": "Show us the place",
    "slug": "show-us",
    "questions": [
        question("files", PICTURE, "Can you show us?", accepts=["pictures"], at_most=2),
        page_break("town", "The town"),
        question("free_text", SHOPS, "Which shops do you miss?"),
    ],
}
POINTING = {"title": "Where is it?", "slug": "pointing", "questions": [question("place", PLACE, "Where is it?")]}
BY_CHAPTER = TOWN_PLAN | {"title": "The plan by chapter", "slug": "plan-by-chapter", "way_through": "contents"}


@pytest.fixture(scope="module", autouse=True)
def surveys(live_site: LiveSite) -> None:
    live_site.wardmote(
        "shell",
        "--verbosity",
        "0",
        "--command",
        MAKE.format(told=json.dumps([CYCLING, TOWN_PLAN, SHOWING, POINTING, BY_CHAPTER])),
    )


def send(page: Page) -> None:
    page.get_by_role("button", name="Send your answers").click()


def test_questions_come_and_go_with_the_answers_before_them(
    open_browser: Callable[..., Page], assert_accessible: Check
) -> None:
    page = open_browser()
    page.goto(f"/answer/{CYCLING['slug']}/")
    stops, miles = page.get_by_label("What stops you?"), page.get_by_label("How many miles a week?")
    lane = page.get_by_role("group", name="Which lane would you take?")
    said = page.locator("#announcements")
    for hidden in (stops, miles, lane):
        expect(hidden).to_be_hidden()
    page.get_by_label("No", exact=True).check()
    expect(said).to_have_text("We also ask now: What stops you?")
    stops.fill("Lorries")
    page.get_by_label("Yes", exact=True).check()
    expect(stops).to_be_hidden()
    expect(said).to_have_text("We also ask now: How many miles a week? We no longer ask: What stops you?")
    miles.fill("1,200")
    expect(lane).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_label("No", exact=True).check()
    expect(lane).to_be_hidden()
    expect(stops).to_have_value("Lorries")
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    expect(page.get_by_role("heading", name="Kept aside, not counted")).to_be_visible()


def test_without_javascript_a_question_follows_at_the_next_step(
    open_browser: Callable[..., Page], watch: Watch, assert_accessible: Check
) -> None:
    page = open_browser(width=320, height=700, java_script_enabled=False)
    page.goto(f"/answer/{CYCLING['slug']}/")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("I’d rather not say").check()
    send(page)
    asked = page.get_by_role(
        "link", name="Because you answered “Yes” to “Do you cycle?”, we also ask: How many miles"
    )
    expect(asked).to_be_visible()
    expect(page.locator(".govuk-error-summary")).to_have_count(0)
    page.get_by_label("How many miles a week?").fill("5")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")


def unfold(group: Locator) -> Locator:
    """The button inside a group of fields. Wagtail folds a new block's group a while after drawing it, opened or not."""
    toggle = group.get_by_role("button", name="Toggle section").first
    add = group.get_by_role("button", name="Add", exact=True)
    for _ in range(4):
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
        try:
            expect(toggle).not_to_have_attribute("aria-expanded", "true", timeout=1_000)
        except AssertionError:  # it stayed open
            break
    expect(add).to_be_visible()
    return add


def test_an_officer_makes_a_rule_about_a_question_not_saved_yet(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    sign_in(page, "Democratic services officer")
    page.goto("/admin/consultations/")
    page.get_by_role("link", name=CYCLING["title"], exact=True).click()
    page.get_by_role("tab", name="Questions").click()
    expect(page.get_by_text("Asked only if the answer to “Do you cycle?” is “No”.")).to_be_visible()

    wordings = page.locator("[name^=questions-][name$=-value-wording]")
    for kind, wording in (("Yes, no or don’t know", "Do you own a lock?"), ("Short text", "Which make?")):
        before = wordings.count()
        page.locator("button[title='Insert a block']:visible").last.click()
        page.get_by_role("option", name=kind, exact=True).click()
        expect(wordings).to_have_count(before + 1)  # the menu closes before the new question is there
        wordings.last.fill(wording)
    who = page.locator("section[id$=-value-who_is_asked-section]").last
    unfold(who).click()
    rule = page.locator("[data-controller~=wm-asked-if]").last
    rule.get_by_label("Question").select_option(label="5. Do you own a lock?")
    rule.get_by_label("Comparison").select_option(label="is")
    rule.get_by_label("Answer").select_option(label="Yes")
    expect(rule).to_contain_text("“Do you own a lock?” is Yes")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.get_by_role("tab", name="Questions").click()
    expect(page.get_by_text("Asked only if the answer to “Do you own a lock?” is “Yes”.")).to_be_visible()


def cont(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def test_pages_are_gone_through_forth_and_back_and_nothing_is_lost(
    open_browser: Callable[..., Page], watch: Watch, assert_accessible: Check
) -> None:
    watch.expected = ("422",)
    page = open_browser()
    page.goto(f"/answer/{TOWN_PLAN['slug']}/")
    page.get_by_label("Yes", exact=True).check()
    cont(page)
    expect(page.get_by_text("Page 2 of 3.")).to_be_visible()
    expect(page.locator("#kept-here")).to_be_hidden()
    expect(page.get_by_label("Where to?")).to_be_visible()
    cont(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_label("How many miles a week?").fill("12")
    cont(page)
    expect(page.get_by_text("Page 3 of 3.")).to_be_visible()
    page.wait_for_load_state()  # what is typed before the script is there is nobody's to save
    page.get_by_label("Which shops do you miss?").fill("The baker")
    page.go_back()
    expect(page.get_by_label("How many miles a week?")).to_have_value("12")
    cont(page)
    expect(page.get_by_label("Which shops do you miss?")).to_have_value("The baker")
    cont(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_role("link", name="Change your answer to How many miles a week?").click()
    page.get_by_label("How many miles a week?").fill("13")
    cont(page)
    expect(page.get_by_text("13", exact=True)).to_be_visible()
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")


def test_what_a_page_was_left_with_comes_through_the_next_one(
    open_browser: Callable[..., Page], watch: Watch
) -> None:
    """Nothing that the page saves comes, not even what the browser promised to bring as the page was left."""
    watch.expected = ("ERR_FAILED",)
    page = open_browser()
    page.goto(f"/answer/{TOWN_PLAN['slug']}/")
    page.get_by_label("Yes", exact=True).check()
    cont(page)
    page.get_by_label("How many miles a week?").fill("12")
    cont(page)
    status = page.locator("[data-part=status]")
    expect(page.get_by_text("Page 3 of 3.")).to_be_visible()
    page.evaluate("navigator.sendBeacon = () => true")
    page.route(
        "**/save/", lambda route: route.abort() if route.request.frame.url.endswith("/town/") else route.continue_()
    )
    page.get_by_label("Which shops do you miss?").fill("The baker")
    expect(status).to_contain_text("kept on this device")
    page.go_back()
    expect(page.get_by_label("How many miles a week?")).to_have_value("12")
    expect(status).to_contain_text("Saved at")
    page.go_forward()
    expect(page.get_by_label("Which shops do you miss?")).to_have_value("The baker")


def test_chapters_are_answered_in_any_order_without_javascript(open_browser: Callable[..., Page]) -> None:
    page = open_browser(width=320, height=700, java_script_enabled=False)
    page.goto(f"/answer/{BY_CHAPTER['slug']}/")
    page.get_by_role("link", name="The town").click()
    page.get_by_label("Which shops do you miss?").fill("The baker")
    cont(page)
    expect(page.get_by_text("You have done 1 of 2 pages.")).to_be_visible()
    page.get_by_role("link", name="First questions").click()
    page.get_by_label("No", exact=True).check()
    cont(page)
    page.get_by_role("button", name="Check your answers and send them").click()
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")


@pytest.mark.parametrize("language", ["", "/cy"])
def test_the_list_of_pages_and_a_page_are_accessible(
    open_browser: Callable[..., Page], assert_accessible: Check, language: str
) -> None:
    page = open_browser(width=320)
    page.goto(f"{language}/answer/{BY_CHAPTER['slug']}/")
    assert_accessible(page)
    page.locator(".govuk-task-list__link").first.click()
    expect(page.locator("[data-module=autosave]")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_picture_is_sent_once_and_goes_through_the_pages(
    open_browser: Callable[..., Page], watch: Watch, assert_accessible: Check, has_script: bool
) -> None:
    watch.expected = ("422",)
    page = open_browser(width=320, java_script_enabled=has_script)
    page.goto(f"/answer/{SHOWING['slug']}/")
    page.get_by_label("Can you show us?").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": HTML})
    cont(page)
    expect(page.get_by_role("link", name="“a.jpg” is not of a kind we can take.")).to_be_visible()
    sent = {"name": "step.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.get_by_label("Can you show us?").set_input_files(sent)
    cont(page)
    page.get_by_role("link", name="Page before").click()
    expect(page.get_by_role("group", name="Files you added")).to_contain_text("step.jpg")
    if has_script:
        assert_accessible(page)
    cont(page)
    expect(page.get_by_text("Page 2 of 2.")).to_be_visible()
    cont(page)
    expect(page.get_by_text("step.jpg")).to_be_visible()
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")


def test_a_point_is_set_by_keys_and_by_pointer_and_words_are_enough(
    open_browser: Callable[..., Page], assert_accessible: Check
) -> None:
    page = open_browser()
    page.goto(f"/answer/{POINTING['slug']}/")
    drawing, where = page.get_by_role("application"), page.locator("[data-part=where]")
    drawing.focus()
    for key in ("+", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(where).to_have_text(re.compile(r"^52\.\d{4}, 1\.\d{4}, in \w+"))
    spoken = (where.text_content() or "").partition(", in ")[0]
    page.keyboard.press("Enter")
    point = page.get_by_label("Or as coordinates")
    expect(point).to_have_value(spoken)
    page.locator(".wm-place__drawing").click(position={"x": 200, "y": 200})
    expect(point).not_to_have_value(spoken)
    expect(page.locator(".wm-place__pin")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.get_by_role("button", name="Take the point away").click()
    expect(point).to_have_value("")
    page.get_by_label("The place, in words").fill("By the steps")
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_text("By the steps")).to_be_visible()


def test_without_javascript_a_place_is_words_and_coordinates(open_browser: Callable[..., Page]) -> None:
    page = open_browser(width=320, java_script_enabled=False)
    page.goto(f"/answer/{POINTING['slug']}/")
    expect(page.get_by_role("application")).to_be_hidden()
    page.get_by_label("Or as coordinates").fill("57.1, -2.1")
    page.get_by_label("I’d rather not say").check()
    send(page)
    expect(page.get_by_text("57.1000, -2.1000 (outside the council’s area)")).to_be_visible()

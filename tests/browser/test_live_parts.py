"""Parts of a page that their script keeps in place, on pages of a few lines: what is typed, chosen and pressed stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

SCRIPTS = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "static" / "wardmote" / "js"
HERE = "http://part.test"


@dataclass(slots=True)
class Part:
    """A page, what its server would draw now, and what was sent to it."""

    page: Page
    drawn: str = ""
    sent: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    looks: int = 0
    is_away: bool = False

    def serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/js/"):
            route.fulfill(path=SCRIPTS / path.removeprefix("/js/"), content_type="text/javascript")
        elif path == "/part/" and self.is_away:
            route.abort()
        elif path == "/part/":
            self.looks += 1
            route.fulfill(body=self.drawn, content_type="text/html")
        elif route.request.method == "POST":
            self.sent.append((path, fields_of(route.request.post_data or "")))
            route.fulfill(status=204)
        else:
            route.fulfill(body=self.drawn, content_type="text/html")

    def open(self, drawn: str) -> None:
        """Open the page with its part as the server draws it, and keep it live."""
        self.drawn = (
            '<section id="part" tabindex="-1" data-live-forms="/part/"><p data-part="live-error" hidden></p>'
            f"{drawn}</section>"
        )
        self.page.goto(f"{HERE}/")
        self.page.evaluate(
            """async () => {
              const { liveFormsIn } = await import('/js/live-forms.js')
              window.forms = liveFormsIn(document.getElementById('part'), { say: (name) => name })
            }"""
        )

    def change(self, before: str, after: str) -> None:
        """Something has changed at the server, and the page looks."""
        assert before in self.drawn
        self.drawn = self.drawn.replace(before, after)
        self.look()

    def look(self) -> None:
        self.page.evaluate("window.forms.refresh()")


def fields_of(body: str) -> dict[str, list[str]]:
    """The fields of a form that a script has sent as multipart/form-data."""
    if not body.startswith("--"):
        return parse_qs(body)
    found: dict[str, list[str]] = {}
    for one in body.split(body.split("\r\n", 1)[0])[1:-1]:
        head, value = one.split("\r\n\r\n", 1)
        found.setdefault(head.split('name="')[1].split('"')[0], []).append(value.removesuffix("\r\n"))
    return found


@pytest.fixture
def part(chromium: Browser) -> Iterator[Part]:
    context = chromium.new_context()
    opened = Part(context.new_page())
    opened.page.set_default_timeout(5_000)
    opened.page.route("**/*", lambda route: opened.serve(route))
    yield opened
    context.close()


POLLS = """
<details id="write"><summary>Write a poll</summary><form method="post" action="/polls/"><p data-part="error" hidden></p>
<div id="key-live" data-live><input type="hidden" name="key" value="first"></div>
<input id="question" name="question" type="text"><button>Keep</button></form></details>"""


def test_each_poll_written_at_the_desk_has_a_key_of_its_own(part: Part) -> None:
    page = part.page
    part.open(POLLS)
    page.locator("summary").click()
    page.locator("#question").fill("One?")
    part.change("first", "other")
    part.drawn = part.drawn.replace("other", "second")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("[name=key]")).to_have_value("second")
    # The page cannot be drawn anew after the second: a third waits, for it has the second's key.
    page.locator("summary").click()
    page.locator("#question").fill("Two?")
    part.is_away = True
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#write")).not_to_have_attribute("open", "")
    page.locator("summary").click()
    page.locator("#question").fill("Three?")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("[data-part=error]")).to_have_text("notReached")
    part.is_away = False
    part.drawn = part.drawn.replace("second", "third")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#question")).to_have_value("")
    assert [(one["key"], one["question"]) for _path, one in part.sent] == [
        (["first"], ["One?"]),
        (["second"], ["Two?"]),
        (["third"], ["Three?"]),
    ]


SPEAK = """
<details open><summary>Ask to speak</summary><form method="post" action="/speak/"><p data-part="error" hidden></p>
<div id="item-live" data-live><select id="item" name="item">
<option value="1" selected>1</option><option value="2">2</option><option value="3">3</option></select></div>
<input id="why" name="why" type="text"><button>Ask</button></form></details>"""
SECOND = ('value="1" selected>1</option><option value="2">', 'value="1">1</option><option value="2" selected>')
THIRD = ('value="2" selected>2</option><option value="3">', 'value="2">2</option><option value="3" selected>')


def test_a_form_follows_the_item_being_taken_unless_somebody_chose_or_fills_it_in(part: Part) -> None:
    page = part.page
    part.open(SPEAK)
    item = page.locator("#item")
    part.change(*SECOND)
    expect(item).to_have_value("2")
    # Whoever fills the form in saw the item it was about.
    page.locator("#why").press_sequentially("Flood")
    part.change(*THIRD)
    expect(item).to_have_value("2")
    page.locator("#why").fill("")
    page.locator("#why").blur()
    expect(item).to_have_value("3")
    item.select_option("1")
    item.blur()
    part.change('<option value="3" selected>3', '<option value="3">3')
    expect(item).to_have_value("1")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("details")).not_to_have_attribute("open", "")
    expect(item).to_have_value("1")
    part.change('<option value="3">', '<option value="3" selected>')
    expect(item).to_have_value("3")
    assert [one["item"] for _path, one in part.sent] == [["1"]]


HANDS = """
<div id="hands" data-live>
<form method="post" action="/queue/1/"><input id="name-1" name="name" type="text" value="Ada">
<button id="queue-1">Queue Ada</button></form>
<form method="post" action="/down/2/"><button id="down-2">Put Ben down</button></form>
<form method="post" action="/close/"><select id="casting" name="casting">
<option value="">-</option><option value="for">For</option></select>
<input id="recount" type="checkbox" name="recount"></form></div>"""


def test_pressing_a_button_leaves_what_is_typed_and_chosen_in_the_forms_beside_it(part: Part) -> None:
    page = part.page
    part.open(HANDS)
    page.locator("#name-1").fill("Ada Lovelace")
    page.locator("#casting").select_option("for")
    page.locator("#recount").check()
    part.drawn = part.drawn.replace("Put Ben down", "Ben is down")
    page.locator("#down-2").click()
    expect(page.locator("#down-2")).to_have_text("Ben is down")
    expect(page.locator("#name-1")).to_have_value("Ada Lovelace")
    expect(page.locator("#casting")).to_have_value("for")
    expect(page.locator("#recount")).to_be_checked()
    # Words whose field is gone are not thrown away; once they have arrived themselves, they are.
    part.drawn = part.drawn.replace("Ben is down", "Ben is gone").replace('id="name-1"', 'id="name-9"')
    page.locator("#down-2").click()
    expect(page.locator("#name-1")).to_have_value("Ada Lovelace")
    page.locator("#queue-1").click()
    expect(page.locator("#name-9")).to_have_value("Ada")
    assert [(path, one.get("name")) for path, one in part.sent] == [
        ("/down/2/", None),
        ("/down/2/", None),
        ("/queue/1/", ["Ada Lovelace"]),
    ]


VOTE = """
<div id="vote" data-live aria-live="polite"><form method="post" action="/vote/">
<input type="hidden" name="csrfmiddlewaretoken" value="aaaa">
<button id="for" name="choice" value="for">For</button></form></div>"""


def test_an_open_vote_is_drawn_again_only_when_it_changes_and_never_under_a_finger(part: Part) -> None:
    page = part.page
    part.open(VOTE)
    page.evaluate(
        """() => {
          window.drawings = 0
          new MutationObserver(() => { window.drawings++ }).observe(document.getElementById('vote'), { childList: true })
        }"""
    )
    part.change("aaaa", "bbbb")
    part.change("bbbb", "cccc")
    assert page.evaluate("window.drawings") == 0
    box = page.locator("#for").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    part.change(">For</button>", ">For it</button>")
    assert page.evaluate("window.drawings") == 0
    page.mouse.up()
    expect(page.locator("#for")).to_have_text("For it")
    assert [one["choice"] for _path, one in part.sent] == [["for"]]

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
    refusal: str = ""

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
            if self.refusal:
                route.fulfill(status=422, json={"message": self.refusal, "field": ""})
            else:
                route.fulfill(status=204)
        else:
            route.fulfill(body=self.drawn, content_type="text/html")

    def show(self, body: str) -> None:
        """Open a page that is this and nothing else."""
        self.drawn = body
        self.page.goto(f"{HERE}/")

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


AMEND = """
<div id="motions" data-live><form method="post" action="/amend/"><input type="hidden" name="carried" value="1">
<p data-part="error" hidden></p><textarea id="words" name="words">As moved</textarea>
<button id="amend">Enter</button></form>
<form method="post" action="/close/"><button id="close">Close the vote</button></form></div>"""


def test_words_stay_with_what_they_were_written_about_until_they_are_refused_for_it(part: Part) -> None:
    page = part.page
    part.open(AMEND)
    page.locator("#words").fill("As amended once")
    part.drawn = part.drawn.replace('value="1"', 'value="1,2"').replace("Close the vote", "Closed")
    page.locator("#close").click()
    expect(page.locator("#close")).to_have_text("Closed")
    part.refusal = "Somebody was quicker"
    page.locator("#amend").click()
    expect(page.locator("[data-part=error]")).to_have_text("Somebody was quicker")
    expect(page.locator("[name=carried]")).to_have_value("1,2")
    expect(page.locator("#words")).to_have_value("As amended once")
    part.refusal = ""
    page.locator("#words").fill("As amended twice")
    page.locator("#amend").click()
    expect(page.locator("#words")).to_have_value("As moved")
    assert [(path, one.get("carried"), one.get("words")) for path, one in part.sent] == [
        ("/close/", None, None),
        ("/amend/", ["1"], ["As amended once"]),
        ("/amend/", ["1,2"], ["As amended twice"]),
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


SOCKET = """
  window.socket = {
    sent: [],
    send (text) { this.sent.push(JSON.parse(text)) },
    close () {},
    tell (frame) { this.onmessage({ data: JSON.stringify(frame) }) },
    answer (fields) { this.tell({ id: this.sent.at(-1).id, message: '', field: '', ...fields }) }
  }
  const { Words } = await import('/js/room-words.js')
  const words = new Words({ findings: {}, state: {}, overtaken: 'overtaken', answerTooLong: 'too long',
    notReached: 'not reached', takenBack: 'taken back', live: 'live', connecting: 'connecting' }, 'en')
  const clock = { setTimeout: setTimeout.bind(window), clearTimeout: clearTimeout.bind(window),
    now: () => performance.now(), random: Math.random }
  const openSocket = () => window.socket
  window.online = true
  const isOnline = () => window.online
"""

FIELDS = "".join(
    f'<span data-field="{name}"></span>'
    for name in ("text", "number", "asker", "ward", "notice", "found", "reason", "answer", "state")
)


def card(number: int) -> str:
    return f"""
<li class="wm-card" id="question-{number}" data-question="{number}" data-state="held" tabindex="-1">{FIELDS}
<p data-part="error" hidden></p>
<form method="post" action="/publish/" data-when="held withheld"><input type="hidden" name="decision" value="publish">
<button>Publish</button></form>
<details class="wm-card__more" open data-when="held"><summary>Do not publish</summary>
<form method="post" action="/withhold/">
<input type="hidden" name="decision" value="withhold"><input id="reason-{number}" name="reason"><button>Withhold</button>
</form></details>
<details class="wm-card__more" open data-when="held published"><summary>Answer</summary>
<form method="post" action="/answer/">
<input type="hidden" name="decision" value="answer">
<textarea id="answer-{number}" name="answer" data-limit="20"></textarea>
<input name="how" type="hidden"><input name="answered_by" type="hidden"><button>Answer</button></form></details></li>"""


def lane(state: str, cards: str = "") -> str:
    return f"""
<section data-lane="{state}"><h3 class="wm-lane__title" tabindex="-1">{state} <span data-part="count"></span></h3>
<ol data-part="list">{cards}</ol><p data-part="none"></p></section>"""


def open_desk(part: Part) -> Page:
    """A desk with two waiting questions, connected, with its keys."""
    part.show(f"""
<div id="desk" data-socket="/ws/" data-epoch="e" data-sequence="0"><p data-part="status"></p>
<details data-part="keys"><summary>Keys</summary><input type="checkbox" data-part="keys-on"></details>
<ol data-part="agenda"><li data-item="1"><button type="button" onclick="window.taken = true">1</button></li></ol>
{lane("held", card(1) + card(2))}{lane("published")}{lane("withheld")}<div data-part="announcer"></div></div>""")
    part.page.evaluate(
        f"""async () => {{{SOCKET}
          const {{ Desk }} = await import('/js/desk.js')
          const {{ Keys }} = await import('/js/desk-keys.js')
          const root = document.getElementById('desk')
          window.desk = new Desk(root, {{ openSocket, clock, words, isOnline, states: {{}}, changes: {{}} }})
          new Keys(root, {{ storage: null, goTo () {{}} }})
          window.desk.start()
          window.socket.onopen()
        }}"""
    )
    return part.page


def decided(page: Page, number: int, state: str) -> None:
    """A colleague, or the officer, has decided on a question."""
    page.evaluate(
        """([id, state]) => window.desk.showEvent({ kind: 'question', payload: {
          id, state, text: 'When?', asker_name: '', ward: '', findings: [], reason: '', answer: '' } })""",
        [number, state],
    )


def test_whoever_types_in_a_card_goes_on_typing_where_a_colleague_has_decided(part: Part) -> None:
    page = open_desk(part)
    reason = page.locator("#reason-1")
    reason.press_sequentially("Nme")
    reason.press("ArrowLeft")
    reason.press("ArrowLeft")
    decided(page, 1, "published")
    page.keyboard.type("a")
    assert page.locator("[data-lane=published] #reason-1").input_value() == "Name"
    expect(page.locator("#question-1 [data-part=error]")).to_have_text("overtaken")
    # Also where the question has no place on the desk any more; it goes once nothing is left behind.
    decided(page, 1, "merged")
    page.keyboard.type("n")
    assert reason.input_value() == "Nanme"
    page.keyboard.press("Tab")
    expect(reason).to_have_value("Nanme")
    reason.fill("")
    page.locator("#answer-2").focus()
    expect(page.locator("#question-1")).to_have_count(0)
    # Nothing is typed yet, but the next letter will be.
    decided(page, 2, "merged")
    page.keyboard.type("n")
    expect(page.locator("#answer-2")).to_have_value("n")
    assert page.evaluate("window.taken") is None


def test_whoever_decides_themself_goes_on_with_the_next_card(part: Part) -> None:
    page = open_desk(part)
    page.locator("#reason-1").fill("Not ours")
    page.locator("#reason-1").press("Enter")
    decided(page, 1, "withheld")
    assert page.evaluate("document.activeElement.id") == "question-2"
    page.evaluate("window.socket.answer({ type: 'ack' })")
    expect(page.locator("#question-1 [data-part=error]")).to_be_hidden()
    expect(page.locator("#reason-1")).to_be_hidden()
    # One who was too late still has what they typed.
    page.locator("#reason-2").fill("Nor this")
    page.locator("#reason-2").press("Enter")
    decided(page, 2, "merged")
    page.evaluate("window.socket.answer({ type: 'refused', message: 'too late', field: 'reason' })")
    expect(page.locator("#question-2 [data-part=error]")).to_have_text("too late")
    expect(page.locator("#reason-2")).to_be_focused()
    expect(page.locator("#reason-2")).to_have_value("Nor this")


def test_an_answer_that_is_too_long_or_typed_offline_stays_on_the_desk(part: Part) -> None:
    page = open_desk(part)
    error = page.locator("#question-1 [data-part=error]")
    page.locator("#reason-2").fill("Half a rea")
    page.locator("#answer-1").fill("x" * 21)
    page.locator("#question-1").get_by_role("button", name="Answer").click()
    expect(error).to_have_text("too long")
    expect(page.locator("#answer-1")).to_be_focused()
    page.locator("#answer-1").fill("😀" * 20)
    page.evaluate("window.online = false; window.desk.connection.isOpen = false")
    page.locator("#question-1").get_by_role("button", name="Answer").click()
    expect(error).to_have_text("not reached")
    expect(page.locator("#reason-2")).to_have_value("Half a rea")
    page.evaluate("window.desk.connection.isOpen = true")
    page.locator("#question-1").get_by_role("button", name="Answer").click()
    assert [frame["type"] for frame in page.evaluate("window.socket.sent")] == ["hello", "answer"]
    assert part.sent == []


def open_assigned(part: Part, *numbers: int) -> Page:
    """A councillor's page with these questions, connected."""

    def one(number: str) -> str:
        return f"""
<li class="wm-card" data-question="{number}">{FIELDS}<form method="post" data-action="/assigned/0/"><label>Answer</label>
<p data-part="error" hidden></p><textarea id="proposed-{number}" name="answer" data-limit="20"></textarea>
<button>Propose</button></form></li>"""

    cards = "".join(one(str(number)) for number in numbers)
    part.show(f"""
<div id="assigned" data-socket="/ws/" data-epoch="e" data-sequence="0"><p data-part="status"></p>
<ol data-part="questions">{cards}</ol><p data-part="private" hidden>private</p><p data-part="none" hidden>none</p>
<template data-part="question-template">{one("new")}</template><div data-part="announcer"></div></div>""")
    part.page.evaluate(
        f"""async () => {{{SOCKET}
          const {{ Assigned }} = await import('/js/assigned.js')
          window.assigned = new Assigned(document.getElementById('assigned'), {{ openSocket, clock, words, isOnline }})
          window.assigned.start()
          window.socket.onopen()
        }}"""
    )
    return part.page


def assigned_now(page: Page, state: str, *numbers: int) -> None:
    """The snapshot that a councillor is sent."""
    page.evaluate(
        """([state, numbers]) => window.socket.tell({ type: 'snapshot', epoch: 'e', sequence: 1, room: { state },
          questions: numbers.map((id) => (
            { id, text: 'When?', ward: '', state: 'held', answer: '', proposed_answer: '' })) })""",
        [state, list(numbers)],
    )


def test_half_an_answer_outlives_a_private_session_and_a_question_that_is_taken_back(part: Part) -> None:
    page = open_assigned(part, 1, 2)
    page.locator("#proposed-1").fill("Because")
    assigned_now(page, "exempt")
    expect(page.locator("[data-part=private]")).to_be_visible()
    expect(page.locator("[data-part=none]")).to_be_hidden()
    expect(page.locator("[data-question='1']")).to_be_hidden()
    assigned_now(page, "in_session", 1, 2)
    expect(page.locator("[data-part=private]")).to_be_hidden()
    expect(page.locator("#proposed-1")).to_have_value("Because")
    assigned_now(page, "in_session")
    expect(page.locator("[data-question='2']")).to_have_count(0)
    expect(page.locator("[data-question='1'] [data-part=error]")).to_have_text("taken back")
    expect(page.locator("[data-question='1'] button")).to_be_hidden()
    expect(page.locator("#proposed-1")).to_have_value("Because")
    assigned_now(page, "in_session", 1)
    expect(page.locator("[data-question='1'] [data-part=error]")).to_be_hidden()
    expect(page.locator("[data-question='1'] button")).to_be_visible()


def test_an_answer_that_is_typed_on_too_long_or_offline_stays_with_the_councillor(part: Part) -> None:
    page = open_assigned(part, 1)
    answer, error = page.locator("#proposed-1"), page.locator("[data-question='1'] [data-part=error]")
    answer.fill("In May")
    page.get_by_role("button", name="Propose").click()
    answer.fill("In May or June")
    page.evaluate("window.socket.answer({ type: 'ack' })")
    page.evaluate(
        """window.assigned.show(
          { id: 1, text: 'When?', ward: '', state: 'held', answer: '', proposed_answer: 'In May' })"""
    )
    expect(answer).to_have_value("In May or June")
    answer.fill("x" * 21)
    page.get_by_role("button", name="Propose").click()
    expect(error).to_have_text("too long")
    answer.fill("In June")
    page.evaluate("window.online = false; window.assigned.connection.isOpen = false")
    page.get_by_role("button", name="Propose").click()
    expect(error).to_have_text("not reached")
    assert [frame.get("answer") for frame in page.evaluate("window.socket.sent")] == [None, "In May"]
    assert part.sent == []

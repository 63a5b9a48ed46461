"""What a screen reader says in the live room: a virtual one reads the page's accessibility tree and its live regions."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
READER = ROOT / "node_modules" / "@guidepup" / "virtual-screen-reader" / "lib" / "esm" / "index.browser.js"
DATA = ROOT / "site" / "wardmote" / "demo" / "data"
BURST = 4
QUIET_MS = 5_000
"""The room speaks at most once in so long."""


def listen(page: Page) -> None:
    """Start the virtual screen reader on an open page."""
    page.route(
        "**/virtual-screen-reader.js", lambda route: route.fulfill(path=READER, content_type="text/javascript")
    )
    page.evaluate(
        "import('/virtual-screen-reader.js').then(({ virtual }) => {"
        " window.screenReader = virtual; return virtual.start({ container: document.body }) })"
    )


def announced(page: Page) -> list[str]:
    """What live regions had it say, without being asked, so far."""
    said: list[str] = page.evaluate("window.screenReader.spokenPhraseLog()")
    return [re.sub(r"^polite: ", "", phrase) for phrase in said if phrase.startswith(("polite: ", "assertive: "))]


def hears(page: Page, part: str) -> None:
    """Wait until a sentence with ``part`` has been spoken."""
    page.wait_for_function(
        "part => window.screenReader.spokenPhraseLog().then(log =>"
        " log.some(phrase => /^(polite|assertive): /.test(phrase) && phrase.includes(part)))",
        arg=part,
        timeout=15_000,
    )


def held_card(officer: Page, text: str) -> Locator:
    """The card of a held question; others may name it as one that asks the same."""
    return officer.locator(
        "[data-lane=held] [data-question]", has=officer.locator("[data-field=text]", has_text=text)
    )


def test_news_is_spoken_once_in_batches_and_ones_own_fate_always(
    open_browser: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    asker, reader, officer = open_browser(), open_browser(), open_browser()
    reader.goto("/meetings/full-council-live/")
    reader.locator("a[href*='/room/']").first.click()
    room = re.sub(r"[?#].*", "", reader.url)
    asker.goto(room)
    for page in (asker, reader):
        expect(page.locator("[data-connection=live]")).to_be_visible()
        listen(page)
    texts = [f"Could there be {number} more benches by the quay?" for number in range(2, 2 + BURST)]
    with (DATA / "postcodes.csv").open(encoding="utf-8") as file:
        postcode = next(row["pcds"] for row in csv.DictReader(file))
    # The first question alone, then a burst of the others, published by one click each.
    sign_in(officer, "Democratic services officer")
    officer.goto(room + "desk/")
    expect(officer.locator("[data-part=status]")).to_contain_text("Live")
    for number, text in enumerate(texts):
        asker.locator("#ask > summary").click()
        asker.locator("[name=text]").fill(text)
        asker.locator("[name=name]").fill("Ola Price")
        asker.locator("[name=postcode]").fill(postcode)
        asker.locator("#ask form button").click()
        asker.wait_for_timeout(1_100)  # the button takes a second press within one second for a double click
        if number == 0:
            hears(asker, "Your question has arrived.")
            held_card(officer, text).get_by_role("button", name="Publish").click()
            hears(asker, "Your question is published.")
            hears(reader, f"New question: {text}")
    for text in texts[1:]:
        expect(held_card(officer, text)).to_be_visible(timeout=20_000)
    for page in (reader, asker):
        page.wait_for_timeout(QUIET_MS // 2)  # what was said of the first question is over
    began = time.monotonic()
    for text in texts[1:]:
        held_card(officer, text).get_by_role("button", name="Publish").click()
    expect(reader.locator(".wm-question", has_text=texts[-1])).to_have_count(1)
    reader.wait_for_timeout(QUIET_MS + 500)
    spells = (time.monotonic() - began) * 1000 / QUIET_MS
    heard = [sentence for sentence in announced(reader) if "new question" in sentence.lower()]
    one_by_one = [sentence.removeprefix("New question: ") for sentence in heard if sentence.startswith("New")]
    counted = [int(found[1]) for sentence in heard if (found := re.match(r"(\d+) new questions", sentence))]
    assert sorted(set(one_by_one)) == sorted(one_by_one), heard
    assert set(one_by_one) <= set(texts), heard
    assert len(one_by_one) + sum(counted) == len(texts), heard
    assert len(heard) - 1 <= spells + 1, (heard, spells)
    fates = " ".join(announced(asker))
    assert fates.count("Your question is published.") >= 2, fates
    expect(asker.locator("[data-part=own]").get_by_text("Your question is published.")).to_have_count(len(texts))

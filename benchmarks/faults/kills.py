"""SIGKILL at random moments while people answer: is an acknowledged word lost, is an answer doubled, is one unfinished?

A round opens a consultation's form on a real server, types, and kills the server or a real Chromium at a seeded random
moment while answers are saved or sent. Then what was killed is started again on the same files, and the round holds when

- what the server acknowledged is there (or what was on its way, whole): nothing acknowledged is lost;
- sending again ends on one receipt, the same as any that was seen before: nothing is doubled or left unfinished;
- the answer is what was typed, byte for byte.

``python benchmarks/faults/kills.py --rounds 100 --write`` writes ``benchmarks/results/kills.md``.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "kills.md"
SLUG = "slower-streets"
START_SECONDS = 60
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
WORDS = [
    "a<b and c>d",
    "<jo@example.org>",
    "👏",
    "Mae’n wych",
    "شكرا",
    "seats,",
    "shade\nand",
    "ŵ ŷ",
    "more",
    "trees",
]
KINDS = ("server, saving", "server, sending", "browser, typing", "browser, sending")


@dataclass(slots=True)
class Site:
    """A server process that can be killed and started again on the same files and port."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("WARDMOTE_", "DJANGO_"))}
        env |= {
            "WARDMOTE_DATA_DIR": str(self.data_dir),
            "WARDMOTE_BASE_URL": self.url,
            "WARDMOTE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
        }
        command = [sys.executable, "-m", "wardmote", "serve", "--bind", f"127.0.0.1:{self.port}"]
        log = (self.data_dir / "site.log").open("ab")
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.data_dir / "site.log").read_text()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health/", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(
            f"not up after {START_SECONDS} seconds: {(self.data_dir / 'site.log').read_text()[-2000:]}"
        )

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)

    def rows(self, statement: str, key: str) -> list[tuple[Any, ...]]:
        """What stands in the database about one form's key."""
        with contextlib.closing(sqlite3.connect(self.data_dir / "wardmote.sqlite3", timeout=20)) as database:
            return database.execute(statement, (key.replace("-", ""),)).fetchall()

    def sent(self, key: str) -> list[tuple[str, str]]:
        """References and texts of the responses with ``key``."""
        statement = (
            "SELECT r.reference, COALESCE((SELECT a.text FROM consultations_answer a WHERE a.response_id = r.id "
            "AND a.text != ''), '') FROM consultations_response r WHERE r.key = ?"
        )
        return [(str(reference), str(text)) for reference, text in self.rows(statement, key)]


def copy_site(data_dir: Path, into: Path) -> Site:
    """A site of its own with what another one holds; the other may go on running."""
    into.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.closing(sqlite3.connect(data_dir / "wardmote.sqlite3")) as source,
        contextlib.closing(sqlite3.connect(into / "wardmote.sqlite3")) as copy,
    ):
        source.backup(copy)
    shutil.copy(data_dir / "secret_key", into)
    (into / "static").symlink_to(data_dir / "static")
    return Site(into, free_port())


def free_port() -> int:
    """A port below those that clients are given: one that waits for the server must not take the server's own port."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


@dataclass(slots=True)
class Round:
    """What one kill came to."""

    number: int
    kind: str
    killed_after_ms: int = 0
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0
    """Saves acknowledged before the kill."""
    unsaved_characters: int = 0
    """Typed and not on the server when the browser was killed."""
    lost_characters: int = 0
    """Of those, what the browser did not bring back either."""
    was_offered: bool | None = None
    """Whether the browser offered to go on when it was opened again; None where none was killed."""

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.faults.append(what)


class Form:
    """A form of the consultation, as a browser without script sends it, and as its script saves it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = httpx.Client(base_url=site.url, timeout=10)
        self.page = self.client.get(f"/answer/{SLUG}/").text
        hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', self.page))
        self.data: dict[str, str] = hidden
        for name, value in re.findall(r'type="radio" name="(q-[^"]+)" value="([^"]+)"', self.page):
            self.data.setdefault(name, value)
        self.text_name = re.findall(r'<textarea name="(q-[^"]+)"', self.page)[0]

    @property
    def key(self) -> str:
        return self.data["key"]

    def save(self, text: str, sequence: int) -> None:
        self.data |= {self.text_name: text, "sequence": str(sequence)}
        reply = self.client.post(f"/answer/{SLUG}/save/", data=self.data, headers={"Accept": "application/json"})
        assert reply.status_code == 200, reply.text[:500]
        self.data["revision"] = str(reply.json()["revision"])

    def send(self, text: str) -> str:
        data = self.data | {self.text_name: text, "no_postcode": "unsaid"}
        reply = self.client.post(f"/answer/{SLUG}/", data=data)
        assert reply.status_code == 302, reply.text[:500]
        return reference_in(reply.headers["location"])

    def close(self) -> None:
        self.client.close()


def open_link(site: Site, token: str) -> tuple[str | None, str | None]:
    """What a draft's link opens: the text in the form, or the reference of the receipt."""
    with httpx.Client(base_url=site.url, timeout=10, follow_redirects=True) as client:
        page = client.get(f"/answer/{SLUG}/draft/{token}/")
    if "/receipt/" in str(page.url):
        return None, reference_in(str(page.url))
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page.text, re.DOTALL)
    return (html.unescape(found[1]) if found else None), None


def reference_in(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[1]


@contextlib.contextmanager
def killing(kill: Callable[[], None], after: float) -> Iterator[None]:
    timer = threading.Timer(after, kill)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def kill_server(site: Site, told: Round, chance: random.Random) -> None:
    """Kill the server while it saves, or takes answers in."""
    form, text, sequence, acknowledged = Form(site), "", 0, ""
    is_sending = told.kind.endswith("sending")
    seen = ""
    after = chance.uniform(0, 0.25) if is_sending else chance.uniform(0, 1.2)
    told.killed_after_ms = round(after * 1000)
    if is_sending:
        text = acknowledged = words(chance)
        form.save(text, 1)
        told.acknowledged = 1
    with killing(site.kill, after), contextlib.suppress(httpx.HTTPError):
        if is_sending:
            seen = form.send(text)
        while not is_sending and sequence < 400:
            text, sequence = f"{text} {chance.choice(WORDS)}"[:1500], sequence + 1
            form.save(text, sequence)
            acknowledged = text
            told.acknowledged += 1
            time.sleep(chance.uniform(0, 0.05))
    site.start()
    if not is_sending:
        on_server, _receipt = open_link(site, form.data["draft"])
        told.expect(on_server in {acknowledged, text} or not acknowledged, "an acknowledged save is gone")
        form.save(text, sequence)  # again, as the page does
    finish(site, told, form, text, seen)


def finish(site: Site, told: Round, form: Form, text: str, seen: str = "") -> None:
    """Send again, twice, and look at what came of it."""
    references = {form.send(text), form.send(text), *filter(None, [seen])}
    told.expect(len(references) == 1, f"several receipts: {sorted(references)}")
    sent = site.sent(form.key)
    told.expect(len(sent) == 1, f"{len(sent)} responses")
    told.expect([said for _reference, said in sent] == [text], "the answer is not what was typed")
    told.expect(open_link(site, form.data["draft"])[1] in references, "the link does not lead to the receipt")
    form.close()


def words(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(3, 25)))


def launch(playwright: Playwright, profile: Path) -> BrowserContext:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=path,
        args=CHROMIUM_FLAGS,
        locale="en-GB",
        viewport={"width": 900, "height": 800},
    )


def kill_chromium(profile: Path) -> None:
    """SIGKILL the browser's own process, the one that was started with this round's profile; its children go with it."""
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in command and not any(
                c.startswith(b"--type=") for c in command
            ):
                os.kill(int(process.name), signal.SIGKILL)


def kill_browser(site: Site, told: Round, chance: random.Random, playwright: Playwright, profile: Path) -> None:
    """Kill Chromium while somebody types, or while their form is on its way."""
    is_sending = told.kind.endswith("sending")
    text, saved = words(chance), [""]
    context = launch(playwright, profile)
    page = context.pages[0]
    page.goto(f"{site.url}/answer/{SLUG}/")
    text_name = page.locator("textarea").first.get_attribute("name") or ""
    page.on("response", lambda response: note_saved(response, text_name, saved, told))
    key, token = (page.locator(f"[name={name}]").first.input_value() for name in ("key", "draft"))
    after = chance.uniform(0, 0.4) if is_sending else chance.uniform(0.2, 4)
    told.killed_after_ms = round(after * 1000)
    typed = ""
    if is_sending:
        page.locator("textarea").first.fill(text)
        answer_the_rest(page)
        page.wait_for_selector("[data-part=status][data-state=saved]")
        with killing(lambda: kill_chromium(profile), after), contextlib.suppress(Error):
            page.get_by_role("button", name="Send your answers").click(timeout=5000)
            page.wait_for_timeout(2000)
        typed = text
    else:
        with killing(lambda: kill_chromium(profile), after), contextlib.suppress(Error):
            page.locator("textarea").first.focus()
            for _ in range(400):
                word = f" {chance.choice(WORDS)}"
                page.keyboard.insert_text(word)
                typed += word
                page.wait_for_timeout(chance.uniform(20, 300))
    with contextlib.suppress(Error):
        context.close()

    on_server, reference = open_link(site, token)
    if reference is None:
        # The last word may have been typed into a browser that was dead by then.
        told.expect(bool(on_server is not None and on_server.startswith(saved[0])) or not saved[0], "a save is gone")
        told.expect(typed.startswith(on_server or ""), "the server has what nobody typed")
        told.unsaved_characters = len(typed) - len(on_server or "")
    back = come_back(
        site, told, playwright, profile, key=key, token=token, acknowledged=saved[0], reference=reference
    )
    told.lost_characters = len(typed) - len(back) if back is not None else 0


def note_saved(response: Any, text_name: str, saved: list[str], told: Round) -> None:
    """Remember the text of a save that the server acknowledged."""
    if not response.url.endswith("/save/") or response.status != 200:
        return
    body = (response.request.post_data_buffer or b"").decode("utf-8")
    found = re.search(rf'name="{text_name}"\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
    if found:
        saved[0] = found[1].replace("\r\n", "\n")
        told.acknowledged += 1


def come_back(
    site: Site,
    told: Round,
    playwright: Playwright,
    profile: Path,
    *,
    key: str,
    token: str,
    acknowledged: str,
    reference: str | None,
) -> str | None:
    """Open the same browser again and finish, by what it offers or else by the link; the text that came back, if any."""
    back = None
    context = launch(playwright, profile)
    page = context.pages[0]
    page.goto(f"{site.url}/answer/{SLUG}/")
    offer = page.get_by_role("button", name="Bring my answers back")
    with contextlib.suppress(Error):
        offer.wait_for(timeout=3000)
    told.was_offered = offer.is_visible()
    if told.was_offered:
        offer.click()
        page.wait_for_load_state("networkidle")
    else:
        page.goto(f"{site.url}/answer/{SLUG}/draft/{token}/")
    if "/receipt/" not in page.url and page.locator("textarea").count():
        text = back = page.locator("textarea").first.input_value()
        told.expect(text.startswith(acknowledged), "what came back is less than what was acknowledged")
        if not text:
            page.locator("textarea").first.fill("Begun anew")
            text = "Begun anew"
        answer_the_rest(page)
        page.get_by_role("button", name="Send your answers").click()
        page.wait_for_url("**/receipt/**")
        sent = site.sent(key)
        if sent:  # else nothing had reached the server or the disk, and a new form was sent
            told.expect(reference is not None or [said for _reference, said in sent] == [text], "not what came back")
        told.expect(bool(sent) or not acknowledged, "the acknowledged answer was not finished")
    ended = reference_in(page.url)
    if reference is not None:
        told.expect(ended == reference, f"another receipt: {ended}, not {reference}")
    told.expect(len(site.sent(key)) <= 1, "doubled")
    context.close()
    return back


def answer_the_rest(page: Page) -> None:
    for group in page.locator("fieldset:not(:has(.wm-optional)):has(input[type=radio])").all():
        group.locator("input[type=radio]").first.check()
    page.get_by_label("I’d rather not say").check()


def run_rounds(
    site: Site,
    rounds: int,
    seed: int,
    scratch: Path,
    playwright: Playwright,
) -> Iterator[Round]:
    """``rounds`` kills, the kinds in turn; the same seed kills at the same moments."""
    for number in range(rounds):
        chance = random.Random(f"{seed}-{number}")
        each = Round(number, KINDS[number % len(KINDS)])
        profile = scratch / f"profile-{number}"
        try:
            if each.kind.startswith("server"):
                kill_server(site, each, chance)
            else:
                kill_browser(site, each, chance, playwright, profile)
        except (AssertionError, Error, RuntimeError, httpx.HTTPError) as fault:
            each.faults.append(f"{type(fault).__name__}: {str(fault)[:400]}")
            kill_chromium(profile)
            if site.process is None or site.process.poll() is not None:
                site.start()
        shutil.rmtree(profile, ignore_errors=True)
        yield each


def report(done: list[Round], seed: int, seconds: float) -> str:
    kinds = Counter(each.kind for each in done)
    lines = [
        "# Killed at random moments",
        "",
        f"`make faults`: {len(done)} rounds, seed {seed}, {seconds:.0f} s. SIGKILL of the server (daphne, SQLite) or of",
        "Chromium while answers are saved or sent; then the same files are opened again and the answer is finished.",
        "",
        "| killed | rounds | acknowledged saves before it | acknowledged and lost, doubled or unfinished |",
        "| --- | --- | --- | --- |",
    ]
    for kind, count in kinds.items():
        of_kind = [each for each in done if each.kind == kind]
        saves, faults = sum(each.acknowledged for each in of_kind), sum(bool(each.faults) for each in of_kind)
        lines.append(f"| {kind} | {count} | {saves} | {faults} |")
    typing = [each for each in done if each.kind == "browser, typing"]
    reopened = [each for each in done if each.was_offered is not None]
    offered = sum(bool(each.was_offered) for each in reopened)
    most = max((each.unsaved_characters for each in typing), default=0)
    lost = max((each.lost_characters for each in typing), default=0)
    lines += [
        "",
        f"Typed and not on the server when the browser died: at most {most} characters; brought back neither by",
        f"the server nor by the browser's own copy: at most {lost}.",
        f"Opened again with the same profile, the browser offered to go on in {offered} of {len(reopened)} rounds; in",
        "the others the link was used.",
        "",
        *(f"- Round {each.number} ({each.kind}): {'; '.join(each.faults)}" for each in done if each.faults),
    ]
    return "\n".join(lines).rstrip() + "\n"


def prepare(data_dir: Path) -> None:
    """The demonstration, loaded and its static files collected."""
    env = os.environ | {
        "WARDMOTE_DATA_DIR": str(data_dir),
        "WARDMOTE_READER_TIER": "lexicon",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "-v0", "--no-input"], ["demo"]):
        subprocess.run(
            [sys.executable, "-m", "wardmote", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="Write benchmarks/results/kills.md.")
    parser.add_argument("--data-dir", type=Path, help="A site that is loaded already; it is copied.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wardmote-kills-") as folder:
        scratch = Path(folder)
        source = chosen.data_dir or scratch / "source"
        if chosen.data_dir is None:
            prepare(source)
        site = copy_site(source, scratch / "site")
        site.start()
        began = time.monotonic()
        done: list[Round] = []
        try:
            with sync_playwright() as playwright:
                for each in run_rounds(site, chosen.rounds, chosen.seed, scratch, playwright):
                    print(json.dumps({name: getattr(each, name) for name in each.__slots__}), flush=True)
                    done.append(each)
        except KeyboardInterrupt:
            print(f"stopped after {len(done)} rounds")
        finally:
            site.kill()
    text = report(done, chosen.seed, time.monotonic() - began)
    if chosen.write:
        RESULTS.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(any(each.faults for each in done))


if __name__ == "__main__":
    main()

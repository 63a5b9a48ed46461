"""How quickly answers are taken in, saved while they are typed, asked for, and counted.

    python benchmarks/answers.py [--people 50] [--rounds 20] [--answers 1000000] [--skip-counts]

Prints, and writes benchmarks/results/answers.json and answers.md. One server process (Daphne) and the people who answer,
each a thread with a connection of its own, share the machine; all traffic stays on 127.0.0.1. On SQLite, and on the
PostgreSQL of WARDMOTE_TEST_DATABASE_URL where that is reached. The survey has 60 questions, half of them closed. What
is timed is one request, from its first byte to the whole answer: with so many people at once it holds their waiting for
one another.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
POSTGRES = os.environ.get("WARDMOTE_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
QUESTIONS = 60
SLUG = "sixty-questions"
START_SECONDS = 120
FIRST_PAGES = 30
COUNT_REPEATS = 9
SENTENCE = "The bus shelter by the library leaks, and somebody should look at it before winter. "


def environment(folder: str, database: str, port: int) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("WARDMOTE_", "DJANGO_"))}
    env |= {
        "WARDMOTE_DATA_DIR": folder,
        "WARDMOTE_SECRET_KEY": "only-for-this-benchmark",
        "WARDMOTE_BASE_URL": f"http://127.0.0.1:{port}",
        "WARDMOTE_DEMONSTRATION": "0",
        "WARDMOTE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "wardmote.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site"))),
    }
    return env | ({"WARDMOTE_DATABASE_URL": database} if database else {})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# In processes of their own, since Django takes one database for a process's life


def prepare() -> None:
    """Make the tables, the site as a new council gets it, and a consultation of sixty questions, open now."""
    import django

    django.setup()
    from wardmote.management.commands.serve import Command

    Command().prepare(with_worker=False)
    make_survey()


def make_survey():
    from datetime import timedelta

    from django.utils import timezone
    from wagtail.models import Site

    from consultations.models import ConsultationIndexPage, ConsultationPage

    home = Site.objects.get(is_default_site=True).root_page
    index = ConsultationIndexPage.objects.child_of(home).first() or home.add_child(
        instance=ConsultationIndexPage(title="Consultations", slug="consultations")
    )
    questions = []
    for number in range(QUESTIONS):
        value = {"wording": f"Question {number}: what do you think?", "help": "", "is_required": False}
        if number % 2:
            kind, more = "free_text", {"max_characters": 2_000}
        else:
            kind = "single_choice"
            labels = ("Yes", "No", "Perhaps", "It depends", "I do not know")
            more = {
                "options": [{"type": "item", "id": f"o{number}-{n}", "value": one} for n, one in enumerate(labels)]
            }
        questions.append({"type": kind, "id": f"00000000-0000-4000-8000-{number:012d}", "value": value | more})
    now = timezone.now()
    page = ConsultationPage(
        title="Sixty questions",
        slug=SLUG,
        intro="What do you think?",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        questions=questions,
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    return page


def measure_counts(answers: int) -> None:
    """Fill a hundredth of ``answers`` and then all of them; what officers' pages take each time, as JSON."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import Group, Permission
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from consultations.counting import count_again
    from consultations.models import ConsultationPage
    from wardmote.accounts.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    settings.SECOND_FACTOR_REQUIRED = False
    officer = User.objects.create_user("officer@example.org", is_staff=True)
    group, _ = Group.objects.get_or_create(name="Democratic services officers")
    group.permissions.add(
        Permission.objects.get(codename="run_democratic_services"), Permission.objects.get(codename="access_admin")
    )
    officer.groups.add(group)
    client = Client()
    client.force_login(officer)
    page = ConsultationPage.objects.get(slug=SLUG)
    told = {}
    for goal in (answers // 100, answers):
        fill(page, goal)
        began = time.perf_counter()
        count_again(page, timezone.now())
        counting = time.perf_counter() - began
        told[goal] = {
            "counting beforehand (s)": counting,
            "counts (ms)": milliseconds(client, reverse("consultation_counts:counts", args=[page.pk])),
            "list of consultations (ms)": milliseconds(client, reverse("consultations_admin:index")),
            "list of responses (ms)": milliseconds(client, reverse("consultation_responses:index", args=[page.pk])),
            "its public page (ms)": milliseconds(client, page.url),
        }
    print(json.dumps(told))


def fill(page, goal: int) -> None:
    """Rows as the form makes them, until there are ``goal`` answers."""
    from uuid import uuid4

    from django.utils import timezone

    from consultations.models import Answer, Response
    from consultations.services import make_reference

    questions, now = page.question_list, timezone.now()
    there = Answer.objects.filter(response__consultation=page).count()
    while there < goal:
        people = min(500, (goal - there) // QUESTIONS + 1)
        responses = Response.objects.bulk_create(
            Response(consultation=page, key=uuid4(), reference=make_reference(), submitted_at=now, language="en")
            for _ in range(people)
        )
        rows = []
        for person, response in enumerate(responses):
            for place, question in enumerate(questions):
                option = question.options[(person + place) % len(question.options)] if question.options else None
                rows.append(
                    Answer(
                        response=response,
                        question_id=question.id,
                        position=place,
                        kind=question.kind,
                        wording=question.wording,
                        text="" if option else SENTENCE,
                        choices=[{"id": option.id, "label": option.label}] if option else [],
                    )
                )
        Answer.objects.bulk_create(rows, batch_size=5_000)
        there += len(rows)


def milliseconds(client, address: str) -> float:
    assert client.get(address).status_code == 200, address
    taken = []
    for _ in range(COUNT_REPEATS):
        began = time.perf_counter()
        client.get(address)
        taken.append(1_000 * (time.perf_counter() - began))
    return statistics.median(taken)


# The people who answer


@contextmanager
def server(env: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "wardmote", "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, "the server ended"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def open_form(client) -> tuple[str, dict[str, str]]:
    """The form's address and what it would send, empty."""
    from bs4 import BeautifulSoup

    answer = client.get(f"/answer/{SLUG}/", follow_redirects=True)
    answer.raise_for_status()
    page = BeautifulSoup(answer.text, "html.parser")
    form = next(each for each in page.find_all("form") if each.find("input", {"name": "key"}))
    sent = {each["name"]: each.get("value", "") for each in form.find_all("input", {"type": "hidden"})}
    for number in range(QUESTIONS):
        name = f"q-00000000-0000-4000-8000-{number:012d}"
        sent[name] = SENTENCE if number % 2 else f"o{number}-{number % 5}"
    return str(answer.url), sent | {"no_postcode": "unsaid"}


def at_once(people: int, base: str, act: Callable[[object, int], list[float]]) -> list[float]:
    """What ``act`` timed for each of ``people`` threads, which begin together."""
    import httpx

    gate, found, faults = threading.Barrier(people), [], []

    def one(number: int) -> None:
        try:
            with httpx.Client(base_url=base, timeout=60) as client:
                gate.wait(120)
                found.extend(act(client, number))
        except Exception as fault:
            faults.append(fault)
            gate.abort()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return found


def submit(rounds: int) -> Callable[[object, int], list[float]]:
    def act(client, number: int) -> list[float]:
        taken = []
        for _ in range(rounds):
            address, sent = open_form(client)
            began = time.perf_counter()
            answer = client.post(address, data=sent, headers={"Referer": address})
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 302, (answer.status_code, answer.text[:300])
        return taken

    return act


def autosave(rounds: int) -> Callable[[object, int], list[float]]:
    def act(client, number: int) -> list[float]:
        address, sent = open_form(client)
        headers = {"Referer": address, "Accept": "application/json"}
        taken = []
        for turn in range(rounds):
            sent["sequence"] = str(turn + 1)
            sent["q-00000000-0000-4000-8000-000000000001"] = SENTENCE * (turn % 5 + 1)
            began = time.perf_counter()
            answer = client.post(f"/answer/{SLUG}/save/", data=sent, headers=headers)
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, (answer.status_code, answer.text[:300])
            said = answer.json()
            sent |= {name: str(said[name]) for name in ("revision", "draft", "key") if name in said}
        return taken

    return act


def first_page(client, number: int) -> list[float]:
    taken = []
    for _ in range(FIRST_PAGES):
        began = time.perf_counter()
        client.get(f"/answer/{SLUG}/", follow_redirects=True).raise_for_status()
        taken.append(time.perf_counter() - began)
    return taken


def spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1_000 * each for each in seconds)
    return {
        "requests": len(ordered),
        "median_ms": round(statistics.median(ordered), 1),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


def measure(database: str, people: int, rounds: int, answers: int) -> dict[str, object]:
    import httpx

    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        env = environment(folder, database, port)

        def part(*words: str) -> str:
            command = [sys.executable, str(Path(__file__)), *words]
            return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout

        part("--part", "prepare")
        with server(env, port):
            with httpx.Client(base_url=base) as client:
                page = client.get(f"/answer/{SLUG}/", follow_redirects=True).raise_for_status()
                zipped = int(page.headers.get("content-length", len(page.content)))
            told: dict[str, object] = {
                "first page, one reader": spread(at_once(1, base, first_page)),
                "first page, bytes of HTML": len(page.content),
                "first page, bytes sent": zipped,
                f"submitting, {people} at once": spread(at_once(people, base, submit(rounds))),
                f"autosave, {people} at once": spread(at_once(people, base, autosave(rounds))),
            }
        if answers:
            told["counts"] = json.loads(part("--part", "counts", "--answers", str(answers)).splitlines()[-1])
    return told


@contextmanager
def postgresql() -> Iterator[str]:
    """A database of its own for as long as it is used; nothing where no server is reached."""
    parts = urlsplit(POSTGRES)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 5432), timeout=2).close()
    except OSError:
        yield ""
        return
    import psycopg

    name = f"bench_answers_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield parts._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def table(results: dict[str, dict[str, object]], load: float) -> str:
    lines = [
        "# Taking answers in",
        "",
        f"One Daphne process and the people who answer on {os.cpu_count()} cores, load {load:.1f} before;"
        f" {QUESTIONS} questions.",
        "Times are of one request, waiting for the others included.",
        "",
        "| | " + " | ".join(results) + " |",
        "|---|" + "---:|" * len(results),
    ]
    first = next(iter(results.values()))
    for name in first:
        if name == "counts":
            continue
        cells = []
        for each in results.values():
            got = each[name]
            cells.append(
                f"median {got['median_ms']:.0f} ms, p99 {got['p99_ms']:.0f} ms"
                if isinstance(got, dict)
                else f"{got:,}"
            )
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for database, told in results.items():
        if counts := told.get("counts"):
            few, many = counts
            lines += [
                "",
                f"## Counting, {database}",
                "",
                f"| | {int(few):,} answers | {int(many):,} answers |",
                "|---|---:|---:|",
            ]
            lines += [f"| {name} | {counts[few][name]:.1f} | {counts[many][name]:.1f} |" for name in counts[few]]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--skip-counts", action="store_true")
    parser.add_argument("--part", choices=["prepare", "counts"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.part == "prepare":
        return prepare()
    if chosen.part == "counts":
        return measure_counts(chosen.answers)
    answers = 0 if chosen.skip_counts else chosen.answers
    load = os.getloadavg()[0]
    results = {"SQLite": measure("", chosen.people, chosen.rounds, answers)}
    with postgresql() as database:
        if database:
            results["PostgreSQL"] = measure(database, chosen.people, chosen.rounds, answers)
    RESULTS.joinpath("answers.json").write_text(json.dumps({"load_before": load, **results}, indent=2) + "\n")
    told = table(results, load)
    RESULTS.joinpath("answers.md").write_text(told)
    print(told)
    return None


if __name__ == "__main__":
    main()

"""Real server processes before a real database: what only shows outside one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.rooms.load import connect_readers
from meetings import guests, services
from meetings.enums import Decision
from meetings.models import PublicQuestion, Room
from meetings.services import Actor
from wards.models import Ward

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def database_environment() -> dict[str, str]:
    """The environment in which another process opens the test's own database."""
    found = connection.settings_dict
    person = f"{found['USER']}:{found['PASSWORD']}" if found["PASSWORD"] else found["USER"]
    return {"WARDMOTE_DATABASE_URL": f"postgres://{person}@{found['HOST']}:{found['PORT']}/{found['NAME']}"}


class Server:
    """One server process. ``kind`` is daphne or uvicorn."""

    def __init__(self, data_dir: Path, kind: str = "daphne") -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        command = {
            "daphne": ["-m", "wardmote", "serve", "--bind", f"127.0.0.1:{self.port}"],
            "uvicorn": [
                "-m",
                "uvicorn",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--ws",
                "websockets-sansio",
                "wardmote.asgi:application",
            ],
        }[kind]
        env = os.environ | {
            "WARDMOTE_DATA_DIR": str(data_dir),
            "WARDMOTE_SECRET_KEY": settings.SECRET_KEY,
            "WARDMOTE_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "wardmote.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        }
        self.log = (data_dir / f"{kind}-{self.port}.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=env | database_environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.wait_until_up()

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, Path(self.log.name).read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"not up: {Path(self.log.name).read_text()}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)
        self.log.close()


@pytest.fixture(scope="module")
def data_dir(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def servers(data_dir: Path) -> Iterator[list[Server]]:
    """Two Daphne processes on one database."""
    started = [Server(data_dir), Server(data_dir)]
    yield started
    for server in started:
        server.stop()


class Page:
    def __init__(self, link: ClientConnection) -> None:
        self.link = link
        self.sequence = 0
        self.epoch = ""
        self.seen: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.link.send(json.dumps(frame))

    async def frame(self, *types: str, within: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                frame = json.loads(await self.link.recv())
                self.seen.append(frame)
                if frame["type"] == "snapshot":
                    self.epoch, self.sequence = frame["epoch"], frame["sequence"]
                for event in frame.get("events", []):
                    assert event["sequence"] == self.sequence + 1
                    self.sequence = event["sequence"]
                if frame["type"] in types:
                    return frame

    async def hello(self) -> dict[str, Any]:
        known = {"epoch": self.epoch, "sequence": self.sequence} if self.epoch else {}
        await self.send(type="hello", protocol=1, **known)
        return await self.frame("snapshot", "events")


@asynccontextmanager
async def page_at(
    server: Server, room: Room, cookie: str = "", query: str = "", **options: Any
) -> AsyncIterator[Page]:
    address = f"ws://127.0.0.1:{server.port}/ws/room/{room.pk}/{query}"
    origin = options.pop("origin", f"http://127.0.0.1:{server.port}")
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(address, origin=origin, additional_headers=headers, **options) as link:
        yield Page(link)


def guest_cookie(name: str) -> str:
    return f"{guests.COOKIE}={guests._signer.sign(name)}"


def session_cookie(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session.save()
    return f"sessionid={client.cookies['sessionid'].value}"


def decide(question: PublicQuestion, clerk: Actor, moment: Any, decision: Decision = Decision.PUBLISH) -> None:
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=decision, decided_at=moment, reason="A private matter"
    )


async def test_what_one_process_commits_is_on_the_other_ones_screens_by_polling_alone(
    servers: list[Server], room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    async with page_at(servers[0], room) as first, page_at(servers[1], room) as second:
        for page in (first, second):
            await page.hello()
        started = time.monotonic()
        question = await sync_to_async(make_question)()
        for page in (first, second):
            frame = await page.frame("events")
            assert [event["payload"]["id"] for event in frame["events"]] == [question.pk]
        # No doorbell reaches these processes from here. Half a second of poll, and a busy machine.
        assert time.monotonic() - started < 20


async def test_a_question_asked_at_one_process_is_moderated_at_the_other(
    servers: list[Server], room: Room, resident: Any, clerk: Actor, moment: Any
) -> None:
    cookie = await sync_to_async(session_cookie)(resident)
    key = str(uuid.uuid4())
    async with page_at(servers[0], room, cookie) as asker, page_at(servers[1], room) as reader:
        for page in (asker, reader):
            await page.hello()
        await asker.send(type="ask", id="c1", key=key, text="Will it be lit?")
        ack = await asker.frame("ack", "refused")
        assert (ack["type"], ack["key"], ack["state"]) == ("ack", key, "held")
        question = await PublicQuestion.objects.aget(key=key)
        await sync_to_async(decide)(question, clerk, moment)
        assert (await reader.frame("events"))["events"][0]["payload"]["text"] == "Will it be lit?"
        assert (await asker.frame("fate"))["state"] == "published"


async def test_hostile_frames_and_broken_links_cost_nobody_else_anything(
    servers: list[Server], room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    async with page_at(servers[0], room) as reader:
        await reader.hello()
        async with page_at(servers[0], room) as hostile:
            for text in (
                "{",
                "x" * 9_000,
                b"\x00\xff",
                '{"type": "support", "id": "1", "question": ' + "9" * 5_000 + "}",
            ):
                await hostile.link.send(text)
                assert (await hostile.frame("refused"))["reason"] in {"malformed", "too_large"}
            assert (await hostile.hello())["type"] == "snapshot"
            hostile.link.transport.abort()
        async with page_at(servers[0], room, max_size=None) as flood:
            with contextlib.suppress(ConnectionClosed):
                await flood.link.send("y" * 40_000_000)
            with pytest.raises(ConnectionClosed):
                await flood.frame("nothing")
        question = await sync_to_async(make_question)()
        frame = await reader.frame("events")
        assert frame["events"][0]["payload"]["id"] == question.pk


async def test_a_foreign_origin_and_an_unknown_room_are_turned_away(servers: list[Server], room: Room) -> None:
    with pytest.raises(InvalidStatus):
        async with page_at(servers[0], room, origin="https://elsewhere.example"):
            pass
    with pytest.raises(InvalidStatus):
        async with page_at(servers[0], Room(pk=987654)):
            pass


async def test_after_a_kill_a_page_catches_up_by_number_without_gap_or_repeat(
    data_dir: Path,
    servers: list[Server],
    room: Room,
    make_question: Callable[..., PublicQuestion],
    clerk: Actor,
    moment: Any,
) -> None:
    first = await asyncio.to_thread(Server, data_dir)
    await sync_to_async(make_question)()
    async with page_at(first, room) as before:
        await before.hello()
        await asyncio.to_thread(first.stop, signal.SIGKILL)
        with pytest.raises(ConnectionClosed):
            await before.frame("never")
    missed = [await sync_to_async(make_question)() for _ in range(3)]
    await sync_to_async(decide)(missed[0], clerk, moment, Decision.WITHHOLD)
    async with page_at(servers[1], room) as after:
        after.epoch, after.sequence = before.epoch, before.sequence
        replay = await after.hello()
    assert (
        [(event["kind"], event["payload"]["id"]) for event in replay["events"]]
        == [
            ("question_removed", missed[0].pk),  # as it stands now: what was withheld meanwhile is sent to nobody
            *(("question", question.pk) for question in missed[1:]),
            ("question_removed", missed[0].pk),
        ]
    )


async def test_a_server_that_stops_says_when_to_come_back(data_dir: Path, room: Room) -> None:
    server = await asyncio.to_thread(Server, data_dir)
    async with page_at(server, room) as page:
        await page.hello()
        server.process.send_signal(signal.SIGTERM)
        assert await page.frame("going_away") == {"type": "going_away", "retry_seconds": 2.0}
    await asyncio.to_thread(server.stop)


async def test_the_same_application_runs_on_uvicorn(
    data_dir: Path, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    server = await asyncio.to_thread(Server, data_dir, "uvicorn")
    async with page_at(server, room, guest_cookie("5d0f2a2e")) as page:
        await page.hello()
        question = await sync_to_async(make_question)()
        await page.frame("events")
        await page.send(type="support", id="c1", question=question.pk)
        assert (await page.frame("ack", "refused"))["type"] == "ack"
        counts = await page.frame("counts")
        while not counts["support"].get(str(question.pk)):
            counts = await page.frame("counts")
        assert counts["support"] == {str(question.pk): 1}
    await asyncio.to_thread(server.stop)


@pytest.mark.services
async def test_redis_carries_the_doorbell_between_processes(
    servers: list[Server], room: Room, resident: Any, ward: Ward, make_question: Callable[..., PublicQuestion]
) -> None:
    """Sixty votes a poll apart would take half a minute; by doorbell each tick comes at its own time."""
    assert os.environ.get("WARDMOTE_REDIS_URL")
    cookie = await sync_to_async(session_cookie)(resident)
    question = await sync_to_async(make_question)()
    async with page_at(servers[0], room, cookie) as voter, page_at(servers[1], room) as reader:
        for page in (voter, reader):
            await page.hello()
        await voter.send(type="support", id="c1", question=question.pk)
        assert (await voter.frame("ack", "refused"))["type"] == "ack"
        counts = await reader.frame("counts")
        while not counts["support"].get(str(question.pk)):
            counts = await reader.frame("counts")
        # Each process has told the other how many it holds.
        while counts["present"] != 2:
            counts = await reader.frame("counts", within=20)


@pytest.mark.services
async def test_three_hundred_join_one_process_and_hear_the_doorbell(
    servers: list[Server], room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    arrived: list[int] = []
    readers = await connect_readers(
        300, servers[0].port, f"/ws/room/{room.pk}/", lambda question, _now: arrived.append(question)
    )
    question = await sync_to_async(make_question)()
    async with asyncio.timeout(20):
        while len(arrived) < 300:  # noqa: ASYNC110  arrivals are counted, not awaited
            await asyncio.sleep(0.05)
    assert set(arrived) == {question.pk}
    assert not any(reader.is_lost for reader in readers)
    for reader in readers:
        reader.transport.abort()

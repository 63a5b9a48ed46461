"""Server, Redis and worker are killed while a room asks: the short form of ``make faults``."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from benchmarks.faults.rooms import Site, Worker, run
from benchmarks.rooms.house import ROOT, Clerk, Redis, Server
from benchmarks.rooms.pages import Page, open_pages
from meetings.enums import QuestionState
from meetings.models import PublicQuestion, Room
from tests.meetings.test_processes import database_environment, session_cookie
from wardmote.accounts.models import User
from wardmote.management.commands.serve import MAX_MESSAGE_BYTES

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LONG_LIST = 100
QUESTIONS, KILLS, ASKERS, READERS, SEED = 200, 4, 40, 5, 2026


@pytest.fixture
def site(room: Room, officer: User, tmp_path: Path) -> Iterator[Site]:
    """Two Daphne processes and a worker on the test's own database, with a Redis that may be killed."""
    redis = Redis(tmp_path) if shutil.which("redis-server") else None
    env = os.environ | database_environment()
    env |= {
        "WARDMOTE_DATA_DIR": str(tmp_path),
        "WARDMOTE_SECRET_KEY": settings.SECRET_KEY,
        "WARDMOTE_LOG_LEVEL": "WARNING",
        "WARDMOTE_READER_TIER": "lexicon",
        "DJANGO_SETTINGS_MODULE": "wardmote.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    if redis is not None:
        redis.start()
        env["WARDMOTE_REDIS_URL"] = redis.url
    servers = [Server(env, "daphne", tmp_path) for _ in range(2)]
    clerk = Clerk(env)
    found = Site(room.pk, session_cookie(officer), clerk, servers, Worker(env, tmp_path), redis)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        clerk.stop()
        if redis is not None:
            redis.kill()


async def test_a_list_longer_than_a_frame_from_a_client_may_be_reaches_a_desk_whole(
    site: Site, make_question: Callable[..., PublicQuestion]
) -> None:
    for _ in range(LONG_LIST):
        await sync_to_async(make_question)(QuestionState.HELD, text="Why? " * 100)
    desk = Page([site.servers[0].port], f"{site.path}?as=moderator", cookie=site.officer, chance=random.Random(SEED))
    await open_pages([desk])
    desk.close()
    assert (len(desk.questions), desk.account.bytes > MAX_MESSAGE_BYTES) == (LONG_LIST, True)


async def test_nothing_acknowledged_is_lost_or_doubled_and_every_list_ends_right(site: Site) -> None:
    told = await run(site, questions=QUESTIONS, kills=KILLS, askers=ASKERS, readers=READERS, seed=SEED)
    assert told.kills == Counter(server=2, worker=1, **({"redis": 1} if site.redis else {}))
    assert (told.lost, told.doubled, told.differing, told.filed_wrongly) == (0, 0, 0, 0)
    assert len(told.acknowledged) == QUESTIONS == await PublicQuestion.objects.acount()
    assert told.drops  # somebody was cut off, or nothing has been shown

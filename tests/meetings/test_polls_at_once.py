"""Many people answer at once: the tally is that of distinct people's last ballots, exactly, also at the closing."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from meetings import services
from meetings.enums import PollChange, PollKind, Role
from meetings.models import Ballot, Poll, RecordEntry
from meetings.poll_queries import standings
from meetings.services import Actor

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def at_once(work: list[Callable[[], None]]) -> None:
    """Do all of it in six threads, each with a connection of its own."""

    def do(part: list[Callable[[], None]]) -> None:
        try:
            for one in part:
                one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(do, work[number::THREADS]) for number in range(THREADS)]:
            done.result()


@pytest.mark.parametrize("kind", [PollKind.SINGLE, PollKind.WORDS])
def test_a_storm_of_ballots_is_counted_once_a_person(
    kind: PollKind, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll, draw = make_poll(kind), random.Random(8)
    texts = ("Buses", "Trams", "Bicycles")
    sent = [(f"{draw.randrange(40):02x}", draw.choice(texts)) for _ in range(180)]
    at_once([lambda who=who, text=text: vote(poll, who, text) for who, text in sent])  # type: ignore[misc]
    people = {who for who, _text in sent}
    assert Ballot.objects.count() == len(people)
    assert set(Ballot.objects.values_list("voter", flat=True)) == {f"guest:{who}" for who in people}
    found = standings([poll])[poll.pk].tally
    assert found.people == len(people)
    assert sum(bar.count for bar in found.bars) == len(people)
    marks = Counter(Ballot.objects.values_list("marks__option__text", flat=True))
    assert {standings([poll])[poll.pk].texts[bar.option]: bar.count for bar in found.bars} == marks
    if kind is PollKind.WORDS:
        assert poll.options.count() == len(texts)


def test_the_tally_in_the_record_holds_every_ballot_that_was_taken(
    make_poll: Callable[..., Poll], clerk: Actor, moment: Any
) -> None:
    poll = make_poll()
    option = poll.options.get(text="Trams")
    taken: list[str] = []

    def vote(who: str) -> None:
        actor = Actor(role=Role.GUEST, guest=who)
        try:
            services.cast_ballot(poll_pk=poll.pk, actor=actor, choices=[option.pk], cast_at=moment)
        except services.PollNotOpen:
            return
        taken.append(who)

    def close() -> None:
        services.change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=moment)

    work: list[Callable[[], None]] = [lambda number=number: vote(f"{number:02x}") for number in range(60)]  # type: ignore[misc]
    work.insert(30, close)
    at_once(work)
    entry = json.loads(RecordEntry.objects.order_by("-sequence")[0].content)
    assert entry["act"] == "poll.close"
    assert json.loads(entry["tally"])["people"] == len(taken) == Ballot.objects.count()

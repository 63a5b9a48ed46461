"""The demonstration's polls, written, opened and answered through the services that officers and residents use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy, Role
from meetings.models import MeetingPage, Poll
from meetings.services import Actor, PollWords, cast_ballot, change_poll, write_poll
from wardmote.core.progress import progress
from wardmote.demo.files import read_json
from wardmote.demo.pages import agenda_item_pk, stable_id


def run_polls(meetings: dict[str, MeetingPage], clerk: Actor, agendas: dict[str, Any]) -> None:
    """Write each poll and take it as far as it has come, with its ballots."""
    told = read_json("polls.json")
    for one in progress(told, label="polls", total=len(told)):
        page = meetings[one["meeting"]]
        moment = min(page.starts_at + timedelta(minutes=one["minute"]), timezone.now())
        poll = write_poll(
            room_pk=page.pk,
            actor=clerk,
            key=UUID(stable_id("poll", one["key"])),
            words=PollWords(
                question=one["question"],
                kind=PollKind(one["kind"]),
                options=tuple(one.get("options", ())),
                at_most=one.get("at_most"),
                low_label=one.get("low_label", ""),
                high_label=one.get("high_label", ""),
                results=ResultsPolicy(one["results"]),
                agenda_item_pk=agenda_item_pk(page, agendas[one["meeting"]], one["agenda_item"]),
            ),
            written_at=moment,
        )
        if one["state"] != PollState.DRAFT:
            answer(poll, one, clerk, moment)


def answer(poll: Poll, one: dict[str, Any], clerk: Actor, moment: datetime) -> None:
    change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.OPEN, changed_at=moment)
    options = list(poll.options.order_by("place").values_list("pk", flat=True))
    for number, ballot in enumerate(ballots(one, options)):
        voter = Actor(Role.GUEST, guest=stable_id("poll-voter", one["key"], str(number)))
        cast_ballot(poll_pk=poll.pk, actor=voter, cast_at=moment, **ballot)
    if one["state"] == PollState.SHOWN:
        closed_at = min(moment + timedelta(minutes=5), timezone.now())
        change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=closed_at)


def ballots(one: dict[str, Any], options: list[int]) -> Iterator[dict[str, Any]]:
    """The ballots that add up to what is told of a poll."""
    if one["kind"] == PollKind.WORDS:
        for word, count in one["words"].items():
            for _person in range(count):
                yield {"words": (word,)}
    elif one["kind"] == PollKind.RANKING:
        for order, count in one["orders"]:
            for _person in range(count):
                yield {"choices": [options[int(place)] for place in order]}
    else:
        for option, count in zip(options, one["counts"], strict=True):
            for _person in range(count):
                yield {"choices": [option]}

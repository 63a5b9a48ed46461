"""Support in a storm: few statements a click, few rings, few frames, and each count exact."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings import broadcast, check_record, commands, messages, record, services
from meetings.enums import QuestionState
from meetings.models import PublicQuestion, Record, Room, Upvote
from meetings.services import Actor

CLICKS = {
    "a new click": ((), "support", 5),
    "a click sent again": (("support",), "support", 2),
    "a click taken back": (("support",), "withdraw_support", 5),
    "nothing to take back": ((), "withdraw_support", 2),
}
"""Name: (what was clicked before, what is clicked, statements that it costs but for beginning and committing)."""


def click(what: str, question: PublicQuestion, moment: datetime, room_pk: int | None = None) -> messages.Ack:
    """A guest's click as a socket does it, in its working thread."""
    command = messages.client_frames.validate_json(f'{{"type": "{what}", "id": "c1", "question": {question.pk}}}')
    assert isinstance(command, messages.Command)
    actor = commands.actor_of(None, "5d0f2a2e", moment)
    return commands.obey(command, room_pk=room_pk or question.room_id, actor=actor, moment=moment)


@pytest.mark.parametrize("name", CLICKS)
@pytest.mark.parametrize("supporters", [1, 3])
def test_a_click_costs_the_same_few_statements_however_many_support_the_question(
    make_question: Callable[..., PublicQuestion], moment: datetime, name: str, supporters: int
) -> None:
    before, what, statements = CLICKS[name]
    question = make_question()
    for number in range(supporters):
        Upvote.objects.create(question=question, voter=f"guest:{number}", given_at=moment)
    for earlier in before:
        click(earlier, question, moment)
    with CaptureQueriesContext(connection) as caught:
        acknowledged = click(what, question, moment)
    assert acknowledged == messages.Ack(id="c1", question=question.pk)
    found = [query["sql"] for query in caught.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(found) == statements, found


def test_a_click_for_a_question_of_another_room_is_not_found(
    make_question: Callable[..., PublicQuestion], make_meeting: Callable[..., Any], moment: datetime
) -> None:
    question, elsewhere = make_question(), make_meeting()
    for what in ("support", "withdraw_support"):
        with pytest.raises(commands.CommandRefused) as refused:
            click(what, question, moment, room_pk=elsewhere.pk)
        assert refused.value.reason is messages.Reason.NOT_FOUND
    assert not Upvote.objects.exists()


def test_a_meeting_older_than_the_record_gets_one_with_its_first_supporter(
    room: Room, ward: Any, guest: Actor, moment: datetime
) -> None:
    question = PublicQuestion.objects.create(
        room=room,
        key=uuid.uuid4(),
        text="Why?",
        asker_key="guest:1",
        state=QuestionState.PUBLISHED,
        asked_at=moment,
        published_at=moment,
    )
    assert not Record.objects.exists()
    assert services.support_question(question_pk=question.pk, actor=guest, given_at=moment)
    assert len(check_record.check(line.encode() for line in record.export_lines(room))) == 1


def test_a_storm_rings_once_in_half_a_second(
    room: Room, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[int] = []
    now = [100.0]
    monkeypatch.setattr(broadcast, "_counts_rung_at", {})
    monkeypatch.setattr(broadcast, "ring", rung.append)
    monkeypatch.setattr(broadcast.time, "monotonic", lambda: now[0])
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            broadcast.tell_counts(room.pk)
        broadcast.tell_counts(room.pk + 1)
    assert rung == [room.pk, room.pk + 1]
    for later, rings in [(0.25, 2), (0.25, 3)]:
        now[0] += later
        with django_capture_on_commit_callbacks(execute=True):
            broadcast.tell_counts(room.pk)
        assert len(rung) == rings

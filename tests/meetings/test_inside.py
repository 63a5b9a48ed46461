"""What private sessions have kept inside, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from meetings.inside import Inside, things_kept_inside
from meetings.models import Poll, PublicQuestion, Room


def test_an_officer_reads_what_each_thing_kept_inside_says(
    room: Room, make_poll: Callable[..., Poll], make_question: Callable[..., PublicQuestion]
) -> None:
    poll, question = make_poll(question="Which offer?"), make_question(text="What did it cost?")

    def keep(collection: str, thing: int) -> Any:
        return room.kept_inside.create(collection=collection, thing=thing, kept_at=timezone.now())

    assert things_kept_inside(room) == []
    keep("polls", poll.pk)
    keep("questions", question.pk)
    keep("motions", 987654)
    assert things_kept_inside(room) == [
        Inside("motions", 987654, "Motion", "987654"),
        Inside("polls", poll.pk, "Poll", "Which offer?"),
        Inside("questions", question.pk, "Question", "What did it cost?"),
    ]

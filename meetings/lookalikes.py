"""Which of a room's questions seem to ask the same, for moderators to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from meetings.enums import QuestionState
from meetings.models import PublicQuestion, Room
from sentiment.nlp.lookalikes import find_alike

MOST_LOOKED_AT = 20
"""Waiting questions beside which the desk shows what asks the same; of others it is looked up when they are opened."""

MOST_PROPOSED = 3

CAN_BE_JOINED_TO = (QuestionState.HELD, QuestionState.PUBLISHED, QuestionState.ANSWERED)


def alike_in(room: Room, questions: Iterable[PublicQuestion]) -> dict[int, list[PublicQuestion]]:
    """By question: which others of the room seem to ask the same, the likeliest first. One query."""
    others = list(room.questions.filter(state__in=CAN_BE_JOINED_TO).order_by("pk"))
    texts = [other.text for other in others]
    found = {}
    for question in questions:
        alike = [others[one.place] for one in find_alike(question.text, texts, most=MOST_PROPOSED + 1)]
        found[question.pk] = [other for other in alike if other.pk != question.pk][:MOST_PROPOSED]
    return found


def joined_in(room: Room) -> Mapping[int, list[PublicQuestion]]:
    """By question: those that were joined to it, oldest first. One query."""
    found: dict[int, list[PublicQuestion]] = defaultdict(list)
    for question in room.questions.filter(state=QuestionState.MERGED).order_by("asked_at", "pk"):
        if question.merged_into_id:
            found[question.merged_into_id].append(question)
    return dict(found)

"""All that a server process needs to begin serving a room, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from meetings import messages
from meetings.enums import PUBLIC_STATES, Audience, QuestionState
from meetings.models import Room, RoomEvent
from meetings.queries import last_sequences, open_rooms


@dataclass(frozen=True, slots=True)
class RoomContents:
    """A room up to the event ``last_pk``; what is newer may be in it already, and taking it again changes nothing."""

    room_pk: int
    is_open: bool
    """Whether anybody may read it; a private meeting's readers use HTTP, where their password is known."""
    epoch: UUID
    room: dict[str, Any]
    last_pk: int
    sequences: dict[str, int]
    recent: dict[str, list[RoomEvent]]
    questions: dict[str, dict[int, dict[str, Any]]]
    support: dict[int, int]
    fates: dict[str, messages.Fate]


def room_contents(room_pk: int, replay: int) -> RoomContents | None:
    """Read a room with its last ``replay`` events per audience, or None when there is no such meeting on the site.

    A fixed number of queries, whoever and however many are in the room.
    """
    room = Room.objects.filter(pk=room_pk, meeting__live=True).first()
    if room is None:
        return None
    last = RoomEvent.objects.filter(room=room_pk).order_by("-pk").values_list("pk", flat=True).first()
    recent = {audience.value: _recent(room_pk, audience, replay) for audience in Audience}
    questions: dict[str, dict[int, dict[str, Any]]] = {audience.value: {} for audience in Audience}
    support: dict[int, int] = {}
    fates: dict[str, messages.Fate] = {}
    rows = room.questions.select_related("ward").annotate(support=Count("upvotes")).order_by("asked_at", "pk")
    for question in rows:
        questions[Audience.MODERATORS][question.pk] = messages.moderated_view(question).model_dump(mode="json")
        if question.state in PUBLIC_STATES:
            questions[Audience.PUBLIC][question.pk] = messages.question_view(question).model_dump(mode="json")
            support[question.pk] = question.support
        if question.state != QuestionState.HELD:
            fates[question.key.hex] = messages.fate_of(question)
    return RoomContents(
        room_pk=room_pk,
        is_open=room_pk in open_rooms([room_pk]),
        epoch=room.epoch,
        room=messages.room_view(room).model_dump(mode="json"),
        last_pk=last or 0,
        sequences=last_sequences(room_pk, Audience),
        recent=recent,
        questions=questions,
        support=support,
        fates=fates,
    )


def _recent(room_pk: int, audience: Audience, limit: int) -> list[RoomEvent]:
    latest = RoomEvent.objects.filter(room=room_pk, audience=audience.value).order_by("-sequence")[:limit]
    return list(reversed(latest))

"""What a room's snapshot holds of its formal business, by collection, as each audience may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Prefetch, QuerySet

from meetings import messages
from meetings.enums import INSIDE_AUDIENCES, Audience, EventKind
from meetings.models import KeptInside, Motion, RollEntry, Room, Vote

Rows = TypeVar("Rows", bound="QuerySet[Any]")

COLLECTIONS: Mapping[str, str] = MappingProxyType(
    {
        EventKind.SPEAKER: "speakers",
        EventKind.DECLARATION: "declarations",
        EventKind.MOTION: "motions",
        EventKind.VOTE: "votes",
    }
)
REMOVALS: Mapping[str, str] = MappingProxyType(
    {
        EventKind.SPEAKER_REMOVED: "speakers",
        EventKind.DECLARATION_REMOVED: "declarations",
        EventKind.VOTE_REMOVED: "votes",
    }
)


def kept_with(collection: str, thing: Mapping[str, Any]) -> tuple[str, int | None]:
    """With what a thing is kept inside a private session: a vote with its motion, an amendment with what it amends."""
    if collection == "votes":
        return "motions", thing["id"]
    return collection, thing.get("amends")


def business_of(room: Room, audience: Audience) -> Mapping[str, Sequence[messages.Frame]]:
    """The things by collection. A fixed number of queries, however much business there is."""
    speakers = open_to(room, audience, "speakers", room.speakers.shown().order_by("pk"))
    declarations = open_to(room, audience, "declarations", room.declarations.standing().order_by("pk"))
    return {
        "speakers": [messages.speaker_view(speaker) for speaker in speakers],
        "declarations": [messages.declaration_view(declaration) for declaration in declarations],
        "motions": [messages.motion_view(motion) for motion in motions_of(room, audience)],
        "votes": [messages.vote_view(vote, list(vote.roll.all())) for vote in votes_of(room, audience)],
    }


def motions_of(room: Room, audience: Audience) -> QuerySet[Motion]:
    """The motions that an audience may see, each with mover, seconder and what it amends, as they were moved."""
    motions = room.motions.select_related("mover", "seconder", "amends").order_by("pk")
    return open_to(room, audience, "motions", motions)


def votes_of(room: Room, audience: Audience) -> QuerySet[Vote]:
    """The votes that an audience may see, each with its roll by name. Two queries."""
    roll = RollEntry.objects.select_related("councillor").order_by("councillor__name", "pk")
    votes = Vote.objects.filter(motion__room=room).select_related("chair").prefetch_related(Prefetch("roll", roll))
    return open_to(room, audience, "votes", votes.order_by("pk"))


def open_to(room: Room, audience: Audience, collection: str, rows: Rows) -> Rows:
    """Those of ``rows`` that an audience may see: none while the session is private, nor what was made inside after."""
    if audience in INSIDE_AUDIENCES:
        return rows
    if room.is_private:
        return rows.none()
    kept = KeptInside.objects.filter(room=room, collection=collection)
    return rows.exclude(pk__in=kept.values("thing"))

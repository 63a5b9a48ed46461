"""All that a server process needs to begin serving a room, read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Manager, Max, OuterRef, Q

from meetings import messages
from meetings.business_contents import COLLECTIONS, REMOVALS, business_of
from meetings.enums import (
    COUNCILLOR_PREFIX,
    COUNCILLORS_SEE,
    INSIDE_AUDIENCES,
    PUBLIC_STATES,
    Audience,
    EventKind,
    PollState,
    QuestionState,
    person_audience,
)
from meetings.models import (
    Declaration,
    Hand,
    KeptInside,
    Motion,
    Poll,
    PublicQuestion,
    Room,
    RoomEvent,
    Speaker,
)
from meetings.poll_queries import OpenPoll, open_polls, standings
from meetings.queries import is_kept_private


def _has(rows: Manager[Any]) -> Exists:
    """For a query of rooms: whether the room has any of ``rows``."""
    return Exists(rows.filter(room=OuterRef("pk")))


Things = dict[str, dict[int, dict[str, Any]]]
"""By collection, under the name it bears in a snapshot: the things in it, by key."""

COLLECTION_OF: Mapping[str, str] = MappingProxyType(
    {EventKind.QUESTION: "questions", EventKind.POLL: "polls", EventKind.HAND: "hands", **COLLECTIONS}
)
"""Into which collection an event's thing goes, new or changed."""

REMOVED_FROM: Mapping[str, str] = MappingProxyType(
    {
        EventKind.QUESTION_REMOVED: "questions",
        EventKind.POLL_REMOVED: "polls",
        EventKind.HAND_REMOVED: "hands",
        **REMOVALS,
    }
)
"""From which collection an event takes its thing away."""


def collection_of(kind: str) -> str:
    """The collection an event of this kind is about, or ``""``."""
    return COLLECTION_OF.get(kind) or REMOVED_FROM.get(kind, "")


def seal(room: Room, things: dict[str, Things], kept: Set[tuple[str, int]]) -> None:
    """Take out what an audience outside a private session may not see: all while it lasts, what is kept inside after.

    Each audience outside gets collections of its own.
    """
    for audience, collections in things.items():
        if audience in INSIDE_AUDIENCES:
            continue
        for name, collection in collections.items():
            collections[name] = {
                key: thing for key, thing in collection.items() if not room.is_private and (name, key) not in kept
            }


@dataclass(frozen=True, slots=True)
class RoomContents:
    """A room up to the event ``last_pk``; what is newer may be in it already, and taking it again changes nothing."""

    room_pk: int
    is_open: bool
    """Whether anybody may read it; a private meeting's readers use HTTP, where their password is known."""
    epoch: UUID
    room: dict[str, dict[str, Any]]
    """By audience: where the room stands, as that audience may know it."""
    last_pk: int
    sequences: dict[str, int]
    recent: dict[str, list[RoomEvent]]
    things: dict[str, Things]
    """By audience; those outside a private session have none."""
    support: dict[int, int]
    fates: dict[str, messages.Fate]
    open_polls: dict[int, OpenPoll | None]
    raised: frozenset[str]
    """Whose hands are up, as audiences of one person."""


def room_contents(room_pk: int, replay: int) -> RoomContents | None:
    """Read a room with its last ``replay`` events per audience, or None when there is no such meeting on the site.

    Whoever and however many are in the room, a process that was killed under a crowd reads it once for all of them:
    three queries where there are only questions, one or two more for each other kind of thing that the room has.
    """
    if room_pk > messages.MAX_ROW_ID:
        return None
    # The log comes first: what is newer than it may be among the things already, and is taken again. The room comes
    # after the questions: it tells whether any of them has been kept inside a private session.
    events = _latest_events(room_pk, replay)
    rows = PublicQuestion.objects.filter(room=room_pk).with_people().annotate(support=Count("upvotes"))
    asked = list(rows.order_by("asked_at", "pk"))
    room = (
        Room.objects.filter(pk=room_pk, meeting__live=True)
        .annotate(
            is_open=~is_kept_private(),
            has_polls=_has(Poll.objects),
            has_hands=_has(Hand.objects),
            has_business=_has(Speaker.objects) | _has(Declaration.objects) | _has(Motion.objects),
            has_kept=_has(KeptInside.objects),
        )
        .first()
    )
    if room is None:
        return None
    councillors = {event.audience for event in events if event.audience.startswith(COUNCILLOR_PREFIX)}
    audiences = [*Audience.values, *sorted(councillors)]
    recent = {audience: [event for event in events if event.audience == audience] for audience in audiences}
    questions: dict[str, dict[int, dict[str, Any]]] = {audience: {} for audience in audiences}
    support: dict[int, int] = {}
    fates: dict[str, messages.Fate] = {}
    for question in asked:
        questions[Audience.MODERATORS][question.pk] = messages.moderated_view(question).model_dump(mode="json")
        if question.state in PUBLIC_STATES:
            questions[Audience.PUBLIC][question.pk] = messages.question_view(question).model_dump(mode="json")
            support[question.pk] = question.support
        councillor = f"{COUNCILLOR_PREFIX}{question.assigned_to_id}"
        if councillor in questions and question.state in COUNCILLORS_SEE:
            questions[councillor][question.pk] = messages.assigned_view(question).model_dump(mode="json")
        if question.state != QuestionState.HELD and not room.is_private:
            fates[question.key.hex] = messages.fate_of(question)
    polls = _polls(room) if room.has_polls else {audience.value: {} for audience in Audience}
    business = _business(room) if room.has_business else {name: {} for name in COLLECTIONS.values()}
    hands = list(room.hands.order_by("pk")) if room.has_hands else []
    raised: dict[int, dict[str, Any]] = {hand.pk: messages.hand_view(hand).model_dump(mode="json") for hand in hands}
    collections = {
        each.value: {"polls": polls[each], "hands": raised if each is Audience.MODERATORS else {}, **business}
        for each in Audience
    }
    nothing: Things = {name: {} for name in collections[Audience.PUBLIC]}
    things: dict[str, Things] = {
        audience: {"questions": questions[audience], **collections.get(audience, nothing)} for audience in audiences
    }
    # Last, for what is done meanwhile has been noted as kept inside by now.
    noted = KeptInside.objects.filter(room=room).values_list("collection", "thing")
    may_be_kept = room.has_kept or room.has_polls or room.has_hands or room.has_business
    seal(room, things, set(noted) if may_be_kept else set())
    return RoomContents(
        room_pk=room_pk,
        is_open=room.is_open,
        epoch=room.epoch,
        room={audience: messages.room_view(room, audience).model_dump(mode="json") for audience in audiences},
        last_pk=events[-1].pk if events else 0,
        sequences={audience: told[-1].sequence for audience, told in recent.items() if told},
        recent=recent,
        things=things,
        support=support,
        fates=fates,
        raised=frozenset(person_audience(hand.person) for hand in hands),
        open_polls=open_polls(room_pk, {}) if _any_open(polls) else {},
    )


def _business(room: Room) -> Things:
    """The room's formal business as moderators see it; ``seal`` takes from the others what is not theirs."""
    views: Mapping[str, Sequence[Any]] = business_of(room, Audience.MODERATORS)
    return {name: {view.id: view.model_dump(mode="json") for view in found} for name, found in views.items()}


def _latest_events(room_pk: int, replay: int) -> list[RoomEvent]:
    """The last events of each audience that a room has, and its very last of any, in order; at least one of each.

    Of a councillor just the last: whoever missed more begins with a snapshot, which is short.
    """
    log = RoomEvent.objects.filter(room=room_pk)
    councillors = log.filter(audience__startswith=COUNCILLOR_PREFIX).order_by().values("audience")
    wanted = Q(pk__in=log.order_by("-pk").values("pk")[:1]) | Q(
        pk__in=councillors.annotate(last=Max("pk")).values("last")
    )
    for audience in Audience:
        wanted |= Q(pk__in=log.filter(audience=audience.value).order_by("-sequence").values("pk")[: max(replay, 1)])
    return list(log.filter(wanted).order_by("pk"))


def _polls(room: Room) -> Things:
    """By audience: the room's polls, oldest first, as events would have told them."""
    found: Things = {audience.value: {} for audience in Audience}
    rows = list(room.polls.prefetch_related("options").order_by("pk"))
    stand = standings([poll for poll in rows if poll.is_closed])
    for poll in rows:
        standing = stand.get(poll.pk)
        found[Audience.MODERATORS][poll.pk] = messages.moderated_poll_view(poll, standing).model_dump(mode="json")
        if poll.is_public:
            found[Audience.PUBLIC][poll.pk] = messages.poll_view(poll, standing).model_dump(mode="json")
    return found


def _any_open(polls: Things) -> bool:
    return any(poll["state"] == PollState.OPEN for poll in polls[Audience.MODERATORS].values())

"""Reads of meetings, rooms and questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, F, Max, QuerySet
from wagtail.models import Locale

from meetings.enums import Audience, QuestionState, Role, RoomState
from meetings.models import MeetingPage, PublicQuestion, Room, RoomEvent, Upvote
from wardmote.core.roles import is_officer
from wards.models import Term, Ward

LATE_START = timedelta(hours=6)
"""How long after its time a meeting that nobody has started still counts as the next one."""


def role_of(user: AbstractBaseUser | AnonymousUser, on: date) -> Role:
    """Who ``user`` is in a room on a day. Nobody's role is kept: it is asked again for every command."""
    if not user.is_authenticated or not user.is_active:
        return Role.GUEST
    if is_officer(user):
        return Role.OFFICER
    if Term.objects.held_on(on).filter(councillor__user=user.pk).exists():
        return Role.COUNCILLOR
    return Role.RESIDENT


def live_meetings() -> QuerySet[MeetingPage]:
    """Published meetings in the site's first language, with body and room: one for each room."""
    return MeetingPage.objects.live().public().filter(locale=Locale.get_default()).select_related("body", "room")


def next_or_live(moment: datetime) -> MeetingPage | None:
    """The meeting in session or adjourned (the latest), else the next that is still to start; with its room."""
    return in_session().first() or upcoming(moment).first()


def in_session() -> QuerySet[MeetingPage]:
    """Meetings in session or adjourned, the latest first."""
    running = [RoomState.IN_SESSION, RoomState.ADJOURNED]
    return live_meetings().filter(room__state__in=running).order_by("-starts_at", "pk")


def upcoming(moment: datetime) -> QuerySet[MeetingPage]:
    """Meetings waiting to start, soonest first. One that is late by up to six hours is still waiting."""
    return (
        live_meetings()
        .filter(room__state=RoomState.WAITING, starts_at__gte=moment - LATE_START)
        .order_by("starts_at", "pk")
    )


def past(moment: datetime) -> QuerySet[MeetingPage]:
    """Meetings that are closed, or that nobody started within six hours of their time; latest first."""
    forgotten = live_meetings().filter(room__state=RoomState.WAITING, starts_at__lt=moment - LATE_START)
    closed = live_meetings().filter(room__state=RoomState.CLOSED)
    return (closed | forgotten).order_by("-starts_at", "pk")


def published(room: Room) -> QuerySet[PublicQuestion]:
    """What readers see: open questions first, most supported first. Each with ``support`` and its ward."""
    return (
        room.questions.public()
        .with_support()
        .select_related("ward")
        .order_by(F("answered_at").asc(nulls_first=True), "-support", "-published_at", "-pk")  # type: ignore[misc]
    )


def moderated(room: Room, *states: QuestionState) -> QuerySet[PublicQuestion]:
    """What moderators see of the questions in ``states``, oldest first. Each with ``support`` and its ward."""
    return room.questions.filter(state__in=states).with_support().select_related("ward").order_by("asked_at", "pk")


def waiting_for_ward(ward: Ward) -> QuerySet[PublicQuestion]:
    """Published questions from ``ward`` that nobody has answered yet, most supported first, with ``support``."""
    return (
        PublicQuestion.objects.filter(ward=ward, state=QuestionState.PUBLISHED, room__meeting__live=True)
        .with_support()
        .select_related("room__meeting", "agenda_item")
        .order_by("-support", "-published_at", "pk")  # type: ignore[misc]
    )


def supported_by(room: Room, voter: str) -> set[int]:
    """Keys of the questions of ``room`` that ``voter`` supports."""
    return set(Upvote.objects.filter(question__room=room, voter=voter).values_list("question_id", flat=True))


def open_rooms(room_pks: Iterable[int]) -> set[int]:
    """Those of the rooms whose meeting is on the site and kept from nobody."""
    return set(MeetingPage.objects.live().public().filter(pk__in=list(room_pks)).values_list("pk", flat=True))


def support_counts(room_pk: int) -> dict[int, int]:
    """How many support each question of a room that readers can see, counted from the rows."""
    questions = PublicQuestion.objects.filter(room=room_pk).public()
    return dict(questions.annotate(support=Count("upvotes")).order_by().values_list("pk", "support"))


def last_sequences(room_pk: int, audiences: Iterable[str]) -> dict[str, int]:
    """The last number in the room's log of each of ``audiences`` that has one."""
    events = RoomEvent.objects.filter(room=room_pk, audience__in=[str(audience) for audience in audiences])
    return dict(events.order_by().values_list("audience").annotate(last=Max("sequence")))


def events_after(room_pk: int, last_pk: int) -> list[RoomEvent]:
    """The room's events of every audience that were committed after the event ``last_pk``, in order."""
    return list(RoomEvent.objects.filter(room=room_pk, pk__gt=last_pk).order_by("pk"))


@dataclass(frozen=True, slots=True)
class RoomVersion:
    """Where a page's list of questions stands, for its first hello and its ETag."""

    epoch: str
    sequence: int
    support: int

    @property
    def tag(self) -> str:
        return f"{self.epoch}-{self.sequence}-{self.support}"


def version_of(room: Room, audience: Audience) -> RoomVersion:
    """Read this before the list itself: what comes between is then sent again, never missed. Two queries."""
    last = RoomEvent.objects.filter(room=room, audience=audience).aggregate(last=Max("sequence"))["last"] or 0
    latest = Upvote.objects.filter(question__room=room).aggregate(rows=Count("pk"), last=Max("pk"))
    return RoomVersion(str(room.epoch), last, (latest["last"] or 0) * 1_000_000 + latest["rows"])


def last_ward_of(user: AbstractBaseUser, on: date) -> Ward | None:
    """The ward from which ``user`` asked last, if it is still in force on a day."""
    asked = PublicQuestion.objects.filter(asker=user.pk, ward__in=Ward.objects.in_force_on(on))
    latest = asked.select_related("ward").order_by("-asked_at", "-pk").first()
    return latest.ward if latest else None

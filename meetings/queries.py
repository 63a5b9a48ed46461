"""Reads of meetings, rooms and questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet
from wagtail.models import Locale, PageViewRestriction

from meetings.enums import Action, EventKind, Intake, QuestionState, Role, RoomState
from meetings.models import (
    KeptInside,
    MeetingPage,
    Poll,
    PublicQuestion,
    QuestionHold,
    Room,
    RoomEvent,
    Speaker,
    Upvote,
)
from meetings.rules import intake_of, notice_intake_of
from wardmote.core.roles import is_officer
from wards.models import Councillor, Term, Ward

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
    """Meetings in session, adjourned or in private session, the latest first."""
    running = [RoomState.IN_SESSION, RoomState.ADJOURNED, RoomState.EXEMPT]
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


def kept_inside(room: Room, collection: str) -> QuerySet[KeptInside, Any]:
    """The keys of the things in ``collection`` that were made or changed in a private session, for a subquery."""
    return room.kept_inside.filter(collection=collection).values("thing")


def people_due(moment: datetime, days: int) -> QuerySet[Room]:
    """Rooms in which people left something of themselves, and whose meeting ended ``days`` or more before ``moment``.

    The end is the latest of: its times as planned, the moment until which it takes questions, the one at which it was
    to resume, and the room's last change, such as its closing. Whether the meeting is on the site does not matter.
    """
    limit = moment - timedelta(days=days)
    in_room = {"room": OuterRef("pk")}
    people = (
        Exists(PublicQuestion.objects.filter(**in_room))
        | Exists(Poll.objects.filter(**in_room))
        | Exists(Speaker.objects.filter(**in_room))
        # Of a hand that was put down, only the log still tells.
        | Exists(RoomEvent.objects.filter(**in_room, kind=EventKind.HAND))
    )
    later = RoomEvent.objects.filter(**in_room, kind=EventKind.ROOM, created_at__gt=limit)
    rooms = Room.objects.filter(people, forgotten_at__isnull=True, meeting__starts_at__lte=limit)
    rooms = rooms.exclude(Exists(later))
    for ends_at in ("meeting__ends_at", "meeting__questions_close_at", "resumes_at"):
        rooms = rooms.filter(Q(**{f"{ends_at}__isnull": True}) | Q(**{f"{ends_at}__lte": limit}))
    return rooms.order_by("pk")


def answered_before(moment: datetime) -> QuerySet[PublicQuestion]:
    """Questions answered at ``moment`` or before, and those joined to one that was."""
    answered = Q(state=QuestionState.ANSWERED, answered_at__lte=moment)
    joined = Q(merged_into__state=QuestionState.ANSWERED, merged_into__answered_at__lte=moment)
    return PublicQuestion.objects.filter(answered | joined)


def published(room: Room) -> QuerySet[PublicQuestion]:
    """What readers see: open questions first, most supported first. Each with ``support`` and its ward.

    While the session is private they see none.
    """
    if room.is_private:
        return PublicQuestion.objects.none()
    return (
        room.questions.public()
        .exclude(pk__in=kept_inside(room, "questions"))
        .with_support()
        .with_people()
        .order_by(F("answered_at").asc(nulls_first=True), "-support", "-published_at", "-pk")  # type: ignore[misc]
    )


def moderated(room: Room, *states: QuestionState) -> QuerySet[PublicQuestion]:
    """What moderators see of the questions in ``states``, oldest first. Each with ``support`` and its ward."""
    return room.questions.filter(state__in=states).with_support().with_people().order_by("asked_at", "pk")


def intake_at(room: Room, moment: datetime, action: Action = Action.ASK) -> Intake:
    """Whether the meeting takes questions at ``moment``; for ``GIVE_NOTICE``, questions on notice."""
    meeting = room.meeting
    if room.is_private:
        return Intake.RESTING
    if room.forgotten_at:
        return Intake.OVER
    if action is Action.GIVE_NOTICE:
        return notice_intake_of(moment, meeting.notice_deadline_at)
    return intake_of(RoomState(room.state), moment, meeting.questions_open_at, meeting.questions_close_at)


def sitting(on: date) -> QuerySet[Councillor]:
    """Everybody who holds a seat on a day, by name."""
    return Councillor.objects.filter(pk__in=Term.objects.held_on(on).values("councillor")).order_by("name", "pk")


def open_to_supplementary(room: Room, asker_key: str) -> QuerySet[PublicQuestion]:
    """Answered questions on notice after which whoever asked may still ask one more, where the meeting allows it."""
    if room.is_private or not room.meeting.allows_supplementary:
        return PublicQuestion.objects.none()
    answered = room.questions.filter(on_notice=True, state=QuestionState.ANSWERED, supplementary__isnull=True)
    return answered.filter(asker_key=asker_key).order_by("answered_at", "pk")


def waiting_for_ward(ward: Ward) -> QuerySet[PublicQuestion]:
    """Published questions from ``ward`` that nobody has answered yet, most supported first, with ``support``.

    A question that stands for one from ``ward``, which was joined to it, is among them.
    """
    return (
        PublicQuestion.objects.from_ward(ward)
        .filter(state=QuestionState.PUBLISHED, room__meeting__live=True)
        .with_support()
        .select_related("room__meeting", "agenda_item")
        .order_by("-support", "-published_at", "pk")  # type: ignore[misc]
    )


def supported_by(room: Room, voter: str) -> set[int]:
    """Keys of the questions of ``room`` that ``voter`` supports."""
    return set(Upvote.objects.filter(question__room=room, voter=voter).values_list("question_id", flat=True))


def is_kept_private() -> Exists:
    """For a query of rooms: whether the meeting, or a page above it, is kept to some people."""
    restrictions = PageViewRestriction.objects.annotate(
        path=ExpressionWrapper(OuterRef("meeting__path"), output_field=CharField())
    )
    return Exists(restrictions.filter(path__startswith=F("page__path")))


def open_rooms(room_pks: Iterable[int]) -> set[int]:
    """Those of the rooms whose meeting is on the site and kept from nobody."""
    rooms = Room.objects.filter(pk__in=list(room_pks), meeting__live=True).exclude(is_kept_private())
    return set(rooms.values_list("pk", flat=True))


def support_counts(room_pk: int) -> dict[int, int]:
    """How many support each question of a room that readers can see, counted from the rows."""
    questions = PublicQuestion.objects.filter(room=room_pk).public()
    return dict(questions.annotate(support=Count("upvotes")).order_by().values_list("pk", "support"))


Holds = dict[int, tuple[int, str]]
"""By question: the account and the name of the officer who has it open."""


def holds_in(room_pk: int, moment: datetime) -> Holds:
    """Which questions of a room are open on an officer's desk, as far as their desks say so."""
    rows = QuestionHold.objects.filter(question__room=room_pk, until_at__gt=moment).select_related("officer")
    return {hold.question_id: (hold.officer_id, hold.officer.get_full_name() or str(hold.officer)) for hold in rows}


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


def version_of(room: Room, audience: str) -> RoomVersion:
    """Read this before the list itself: what comes between is then sent again, never missed. Two queries."""
    last = RoomEvent.objects.filter(room=room, audience=audience).aggregate(last=Max("sequence"))["last"] or 0
    latest = Upvote.objects.filter(question__room=room).aggregate(rows=Count("pk"), last=Max("pk"))
    return RoomVersion(str(room.epoch), last, (latest["last"] or 0) * 1_000_000 + latest["rows"])


def last_ward_of(user: AbstractBaseUser, on: date) -> Ward | None:
    """The ward from which ``user`` asked last, if it is still in force on a day."""
    asked = PublicQuestion.objects.filter(asker=user.pk, ward__in=Ward.objects.in_force_on(on))
    latest = asked.select_related("ward").order_by("-asked_at", "-pk").first()
    return latest.ward if latest else None

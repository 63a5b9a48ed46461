"""Reads: what comes to a ward at meetings, and what became of the questions asked from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from meetings.enums import QuestionState, RoomState
from meetings.models import AgendaItem, KeptInside, MeetingPage, PublicQuestion
from meetings.queries import in_session, live_meetings, upcoming
from wardmote.core.translations import tell_in_readers_language
from wards.models import Ward

MOST_MEETINGS = 50
MOST_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class ComingMeeting:
    """A meeting that goes on or is to come, with those of its items that are asked for, in the reader's language."""

    meeting: MeetingPage
    """In the site's first language; its words are in ``told``."""
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a resident of a ward may want to come to, and what their neighbours asked."""

    about_ward: tuple[ComingMeeting, ...]
    """Items that name the ward."""
    whole_area: tuple[ComingMeeting, ...]
    """Items that name no ward and take questions: business for everybody, without apologies and minutes."""
    waiting: tuple[PublicQuestion, ...]
    """Published questions from the ward that nobody has answered yet, most supported first."""
    answered: tuple[PublicQuestion, ...]
    """The latest answered questions from the ward."""

    @property
    def is_empty(self) -> bool:
        return not (self.about_ward or self.whole_area or self.waiting or self.answered)


def outlook_for(ward: Ward, moment: datetime) -> Outlook:
    """What comes to ``ward`` from ``moment`` on. As many queries for fifty meetings as for one."""
    asked = _public_questions_of(ward)
    waiting = list(asked.filter(state=QuestionState.PUBLISHED).order_by("-support", "pk")[:MOST_QUESTIONS])  # type: ignore[misc]
    answered = list(asked.filter(state=QuestionState.ANSWERED).order_by("-answered_at", "pk")[:MOST_QUESTIONS])
    tell_in_readers_language([question.room.meeting for question in (*waiting, *answered)])
    about_ward, whole_area = coming_to(ward, moment)
    return Outlook(about_ward, whole_area, tuple(waiting), tuple(answered))


def coming_to(ward: Ward, moment: datetime) -> tuple[tuple[ComingMeeting, ...], tuple[ComingMeeting, ...]]:
    """The coming items that name ``ward``, and those for the whole area that take questions; live meetings first."""
    meetings = tell_in_readers_language([*in_session()[:MOST_MEETINGS], *upcoming(moment)[:MOST_MEETINGS]])
    naming = AgendaItem.wards.through.objects.filter(agendaitem=OuterRef("pk"))
    items = (
        AgendaItem.objects.filter(meeting__in=[meeting.pk for meeting in meetings], is_withdrawn=False)
        .annotate(names_ward=Exists(naming.filter(ward=ward.pk)), names_any=Exists(naming))
        .filter(Q(names_ward=True) | Q(names_any=False, takes_questions=True))
        .order_by("sort_order", "pk")
    )
    found = list(items)
    words = _in_readers_language(found, meetings)
    about_ward = _by_meeting(meetings, [item for item in found if item.names_ward], words)
    whole_area = _by_meeting(meetings, [item for item in found if not item.names_ward], words)
    return about_ward, whole_area


def _public_questions_of(ward: Ward) -> QuerySet[PublicQuestion]:
    """Questions asked from ``ward``, and those to which one from there was joined, with ``support``.

    Only what anybody may read now: nothing of a private meeting or session, nothing that was kept inside one.
    """
    inside = KeptInside.objects.filter(room=OuterRef("room"), collection="questions", thing=OuterRef("pk"))
    return (
        PublicQuestion.objects.from_ward(ward)
        .filter(room__meeting__in=live_meetings().values("pk"))
        .exclude(room__state=RoomState.EXEMPT)
        .exclude(Exists(inside))
        .with_support()
        .select_related("room__meeting")
    )


def _in_readers_language(items: Sequence[AgendaItem], meetings: Sequence[MeetingPage]) -> dict[int, AgendaItem]:
    """The twin of each item that has one in the reader's language, by the item's key. No query in the first one."""
    twins = [meeting.told.pk for meeting in meetings if meeting.told.pk != meeting.pk]
    if not twins:
        return {}
    key_of = {item.translation_key: item.pk for item in items}
    found = AgendaItem.objects.filter(meeting__in=twins, translation_key__in=key_of)
    return {key_of[twin.translation_key]: twin for twin in found}


def _by_meeting(
    meetings: Sequence[MeetingPage], items: Sequence[AgendaItem], words: dict[int, AgendaItem]
) -> tuple[ComingMeeting, ...]:
    of_meeting: dict[int, list[AgendaItem]] = {}
    for item in items:
        of_meeting.setdefault(item.meeting_id, []).append(words.get(item.pk, item))
    return tuple(
        ComingMeeting(meeting, tuple(of_meeting[meeting.pk])) for meeting in meetings if meeting.pk in of_meeting
    )

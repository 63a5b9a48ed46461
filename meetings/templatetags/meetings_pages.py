"""What the meeting pages show beside their own words. Each tag makes a fixed number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page, Paginator
from django.utils import timezone

from meetings.agenda_queries import whole_agenda
from meetings.committee import Seated, committee_on
from meetings.enums import Audience, RoomState
from meetings.models import AgendaItem, MeetingPage, PublicQuestion, Record, Room
from meetings.motions_page import MotionRow, motion_rows
from meetings.queries import in_session, past, published, upcoming
from meetings.slates import slate_of
from meetings.taking_part import TakingPart, taking_part_at
from meetings.words import say_findings
from wardmote.core.translations import tell_in_readers_language

register = template.Library()

PAST_PER_PAGE = 20


@register.simple_tag
def meeting_room(page: MeetingPage) -> Room | None:
    """The room of a meeting in whichever language its page is; None in a preview of a page never saved."""
    meeting = page.canonical()
    room = Room.objects.filter(pk=meeting.pk).first()
    if room:
        room.meeting = meeting
    return room


@register.simple_tag
def meeting_agenda(page: MeetingPage, now: datetime | None = None) -> list[AgendaItem]:
    """The agenda of a meeting's page, each item with its public documents and the wards it concerns."""
    return whole_agenda(page, now or timezone.now())


@register.simple_tag
def committee_of(page: MeetingPage) -> list[Seated]:
    """Who sits on the body on the day of the meeting; whoever sits there today matters only today."""
    return committee_on(page.body, timezone.localdate(page.starts_at))


@register.simple_tag
def taking_part(room: Room | None, now: datetime | None = None) -> TakingPart | None:
    """What people can do about the meeting now."""
    return taking_part_at(room, now or timezone.now()) if room else None


@register.simple_tag
def slate_of_room(room: Room) -> dict[str, str]:
    """What the public reads while the meeting is interrupted."""
    return slate_of(room)


@register.simple_tag
def motions_decided(room: Room | None) -> list[MotionRow]:
    """The motions of a meeting that is closed, with their amendments and votes, as everybody may see them."""
    return motion_rows(room, Audience.PUBLIC) if room and room.is_closed else []


@register.simple_tag
def record_of(room: Room | None) -> Record | None:
    """The record of what was done at a meeting that is closed."""
    return Record.objects.filter(room=room).first() if room and room.is_closed else None


@register.simple_tag
def room_questions(room: Room | None) -> list[PublicQuestion]:
    """What readers see of a room's questions, each with its support, its people and its agenda item.

    Once the meeting is closed it is the order of support alone that counts, answered or not.
    """
    if room is None:
        return []
    questions = published(room).select_related("agenda_item")
    return list(questions.order_by("-support", "-published_at", "-pk") if room.is_closed else questions)  # type: ignore[misc]


@register.simple_tag
def meetings_in_session() -> list[MeetingPage]:
    return tell_in_readers_language(in_session())


@register.simple_tag
def meetings_to_come(now: datetime | None = None) -> list[MeetingPage]:
    return tell_in_readers_language(upcoming(now or timezone.now()))


@register.simple_tag(takes_context=True)
def meetings_past(context: template.Context, now: datetime | None = None) -> Page:
    """One page of past meetings, twenty at a time, by the address's ``p``."""
    paginator = Paginator(past(now or timezone.now()), PAST_PER_PAGE)
    page = paginator.get_page(context["request"].GET.get("p"))
    page.object_list = tell_in_readers_language(page.object_list)
    return page


@register.filter
def state_of(room: Room | None) -> str:
    """A room's state in words."""
    return str(RoomState(room.state).label) if room else ""


@register.filter
def findings_in_words(question: PublicQuestion | None) -> str:
    """What the word check found in a question."""
    return say_findings(question.findings) if question else ""


@register.filter
def any_decided(items: list[AgendaItem]) -> bool:
    """Whether of any agenda item it is known what was decided."""
    return any(item.resolution for item in items)


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "")

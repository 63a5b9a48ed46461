"""What the meeting pages show beside their own words. Each tag makes a fixed number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page, Paginator
from django.utils import timezone

from meetings.enums import RoomState
from meetings.models import MeetingPage, PublicQuestion, Room
from meetings.queries import in_session, past, published, upcoming
from wardmote.core.translations import tell_in_readers_language

register = template.Library()

PAST_PER_PAGE = 20


@register.simple_tag
def meeting_room(page: MeetingPage) -> Room | None:
    """The room of a meeting in whichever language its page is; None in a preview of a page never saved."""
    return Room.objects.filter(pk=page.canonical().pk).first()


@register.simple_tag
def room_questions(room: Room | None) -> list[PublicQuestion]:
    """What readers see of a room's questions, each with its support and ward."""
    return list(published(room)) if room else []


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
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "")

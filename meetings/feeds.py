"""Meetings as an Atom feed, and when they are as calendars."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from meetings.coming import coming_to
from meetings.models import AgendaItem, MeetingIndexPage, MeetingPage
from meetings.queries import in_session, upcoming
from meetings.views import find_room, meeting_in_language
from wardmote.core.calendars import MEDIA_TYPE, Entry, calendar_file
from wardmote.core.moments import say_moment
from wardmote.core.translations import tell_in_readers_language
from wards.models import Ward
from wards.queries import ward_by_slug

MOST_ENTRIES = 50


class MeetingFeed(Feed):
    """Meetings that go on or are to come, in the reader's language, the soonest first."""

    feed_type = Atom1Feed
    title = _("Meetings")

    def link(self) -> str:
        index = MeetingIndexPage.objects.live().filter(locale=Locale.get_active()).first()
        return (index.url if index else None) or "/"

    def items(self) -> list[MeetingPage]:
        return _now_and_soon()

    def item_title(self, item: MeetingPage) -> str:
        return item.told.title

    def item_description(self, item: MeetingPage) -> str:
        return f"{item.body.name}, {say_moment(item.starts_at, timezone.now())}, {item.told.venue}"

    def item_link(self, item: MeetingPage) -> str:
        return item.told.url or "/"

    def item_guid(self, item: MeetingPage) -> str:
        return f"urn:uuid:{item.translation_key}"

    def item_pubdate(self, item: MeetingPage) -> datetime:
        return item.first_published_at or item.starts_at

    def item_updateddate(self, item: MeetingPage) -> datetime:
        return item.last_published_at or item.starts_at


class WardFeed(Feed):
    """Agenda items that come to a ward: those that name it, then those for the whole area that take questions."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Ward:
        ward = ward_by_slug(slug, timezone.localdate())
        if ward is None:
            raise Http404
        return ward

    def title(self, ward: Ward) -> str:
        return gettext("What comes to %(ward)s") % {"ward": ward.local_name}

    def link(self, ward: Ward) -> str:
        return reverse("meetings:ward", args=[ward.slug])

    def items(self, ward: Ward) -> list[tuple[MeetingPage, AgendaItem]]:
        coming = chain(*coming_to(ward, timezone.now()))
        return [(one.meeting, item) for one in coming for item in one.items][:MOST_ENTRIES]

    def item_title(self, item: tuple[MeetingPage, AgendaItem]) -> str:
        meeting, taken = item
        return f"{taken.title} ({meeting.told.title})"

    def item_description(self, item: tuple[MeetingPage, AgendaItem]) -> str:
        meeting, taken = item
        when = say_moment(meeting.starts_at, timezone.now())
        return f"{meeting.body.local_name}, {when}, {meeting.told.venue}. {taken.description}".strip()

    def item_link(self, item: tuple[MeetingPage, AgendaItem]) -> str:
        meeting, taken = item
        return f"{meeting.told.url or '/'}#item-{taken.pk}"

    def item_guid(self, item: tuple[MeetingPage, AgendaItem]) -> str:
        return f"urn:uuid:{item[1].translation_key}"

    def item_pubdate(self, item: tuple[MeetingPage, AgendaItem]) -> datetime:
        return item[0].first_published_at or item[0].starts_at

    def item_updateddate(self, item: tuple[MeetingPage, AgendaItem]) -> datetime:
        return item[0].last_published_at or item[0].starts_at


@require_safe
def all_dates(request: HttpRequest) -> HttpResponse:
    """When the meetings that go on or are to come begin and end, to subscribe to."""
    return _calendar(request, _now_and_soon(), name=gettext("Meetings"))


@require_safe
def dates_of_one(request: HttpRequest, pk: int) -> HttpResponse:
    """When one meeting begins and ends, to keep."""
    room = find_room(request, pk)
    room.meeting.told = meeting_in_language(room)
    return _calendar(request, [room.meeting], name=room.meeting.told.title)


def _now_and_soon() -> list[MeetingPage]:
    """Each with ``told``, the same meeting in the reader's language."""
    found = [*in_session()[:MOST_ENTRIES], *upcoming(timezone.now())[:MOST_ENTRIES]]
    return tell_in_readers_language(found[:MOST_ENTRIES])


def _calendar(request: HttpRequest, meetings: list[MeetingPage], *, name: str) -> HttpResponse:
    now = timezone.now()
    made = calendar_file(
        [_entry(request, meeting, now) for meeting in meetings], product="Meetings", name=name, made_at=now
    )
    return HttpResponse(made, content_type=MEDIA_TYPE)


def _entry(request: HttpRequest, meeting: MeetingPage, now: datetime) -> Entry:
    address = request.build_absolute_uri(meeting.told.get_url(request) or meeting.room.get_absolute_url())
    return Entry(
        uid=f"{meeting.translation_key}-meets",
        summary=meeting.told.title,
        description=f"{meeting.body.name}\n\n{address}",
        address=address,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        location=meeting.told.venue,
        changed_at=meeting.last_published_at or now,
    )

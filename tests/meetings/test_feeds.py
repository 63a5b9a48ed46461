"""Meetings in feed readers and in people's own calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from meetings.enums import RoomState
from meetings.models import MeetingPage

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def four(make_meeting: Callable[..., MeetingPage]) -> list[MeetingPage]:
    """One live, one to come, one over, one to come that is private."""
    now = timezone.now()
    live = make_meeting(RoomState.IN_SESSION, title="Live, & on <air>", starts_at=now, ends_at=None)
    coming = make_meeting(title="Coming", starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, hours=2))
    over = make_meeting(RoomState.CLOSED, title="Over", starts_at=now - timedelta(days=3), ends_at=None)
    private = make_meeting(title="Private", starts_at=now + timedelta(days=4), ends_at=None)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    return [live, coming, over, private]


def test_the_feed_has_what_goes_on_and_what_is_to_come(four: list[MeetingPage]) -> None:
    response = Client().get("/room/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    entries = [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}id")) for entry in feed.findall(f"{ATOM}entry")
    ]
    assert entries == [(page.title, f"urn:uuid:{page.translation_key}") for page in four[:2]]


def events_in(content: bytes) -> list[dict[str, Any]]:
    return [
        {"uid": str(event["uid"]), "summary": str(event["summary"]), "location": str(event["location"])}
        for event in Calendar.from_ical(content).walk("VEVENT")
    ]


def test_the_calendar_has_them_with_where_and_when(four: list[MeetingPage]) -> None:
    response = Client().get("/room/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert events_in(response.content) == [
        {"uid": f"{page.translation_key}-meets", "summary": page.title, "location": "Council Chamber"}
        for page in four[:2]
    ]


def test_one_meetings_dates_are_in_utc_and_keep_their_identity(make_meeting: Callable[..., MeetingPage]) -> None:
    starts_at = datetime(2026, 7, 1, 18, 30, tzinfo=timezone.get_default_timezone())
    meeting = make_meeting(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    event = Calendar.from_ical(Client().get(f"/room/{meeting.pk}/dates.ics").content).walk("VEVENT")[0]
    assert event["dtstart"].dt == datetime(2026, 7, 1, 17, 30, tzinfo=UTC)
    assert event["dtend"].dt == datetime(2026, 7, 1, 19, 30, tzinfo=UTC)
    meeting.starts_at = starts_at - timedelta(hours=1)
    meeting.save()
    moved = Calendar.from_ical(Client().get(f"/room/{meeting.pk}/dates.ics").content).walk("VEVENT")[0]
    assert (str(moved["uid"]), moved["dtstart"].dt.hour) == (str(event["uid"]), 16)


def test_a_private_meeting_has_no_dates_for_others(four: list[MeetingPage]) -> None:
    assert Client().get(f"/room/{four[3].pk}/dates.ics").status_code == 404


@pytest.mark.parametrize("address", ["/room/feed.atom", "/room/calendar.ics", "/cy/room/calendar.ics"])
def test_one_and_three_meetings_take_the_same_queries(
    make_meeting: Callable[..., MeetingPage], django_assert_num_queries: Callable[..., Any], address: str
) -> None:
    soon = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": None}
    make_meeting(**soon)
    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_meeting(**soon)
    make_meeting(**soon)
    with django_assert_num_queries(len(one)):
        client.get(address)

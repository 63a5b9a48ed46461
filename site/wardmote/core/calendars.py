"""Dates for people's own calendars, as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in a calendar. All moments are timezone-aware.

    ``uid`` stays when a moment is changed, so that a calendar that reads this again moves the entry. Without
    ``ends_at`` it is a moment without a length. ``reminder`` is how long before it (negative) and what is said then; a
    calendar may ignore it.
    """

    uid: str
    summary: str
    description: str
    address: str
    starts_at: datetime
    changed_at: datetime
    ends_at: datetime | None = None
    location: str = ""
    reminder: tuple[timedelta, str] | None = None


def calendar_file(entries: Iterable[Entry], *, product: str, name: str, made_at: datetime) -> bytes:
    """A calendar to subscribe to or to keep. ``product`` names what made it, for example ``Meetings``."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Wardmote//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, made_at))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: Entry, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    if entry.ends_at:
        event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("url", entry.address)
    event.add("transp", "TRANSPARENT")
    if entry.reminder:
        before, words = entry.reminder
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event

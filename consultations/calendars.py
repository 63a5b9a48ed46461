"""When consultations open and close, as iCalendar (RFC 5545), for people's own calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from consultations.models import ConsultationPage

PRODUCT = "-//Wardmote//Consultations//EN"
REMINDER = timedelta(days=-3)
"""Before closing. A calendar may ignore it; most show it as a notice."""

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar_of(consultations: Iterable[tuple[ConsultationPage, str]], *, name: str, made_at: datetime) -> bytes:
    """A calendar with two entries for each ``(page, its whole address)``: when it opens and when it closes.

    Both are moments without a length. An entry keeps its identity when its moment is changed, so that a calendar
    that reads this again moves it.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for page, address in consultations:
        title = {"title": page.title}
        opens = _entry(page, address, "opens", page.opens_at, _("Opens for answers: %(title)s") % title, made_at)
        closes = _entry(
            page, address, "closes", page.closes_at, _("Last moment to answer: %(title)s") % title, made_at
        )
        closes.add_component(_reminder(_("Closes in three days: %(title)s") % title))
        calendar.add_component(opens)
        calendar.add_component(closes)
    made: bytes = calendar.to_ical()
    return made


def _entry(page: ConsultationPage, address: str, what: str, at: datetime, summary: str, made_at: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{page.translation_key}-{what}")
    entry.add("dtstamp", made_at.astimezone(UTC))
    entry.add("last-modified", (page.last_published_at or made_at).astimezone(UTC))
    entry.add("dtstart", at.astimezone(UTC))
    entry.add("summary", summary)
    entry.add("description", f"{page.intro}\n\n{address}")
    entry.add("url", address)
    entry.add("transp", "TRANSPARENT")
    return entry


def _reminder(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", REMINDER)
    return alarm

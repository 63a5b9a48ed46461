"""Moments and days as people say them, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

WEEKDAYS = (
    pgettext_lazy("within a sentence", "Monday"),
    pgettext_lazy("within a sentence", "Tuesday"),
    pgettext_lazy("within a sentence", "Wednesday"),
    pgettext_lazy("within a sentence", "Thursday"),
    pgettext_lazy("within a sentence", "Friday"),
    pgettext_lazy("within a sentence", "Saturday"),
    pgettext_lazy("within a sentence", "Sunday"),
)


def say_day(day: date, today: date) -> str:
    """``Friday 5 December``; with its year when that is not ``today``'s."""
    parts = {"weekday": WEEKDAYS[day.weekday()], "day": day.day, "month": MONTHS[day.month], "year": day.year}
    if day.year == today.year:
        return _("%(weekday)s %(day)s %(month)s") % parts
    return _("%(weekday)s %(day)s %(month)s %(year)s") % parts


def say_clock(moment: datetime) -> str:
    """``5pm``, ``5:30pm``, ``midday`` or ``midnight``, in the site's time zone."""
    local = timezone.localtime(moment)
    if local.minute == 0 and local.hour == 0:
        return _("midnight")
    if local.minute == 0 and local.hour == 12:
        return _("midday")
    hour = local.hour % 12 or 12
    clock = f"{hour}:{local.minute:02}" if local.minute else f"{hour}"
    if local.hour < 12:
        return pgettext("time of day", "%(clock)sam") % {"clock": clock}
    return pgettext("time of day", "%(clock)spm") % {"clock": clock}


def say_moment(moment: datetime, now: datetime) -> str:
    """``Friday 5 December at 5pm``, as seen from ``now``. Both timezone-aware."""
    day = say_day(timezone.localdate(moment), timezone.localdate(now))
    return _("%(day)s at %(clock)s") % {"day": day, "clock": say_clock(moment)}


def say_days_left(until: datetime, now: datetime) -> str:
    """How long until ``until`` is reached, counted in calendar days: ``12 days left``, ``Closes today at 5pm``."""
    if now >= until:
        return _("Closed")
    days = (timezone.localdate(until) - timezone.localdate(now)).days
    if days == 0:
        return _("Closes today at %(clock)s") % {"clock": say_clock(until)}
    if days == 1:
        return _("Closes tomorrow at %(clock)s") % {"clock": say_clock(until)}
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}

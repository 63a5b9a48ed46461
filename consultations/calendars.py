"""When consultations open and close, for people's own calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from consultations.models import ConsultationPage
from wardmote.core.calendars import MEDIA_TYPE, Entry, calendar_file

__all__ = ["MEDIA_TYPE", "calendar_of"]

REMINDER = timedelta(days=-3)
"""Before closing."""


def calendar_of(consultations: Iterable[tuple[ConsultationPage, str]], *, name: str, made_at: datetime) -> bytes:
    """A calendar with two entries for each ``(page, its whole address)``: when it opens and when it closes."""
    entries = (entry for page, address in consultations for entry in _entries(page, address, made_at))
    return calendar_file(entries, product="Consultations", name=name, made_at=made_at)


def _entries(page: ConsultationPage, address: str, made_at: datetime) -> Iterator[Entry]:
    title = {"title": page.title}
    moments = (
        ("opens", page.opens_at, _("Opens for answers: %(title)s") % title, None),
        (
            "closes",
            page.closes_at,
            _("Last moment to answer: %(title)s") % title,
            (REMINDER, _("Closes in three days: %(title)s") % title),
        ),
    )
    for what, at, summary, reminder in moments:
        yield Entry(
            uid=f"{page.translation_key}-{what}",
            summary=summary,
            description=f"{page.intro}\n\n{address}",
            address=address,
            starts_at=at,
            changed_at=page.last_published_at or made_at,
            reminder=reminder,
        )

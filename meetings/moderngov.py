"""Reads files of ModernGov's web service: one meeting (``GetMeeting``), a committee's (``GetMeetings``), committees.

Element names as councils' services give them: ``meetingid``, ``meetingdate`` (dd/mm/yyyy), ``meetingtime``
("10.00 am"), ``agendaitems/agendaitem`` with ``agendaitemid``, ``agendaitemtitle``, ``agendatext`` (escaped HTML),
``isrestricted`` and ``ispubliccanspeak``; an item's papers as ``linkeddocuments/linkeddoc`` with ``attachmentid``,
``title``, ``url`` and ``isrestricted``; committees by ``committeeid`` and ``committeetitle``. Whatever stands around
them is passed over, attendees and their addresses included. Knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from html import unescape
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from wardmote.core.text import clean_text

MAX_BYTES = 5_000_000
"""A long meeting's file has some 200 kB."""

MAX_TITLE = 255
MAX_VENUE = 200
MAX_DESCRIPTION = 5_000
MAX_URL = 500
MAX_HTML = 20_000
"""Characters of an item's HTML looked at."""

MAX_ID = 2**31 - 1

_TIME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*([ap]\.?m\.?|noon|midnight)?", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\xa0]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")
_VENUES = ("meetinglocation", "meetingvenue", "location", "venue")


class FileRefused(Exception):
    """The file as a whole cannot be read; nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Committee:
    moderngov_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    """A paper on ModernGov's own site. The file does not say when it was published."""

    moderngov_id: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    moderngov_id: int
    title: str
    text: str
    takes_questions: bool
    documents: tuple[Document, ...] | None
    """Those that are public. None when the file says nothing of documents."""


@dataclass(frozen=True, slots=True)
class Meeting:
    moderngov_id: int
    committee: Committee | None
    starts_at: datetime
    """As the file says it: local time, without a zone."""
    venue: str
    items: tuple[Item, ...] | None
    """None when the file says nothing of an agenda, which is not the same as an empty one."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds, and what in it could not be read, each by its name."""

    committees: tuple[Committee, ...]
    meetings: tuple[Meeting, ...]
    problems: tuple[str, ...]


def read(content: bytes) -> Contents:
    """Read a file. Raises ``FileRefused`` when it is too large, no XML, holds a document type or nothing we know."""
    root = _parsed(content)
    parents = {child: parent for parent in root.iter() for child in parent}
    problems: list[str] = []
    committees: dict[int, Committee] = {}
    meetings: dict[int, Meeting] = {}
    for element in root.iter():
        if _child(element, "meetingid") is not None:
            meeting = _meeting(element, parents, problems)
            if meeting and meeting.moderngov_id in meetings:
                problems.append(_("Meeting %(id)s stands in the file twice.") % {"id": meeting.moderngov_id})
            elif meeting:
                meetings[meeting.moderngov_id] = meeting
        elif _child(element, "committeeid") is not None and _child(element, "committeetitle") is not None:
            committee = _committee(element, problems)
            if committee:
                committees.setdefault(committee.moderngov_id, committee)
    if not committees and not meetings and not problems:
        raise FileRefused(_("There is neither a meeting nor a committee in this file."))
    return Contents(tuple(committees.values()), tuple(meetings.values()), tuple(problems))


def _parsed(content: bytes) -> Element:
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file is too large: over 5 MB."))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileRefused(_("The file declares a document type or entities, which no such file needs.")) from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused(_("The file is not XML: %(why)s") % {"why": error}) from error
    return root


def _meeting(element: Element, parents: dict[Element, Element], problems: list[str]) -> Meeting | None:
    moderngov_id = _number(_said(element, "meetingid"))
    if moderngov_id is None:
        problems.append(_("A meeting has no number: “%(said)s”.") % {"said": _said(element, "meetingid")[:40]})
        return None
    starts_at = _moment(_said(element, "meetingdate"), _said(element, "meetingtime"))
    if starts_at is None:
        said = f"{_said(element, 'meetingdate')} {_said(element, 'meetingtime')}".strip()[:60]
        problems.append(_("Meeting %(id)s: “%(said)s” is not a day and time.") % {"id": moderngov_id, "said": said})
        return None
    agenda = _child(element, "agendaitems")
    return Meeting(
        moderngov_id=moderngov_id,
        committee=_committee_of(element, parents),
        starts_at=starts_at,
        venue=next((found for name in _VENUES if (found := _said(element, name))), "")[:MAX_VENUE],
        items=None if agenda is None else tuple(_items(agenda, moderngov_id, problems)),
    )


def _items(agenda: Element, meeting_id: int, problems: list[str]) -> Iterator[Item]:
    seen: set[int] = set()
    for place, element in enumerate((each for each in agenda if _tag(each) == "agendaitem"), start=1):
        where = {"id": meeting_id, "place": place}
        moderngov_id, title = _number(_said(element, "agendaitemid")), _said(element, "agendaitemtitle")
        if moderngov_id is None:
            problems.append(_("Meeting %(id)s, item %(place)s in the file has no number of its own.") % where)
        elif moderngov_id in seen:
            problems.append(_("Meeting %(id)s, item %(place)s in the file stands there twice.") % where)
        elif not title:
            problems.append(_("Meeting %(id)s, item %(place)s in the file has no title.") % where)
        else:
            seen.add(moderngov_id)
            is_restricted = _is_true(_said(element, "isrestricted"))
            said = _said(element, "ispubliccanspeak")
            yield Item(
                moderngov_id=moderngov_id,
                title=title[:MAX_TITLE],
                # What an exempt item is about is not the public's, even where the service gives it away.
                text="" if is_restricted else _plain(_raw(element, "agendatext")),
                takes_questions=not is_restricted and (not said or _is_true(said)),
                documents=() if is_restricted else _documents(element, where, problems),
            )


def _documents(item: Element, where: dict[str, int], problems: list[str]) -> tuple[Document, ...] | None:
    around = _child(item, "linkeddocuments")
    if around is None:
        return None
    found: dict[int, Document] = {}
    for element in around:
        if _tag(element) != "linkeddoc" or _is_true(_said(element, "isrestricted")):
            continue
        moderngov_id, title, url = (
            _number(_said(element, "attachmentid")),
            _said(element, "title"),
            _said(element, "url"),
        )
        if moderngov_id is None or not title or not _is_address(url):
            problems.append(
                _("Meeting %(id)s, item %(place)s in the file: the document “%(title)s” has no number or no address.")
                % (where | {"title": title[:60]})
            )
            continue
        found.setdefault(moderngov_id, Document(moderngov_id, title[:MAX_TITLE], url))
    return tuple(found.values())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(text) <= MAX_URL


def _committee_of(element: Element, parents: dict[Element, Element]) -> Committee | None:
    """The committee named in a meeting, or in what encloses it."""
    around: Element | None = element
    while around is not None:
        for place in (around, _child(around, "committee")):
            if place is not None and _said(place, "committeetitle"):
                return _committee(place, [])
        around = parents.get(around)
    return None


def _committee(element: Element, problems: list[str]) -> Committee | None:
    title, moderngov_id = _said(element, "committeetitle"), _number(_said(element, "committeeid"))
    if _is_true(_said(element, "committeedeleted")):
        return None
    if not title or moderngov_id is None:
        problems.append(_("A committee has no title or no number: “%(title)s”.") % {"title": title[:60]})
        return None
    return Committee(moderngov_id, title[:120])


def _tag(element: Element) -> str:
    """An element's name without its namespace, in small letters."""
    return str(element.tag).rsplit("}", 1)[-1].lower()


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _tag(child) == name), None)


def _raw(element: Element, name: str) -> str:
    child = _child(element, name)
    return (child.text or "") if child is not None else ""


def _said(element: Element, name: str) -> str:
    """An element's text in one line."""
    return " ".join(clean_text(unescape(_raw(element, name))).split())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ID else None


def _is_true(text: str) -> bool:
    return text.lower() in {"true", "1", "yes", "y"}


def _moment(day: str, clock: str) -> datetime | None:
    """``05/11/2026`` and ``6.30 pm``, ``18:30``, ``12 noon``."""
    try:
        date = datetime.strptime(day, "%d/%m/%Y").date()  # noqa: DTZ007  the service gives local time
    except ValueError:
        return None
    match = _TIME.fullmatch(clock.strip())
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "").lower()
    if half in {"am", "pm"} and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half in {"pm", "noon"} else 0)
    try:
        return datetime.combine(date, time(hour, minute))
    except ValueError:
        return None


def _plain(html: str) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    text = unescape(strip_tags(_BREAK.sub("\n", html[:MAX_HTML])))
    return clean_text(_EMPTY_LINES.sub("\n", _SPACES.sub(" ", text)).strip(), limit=MAX_DESCRIPTION)

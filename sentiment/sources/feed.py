"""RSS and Atom: the items of a feed as plain text, from bytes already fetched. Nobody's name is read."""

from __future__ import annotations

import calendar
import html
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import nh3
from django.utils.translation import gettext as _

from wardmote.core.text import MAX_HTML_LENGTH, clean_text

MAX_ITEMS = 200
"""Items taken of one page of a feed, from its top; feeds hold 10 to 50."""

_BLOCK = re.compile(r"<(/?)(p|div|li|ul|ol|br|h[1-6]|blockquote|tr|table|figure|figcaption)\b", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")


class NotAFeed(Exception):
    """The bytes are neither RSS nor Atom; the message says so in words for an officer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One post of a feed. ``remote_id`` is the same each time the item is met; ``posted_at`` is None if undated."""

    remote_id: str
    title: str
    text: str
    url: str
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's items, newest first as feeds have them. ``is_broken``: its XML ends or breaks early."""

    title: str
    items: tuple[Item, ...]
    is_broken: bool


def parse(body: bytes, *, address: str, content_type: str = "") -> Feed:
    """Read a feed that came from ``address``. Raises ``NotAFeed``; a broken one gives what could be read."""
    if b"<!entity" in body[:100_000].lower():
        raise NotAFeed(_("The feed defines entities of its own, which we do not read."))
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers={"content-type": content_type, "content-location": address}
    )
    if not parsed.get("version"):
        raise NotAFeed(_("This is neither RSS nor Atom. Look for the address of the feed itself."))
    items: dict[str, Item] = {}
    for entry in parsed.entries[:MAX_ITEMS]:
        item = _item(entry, address)
        if item is not None:
            items.setdefault(item.remote_id, item)
    return Feed(
        title=plain_text(parsed.feed.get("title", ""))[:120],
        items=tuple(items.values()),
        is_broken=bool(parsed.bozo) and not isinstance(parsed.bozo_exception, _HARMLESS),
    )


_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
"""What feedparser calls ill-formed and everybody sends: a wrong header over right bytes."""


def plain_text(markup: str) -> str:
    """The words of HTML: one line for each block, entities turned into letters, scripts and styles gone."""
    spaced = _BLOCK.sub(r"\n<\1\2", clean_text(markup, limit=MAX_HTML_LENGTH))
    bare = html.unescape(nh3.clean(spaced, tags=set(), attributes={}))
    return clean_text(_tidy(bare))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def _item(entry: Any, address: str) -> Item | None:
    url = urljoin(address, entry.get("link", ""))
    if not url.startswith(("http://", "https://")):
        url = ""
    remote_id = _same_id(entry.get("id", ""), address) or _same_id(url, address)
    title = _words(entry.get("title_detail"))
    text = clean_text("\n".join(part for part in (title, _body(entry)) if part)).strip()
    if not remote_id or not text:
        return None
    return Item(remote_id, title[:200], text, url, _moment(entry))


def _body(entry: Any) -> str:
    """The fullest form of an item's text that the feed carries."""
    forms = [*entry.get("content", ()), entry.get("summary_detail")]
    return max((_words(form) for form in forms), key=len, default="")


def _words(detail: Any) -> str:
    if not detail:
        return ""
    value = detail.get("value", "")
    return plain_text(value) if "html" in detail.get("type", "") else _tidy(clean_text(value))


def _same_id(remote_id: str, address: str) -> str:
    """An id that does not change when a feed turns to https or to whole addresses."""
    remote_id = remote_id.strip()
    if remote_id.startswith(("http://", "https://", "/")):
        remote_id = urljoin(address, remote_id).partition(":")[2]
    return remote_id


def _moment(entry: Any) -> datetime | None:
    for field in ("published_parsed", "updated_parsed"):
        parts = entry[field] if field in entry else None  # noqa: SIM401  (feedparser's get() looks further)
        if parts:
            try:
                return datetime.fromtimestamp(calendar.timegm(parts), tz=UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None

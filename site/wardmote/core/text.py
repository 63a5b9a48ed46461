"""The one door for people's words: ``clean_text`` for plain text, ``clean_html`` for rich text and imported HTML."""

from __future__ import annotations

import unicodedata

import bleach
import nh3

MAX_TEXT_LENGTH = 5_000
"""Characters kept of one plain text. A longer one is refused by its form before it comes here."""

MAX_HTML_LENGTH = 200_000
"""Characters of HTML looked at. bleach takes seconds on long hostile input, so the cap comes before it."""

ALLOWED_TAGS = frozenset({"a", "b", "blockquote", "br", "em", "h2", "h3", "h4", "i", "li", "ol", "p", "strong", "ul"})
ALLOWED_ATTRIBUTES = {"a": ["href"]}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_NEVER_STORED = dict.fromkeys([0, *range(0xD800, 0xE000)])
"""NUL, which PostgreSQL refuses, and lone surrogates, which no database can encode."""


def clean_text(text: str, *, limit: int = MAX_TEXT_LENGTH) -> str:
    """Make ``text`` storable and comparable, changing nothing a reader could see.

    Cuts to ``limit`` characters first, then drops NUL and lone surrogates, folds line ends to ``\\n`` and
    normalises to NFC. Plain text is stored as typed and escaped on output; it is never sanitised, since that
    eats people's words (``a<b and c>d``).
    """
    text = text[:limit].translate(_NEVER_STORED).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def clean_html(html: str) -> str:
    """Reduce HTML to a short allow-list: first bleach, then nh3, so that a hole in one is closed by the other.

    bleach 6.4.0 is the last release of bleach, hence the second pass.
    """
    html = clean_text(html, limit=MAX_HTML_LENGTH)
    once = bleach.clean(html, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, protocols=ALLOWED_SCHEMES, strip=True)
    return nh3.clean(
        once,
        tags=set(ALLOWED_TAGS),
        attributes={tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
        url_schemes=set(ALLOWED_SCHEMES),
        link_rel="nofollow noopener",
    )

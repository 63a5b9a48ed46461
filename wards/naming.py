"""Which ward a name in somebody else's file means. Pure.

Councils' own lists name wards in ways that differ from the ONS: "Buckingham Ward, Shoreham-by-Sea", "Eastbourne -
Meads", "St. Margarets"; while "Arlington, East Hoathly and Hellingly" is one ward's whole name. So the whole title is
tried first, then what stands after " - ", then what stands before ",", always among the council's own wards, and a
title that fits none or more than one is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def plain(name: str) -> str:
    """A name as it is compared: no case, accents, punctuation, "ward" at its end; "&" is "and"."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    kept = (
        "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("'", "").replace("’", "")
    )
    words = re.sub(r"[^\w]+", " ", kept).split()
    if len(words) > 1 and words[-1] in ("ward", "division"):
        words.pop()
    return " ".join(words)


def matching(title: str, names: Iterable[str]) -> list[str]:
    """The names among ``names`` that ``title`` means: one when it is clear, none or several when it is not."""
    by_plain: dict[str, list[str]] = {}
    for name in names:
        by_plain.setdefault(plain(name), []).append(name)
    for attempt in (title, title.rpartition(" - ")[2], title.partition(",")[0]):
        found = by_plain.get(plain(attempt), [])
        if found:
            return found
    return []

"""A council's brand colour, and the colours that are readable with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PAPER = "#fcfaf6"
"""The page's ground; the same as ``--wm-paper`` in ``scss/_brand.scss``."""

INK = "#000000"
WHITE = "#ffffff"

MIN_TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA), for text of ordinary size."""

_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours made from a council's own: each pair of text and ground is readable."""

    ground: str
    """Bars and buttons: the council's colour as given."""
    text: str
    """Words on ``ground``."""
    strong: str
    """``ground`` under the pointer."""
    link: str
    """Links on the page's ground: the council's colour, darkened until it is readable there."""


def is_hex_colour(value: str) -> bool:
    return bool(_HEX.fullmatch(value))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def brand_from(colour: str) -> Brand:
    """The readable set for ``colour`` (``#rrggbb``).

    White or black is readable on any colour: the better of the two is never below 4.58.
    """
    text = WHITE if contrast(WHITE, colour) >= contrast(INK, colour) else INK
    # Under the pointer the ground moves away from its text, so that the pair stays readable.
    strong = _mix(colour, "#000000" if text == WHITE else "#ffffff", 0.25)
    link = colour
    while contrast(link, PAPER) < MIN_TEXT_CONTRAST:
        link = _mix(link, "#000000", 0.1)
    return Brand(ground=colour, text=text, strong=strong, link=link)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` in it."""
    mixed = (int(a * (1 - share) + b * share) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)

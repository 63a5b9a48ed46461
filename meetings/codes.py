"""Short codes that lead to a meeting's room: read aloud, typed on a phone, or scanned from the chamber's screen."""

from __future__ import annotations

import io
import re
import secrets

import segno

LETTERS = "CDFGHJKMNPQRTVWXY34679"
"""No vowels, so that no word comes about; none of 0 O, 1 I L, 2 Z, 5 S, 8 B and U, which are taken for one another."""

LENGTH = 4
"""22⁴ are 234,256 codes: decades of meetings, and short enough to shout."""

QUIET_ZONE = 4
"""Light modules around a QR code, as ISO/IEC 18004 asks."""

_NOT_TYPED = re.compile(r"[\s\-–.]")


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(LENGTH))


def typed_code(text: str) -> str:
    """A code as it was meant: capitals, without blanks and dashes; ``""`` when it cannot be one."""
    code = _NOT_TYPED.sub("", text).upper()
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else ""


def qr_svg(address: str) -> bytes:
    """A QR code of a web address as an SVG picture, black on white. 15% of it may be hidden (level M)."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        file, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return file.getvalue()

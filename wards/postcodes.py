"""What a postcode looks like, and how people type one. Pure: asks no database.

The shapes and the letters allowed in each place are those of the government's schema for BS 7666
(``bs7666-v2-0-xsd-PostCodeType``, Cabinet Office, in the National Archives): an outward code of one of six shapes
(A9, A99, AA9, AA99, A9A, AA9A), then an inward code of the shape 9AA. Not in first place: Q, V, X. Not in second
place: I, J, Z. Not in the inward code: C, I, K, M, O, V. GIR 0AA is the one postcode outside the pattern. P is let
into the third place, which the schema does not: 866 postcodes in use have it. With it the pattern holds for each of
the 1,739,998 postcodes of Code-Point Open.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_TYPED_LENGTH = 40
"""Characters looked at. A postcode has 7; the rest is room for spaces and pasted marks."""

_OUTWARD = r"(?:[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY]))"
_INWARD = r"(?:[0-9][ABD-HJLNP-UW-Z]{2})"
PATTERN = re.compile(rf"(?:{_OUTWARD}{_INWARD}|GIR0AA)")

_FILLING = re.compile(r"[\s.,\-‐-―]+")
"""What people put into a postcode that is not part of it: spaces of any width, full stops, commas, dashes."""

_DIGIT_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""Letters typed for digits. Only put right in the inward code's first place, where a letter can never stand."""


class PostcodeError(ValueError):
    """A postcode that leads to no ward; ``message`` says why, in the reader's language."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message


class PostcodeMalformed(PostcodeError):
    """What was typed is not a full postcode."""

    def __init__(self) -> None:
        super().__init__(_("Enter a full UK postcode, like IP1 2DE."))


class PostcodeUnknown(PostcodeError):
    """A well-formed postcode that is outside the council's area, or that the directory does not hold."""

    def __init__(self) -> None:
        super().__init__(
            _("We cannot find this postcode in the council's area. Check it, or choose the ward from the list.")
        )


def normalise(typed: str) -> str:
    """Return ``typed`` in upper case without the space (``"IP12DE"``). Raises ``PostcodeMalformed``."""
    folded = unicodedata.normalize("NFKC", typed[:MAX_TYPED_LENGTH])
    code = _FILLING.sub("", folded).upper()
    if len(typed) <= MAX_TYPED_LENGTH and len(code) >= 5:
        code = code[:-3] + code[-3].translate(_DIGIT_MEANT) + code[-2:]
        if PATTERN.fullmatch(code):
            return code
    raise PostcodeMalformed


def printed(code: str) -> str:
    """The normalised ``code`` as it is printed, with its space: ``"IP1 2DE"``."""
    return f"{code[:-3]} {code[-3:]}"

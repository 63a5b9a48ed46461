"""A guest's device: a signed cookie set by the room's page, so that support counts once without an account."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "room_guest"
COOKIE_SECONDS = 180 * 24 * 3600
"""Half a year: longer than a question waits for its answer."""

_signer = signing.TimestampSigner(salt="meetings.guests")


def guest_in(cookies: Mapping[str, str]) -> str:
    """The guest named by the cookie, or ``""`` when there is none, or it is forged or too old."""
    try:
        return _signer.unsign(cookies.get(COOKIE, ""), max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return ""


def give_guest_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie on a response to a visitor who has none."""
    if request.user.is_authenticated or guest_in(request.COOKIES):
        return
    response.set_cookie(
        COOKIE,
        _signer.sign(secrets.token_hex(16)),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

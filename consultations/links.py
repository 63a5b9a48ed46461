"""How a browser carries the secret of a link from the link's address to the pages it opens: by a cookie.

So the secret stands in no address that is bookmarked, passed on or told to another site.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from consultations.drafts import is_token

COOKIE = "wardmote_answers"

CARRIED_FOR = timedelta(hours=2)
"""As long as a receipt: a shared computer must not show one person's words to the next."""


def hand_over(answer: HttpResponse, slug: str, token: str) -> HttpResponse:
    """``answer``, whose browser opens what ``token`` opens, below one consultation's addresses; empty opens nothing."""
    for language, path in _paths(slug):
        answer.set_cookie(
            _name(language),
            token if is_token(token) else "",
            max_age=CARRIED_FOR,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def carried_by(request: HttpRequest) -> str:
    """The secret that a browser brings along; empty for none."""
    token = request.COOKIES.get(_name(get_language() or "en"), "")
    return token if is_token(token) else ""


def _paths(slug: str) -> Iterator[tuple[str, str]]:
    """The consultation's addresses in every language, so that changing language keeps what is open."""
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            yield code, reverse("consultations:respond", args=(slug,))


def _name(language: str) -> str:
    """One for each language: an answer can set a cookie's name only once."""
    return f"{COOKIE}_{language}"

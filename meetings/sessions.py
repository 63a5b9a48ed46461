"""Who a session belongs to now: asked anew for every command, since a socket outlives a sign-out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest

from meetings.business_queries import sitting
from wardmote.core.roles import is_officer


def user_of_session(session_key: str | None) -> AbstractBaseUser | AnonymousUser:
    """The active account signed in with a session, or nobody: signed out, deactivated, or its password changed."""
    if not session_key:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return auth.get_user(request)


def councillors_among(session_keys: Iterable[str], on: date) -> dict[str, int]:
    """Those of the sessions that belong to an account of somebody who holds a seat on a day, and which councillor."""
    accounts = {key: user_of_session(key).pk for key in session_keys}
    rows = sitting(on).filter(user__in=[pk for pk in accounts.values() if pk]).values_list("user", "pk")
    councillors = dict(rows)
    return {key: councillors[pk] for key, pk in accounts.items() if pk in councillors}


def officers_among(session_keys: Iterable[str]) -> set[str]:
    """Those of the sessions that still belong to an officer."""
    return {key for key in session_keys if is_officer(user_of_session(key))}

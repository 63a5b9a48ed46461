"""Who needs a second factor, and whether a session was opened with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from wardmote.core.roles import is_officer
from wards.models import Councillor

METHODS_KEY = "account_authentication_methods"
METHODS_USER_KEY = "account_authentication_methods_user"
"""Where allauth keeps, in the session, how somebody signed in, and who; as in ``allauth.account.internal.flows``."""


def has_seat(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the account belongs to a councillor, sitting or not: past ones may still open old papers."""
    return bool(user.is_authenticated and Councillor.objects.filter(user=user.pk).exists())


def needs_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Officers, councillors, and anybody who may enter the admin."""
    if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated:
        return False
    may_enter = user.is_staff or user.is_superuser or user.has_perm("wagtailadmin.access_admin")  # type: ignore
    return bool(may_enter or is_officer(user) or has_seat(user))


def gave_second_factor(session: Mapping[str, Any], user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether ``user`` gave a code from their second factor in this session, at sign-in or when they set it up."""
    if session.get(METHODS_USER_KEY) != user_id_to_str(user):
        return False
    methods = session.get(METHODS_KEY)
    return isinstance(methods, list) and any(one.get("method") == "mfa" for one in methods)

"""Who somebody is to the house, as one question asked in one place."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin

OFFICERS_GROUP = "Democratic services officers"
OFFICER_PERMISSION = "core.run_democratic_services"


def is_officer(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether ``user`` is a democratic services officer (makes a query the first time it is asked of a user)."""
    return isinstance(user, PermissionsMixin) and user.has_perm(OFFICER_PERMISSION)

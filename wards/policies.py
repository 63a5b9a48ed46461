"""Who may change wards and councillors in the admin: officers, but not everything."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from wagtail.permission_policies import ModelPermissionPolicy

from wardmote.core.roles import is_officer


class OfficerPolicy(ModelPermissionPolicy):
    """Officers may do ``for_officers`` without a permission per model; whoever holds a model's own may do more.

    Deleting is not for officers: feedback and history hang on wards and terms. A term is ended, not removed.
    """

    def __init__(self, model: type[Model], *, for_officers: Collection[str] = ("view", "add", "change")) -> None:
        super().__init__(model)
        self._for_officers = frozenset(for_officers)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return (action in self._for_officers and is_officer(user)) or super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

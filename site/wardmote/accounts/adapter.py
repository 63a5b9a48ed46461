"""How signing in speaks and where it leads."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wardmote.accounts.duties import has_seat, needs_second_factor
from wardmote.core.roles import is_officer


class AccountAdapter(DefaultAccountAdapter):
    """Officers land in the admin, councillors on their dashboard, residents on the front page in their language."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account has been closed. Ask the council for help."),
        "email_password_mismatch": _("The e-mail address or the password is not right. Check both and try again."),
        "enter_current_password": _("Enter the password you have now."),
        "incorrect_code": _("This is not the code we sent, or it is too old. Check it, or ask for a new one."),
        "incorrect_password": _("The password is not right. Try again."),
        "invalid_login": _("The e-mail address or the password is not right. Check both and try again."),
        "invalid_or_expired_key": _("This link has been used or is too old. Ask for a new one."),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
        "same_as_current": _("Enter one that differs from the present one."),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if is_officer(request.user):
            return reverse("wagtailadmin_home")
        if has_seat(request.user):
            return reverse("dashboards:index")
        return self.get_logout_redirect_url(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/cy/" if get_language() == "cy" else "/"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in within the last minutes is not asked for the same password twice."""
        return super().is_reauthentication_required(app=app, **kwargs) and not self._has_just_signed_in()

    def _has_just_signed_in(self) -> bool:
        since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(self.request, self.request.user)
        return any(record["at"] > since for record in records)

    def format_email_subject(self, subject: str) -> str:
        """Without a prefix: the subject itself says whose letter it is."""
        return subject


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Your account must keep its second step."),
        "incorrect_code": _("This is not the code your app shows now. Wait for the next one and enter that."),
        "unverified_email": _("Confirm your e-mail address first, then set up the second step."),
    }

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """Whoever needs a second step keeps it; a lost phone is for recovery codes, or an administrator."""
        return not needs_second_factor(authenticator.user)  # type: ignore[attr-defined]

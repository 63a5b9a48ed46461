"""Keeps officers and councillors out of everything until they gave a second factor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from wardmote.accounts.duties import gave_second_factor, needs_second_factor

OPEN_WITHOUT = frozenset(
    {
        "account_confirm_login_code",
        "account_email_verification_sent",
        "account_logout",
        "account_reauthenticate",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "brand_css",
        "health",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "security_txt",
        "wagtailadmin_logout",
    }
)
"""Names of the views that somebody may reach who should have a second factor and has not given it."""


class SecondFactorMiddleware:
    """Sends whoever needs a second factor to set it up or give it, and refuses everything else.

    It asks how the session was opened, not only whether a factor is set up: a sign-in by some other door, such as
    the admin's own, does not count.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.url_name in OPEN_WITHOUT:
            return None
        if not needs_second_factor(request.user) or gave_second_factor(request.session, request.user):
            return None
        if request.method not in {"GET", "HEAD"} or request.headers.get("x-requested-with") == "XMLHttpRequest":
            return render(request, "403.html", {"needs_second_factor": True}, status=403)
        if not is_mfa_enabled(request.user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


class SecondFactorSocketMiddleware:
    """The same on sockets: until the second factor is given, an officer is a guest there."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not await self._may_act(scope):
            scope = {**scope, "user": AnonymousUser()}
        await self.app(scope, receive, send)

    @database_sync_to_async
    def _may_act(self, scope: dict[str, Any]) -> bool:
        user = scope["user"]
        return not needs_second_factor(user) or gave_second_factor(scope["session"], user)

"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class AdminContentSecurityPolicyMiddleware:
    """Loosens the content security policy under Wagtail's admin, whose editor still has inline scripts and styles.

    Stands right after django-csp's middleware, which reads what is set here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(reverse("wagtailadmin_home")):
            # django-csp reads this attribute.
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

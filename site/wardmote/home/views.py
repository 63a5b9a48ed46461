"""Small public views: the council's colours, health, where to report a security fault, errors."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from wardmote.core.health import check_health
from wardmote.home.models import CouncilBranding

SECURITY_TXT_LIFE = timedelta(days=180)
"""How long a reader may rely on security.txt; RFC 9116 recommends less than a year."""


@require_safe
@cache_control(public=True, max_age=3600)
def brand_css(request: HttpRequest) -> HttpResponse:
    """The council's colours as custom properties. Its address holds the colour, so a change is seen at once."""
    brand = CouncilBranding.for_request(request).brand
    return render(request, "home/brand.css", {"brand": brand}, content_type="text/css; charset=utf-8")


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when database and channel layer answer, else 503."""
    found = check_health()
    return JsonResponse(asdict(found), status=200 if found.is_well else 503)


@require_safe
@cache_control(public=True, max_age=86_400)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a security fault (RFC 9116); 404 until the council set an address for help."""
    branding = CouncilBranding.for_request(request)
    if not branding.contact_email:
        raise Http404
    expires = (timezone.now() + SECURITY_TXT_LIFE).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{branding.contact_email}",
        f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: en, cy",
        f"Canonical: {settings.CONFIG.base_url}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its token: almost always a page that was open for very long, or blocked cookies."""
    return render(request, "403_csrf.html", status=403)

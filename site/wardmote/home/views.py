"""Small public views: the council's colours, health, where to report a security fault."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from wardmote.home.models import CouncilBranding


@require_safe
@cache_control(public=True, max_age=3600)
def brand_css(request: HttpRequest) -> HttpResponse:
    """The council's colours as custom properties. Its address holds the colour, so a change is seen at once."""
    brand = CouncilBranding.for_request(request).brand
    return render(request, "home/brand.css", {"brand": brand}, content_type="text/css; charset=utf-8")

"""The page that says what the council listens to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sentiment.queries import heard_sources


def sources(request: HttpRequest) -> HttpResponse:
    """What we listen to: the notice that Article 14 of the UK GDPR asks for, made from the sources themselves."""
    return render(request, "sentiment/sources.html", {"sources": heard_sources()})

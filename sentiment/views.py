"""The public pages that say what the council listens to and how a machine reads it."""

from __future__ import annotations

from importlib import resources

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sentiment import nlp
from sentiment.queries import heard_sources
from sentiment.words import READERS

MODEL_CARD = resources.files(nlp) / "weights" / "CARD.md"


def sources(request: HttpRequest) -> HttpResponse:
    """What we listen to: the notice that Article 14 of the UK GDPR asks for, made from the sources themselves."""
    return render(request, "sentiment/sources.html", {"sources": heard_sources()})


def reading(request: HttpRequest) -> HttpResponse:
    """How the machine reads: what its readers are, what they cannot do, and who has the last word."""
    context = {"reader": READERS[settings.CONFIG.reader_tier], "has_card": MODEL_CARD.is_file()}
    return render(request, "sentiment/reading.html", context)


def model_card(request: HttpRequest) -> HttpResponse:
    """The model card as it was written: data, licences, measured figures."""
    if not MODEL_CARD.is_file():
        raise Http404
    return HttpResponse(MODEL_CARD.read_text(encoding="utf-8"), content_type="text/plain; charset=utf-8")

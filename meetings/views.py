"""Pages of the live room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from meetings.models import Room
from meetings.queries import published


def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room of a meeting, with the questions a reader may see."""
    found = get_object_or_404(Room.objects.select_related("meeting__body"), pk=pk, meeting__live=True)
    return render(request, "meetings/room.html", {"room": found, "questions": published(found)})

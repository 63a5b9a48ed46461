"""Polls to take away as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import docx
from meetings.desk import officers_only
from meetings.models import Room
from meetings.poll_cards import Card, cards, officers_cards
from meetings.poll_exports import PollSheet, as_csv, as_docx, as_json
from meetings.services import Actor
from meetings.views import find_public_room, meeting_in_language

FORMATS: dict[str, tuple[Callable[[PollSheet], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "docx": (as_docx, docx.MEDIA_TYPE),
}
"""What polls can be taken away as: how it is made, and its media type."""


@never_cache
@require_safe
def public_polls(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The meeting's polls with the results that everybody may see, as a file."""
    room = find_public_room(request, pk)
    return _file(room, cards(room, voter=""), kind, "polls")


@require_safe
@officers_only
def all_polls(request: HttpRequest, room: Room, actor: Actor, kind: str) -> HttpResponse:
    """Every poll with how it stands, drafts too, as a file. There is nobody's name in it."""
    return _file(room, officers_cards(room), kind, "all-polls")


def _file(room: Room, shown: Sequence[Card], kind: str, name: str) -> HttpResponse:
    if kind not in FORMATS:
        raise Http404
    make, media_type = FORMATS[kind]
    sheet = PollSheet(
        meeting=meeting_in_language(room),
        cards=shown,
        language=get_language() or settings.LANGUAGE_CODE,
        made_at=timezone.now(),
    )
    response = HttpResponse(make(sheet), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}-{room.meeting.slug}.{kind}"'
    return response

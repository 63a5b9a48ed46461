"""A meeting's decisions and votes to take away."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import docx
from meetings.business_page import queue_of
from meetings.decisions import Decisions, as_csv, as_docx, as_json
from meetings.motions_page import public_motions
from meetings.views import agenda_of, find_public_room, meeting_in_language

FORMATS: dict[str, tuple[Callable[[Decisions], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "docx": (as_docx, docx.MEDIA_TYPE),
}
"""What decisions can be taken away as: how it is made, and its media type."""


@never_cache
@require_safe
def decisions(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """What was declared, moved and decided, with how each councillor voted, as a file for everybody."""
    room = find_public_room(request, pk)
    if kind not in FORMATS:
        raise Http404
    make, media_type = FORMATS[kind]
    meeting, now = meeting_in_language(room), timezone.now()
    done = public_motions(room)
    sheet = Decisions(
        meeting=meeting,
        declarations=done["declarations"],
        motions=done["motions"],
        spoken=queue_of(room, now).spoken,
        agenda={item["pk"]: str(item["words"]) for item in agenda_of(room, meeting)},
        language=get_language() or settings.LANGUAGE_CODE,
        made_at=now,
    )
    response = HttpResponse(make(sheet), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="decisions-{room.meeting.slug}.{kind}"'
    return response

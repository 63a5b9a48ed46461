"""What officers take away from a meeting's desk: its record with the checker, the questions and answers."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from meetings import check_record, record
from meetings.desk import officers_only
from meetings.models import Room
from meetings.services import Actor

CHECKER = Path(check_record.__file__)


@require_safe
@officers_only
def meeting_record(request: HttpRequest, room: Room, actor: Actor) -> StreamingHttpResponse:
    """The meeting's record, chained, as JSON Lines."""
    response = StreamingHttpResponse(record.export_lines(room), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="record-{room.meeting.slug}.jsonl"'
    return response


@require_safe
@officers_only
def record_checker(request: HttpRequest, room: Room, actor: Actor) -> FileResponse:
    """The stand-alone checker, for whoever is given the record."""
    return FileResponse(CHECKER.open("rb"), as_attachment=True, content_type="text/x-python; charset=utf-8")

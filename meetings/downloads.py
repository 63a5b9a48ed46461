"""What officers take away from a meeting's desk: its record with the checker, the questions and answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from meetings import check_record, docx, record
from meetings.desk import officers_only
from meetings.enums import QuestionState
from meetings.exports import Sheet, as_csv, as_docx, as_json
from meetings.models import PublicQuestion, Room
from meetings.queries import moderated, published
from meetings.services import Actor
from meetings.views import agenda_of, find_public_room, meeting_in_language

CHECKER = Path(check_record.__file__)

EXPORT_ACTION = "meetings.export_questions"

FORMATS: dict[str, tuple[Callable[[Sheet], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "docx": (as_docx, docx.MEDIA_TYPE),
}
"""What questions can be taken away as: how it is made, and its media type."""


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


@never_cache
@require_safe
def public_questions(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """What everybody may read of a meeting's questions, most supported first, as a file."""
    room = find_public_room(request, pk)
    questions = published(room).order_by("-support", "-published_at", "-pk")  # type: ignore[misc]
    return _file(room, list(questions), kind, is_officers=False)


@require_safe
@officers_only
def all_questions(request: HttpRequest, room: Room, actor: Actor, kind: str) -> HttpResponse:
    """Every question with who asked it and why it is not published, oldest first, as a file. Who took it is logged."""
    questions = list(moderated(room, *QuestionState))
    response = _file(room, questions, kind, is_officers=True)
    log(room.meeting, EXPORT_ACTION, user=actor.user, data={"format": kind, "questions": len(questions)})
    return response


def _file(room: Room, questions: list[PublicQuestion], kind: str, *, is_officers: bool) -> HttpResponse:
    if kind not in FORMATS:
        raise Http404
    make, media_type = FORMATS[kind]
    meeting = meeting_in_language(room)
    sheet = Sheet(
        meeting=meeting,
        questions=questions,
        agenda={item["pk"]: str(item["words"]) for item in agenda_of(room, meeting)},
        is_officers=is_officers,
        language=get_language() or settings.LANGUAGE_CODE,
        made_at=timezone.now(),
    )
    response = HttpResponse(make(sheet), content_type=media_type)
    name = f"{'all-questions' if is_officers else 'questions'}-{room.meeting.slug}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

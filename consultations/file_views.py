"""Files on their way in with a form, and on their way out to officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.answer_fields import field_name
from consultations.file_types import FileRefused, Refusal
from consultations.kinds import Question
from consultations.kinds.files import FileHeld, Files
from consultations.models import ConsultationPage, Draft, Upload
from consultations.services import ConsultationClosed, ConsultationNotOpen
from consultations.uploads import (
    FileEmpty,
    FileTooLarge,
    TooManyFiles,
    TooMuchTogether,
    UploadRefused,
    take_away,
    take_in,
)
from wardmote.core.limits import Limit, address_of, is_within

FILES_FROM_ADDRESS = Limit("answer-files", 300, 3_600)
"""From one address: a library's computers on the last day, each with a picture or two."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was posted, with the files that came along held in its fields, and what was wrong with others by field."""

    data: QueryDict
    refused: dict[str, list[str]]


def take_files(request: HttpRequest, consultation: ConsultationPage, survey: Sequence[Question]) -> Taken:
    """Take in the files of a form that was posted. Those that were ticked to go are held no more; see ``clear_away``."""
    asked = [question for question in survey if isinstance(question, Files)]
    if not asked:
        return Taken(request.POST, {})
    data, refused = request.POST.copy(), dict[str, list[str]]()
    key = _uuid(data.get("key", ""))
    if key is None:
        # A form without its key was tampered with: there is nothing to tie a file to.
        lost = [_lost(each.name or "") for name in request.FILES for each in request.FILES.getlist(name)]
        return Taken(data, {field_name(asked[0]): lost} if lost else {})
    rows = Upload.objects.filter(consultation=consultation, key=key).values_list("pk", flat=True)
    known = {str(each) for each in rows}
    for question in asked:
        name, removed = field_name(question), data.getlist(f"remove-{question.id}")
        held = [each for value in data.getlist(name) if (each := FileHeld.read(value))]
        problems = [_lost(each.name) for each in held if each.id not in known]
        held = [each for each in held if each.id in known and each.id not in removed]
        for field, file_name in getattr(request, "files_too_large", ()):
            if field == f"file-{question.id}":
                problems.append(_say(FileTooLarge(), file_name, question))
        for file in request.FILES.getlist(f"file-{question.id}"):
            if not is_within(FILES_FROM_ADDRESS, address_of(request)):
                problems.append(
                    _("Too many files came in a short time. Wait an hour, then add “%(name)s” again")
                    % {"name": file.name}
                )
                continue
            try:
                upload = take_in(
                    consultation=consultation,
                    key=key,
                    question=question,
                    held=len(held),
                    going=removed,
                    file=file,
                    taken_at=timezone.now(),
                )
            except (UploadRefused, FileRefused) as wrong:
                problems.append(_say(wrong, file.name or "", question))
            except (ConsultationClosed, ConsultationNotOpen):
                break  # the form says so of everything
            else:
                held.append(FileHeld(str(upload.pk), upload.size_bytes, upload.name))
        if held or name in data:
            data.setlist(name, [each.value for each in held])
        if problems:
            refused[name] = problems
    return Taken(data, refused)


def clear_away(request: HttpRequest, consultation: ConsultationPage) -> None:
    """Take away the files that were ticked in a form, once the form was taken, but those that its draft holds."""
    ticked = {each for name in request.POST if name.startswith("remove-") for each in request.POST.getlist(name)}
    key = _uuid(request.POST.get("key", ""))
    if not ticked or key is None:
        return
    draft = Draft.objects.filter(consultation=consultation.canonical(), key=key).first()
    values = [value for values in draft.fields.values() for value in values] if draft else []
    held = {each.id for value in values if (each := FileHeld.read(value))}
    take_away(consultation=consultation, key=key, upload_ids=ticked - held)


def _lost(name: str) -> str:
    return _("“%(name)s” is not here any more. Add it again") % {"name": name}


def _say(wrong: Exception, name: str, question: Files) -> str:
    said = {"name": name, "question": question.wording, "limits": question.say_limits()}
    match wrong:
        case FileTooLarge():
            message = _("“%(name)s” is too large. %(limits)s")
        case FileEmpty():
            message = _("“%(name)s” is empty. Choose another file")
        case TooManyFiles():
            message = _("“%(name)s” is one too many for “%(question)s”. Take another away first. %(limits)s")
        case TooMuchTogether():
            message = _("With “%(name)s” your files have more than we can take. Make them smaller, or send fewer")
        case FileRefused(refusal=Refusal.UNKNOWN):
            message = _("“%(name)s” is not of a kind we can take. %(limits)s")
        case FileRefused(refusal=Refusal.LOCKED):
            message = _("“%(name)s” is locked by a password. Save it without one, and add it again")
        case FileRefused(refusal=Refusal.ACTIVE):
            message = _("“%(name)s” holds scripts, macros or other files. Print it to a PDF, and add that")
        case FileRefused(refusal=Refusal.BOMB):
            message = _("“%(name)s” unpacks to more than we can take. Make it smaller, and add it again")
        case _:
            message = _("“%(name)s” is damaged: we could not read it. Save it once more, and add it again")
    return message % said


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

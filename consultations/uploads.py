"""Verbs on files that respondents send: take one in, take it away, forget those that nothing holds."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from consultations.file_types import FileType, make_safe
from consultations.kinds.files import MAX_FILE_BYTES, MAX_TOTAL_BYTES, Files
from consultations.models import ConsultationPage, Draft, Upload
from consultations.models.uploads import path_of
from consultations.services import refuse_unless_open
from wardmote.core.text import clean_text

UNHELD_FOR = timedelta(days=1)
"""How long a file stays that belongs to no response and no draft: somebody may still have its form open."""

MAX_NAME = 100

FILE_MODE = 0o600
FOLDER_MODE = 0o700


class UploadRefused(Exception):
    """A file was not taken in; nothing of it is kept."""


class FileTooLarge(UploadRefused):
    """It has more than ``MAX_FILE_BYTES``."""


class FileEmpty(UploadRefused):
    """It has no bytes."""


class TooManyFiles(UploadRefused):
    """The question has as many as it takes."""


class TooMuchTogether(UploadRefused):
    """With it, the files of this form would have more than ``MAX_TOTAL_BYTES``."""


@transaction.atomic
def take_in(
    *,
    consultation: ConsultationPage,
    key: UUID,
    question: Files,
    held: int,
    file: UploadedFile,
    taken_at: datetime,
    going: Collection[str] = (),
) -> Upload:
    """Keep ``file`` for the form with ``key``, whose answer to ``question`` holds ``held`` files already.

    ``going`` are ids of files that the same form takes away. They count no more towards ``MAX_TOTAL_BYTES``.
    Raises ``UploadRefused``, ``FileRefused`` for what it is or holds, ``ConsultationNotOpen`` and
    ``ConsultationClosed``.
    """
    consultation = consultation.canonical()
    refuse_unless_open(consultation, taken_at)
    if held >= question.at_most:
        raise TooManyFiles
    size = file.size or 0
    if not size:
        raise FileEmpty
    if size > MAX_FILE_BYTES:
        raise FileTooLarge
    kind, redrawn = make_safe(_stream(file), question.types)
    size = size if redrawn is None else len(redrawn)
    staying = Upload.objects.filter(consultation=consultation, key=key).exclude(pk__in=_ids(going))
    together = staying.aggregate(sum=Sum("size_bytes"))["sum"] or 0
    if together + size > MAX_TOTAL_BYTES:
        raise TooMuchTogether
    upload_id = uuid4()
    _write(path_of(upload_id), _stream(file), redrawn)
    return Upload.objects.create(
        id=upload_id,
        consultation=consultation,
        key=key,
        question_id=question.id,
        name=safe_name(file.name or "", kind),
        content_type=kind.content_type,
        size_bytes=size,
        uploaded_at=taken_at,
    )


@transaction.atomic
def take_away(*, consultation: ConsultationPage, key: UUID, upload_ids: Collection[str]) -> None:
    """Delete files of a form that is not sent yet."""
    unsent = Upload.objects.filter(consultation=consultation.canonical(), key=key, response__isnull=True)
    unsent.filter(pk__in=_ids(upload_ids)).delete()


@transaction.atomic
def forget_uploads(moment: datetime) -> int:
    """Delete files that belong to no response and no draft, and bytes on disk that no row knows: how many rows."""
    draft = Draft.objects.filter(consultation=OuterRef("consultation"), key=OuterRef("key"))
    old = Upload.objects.filter(response__isnull=True, uploaded_at__lte=moment - UNHELD_FOR)
    count, _by_model = old.exclude(Exists(draft)).delete()
    _sweep(moment)
    return count


def safe_name(given: str, kind: FileType) -> str:
    """The sender's name for a file without folders and control characters, with the extension of what it is."""
    name = clean_text(given.replace("\\", "/").rpartition("/")[2], limit=1_000)
    stem = "".join(each for each in name if each.isprintable()).strip(" .")
    stem = stem.rpartition(".")[0].strip(" .") or stem if "." in stem else stem
    return f"{stem[:MAX_NAME] or 'file'}.{kind.extension}"


def delete_bytes(upload: Upload) -> None:
    """Delete an upload's bytes once its row's deletion is certain."""
    path = upload.path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _stream(file: UploadedFile) -> IO[bytes]:
    stream: IO[bytes] = file.file  # type: ignore[assignment]  # a file that came is open
    stream.seek(0)
    return stream


def _write(path: Path, stream: IO[bytes], redrawn: bytes | None) -> None:
    """Write whole or not at all, readable by the site alone."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as out:
        if redrawn is not None:
            out.write(redrawn)
        else:
            while chunk := stream.read(1 << 16):
                out.write(chunk)
    beside.replace(path)


def _sweep(moment: datetime) -> None:
    """Delete old bytes that no row knows: a transaction that failed leaves some behind."""
    folder: Path = settings.ANSWER_FILES_DIR
    for part in folder.glob("??"):
        old = [path for path in part.iterdir() if _written_at(path) <= moment - UNHELD_FOR]
        ids = {path: UUID(path.stem) for path in old if _is_uuid(path.stem)}
        known = set(Upload.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        for path in old:
            if path.suffix or ids.get(path) not in known:
                path.unlink(missing_ok=True)


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _ids(texts: Collection[str]) -> list[str]:
    return [each for each in texts if _is_uuid(each)]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

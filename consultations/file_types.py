"""What may be sent as a file: told from the bytes, never from the name, and made safe to keep.

Nothing here knows Django. Pictures are drawn anew, so that neither a place nor anything hidden beside them stays.
Documents are looked at and kept as they are: this is no virus scanner, and nothing is ever shown in a browser.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 60_000_000
"""More than any telephone's camera makes in its usual setting, and 180 MB while it is drawn anew."""

MAX_SIDE = 4_000
"""Pixels: a larger picture is made smaller. Enough for A3 at 240 dots an inch."""

JPEG_QUALITY = 88

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 150_000_000
MAX_RATIO = 200
"""Unpacked bytes for one packed. Text in office documents comes to about 20, a bomb to 1,000 and more."""

CHUNK_BYTES = 1 << 16

PDF_TAIL_BYTES = 2_048
"""Within which the end mark must stand (Adobe's readers look at the last 1,024 bytes)."""


class Refusal(StrEnum):
    """Why a file is not kept."""

    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    BOMB = "bomb"


class FileRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Family(StrEnum):
    """What an officer allows at once."""

    PICTURES = "pictures"
    PDF = "pdf"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class FileType:
    family: Family
    extension: str
    content_type: str


JPEG = FileType(Family.PICTURES, "jpg", "image/jpeg")
PNG = FileType(Family.PICTURES, "png", "image/png")
WEBP = FileType(Family.PICTURES, "webp", "image/webp")
PDF = FileType(Family.PDF, "pdf", "application/pdf")
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
DOCX = FileType(Family.OFFICE, "docx", f"{_OPEN_XML}wordprocessingml.document")
XLSX = FileType(Family.OFFICE, "xlsx", f"{_OPEN_XML}spreadsheetml.sheet")
ODT = FileType(Family.OFFICE, "odt", f"{_OPEN_DOCUMENT}text")
ODS = FileType(Family.OFFICE, "ods", f"{_OPEN_DOCUMENT}spreadsheet")

TYPES = (JPEG, PNG, WEBP, PDF, DOCX, XLSX, ODT, ODS)
"""Everything there is. HTML and SVG run scripts, old office files hold macros, other archives hide what is in them."""

_PICTURE_FORMATS = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
_OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_ACTIVE_PARTS = re.compile(
    r"(?:^|/)(?:vbaproject\.bin|vbadata\.xml)$|(?:^|/)(?:embeddings|activex|basic|scripts)/", re.I
)
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def types_of(families: Iterable[str]) -> tuple[FileType, ...]:
    """The types of the families named, in a fixed order."""
    named = set(families)
    return tuple(each for each in TYPES if each.family in named)


def make_safe(file: IO[bytes], allowed: Iterable[FileType]) -> tuple[FileType, bytes | None]:
    """The type that ``file``'s bytes show, and new bytes to keep instead of its own, or None to keep them as they are.

    ``file`` can be read from its start again and again. Raises ``FileRefused``.
    """
    allowed = tuple(allowed)
    file.seek(0)
    start = file.read(16)
    if start.startswith(_PICTURE_STARTS):
        found, kept = _picture(file)
    elif start.startswith(b"%PDF-"):
        found, kept = _pdf(file), None
    elif start.startswith(b"PK\x03\x04"):
        found, kept = _office(file), None
    else:
        raise FileRefused(Refusal.UNKNOWN)
    if found not in allowed:
        raise FileRefused(Refusal.UNKNOWN)
    return found, kept


def _picture(file: IO[bytes]) -> tuple[FileType, bytes]:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=tuple(_PICTURE_FORMATS)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise FileRefused(Refusal.BOMB)
                found = _PICTURE_FORMATS[str(picture.format)]
                picture.load()
                upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise FileRefused(Refusal.BOMB) from bomb
    except UnidentifiedImageError as unknown:
        raise FileRefused(Refusal.UNKNOWN) from unknown
    except (OSError, ValueError, SyntaxError, EOFError, TypeError) as damaged:
        raise FileRefused(Refusal.DAMAGED) from damaged
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    return found, _drawn_anew(upright, found)


def _drawn_anew(picture: Image.Image, kind: FileType) -> bytes:
    """The picture's points and nothing else: no EXIF, no comment, no colour profile, one frame."""
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    clean = picture.convert("RGBA" if has_alpha and kind != JPEG else "RGB")
    clean.info = {}
    out = io.BytesIO()
    if kind == PNG:
        clean.save(out, "PNG", optimize=False)
    else:
        clean.save(out, "JPEG" if kind == JPEG else "WEBP", quality=JPEG_QUALITY)
    return out.getvalue()


def _pdf(file: IO[bytes]) -> FileType:
    file.seek(0)
    content = file.read()
    if b"%%EOF" not in content[-PDF_TAIL_BYTES:]:
        raise FileRefused(Refusal.DAMAGED)
    if b"/Encrypt" in content:
        raise FileRefused(Refusal.LOCKED)
    if _ACTIVE_PDF.search(content):
        raise FileRefused(Refusal.ACTIVE)
    return PDF


def _office(file: IO[bytes]) -> FileType:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise FileRefused(Refusal.BOMB)
            found = _office_type(archive, entries)
            for entry in entries:
                if entry.flag_bits & 0x1:
                    raise FileRefused(Refusal.LOCKED)
                if _ACTIVE_PARTS.search(entry.filename):
                    raise FileRefused(Refusal.ACTIVE)
            _unpack_within_limits(archive, entries)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as damaged:
        raise FileRefused(Refusal.DAMAGED) from damaged
    except zipfile.zlib.error as damaged:  # type: ignore[attr-defined]  # zipfile lets it through
        raise FileRefused(Refusal.DAMAGED) from damaged
    return found


def _office_type(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> FileType:
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        for part, kind in _OFFICE_PARTS.items():
            if part in names:
                return kind
    # OpenDocument: the type stands first and unpacked (OpenDocument 1.3, part 2, 3.3).
    if entries and entries[0].filename == "mimetype" and entries[0].file_size < 100:
        told = archive.read(entries[0])
        for kind in (ODT, ODS):
            if told == kind.content_type.encode():
                return kind
    raise FileRefused(Refusal.UNKNOWN)


def _unpack_within_limits(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read every entry once, and count what really comes out: an archive may lie about its sizes."""
    packed = sum(entry.compress_size for entry in entries) or 1
    most = min(MAX_UNPACKED_BYTES, packed * MAX_RATIO)
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK_BYTES):
                unpacked += len(chunk)
                if unpacked > most:
                    raise FileRefused(Refusal.BOMB)

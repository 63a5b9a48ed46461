"""Files as people send them, and as nobody should."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GPS_TAG, ORIENTATION_TAG, COPYRIGHT_TAG = 0x8825, 0x0112, 0x8298


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), *, is_turned: bool = False) -> bytes:
    """A picture with a place, a name and (``is_turned``) an orientation in its EXIF data."""
    image = Image.new("RGB", size, "#14345c")
    exif = Image.Exif()
    exif[COPYRIGHT_TAG] = "Siân Secret"
    exif.get_ifd(GPS_TAG).update({1: "N", 2: (52.0, 3.0, 21.0), 3: "E", 4: (1.0, 9.0, 5.0)})
    if is_turned:
        exif[ORIENTATION_TAG] = 6
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def archive(parts: dict[str, bytes], *, is_packed: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    words = b"<w:document>More seats, please.</w:document>"
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": words, **more})


def odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        made.writestr("content.xml", "<office:document-content/>", zipfile.ZIP_DEFLATED)
    return out.getvalue()

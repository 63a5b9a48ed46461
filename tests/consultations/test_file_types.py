"""What is taken in is told from the bytes, and nothing hidden stays in a picture."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from consultations import file_types
from consultations.file_types import (
    DOCX,
    JPEG,
    ODT,
    PDF,
    PNG,
    TYPES,
    WEBP,
    XLSX,
    Family,
    FileRefused,
    Refusal,
    make_safe,
    types_of,
)
from tests.consultations import file_samples as files


def found(content: bytes, allowed=TYPES):
    return make_safe(io.BytesIO(content), allowed)


def refusal(content: bytes, allowed=TYPES) -> Refusal:
    with pytest.raises(FileRefused) as refused:
        found(content, allowed)
    return refused.value.refusal


@pytest.mark.parametrize(("kind", "told"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_a_picture_is_drawn_anew_without_place_or_name(kind, told):
    sent = files.picture(kind)
    assert files.GPS_TAG in Image.open(io.BytesIO(sent)).getexif()
    kind_found, kept = found(sent)
    assert kind_found == told
    drawn = Image.open(io.BytesIO(kept))
    assert (drawn.format, drawn.size, dict(drawn.getexif()), drawn.info.get("exif")) == (kind, (40, 20), {}, None)
    assert b"Secret" in sent
    assert b"Secret" not in kept


def test_a_picture_stands_upright_once_its_orientation_is_gone():
    assert Image.open(io.BytesIO(found(files.picture(is_turned=True))[1])).size == (20, 40)


def test_what_hides_behind_a_pictures_end_is_gone():
    assert files.HTML not in found(files.picture() + files.HTML)[1]


def test_a_very_large_picture_is_made_smaller(monkeypatch):
    monkeypatch.setattr(file_types, "MAX_SIDE", 10)
    assert Image.open(io.BytesIO(found(files.picture())[1])).size == (10, 5)


@pytest.mark.parametrize(
    ("content", "told"),
    [(files.PDF, PDF), (files.docx(), DOCX), (files.odt(), ODT)],
    ids=["pdf", "docx", "odt"],
)
def test_a_document_is_kept_as_it_is(content, told):
    assert found(content) == (told, None)


def test_a_table_is_told_from_a_text():
    table = files.archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert found(table) == (XLSX, None)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (files.HTML, Refusal.UNKNOWN),
        (files.SVG, Refusal.UNKNOWN),
        (b"MZ\x90\x00 program", Refusal.UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old office", Refusal.UNKNOWN),
        (b"GIF89a<script>alert(1)</script>", Refusal.UNKNOWN),
        (files.archive({"anything.html": files.HTML}), Refusal.UNKNOWN),
        (files.archive({"mimetype": b"text/html"}, is_packed=False), Refusal.UNKNOWN),
        (files.picture()[:200], Refusal.DAMAGED),
        (files.PDF[:-7], Refusal.DAMAGED),
        (files.docx()[:-30], Refusal.DAMAGED),
        (files.PDF.replace(b"/Type", b"/Encrypt 2 0 R /Type"), Refusal.LOCKED),
        (files.PDF.replace(b"/Type", b"/OpenAction<</S/JavaScript/JS(1)>>/Type"), Refusal.ACTIVE),
        (files.docx(**{"word/vbaProject.bin": b"macro"}), Refusal.ACTIVE),
        (files.docx(**{"word/embeddings/any.bin": b"more"}), Refusal.ACTIVE),
        (files.docx(**{"word/media/zeros": bytes(20_000_000)}), Refusal.BOMB),
    ],
)
def test_what_nobody_should_open_is_refused(content, told):
    assert refusal(content) == told


def test_an_archive_that_lies_about_its_sizes_is_refused():
    honest = files.docx(**{"word/media/zeros": bytes(5_000_000)})
    told_size = (5_000_000).to_bytes(4, "little")
    assert honest.count(told_size) == 2
    assert refusal(honest.replace(told_size, (10).to_bytes(4, "little"))) in (Refusal.BOMB, Refusal.DAMAGED)


def test_an_archive_of_very_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(file_types, "MAX_ENTRIES", 2)
    assert refusal(files.docx(**{"word/more.xml": b""})) == Refusal.BOMB


def test_a_locked_archive_is_refused():
    content = bytearray(files.docx())
    for start in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
        content[start] |= 1  # the bit that says that an entry is encrypted
    assert refusal(bytes(content)) == Refusal.LOCKED


def test_a_picture_of_too_many_points_is_not_drawn(monkeypatch):
    monkeypatch.setattr(file_types, "MAX_PIXELS", 40 * 20 - 1)
    assert refusal(files.picture()) == Refusal.BOMB


def test_only_what_an_officer_allows_is_taken():
    assert refusal(files.PDF, types_of([Family.PICTURES])) == Refusal.UNKNOWN
    assert found(files.PDF, types_of([Family.PDF])) == (PDF, None)
    assert types_of(["nonsense"]) == ()


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"PK\x03\x04", b"RIFF"]),
)
def test_whatever_comes_is_told_or_refused(content, start):
    try:
        kind, _kept = found(start + content)
    except FileRefused:
        return
    assert kind in TYPES


@given(st.data())
def test_a_document_with_any_byte_changed_is_told_or_refused(data):
    content = bytearray(files.docx())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        kind, _kept = found(bytes(content))
    except FileRefused:
        return
    assert kind in TYPES
    assert zipfile.is_zipfile(io.BytesIO(content))

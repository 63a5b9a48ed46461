"""A Word document (Office Open XML, ECMA-376) of headings and paragraphs, with nothing but the standard library.

A title, headings of two levels and plain or labelled paragraphs are all that a list of questions needs. Headings are
real ones and the language is set, so that a screen reader finds its way.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold at all, escaped or not."""


class Style(StrEnum):
    """How a paragraph looks; each is a style of the document by this name."""

    TITLE = "Title"
    HEADING = "Heading1"
    SUBHEADING = "Heading2"
    BODY = "Normal"
    NOTE = "Note"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: an optional bold label, then text whose line breaks are kept."""

    text: str
    style: Style = Style.BODY
    label: str = ""


def document(*, title: str, language: str, made_at: datetime, paragraphs: Iterable[Paragraph]) -> bytes:
    """The file. ``language`` is a BCP 47 tag ("en-GB"); ``made_at`` is timezone-aware."""
    body = "".join(_paragraph(paragraph) for paragraph in (Paragraph(title, Style.TITLE), *paragraphs))
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" '
    page += 'w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'  # A4, in twentieths of a point
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": _properties(title, language, made_at),
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "word/document.xml": f'{_XML}<w:document xmlns:w="{_W}"><w:body>{body}{page}</w:body></w:document>',
        "word/styles.xml": _styles(language),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # A fixed date, so that the same questions make the same file.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content.encode())
    return file.getvalue()


def _paragraph(paragraph: Paragraph) -> str:
    label = f"<w:r><w:rPr><w:b/></w:rPr>{_text(paragraph.label)}</w:r>" if paragraph.label else ""
    lines = _text(("\u00a0" if label else "") + paragraph.text) if paragraph.text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{paragraph.style}"/></w:pPr>{label}<w:r>{lines}</w:r></w:p>'


def _text(text: str) -> str:
    """Text of a run; its line breaks are breaks of the run."""
    lines = [f'<w:t xml:space="preserve">{_clean(line)}</w:t>' for line in text.split("\n")]
    return "<w:br/>".join(lines)


def _clean(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


def _properties(title: str, language: str, made_at: datetime) -> str:
    at = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_clean(title)}</dc:title><dc:language>{_clean(language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created></cp:coreProperties>'
    )


def _styles(language: str) -> str:
    def style(name: Style, shown: str, before: int, size: int, *, bold: bool, level: int | None = None) -> str:
        kept = "<w:keepNext/>" if level is not None else ""
        outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
        based = "" if name is Style.BODY else '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
        first = ' w:default="1"' if name is Style.BODY else ""
        return (
            f'<w:style w:type="paragraph"{first} w:styleId="{name}"><w:name w:val="{shown}"/>{based}<w:qFormat/>'
            f'<w:pPr>{kept}<w:spacing w:before="{before}" w:after="120"/>{outline}</w:pPr>'
            f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/></w:rPr></w:style>'
        )

    defaults = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>'
        f'<w:sz w:val="24"/><w:lang w:val={quoteattr(language)}/></w:rPr></w:rPrDefault></w:docDefaults>'
    )
    # Sizes in half points, spacing in twentieths of a point.
    styles = (
        style(Style.BODY, "Normal", 0, 24, bold=False),
        style(Style.TITLE, "Title", 0, 44, bold=True),
        style(Style.HEADING, "heading 1", 360, 32, bold=True, level=0),
        style(Style.SUBHEADING, "heading 2", 240, 26, bold=True, level=1),
        style(Style.NOTE, "Note", 0, 22, bold=False),
    )
    return f'{_XML}<w:styles xmlns:w="{_W}">{defaults}{"".join(styles)}</w:styles>'


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)

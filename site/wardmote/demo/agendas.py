"""The demonstration's committees with their members, and what hangs from its agenda items."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify
from wagtail.documents import get_document_model

from meetings.docx import Paragraph
from meetings.docx import document as write_document
from meetings.models import AgendaDocument, AgendaItem, Body, CommitteeMember
from wards.models import Councillor, Ward

SEATED_DAYS = 170
"""Since how many days everybody sits on their committee."""


def make_bodies(told: list[dict[str, Any]], moment: datetime) -> dict[str, Body]:
    """Make the committees, by their key. One that is here already is left as it is."""
    bodies = {}
    since = (moment - timedelta(days=SEATED_DAYS)).date()
    councillors = {councillor.name: councillor for councillor in Councillor.objects.all()}
    for one in told:
        details = {"description": one["description"], "has_every_councillor": one.get("every_councillor", False)}
        body, is_new = Body.objects.get_or_create(name=one["name"], defaults=details)
        if is_new:
            body.members = [
                CommitteeMember(
                    sort_order=place,
                    role=member["role"],
                    councillor=councillors[member["councillor"]] if "councillor" in member else None,
                    name=member.get("name", ""),
                    speaks_for=member.get("speaks_for", ""),
                    from_date=since,
                )
                for place, member in enumerate(one["members"])
            ]
            body.save()
        bodies[one["key"]] = body
    return bodies


def furnish(item: AgendaItem, told: dict[str, Any], wards: dict[str, Ward], moment: datetime) -> AgendaItem:
    """Give an item that is not saved yet its wards and documents."""
    item.wards = [wards[name] for name in told.get("wards", [])]
    item.documents = [_document(one, moment, sort_order=place) for place, one in enumerate(told.get("documents", []))]
    return item


def _document(told: dict[str, Any], moment: datetime, *, sort_order: int) -> AgendaDocument:
    if "url" in told:
        return AgendaDocument(title=told["title"], url=told["url"], sort_order=sort_order)
    published_at = moment + timedelta(days=told["published_days"])
    content = write_document(
        title=told["title"],
        language="en-GB",
        made_at=published_at,
        paragraphs=[Paragraph(text) for text in told["paragraphs"]],
    )
    file = ContentFile(content, name=f"{slugify(told['title'])}.docx")
    kept = get_document_model().objects.create(title=told["title"], file=file, file_size=len(content))
    return AgendaDocument(title=told["title"], document=kept, published_at=published_at, sort_order=sort_order)

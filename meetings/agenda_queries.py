"""Reads of an agenda with what hangs from its items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from meetings.models import AgendaDocument, AgendaItem, MeetingPage
from wards.models import Ward


def whole_agenda(page: MeetingPage, moment: datetime) -> list[AgendaItem]:
    """The items of ``page`` in its own language, in order, each with ``listed_documents`` and ``listed_wards``.

    Three queries however long the agenda is; in a preview, what the editor holds, which may take more.
    """
    items = page.agenda_items.all()
    found = give_documents(items if page.agenda_items.is_deferring else items.select_related("about_page"), moment)
    wards = wards_of_items(page.canonical())
    for item in found:
        item.listed_wards = wards.get(item.translation_key, [])
    return found


def wards_of_items(page: MeetingPage) -> dict[UUID, list[Ward]]:
    """The wards that items of ``page``, in the site's first language, concern, by translation key. One query."""
    named: dict[UUID, list[Ward]] = {}
    if page.pk:
        rows = Ward.objects.filter(agenda_items__meeting=page.pk).annotate(
            item_key=F("agenda_items__translation_key")
        )
        for ward in rows.defer("boundary").order_by("name", "pk"):
            named.setdefault(ward.item_key, []).append(ward)
    return named


def give_documents(items: Iterable[AgendaItem], moment: datetime) -> list[AgendaItem]:
    """Give each item ``listed_documents``: those that are public at ``moment``, in order, files at hand. One query."""
    found = list(items)
    stored = [item.pk for item in found if item.pk and not item.documents.is_deferring]
    by_item: dict[int, list[AgendaDocument]] = {}
    if stored:
        rows = AgendaDocument.objects.filter(item__in=stored).select_related("document")
        for document in rows.order_by("item_id", "sort_order", "pk"):
            by_item.setdefault(document.item_id, []).append(document)
    for item in found:
        documents = item.documents.all() if item.documents.is_deferring else by_item.get(item.pk, [])
        item.listed_documents = [each for each in documents if each.is_public_at(moment)]
    return found

"""Documents of agenda items: who reads them where, how officers add them, and what ModernGov's file brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import GroupPagePermission, Locale, Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from meetings.agendas import AgendaReport, import_agenda
from meetings.models import AgendaDocument, AgendaItem, ImportedMeeting, MeetingIndexPage, MeetingPage, Room
from tests.meetings.test_agendas import item, meeting_file
from wards.models import Ward, WardSet


@pytest.fixture
def report_file(db: None, settings: Any, tmp_path: Any) -> Document:
    settings.MEDIA_ROOT = tmp_path
    return Document.objects.create(title="In the library", file=ContentFile(b"12345", name="report.pdf"), file_size=5)


@pytest.fixture
def libraries(room: Room) -> AgendaItem:
    return AgendaItem.objects.get(meeting=room.meeting, title="Libraries")


def texts(room: Room) -> list[str]:
    """The meeting's page and its room."""
    responses = [Client().get(address) for address in (room.meeting.url, f"/room/{room.pk}/")]
    assert [response.status_code for response in responses] == [200, 200]
    return [response.content.decode() for response in responses]


def test_files_and_links_stand_on_the_meetings_page_and_in_the_room_once_they_are_public(
    room: Room, libraries: AgendaItem, report_file: Document
) -> None:
    now = timezone.now()
    libraries.documents.create(title="The report", document=report_file, published_at=now)
    libraries.documents.create(title="The petition", url="https://council.example/petition")
    libraries.documents.create(
        title="Not yet", url="https://council.example/n", published_at=now + timedelta(hours=1)
    )
    libraries.save()
    for page in texts(room):
        assert f'href="{report_file.url}">The report</a>' in page
        assert 'href="https://council.example/petition">The petition</a>' in page
        assert ("PDF, 5\xa0bytes" in page, "on council.example" in page, "Not yet" in page) == (True, True, False)


@pytest.mark.parametrize("address", ["/meetings/{}/", "/room/{}/"])
def test_one_and_three_items_with_documents_take_the_same_queries(
    room: Room, report_file: Document, ward: Ward, address: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    path = address.format(room.meeting.slug if "meetings" in address else room.pk)
    items = list(AgendaItem.objects.filter(meeting=room.meeting))

    def furnish(found: AgendaItem) -> None:
        AgendaDocument.objects.create(item=found, title="Report", document=report_file)
        AgendaDocument.objects.create(item=found, title="Link", url="https://council.example/")
        found.wards.add(ward)
        found.save()

    furnish(items[0])
    client = Client()
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for each in items[1:]:
        furnish(each)
    with django_assert_num_queries(len(one)):
        response = client.get(path)
    assert response.content.decode().count(">Report</a>") == 3


@pytest.mark.parametrize("how", ["both", "neither"])
def test_a_document_is_a_file_or_a_link(libraries: AgendaItem, report_file: Document, how: str) -> None:
    given = {"document": report_file, "url": "https://council.example/"} if how == "both" else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaDocument.objects.create(item=libraries, title="Report", **given)


@pytest.fixture
def admin(officer: Any, root_page: Page, settings: Any) -> Client:
    settings.SECOND_FACTOR_REQUIRED = False
    for codename in ("change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=officer.groups.get(), page=root_page, permission=permission)
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_officer_gives_an_item_documents_wards_and_what_was_decided(
    admin: Client, room: Room, libraries: AgendaItem, ward: Ward, ward_set: WardSet, make_ward: Callable[..., Ward]
) -> None:
    former = WardSet.objects.create(
        council=ward_set.council, name="Before", from_date="2010-05-06", until_date=ward_set.from_date
    )
    make_ward("Longgone", ward_set=former)
    editor = f"/admin/pages/{room.pk}/edit/"
    opened = admin.get(editor)
    page, shown = opened.content.decode(), opened.context["form"]
    assert ("Northgate" in page, "Longgone" in page) == (True, False)
    document = {"title": "The report", "document": "", "url": "https://council.example/r", "published_at": ""}
    form = nested_form_data(
        {
            **{field.name: field.value() for field in shown if field.value()},
            **{name: inline_formset([]) for name in shown.formsets},
            "starts_at": "2026-11-05 18:30",
            "ends_at": "",
            "intro": rich_text("<p>Hello</p>"),
            "agenda_items": inline_formset(
                [
                    {
                        "id": libraries.pk,
                        "number": "3",
                        "title": "Libraries",
                        "description": "",
                        "takes_questions": "on",
                        "about_page": "",
                        "wards": str(ward.pk),
                        "resolution": "To keep all nine open.",
                        "documents": inline_formset([document]),
                    }
                ],
                initial=1,
            ),
            "action-publish": "Publish",
        }
    )
    response = admin.post(editor, form)
    assert response.status_code == 302, response.context["form"].errors
    kept = AgendaItem.objects.get(meeting=room.meeting, title="Libraries")
    assert (kept.pk, kept.resolution, list(kept.wards.all())) == (libraries.pk, "To keep all nine open.", [ward])
    assert list(kept.documents.values_list("title", "url")) == [("The report", "https://council.example/r")]
    before, _in_room = texts(room)
    assert (">Northgate</a>" in before, "To keep all nine open." in before) == (True, False)
    Room.objects.filter(pk=room.pk).update(state="closed")
    assert "To keep all nine open." in texts(room)[0]


def test_a_translated_meeting_takes_documents_and_wards_with_it(
    room: Room, libraries: AgendaItem, ward: Ward, meeting_index: MeetingIndexPage
) -> None:
    libraries.documents.create(title="The report", url="https://council.example/r")
    libraries.wards.add(ward)
    libraries.save()
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    for parent in reversed(meeting_index.get_ancestors(inclusive=True).filter(depth__gt=1)):
        if not parent.has_translation(welsh):
            parent.specific.copy_for_translation(welsh, copy_parents=True)
    twin = MeetingPage.objects.get(pk=room.pk).copy_for_translation(welsh)
    copied = AgendaItem.objects.get(meeting=twin, translation_key=libraries.translation_key)
    assert copied.pk != libraries.pk
    assert (list(copied.documents.values_list("title", flat=True)), list(copied.wards.all())) == (
        ["The report"],
        [ward],
    )


# What ModernGov's file brings


def paper(
    number: int, title: str, url: str = "http://moderngov.example/mgConvert2PDF.aspx?ID=1", more: str = ""
) -> str:
    named = f"<attachmentid>{number}</attachmentid><title>{title}</title><url>{url}</url>"
    return f"<linkeddoc>{named}{more}</linkeddoc>"


def papers(*each: str) -> str:
    return f"<linkeddocuments>{''.join(each)}</linkeddocuments>"


def counts(report: AgendaReport) -> tuple[int, int, int, int]:
    return (report.documents_added, report.documents_changed, report.documents_removed, report.meetings_changed)


def listed() -> list[tuple[Any, ...]]:
    draft = ImportedMeeting.objects.get(moderngov_id=512).meeting.get_latest_revision_as_object()
    return [(each.moderngov_id, each.title) for one in draft.agenda_items.all() for each in one.documents.all()]


def test_an_imported_item_has_the_papers_its_file_links_and_no_exempt_one(meeting_index: MeetingIndexPage) -> None:
    report = import_agenda(
        meeting_file(
            item(
                1,
                "Libraries",
                papers(
                    paper(71, "Report &amp; plan"),
                    paper(72, "CANARY price", more="<isrestricted>True</isrestricted>"),
                    paper(73, "Script", "javascript:alert(1)"),
                    paper(0, "Numberless"),
                    "<linkeddoc/>",
                ),
            ),
            item(2, "Land", "<isrestricted>True</isrestricted>" + papers(paper(74, "CANARY land"))),
        )
    )
    assert listed() == [(71, "Report & plan")]
    assert counts(report) == (1, 0, 0, 0)
    assert report.problems == [
        f"Meeting 512, item 1 in the file: the document “{title}” has no number or no address."
        for title in ("Script", "Numberless", "")
    ]
    assert "CANARY" not in "".join(str(revision.content) for revision in Revision.objects.all())


def test_the_same_papers_again_change_nothing_and_changed_ones_are_brought_up_to_date(
    meeting_index: MeetingIndexPage,
) -> None:
    file = meeting_file(item(1, "Libraries", papers(paper(71, "Report"), paper(72, "Plan"))))
    import_agenda(file)
    draft = ImportedMeeting.objects.get(moderngov_id=512).meeting.get_latest_revision_as_object()
    first = draft.agenda_items.first()
    first.documents.add(AgendaDocument(title="An officer's own", url="https://c.example/", sort_order=2))
    draft.save_revision().publish()
    keys = set(AgendaDocument.objects.values_list("pk", "title"))
    assert counts(import_agenda(file)) == (0, 0, 0, 0)
    assert set(AgendaDocument.objects.values_list("pk", "title")) == keys

    changed = meeting_file(item(1, "Libraries", papers(paper(73, "Addendum"), paper(72, "Plan, corrected"))))
    assert counts(import_agenda(changed)) == (1, 1, 1, 1)
    assert listed() == [(72, "Plan, corrected"), (None, "An officer's own"), (73, "Addendum")]
    # A file that says nothing of documents leaves them; an item that becomes exempt loses the imported ones.
    assert counts(import_agenda(meeting_file(item(1, "Libraries")))) == (0, 0, 0, 0)
    exempt = meeting_file(item(1, "Libraries", "<isrestricted>True</isrestricted>"))
    assert counts(import_agenda(exempt)) == (0, 0, 2, 1)

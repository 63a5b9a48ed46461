"""Questions and answers as files: who may take which, what is in them, and that no spreadsheet runs anything."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageLogEntry, PageViewRestriction

from meetings.docx import Paragraph, Style, document
from meetings.downloads import FORMATS
from meetings.enums import Decision, QuestionState
from meetings.models import PublicQuestion, Room
from meetings.services import Actor, answer_question, decide_question
from sentiment.models import Feedback
from wards.models import Ward

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EVIL = '=HYPERLINK("https://example.org","win")'

ROLES = ("nobody", "resident", "councillor", "officer")
MAY_TAKE = {
    ("public", "nobody"): 200,
    ("public", "resident"): 200,
    ("public", "councillor"): 200,
    ("public", "officer"): 200,
    ("officers", "nobody"): 403,
    ("officers", "resident"): 403,
    ("officers", "councillor"): 403,
    ("officers", "officer"): 200,
}
ADDRESSES = {"public": "/room/{}/questions-and-answers.", "officers": "/room/{}/desk/questions-and-answers."}


@pytest.fixture
def clients(
    officer: Any, resident: Any, make_councillor: Callable[..., Any], ward: Ward, settings: Any
) -> dict[str, Client]:
    settings.SECOND_FACTOR_REQUIRED = False
    people = {"resident": resident, "councillor": make_councillor(ward), "officer": officer}
    clients = {"nobody": Client()}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return clients


@pytest.fixture
def three(make_question: Callable[..., PublicQuestion], room: Room, clerk: Actor, moment: datetime) -> Room:
    """One answered about an item, one withheld, one published that looks like a formula."""
    item = room.meeting.agenda_items.get(number="3")
    first = make_question(
        text="When will it open?\nAnd how long?", name_is_public=True, agenda_item_pk=item.pk, name="Ada Okafor"
    )
    answer_question(question_pk=first.pk, actor=clerk, answered_at=moment, answer="In May.")
    make_question(QuestionState.WITHHELD, text="A private matter", name="Ben Secret", email="ben@private.example")
    make_question(text=EVIL, name="@Cai")
    return room


def taken(client: Client, version: str, room: Room, kind: str) -> bytes:
    response = client.get(ADDRESSES[version].format(room.pk) + kind)
    assert response.status_code == 200
    content: bytes = response.content
    return content


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("version", ADDRESSES)
def test_each_role_takes_what_the_table_says(
    clients: dict[str, Client], three: Room, version: str, kind: str
) -> None:
    address = ADDRESSES[version].format(three.pk) + kind
    got = {(version, role): clients[role].get(address).status_code for role in ROLES}
    assert got == {key: status for key, status in MAY_TAKE.items() if key[0] == version}
    assert clients["officer"].post(address).status_code == 405


def test_no_format_but_those_and_no_meeting_but_the_published(clients: dict[str, Client], three: Room) -> None:
    three.meeting.unpublish()
    for version, address in ADDRESSES.items():
        assert clients["officer"].get(address.format(three.pk) + "csv").status_code == 404, version
    three.meeting.save_revision().publish()
    for version, address in ADDRESSES.items():
        assert clients["officer"].get(address.format(three.pk) + "exe").status_code == 404, version


def test_a_private_meeting_gives_nothing_to_others(clients: dict[str, Client], three: Room) -> None:
    PageViewRestriction.objects.create(page=three.meeting, restriction_type=PageViewRestriction.LOGIN)
    assert clients["nobody"].get(f"/room/{three.pk}/questions-and-answers.json").status_code == 404


def test_csv_has_a_row_a_question_and_no_formula(clients: dict[str, Client], three: Room, ward: Ward) -> None:
    given = taken(clients["nobody"], "public", three, "csv")
    assert given.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(given.decode("utf-8-sig"), newline="")))
    formula, answered = PublicQuestion.objects.get(text=EVIL), PublicQuestion.objects.get(state="answered")
    said = "2026-11-05 18:30:00"
    assert rows == [
        [
            *("Reference", "Agenda item", "Question", "Name shown", "Ward", "Supporters", "State", "On notice"),
            *("Councillor asked", "Supplementary to", "Edited by the council", "Answer", "Who answered", "Where"),
            *("Asked", "Published", "Answered"),
        ],
        [
            *(str(formula.pk), "", f"'{EVIL}", "", "Northgate", "0", "Published", "", "", "", "", "", "", ""),
            *(said, said, ""),
        ],
        [
            *(str(answered.pk), "3. Libraries", "When will it open?\nAnd how long?", "Ada Okafor", "Northgate"),
            *("0", "Answered", "", "", "", "", "In May.", "", "At the meeting", said, said, said),
        ],
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_only_the_officers_version_holds_names_and_what_was_withheld(
    clients: dict[str, Client], three: Room, kind: str
) -> None:
    def words(version: str) -> str:
        content = taken(clients["officer"], version, three, kind)
        return text_of(content) if kind == "docx" else content.decode()

    private = ("Ben Secret", "A private matter", "Not for this meeting", "Cai")
    if kind != "docx":
        private = (*private, "ben@private.example")
    assert [secret for secret in private if secret in words("public")] == []
    assert [secret for secret in private if secret not in words("officers")] == []


def test_every_officers_cell_is_safe(clients: dict[str, Client], three: Room) -> None:
    given = taken(clients["officer"], "officers", three, "csv").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(given, newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []
    assert "'@Cai" in cells


def test_json_says_what_it_is_of(clients: dict[str, Client], three: Room) -> None:
    given = json.loads(taken(clients["nobody"], "public", three, "json"))
    assert given["meeting"] == {
        "title": three.meeting.title,
        "body": "Full Council",
        "starts_at": "2026-11-05T18:30:00+00:00",
        "venue": "Council Chamber",
    }
    assert given["version"] == "public"
    answered = PublicQuestion.objects.get(state="answered")
    assert given["questions"][1] == {
        "reference": answered.pk,
        "agenda_item": "3. Libraries",
        "question": "When will it open?\nAnd how long?",
        "name": "Ada Okafor",
        "ward": "Northgate",
        "support": 0,
        "state": "answered",
        "on_notice": False,
        "councillor": "",
        "supplementary_to": None,
        "edited": False,
        "answer": "In May.",
        "answered_by": "",
        "answered_how": "live",
        "asked_at": "2026-11-05T18:30:00+00:00",
        "published_at": "2026-11-05T18:30:00+00:00",
        "answered_at": "2026-11-05T18:30:00+00:00",
    }


def paragraphs_of(content: bytes) -> list[tuple[str, str]]:
    """The style and text of each paragraph, read back from the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    found = []
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        assert style is not None
        parts = [{f"{W}t": part.text or "", f"{W}br": "\n"}.get(part.tag, "") for part in paragraph.iter()]
        found.append((style.attrib[f"{W}val"], "".join(parts)))
    return found


def paragraph_texts(content: bytes) -> list[str]:
    return [text for _style, text in paragraphs_of(content)]


def text_of(content: bytes) -> str:
    return "\n".join(paragraph_texts(content))


def test_the_document_has_headings_by_agenda_item_and_the_answers(clients: dict[str, Client], three: Room) -> None:
    formula, answered = PublicQuestion.objects.get(text=EVIL), PublicQuestion.objects.get(state="answered")
    assert paragraphs_of(taken(clients["nobody"], "public", three, "docx"))[2:] == [
        ("Heading1", "The meeting in general"),
        ("Heading2", f"Question {formula.pk}"),
        ("Normal", EVIL),
        ("Note", "Northgate · Supporters: 0 · Published"),
        ("Heading1", "3. Libraries"),
        ("Heading2", f"Question {answered.pk}"),
        ("Normal", "When will it open?\nAnd how long?"),
        ("Note", "Ada Okafor · Northgate · Supporters: 0 · Answered"),
        ("Normal", "Answer:\u00a0In May."),
    ]


def test_a_document_takes_any_characters_and_says_its_language() -> None:
    made = document(
        title="<Ŵ & ŷ>",
        language="cy-GB",
        made_at=datetime(2026, 11, 5, tzinfo=UTC),
        paragraphs=[Paragraph("a\x01b]]>&amp;<c>\ud800"), Paragraph("", Style.NOTE, label="Enw:")],
    )
    assert paragraphs_of(made) == [("Title", "<Ŵ & ŷ>"), ("Normal", "ab]]>&amp;<c>"), ("Note", "Enw:")]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b'w:lang w:val="cy-GB"' in archive.read("word/styles.xml")
        assert b"<dc:title>&lt;\xc5\xb4 &amp; \xc5\xb7&gt;</dc:title>" in archive.read("docProps/core.xml")


def test_it_is_logged_which_officer_took_all_questions(clients: dict[str, Client], three: Room, officer: Any) -> None:
    taken(clients["officer"], "public", three, "csv")
    taken(clients["officer"], "officers", three, "docx")
    entry = PageLogEntry.objects.get(action="meetings.export_questions")
    assert (entry.user, entry.data) == (officer, {"format": "docx", "questions": 3})


def test_one_and_three_questions_take_the_same_queries(
    make_question: Callable[..., PublicQuestion], room: Room, django_assert_num_queries: Callable[..., Any]
) -> None:
    make_question()
    client, address = Client(), f"/room/{room.pk}/questions-and-answers.docx"
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_question(QuestionState.ANSWERED)
    make_question()
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_a_question_about_an_item_is_filed_with_its_ward_and_the_item(
    make_question: Callable[..., PublicQuestion], room: Room, clerk: Actor, ward: Ward, moment: datetime
) -> None:
    item = room.meeting.agenda_items.get(number="3")
    question = make_question(agenda_item_pk=item.pk)
    filed = Feedback.objects.get()
    assert (filed.ward, filed.about) == (ward, f"{room.meeting.title}: 3. Libraries")
    decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="Names a child"
    )
    assert Feedback.objects.count() == 0

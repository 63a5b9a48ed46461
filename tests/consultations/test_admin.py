"""What officers see and take away in the admin, and who is kept out."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry

from consultations.kinds import AnswerGiven
from consultations.models import ConsultationPage, Response
from consultations.services import submit_response
from tests.consultations.samples import AGREE, CLOSES_AT, DAYS, USES, VIEW, WHILE_OPEN, answers, one_of_each_kind
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password_alone_suffices(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def at_work(client, officer, index_page):
    """A browser in which an officer is signed in."""
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


def respond(page, *given, **fields):
    return submit_response(consultation=page, answers=answers(*given, **fields), submitted_at=WHILE_OPEN)


def responses_url(page):
    return reverse("consultation_responses:index", args=[page.pk])


def test_the_list_shows_stage_closing_moment_and_responses(at_work, monkeypatch, make_consultation):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)
    page = make_consultation("Market square")
    respond(page)
    text = at_work.get(reverse("consultations_admin:index")).content.decode()
    assert "Market square" in text
    assert "Open" in text
    assert "Saturday 5 December at 5pm" in text
    assert f'href="{responses_url(page)}"' in text


def test_the_list_shows_each_consultation_once(at_work, make_consultation):
    page = make_consultation("Market square")
    page.copy_for_translation(Locale.objects.create(language_code="cy"), copy_parents=True)
    listed = at_work.get(reverse("consultations_admin:index")).context["object_list"]
    assert [(item.pk, item.response_count) for item in listed] == [(page.pk, 0)]


def test_lists_take_the_same_number_of_queries_for_one_and_for_three(at_work, make_consultation, ward):
    def queries_made(url):
        with CaptureQueriesContext(connection) as made:
            assert at_work.get(url).status_code == 200
        return len(made)

    page = make_consultation()
    respond(page, AnswerGiven(VIEW, text="Seats"), ward=ward)
    urls = [reverse("consultations_admin:index"), responses_url(page)]
    for url in urls:
        at_work.get(url)  # fills caches
    one = [queries_made(url) for url in urls]
    for _ in range(2):
        make_consultation()
        respond(page, AnswerGiven(VIEW, text="Seats"), ward=ward)
    assert [queries_made(url) for url in urls] == one


def test_officers_read_responses_with_their_answers(at_work, consultation, ward):
    kept = respond(
        consultation,
        AnswerGiven(VIEW, text="a<b and <script>alert(1)</script>"),
        AnswerGiven(DAYS, choices=("option-friday",)),
        ward=ward,
    )
    listed = at_work.get(responses_url(consultation)).content.decode()
    assert kept.reference in listed
    assert "a&lt;b and &lt;script&gt;" in listed
    one = at_work.get(reverse("consultation_responses:response", args=[consultation.pk, kept.pk])).content.decode()
    for words in ("a&lt;b and &lt;script&gt;alert(1)&lt;/script&gt;", "Which day suits you?", "Friday", "Northgate"):
        assert words in one


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"north", "south", "outside"}),
        ("q=bench", {"south"}),
        ("q=nothing", set()),
        ("ward={north}", {"north"}),
        ("ward=null", {"outside"}),
        ("is_outside_area=true", {"outside"}),
        ("ward=999999", {"north", "south", "outside"}),
    ],
)
def test_responses_are_searched_and_filtered(at_work, consultation, make_ward, query, found):
    north, south = make_ward(), make_ward()
    made = {
        "north": respond(consultation, AnswerGiven(VIEW, text="A tree"), ward=north),
        "south": respond(consultation, AnswerGiven(VIEW, text="A bench"), ward=south),
        "outside": respond(consultation, is_outside_area=True),
    }
    page = at_work.get(f"{responses_url(consultation)}?{query.format(north=north.pk)}")
    assert {row.reference for row in page.context["object_list"]} == {made[name].reference for name in found}


def test_responses_of_another_consultation_are_not_shown(at_work, make_consultation):
    page, other = make_consultation(), make_consultation()
    theirs = respond(other)
    assert list(at_work.get(responses_url(page)).context["object_list"]) == []
    crossed = reverse("consultation_responses:response", args=[page.pk, theirs.pk])
    assert at_work.get(crossed).status_code == 404


def test_only_officers_read_or_take_responses(client, consultation, resident, make_councillor, ward, make_user):
    kept = respond(consultation)
    urls = [
        responses_url(consultation),
        f"{responses_url(consultation)}?export=csv",
        reverse("consultation_responses:response", args=[consultation.pk, kept.pk]),
    ]
    for user in (None, resident, make_councillor(ward), make_user(is_staff=True)):
        if user:
            client.force_login(user)
        assert [client.get(url).status_code for url in urls] == [302] * 3


FORMULAS = ["=1+1", "+44 1473", "-1", "@SUM(A1)", "\tx", "  =HYPERLINK(1)", "＝1", "\n=1"]


def test_an_export_holds_every_answer_and_no_formula(at_work, consultation, ward):
    for text in FORMULAS:
        respond(consultation, AnswerGiven(VIEW, text=text), ward=ward)
    respond(
        consultation,
        AnswerGiven(VIEW, text="Plain ŵ, with a comma"),
        AnswerGiven(USES, choices=("option-food", "option-company")),
        AnswerGiven(AGREE, choices=("agree",)),
        is_outside_area=True,
    )
    exported = b"".join(at_work.get(f"{responses_url(consultation)}?export=csv").streaming_content)
    assert exported.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
    own = ["Reference", "Sent", "From", "Language", "Channel", "Standing"]
    assert rows[0] == [*own, *(q.wording for q in consultation.question_list)]
    views = [row[6] for row in rows[1:]]
    assert sorted(views) == sorted([*(f"'{text}" for text in FORMULAS), "Plain ŵ, with a comma"])
    last = next(row for row in rows if row[6].startswith("Plain"))
    assert last[1:] == [
        "2026-11-20 12:00",
        "Outside the area",
        "English",
        "Online",
        "Counted",
        "Plain ŵ, with a comma",
        "",
        "Food; Company",
        "Agree",
    ]


def test_a_workbook_has_one_sheet_and_no_formula(at_work, consultation):
    respond(consultation, AnswerGiven(VIEW, text="=1+1"))
    exported = b"".join(at_work.get(f"{responses_url(consultation)}?export=xlsx").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(exported))
    assert len(book.worksheets) == 1
    assert (book.active["G2"].value, book.active["G2"].data_type) == ("'=1+1", "s")


def test_answers_to_a_question_taken_out_are_exported_too(at_work, consultation):
    respond(consultation, AnswerGiven(VIEW, text="Seats"))
    consultation.questions = one_of_each_kind()[1:]
    consultation.save()
    exported = b"".join(at_work.get(f"{responses_url(consultation)}?export=csv").streaming_content).decode()
    assert "What should change in the market?" in exported
    assert "Seats" in exported


def test_an_export_is_logged_with_who_took_how_much(at_work, officer, consultation):
    respond(consultation)
    at_work.get(f"{responses_url(consultation)}?export=csv")
    entry = PageLogEntry.objects.get(action="consultations.export_responses")
    assert (entry.page_id, entry.user, entry.data) == (consultation.pk, officer, {"format": "csv", "responses": 1})
    assert entry.message == "1 responses exported as csv"


def test_an_answered_consultation_is_not_deleted(at_work, consultation):
    respond(consultation)
    one = reverse("wagtailadmin_pages:delete", args=[consultation.pk])
    above = reverse("wagtailadmin_pages:delete", args=[consultation.get_parent().pk])
    several = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={consultation.pk}"
    for url in (one, above, several):
        at_work.post(url)
        assert Response.objects.count() == 1
        assert ConsultationPage.objects.filter(pk=consultation.pk).exists()
    assert "People have answered Market square" in at_work.get(reverse("consultations_admin:index")).content.decode()


def test_an_unanswered_consultation_is_deleted(at_work, officer, consultation):
    officer.is_superuser = True
    officer.save()
    at_work.post(reverse("wagtailadmin_pages:delete", args=[consultation.pk]))
    assert not ConsultationPage.objects.filter(pk=consultation.pk).exists()


def test_the_editor_opens_with_and_without_responses(at_work, consultation):
    edit = reverse("wagtailadmin_pages:edit", args=[consultation.pk])
    assert "Nobody has answered yet" in at_work.get(edit).content.decode()
    respond(consultation)
    assert "1 person has answered." in at_work.get(edit).content.decode()


def test_the_preview_changes_nothing(at_work, consultation):
    before = (Response.objects.count(), ConsultationPage.objects.values().get(pk=consultation.pk))
    preview = at_work.get(reverse("wagtailadmin_pages:view_draft", args=[consultation.pk]))
    assert preview.status_code == 200
    assert (Response.objects.count(), ConsultationPage.objects.values().get(pk=consultation.pk)) == before
    assert consultation.closes_at == CLOSES_AT


def test_a_ward_page_shows_what_is_open_to_its_people(client, monkeypatch, make_consultation, make_ward, site):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)
    here, there = make_ward("Here"), make_ward("There")
    make_consultation("For everybody")
    make_consultation("For there", wards=[there])
    shown = client.get(reverse("wards:ward", args=[here.slug])).content.decode()
    assert "Open to answer here" in shown
    assert "For everybody" in shown
    assert "For there" not in shown

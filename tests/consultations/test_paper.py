"""The form on paper: every kind of question, its codes, in both languages, and who may print what."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Locale

from consultations.enums import QuestionKind
from consultations.kinds import read_questions
from consultations.models import ConsultationPage
from consultations.paper import letter, mark_of, short_codes
from tests.consultations.samples import CLOSES_AT, DAYS, OPENS_AT, SECOND, WHILE_OPEN, option_items, question
from tests.consultations.test_every_kind import SURVEY, id_of
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def while_open(monkeypatch, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)


@pytest.fixture
def everything(make_consultation):
    asked = [
        question(kind, id_of(place), f"Question {place}?", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    return make_consultation("Everything", questions=asked)


def paper_url(page):
    return reverse("consultations:paper", args=[page.slug])


def words_of(response):
    """The text of the form, with blanks folded."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return " ".join(html.unescape(body).split())


def test_every_kind_of_question_is_printed_with_its_number_and_codes(client, everything):
    # A page break is printed as the heading that it is.
    assert {kind for kind, *_rest in SURVEY} == set(QuestionKind.values) - {
        QuestionKind.PAGE_BREAK,
        QuestionKind.FILES,
    }
    shown = client.get(paper_url(everything))
    assert shown.status_code == 200
    words = words_of(shown)
    numbers = {q.id: n for n, q in enumerate(everything.question_list, start=1)}
    for asked in everything.question_list:
        assert f"{numbers[asked.id]} {asked.wording}" in words
    assert "Your visits Think of last week ." in words  # the section's heading and text, which carry no number
    for line in (
        "3a Food 3b Clothes 3c Company",  # single choice
        "5a Food 5b Clothes 5c Company 5d Other If you ticked “Other”, please say:",
        "7a Yes 7b No 7c Don’t know",
        "8a Strongly agree 8b Agree 8c Neither agree nor disagree 8d Disagree 8e Strongly disagree 8f Don’t know",
        "1 1 – Poor 2 3 4 5 5 – Good Tell us why, if you wish:",  # a rating's codes are its points
        "10a Food 10b Clothes 10c Company",  # ranking
        "1 Poor 2 Good 11a Seats 11b Shade",  # a matrix: the scale is numbered, the rows are lettered
        "Share out £1,000. Your amounts must add up to it. 12a Food £ 12b Clothes £ 12c Company £",
        "Day Month Year",
        "16a I live outside the council’s area 16b I’d rather not say",
    ):
        assert line in words


def test_the_form_says_where_to_by_when_whom_to_ask_and_what_becomes_of_it(client, make_consultation):
    page = make_consultation(
        "Market square",
        return_address="Freepost\nMARKET",
        contact_name="Markets team",
        contact_phone="01473 000000",
        alternative_formats="Easy Read on request.",
        privacy_notice="<p>Kept for two years.</p>",
    )
    words = words_of(client.get(paper_url(page)))
    for said in (
        "This form must reach us before: Saturday 5 December 2026 at 5pm",
        "Send it or bring it to: Freepost MARKET",
        "Markets team 01473 000000",
        "Easy Read on request.",
        "Kept for two years.",
        "5 questions",
        f"Form {mark_of(page.survey)}",
    ):
        assert said in words


def test_large_print_is_a_link_away_and_lists_wide_scales(client, make_consultation):
    scale = option_items("One", "Two", "Three", "Four", "Five")
    grid = question("matrix", DAYS, "How was it?", rows=option_items("Seats"), scale=scale)
    page = make_consultation(questions=[grid])
    standard, large = client.get(paper_url(page)), client.get(f"{paper_url(page)}?size=large")
    assert "<table" in standard.content.decode()
    assert "<table" not in large.content.decode()
    assert 'class="paper paper--large"' in large.content.decode()
    assert "5 Five" in words_of(large)


def test_a_welsh_page_is_printed_wholly_in_welsh_and_an_english_one_in_english(client, make_consultation):
    page = make_consultation("Market square")
    welsh = Locale.objects.create(language_code="cy")
    url = f"/cy{paper_url(page)}"
    assert '<html lang="en-GB">' in client.get(url).content.decode()
    page.copy_for_translation(welsh, copy_parents=True)
    translated = ConsultationPage.objects.get(locale=welsh)
    translated.title, translated.alias_of = "Sgwâr y farchnad", None
    translated.save_revision().publish()
    shown = client.get(url).content.decode()
    assert '<html lang="cy">' in shown
    assert "Sgwâr y farchnad" in shown
    assert "Tick one." not in shown
    assert f"<b>{mark_of(page.survey)}</b>" in shown  # one mark for both languages: their codes are the same


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (OPENS_AT - SECOND, 200),
        (OPENS_AT, 200),
        (CLOSES_AT - SECOND, 200),
        (CLOSES_AT, 302),
        (CLOSES_AT + timedelta(days=90), 302),
    ],
)
def test_the_form_is_there_until_the_closing_moment(client, monkeypatch, consultation, moment, status):
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert client.get(paper_url(consultation)).status_code == status


def test_a_form_behind_a_password_or_not_published_is_not_shown(client, consultation):
    restriction = consultation.view_restrictions.create(restriction_type="password", password="open sesame")
    assert client.get(paper_url(consultation)).status_code == 302
    restriction.delete()
    ConsultationPage.objects.update(live=False)
    assert client.get(paper_url(consultation)).status_code == 404


def test_officers_print_drafts_and_nobody_else_does(
    client, consultation, officer, resident, make_councillor, ward, index_page
):
    provide_officers(index_page.get_parent())
    ConsultationPage.objects.update(live=False)
    url = reverse("consultation_paper:form", args=[consultation.pk])
    for user in (None, resident, make_councillor(ward)):
        if user:
            client.force_login(user)
        assert client.get(url).status_code == 302
    client.force_login(officer)
    assert "Draft: not published yet." in words_of(client.get(url))
    assert client.get(reverse("consultation_paper:form", args=[999_999])).status_code == 404
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[consultation.pk])).content.decode()
    assert f'href="{url}"' in edit


def test_residents_find_the_form_on_the_consultations_page(client, consultation):
    link = f'href="{paper_url(consultation)}"'
    assert link in client.get(consultation.url).content.decode()


def test_a_long_form_takes_as_many_queries_as_a_short_one(client, make_consultation):
    short = make_consultation(questions=[question("yes_no", DAYS, "Well?")])
    long = make_consultation(questions=[question("yes_no", id_of(n), f"Well {n}?") for n in range(20)])
    client.get(paper_url(short))  # fills caches

    def queries_made(page):
        with CaptureQueriesContext(connection) as made:
            client.get(paper_url(page))
        return len(made)

    assert queries_made(long) == queries_made(short)


def rule_on(question_id, operator, answer="", *more, needs_any=False):
    clauses = [{"question": question_id, "operator": operator, "answer": answer}, *more]
    return {
        "asked_if": [{"type": "item", "id": "clause", "value": clause} for clause in clauses],
        "asked_if_any": needs_any,
    }


def test_whoever_need_not_answer_is_told_where_to_go_on(client, make_consultation):
    page = make_consultation(
        questions=[
            question("yes_no", id_of(1), "Do you cycle?"),
            question("number", id_of(2), "How many miles?", is_whole=True, **rule_on(id_of(1), "is", "yes")),
            question("section_text", id_of(3), "", heading="Far", text="", **rule_on(id_of(2), "at_least", "5")),
            question("short_text", id_of(4), "Where to?", max_characters=50),
            question("free_text", id_of(5), "Why?"),
            question("section_text", id_of(6), "", heading="All", text=""),
            question("free_text", id_of(7), "Anything else?", **rule_on("gone", "is", "yes")),
        ]
    )
    words = words_of(client.get(paper_url(page)))
    for said in (
        "Answer this only if you chose “Yes” at question 1. If not, go to question 3. 2 How many",
        "Answer the questions under this heading only if your answer to question 2 is 5 or more."
        " If not, go to question 5. Far",
    ):
        assert said in words
    assert words.count("only if") == 2  # a rule whose question is gone holds nobody back


def read_questions_of(*items):
    return read_questions(ConsultationPage._meta.get_field("questions").to_python(list(items)))


def test_the_mark_follows_questions_options_and_order_but_not_wordings():
    one = question("single_choice", DAYS, "Which day?", options=option_items("Friday", "Sunday"))
    two = question("yes_no", id_of(1), "Well?")
    reworded = {**one, "value": {**one["value"], "wording": "Which day suits you?"}}
    fewer = {**one, "value": {**one["value"], "options": option_items("Friday")}}
    marks = [mark_of(read_questions_of(*items)) for items in ((one, two), (reworded, two), (two, one), (fewer, two))]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert re.fullmatch(r"[2-9A-Z]{4}", marks[0])


@given(st.lists(st.uuids().map(str), unique=True, max_size=60))
def test_codes_are_told_apart(ids):
    codes = short_codes(ids)
    assert len(set(codes.values())) == len(ids)
    assert all(re.fullmatch("[a-z]+", code) for code in codes.values())


def test_letters_go_on_after_z():
    assert [letter(place) for place in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "a", "z", "aa", "ab", "az", "ba", "zz", "aaa",
    ]  # fmt: skip


def test_points_of_a_rating_are_their_own_codes():
    assert short_codes(["0", "1", "10"]) == {"0": "0", "1": "1", "10": "10"}

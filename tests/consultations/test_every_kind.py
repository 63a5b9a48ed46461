"""A survey of every kind of question, from the form without JavaScript to receipt, feedback, counts and export."""

from __future__ import annotations

import csv
import html
import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import queries
from consultations.enums import QuestionKind
from consultations.models import Response
from sentiment.models import Feedback
from tests.consultations.samples import WHILE_OPEN, option_items, question
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db

OPTIONS = {"options": option_items("Food", "Clothes", "Company")}

SURVEY: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("free_text", {}, {"": "More seats"}, "More seats"),
    ("short_text", {"max_characters": 50}, {"": "Queen Street"}, "Queen Street"),
    ("single_choice", OPTIONS, {"": "option-food"}, "Food"),
    ("several_choices", OPTIONS, {"": ["option-food", "option-company"]}, "Food; Company"),
    ("single_choice", OPTIONS | {"has_other": True}, {"": "other", "other": "Music"}, "Other: Music"),
    (
        "several_choices",
        OPTIONS | {"has_other": True, "at_least": 2, "at_most": 2},
        {"": ["option-food"], "other": "The <b> dogs"},
        "Food; Other: The <b> dogs",
    ),
    ("yes_no", {}, {"": "dont_know"}, "Don’t know"),
    ("agree_scale", {}, {"": "agree"}, "Agree"),
    (
        "rating",
        {"points": 5, "low": "Poor", "high": "Good", "asks_why": True},
        {"": "4", "why": "Too dark"},
        "4, where 1 – Poor and 5 – Good: Too dark",
    ),
    (
        "ranking",
        OPTIONS,
        {"option-company": "1", "option-food": "2", "option-clothes": ""},
        "1. Company; 2. Food",
    ),
    (
        "matrix",
        {"rows": option_items("Seats", "Shade"), "scale": option_items("Poor", "Good")},
        {"option-seats": "option-good", "option-shade": "option-poor"},
        "Seats: Good; Shade: Poor",
    ),
    (
        "budget",
        OPTIONS | {"total": 1000, "unit": "£"},
        {"option-food": "£1,000", "option-clothes": "", "option-company": "0"},
        "Food: £1,000; Clothes: £0; Company: £0",
    ),
    (
        "place",
        {},
        {"": "By the steps", "at": "57.1, -2.1"},
        "57.1000, -2.1000 (outside the council’s area): By the steps",
    ),
    ("section_text", {"heading": "Your visits", "text": "<p>Think of <b>last week</b>.</p>"}, {}, ""),
    ("number", {"unit": "miles"}, {"": "1,200"}, "1,200 miles"),
    ("date", {}, {"day": "1", "month": "2", "year": "2026"}, "1 February 2026"),
]
"""Kind, its block's settings, what is sent by part, and the answer in one line."""

FILED = ["More seats", "Music", "The <b> dogs", "Too dark"]
"""What is filed for reading: views, and not facts."""


def id_of(place: int) -> str:
    return f"00000000-0000-4000-8000-{place:012}"


@pytest.fixture(autouse=True)
def while_open(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)


@pytest.fixture
def survey(make_consultation):
    asked = [
        question(kind, id_of(place), f"Question {place}?", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    return make_consultation("Everything", questions=asked)


@pytest.fixture
def answered(client, survey):
    data: dict[str, Any] = {"no_postcode": "unsaid"}
    for place, (_kind, _fields, parts, _line) in enumerate(SURVEY):
        data |= {f"q-{id_of(place)}-{part}" if part else f"q-{id_of(place)}": said for part, said in parts.items()}
    sent = client.post(reverse("consultations:respond", args=[survey.slug]), data)
    assert sent.status_code == 302, sent.context["form"].errors
    return Response.objects.get(), html.unescape(client.get(sent.url).content.decode())


def test_the_survey_has_every_kind():
    # A page break makes pages of it (test_paged.py), and files come another way (test_files.py).
    assert {kind for kind, *_rest in SURVEY} == set(QuestionKind.values) - {
        QuestionKind.PAGE_BREAK,
        QuestionKind.FILES,
    }


def test_every_answer_is_on_the_receipt_and_in_the_export(client, officer, survey, answered, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    response, receipt = answered
    lines = [line for *_rest, line in SURVEY if line]
    assert [answer.in_one_line for answer in response.answers.order_by("position")] == lines
    for answer in response.answers.all():
        for said in filter(None, [*answer.labels, answer.text]):
            assert f">{said}</div>" in receipt

    provide_officers(survey.get_parent().get_parent())
    client.force_login(officer)
    url = reverse("consultation_responses:index", args=[survey.pk])
    exported = b"".join(client.get(f"{url}?export=csv").streaming_content).decode("utf-8-sig")
    headings, row = csv.reader(io.StringIO(exported))
    assert (headings[6:], row[6:]) == ([each.wording for each in survey.question_list], lines)
    shown = html.unescape(
        client.get(reverse("consultation_responses:response", args=[survey.pk, response.pk])).content.decode()
    )
    for answer in response.answers.all():
        for said in filter(None, [*answer.labels, answer.text]):
            assert said in shown


def test_text_between_questions_is_shown_and_asks_nothing(client, survey):
    form = client.get(reverse("consultations:respond", args=[survey.slug])).content.decode()
    assert '<h2 class="govuk-heading-m">Your visits</h2>' in form
    assert "<b>last week</b>" in form
    assert "Your visits" not in [each.wording for each in survey.question_list]


def test_views_are_filed_for_reading_and_facts_are_not(answered):
    assert list(Feedback.objects.order_by("pk").values_list("text", flat=True)) == FILED


def test_every_question_counts_its_answer(survey, answered):
    assert [counts.answered for counts in queries.answer_counts(survey)] == [1] * len(survey.question_list)


def test_the_editor_and_the_page_show_every_kind(client, officer, survey, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    shown = html.unescape(client.get(survey.url).content.decode())
    assert [each.wording for each in survey.question_list if each.wording not in shown] == []
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[survey.pk])).status_code == 200

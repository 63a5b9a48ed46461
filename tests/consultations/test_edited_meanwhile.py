"""An officer edits a survey's pages while somebody answers it: an open page takes away nothing that it did not print."""

from __future__ import annotations

import html
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from consultations.models import ConsultationPage, Draft
from consultations.paging import FIRST
from tests.consultations.samples import question
from tests.consultations.test_paged import (  # noqa: F401  # fixtures
    CYCLES,
    LAST,
    MILES,
    RIDING,
    SHOPS,
    TOWN,
    Walk,
    a_survey,
    clock,
    page_break,
    survey,
)

pytestmark = pytest.mark.django_db

AS_JSON = {"Accept": "application/json"}
ALL = {f"q-{CYCLES}": ["yes"], f"q-{MILES}": ["5"], f"q-{SHOPS}": ["Fish"], f"q-{LAST}": ["Bread"]}


def without_town() -> list[dict[str, Any]]:
    return [block for block in a_survey() if block["id"] != TOWN]


def with_a_title_first() -> list[dict[str, Any]]:
    return [page_break("title", "You"), *a_survey()]


def with_miles_in_town() -> list[dict[str, Any]]:
    cycles, _riding, miles, *others = a_survey()
    return [cycles, *others, miles]


def on_one_page() -> list[dict[str, Any]]:
    return [question("yes_no", CYCLES, "Do you cycle?")] + [
        block for block in a_survey()[1:] if block["type"] != "page_break"
    ]


def edit(page: ConsultationPage, questions: list[dict[str, Any]]) -> None:
    page.questions = questions
    page.save()


@pytest.fixture
def walk(survey) -> Walk:  # noqa: F811
    """Everything answered, and the last page of questions open."""
    found = Walk(survey).fill(cycles="yes").fill(miles="5").fill(shops="Fish", last="Bread")
    return found.go(reverse("consultations:page", args=[survey.slug, TOWN]))


def answered() -> dict[str, list[str]]:
    return {name: values for name, values in Draft.objects.get().fields.items() if name.startswith("q-")}


def saved_by_script(walk: Walk, **said: str) -> Any:
    sent = walk.hidden | {f"q-{SHOPS}": "Fish", f"q-{LAST}": "Bread", "sequence": "1"} | said
    return walk.client.post(reverse("consultations:save", args=[walk.slug]), sent, headers=AS_JSON).json()["state"]


@pytest.mark.parametrize("edited", [without_town, with_miles_in_town, on_one_page])
def test_a_page_saved_by_script_keeps_the_answers_of_the_others(walk, survey, edited):  # noqa: F811
    edit(survey, edited())
    assert saved_by_script(walk, **{f"q-{SHOPS}": "Cheese"}) == "saved"
    assert answered() == ALL | {f"q-{SHOPS}": ["Cheese"]}


def test_the_first_page_keeps_the_answers_of_the_others_once_it_has_a_title(walk, survey):  # noqa: F811
    walk.go(reverse("consultations:page", args=[survey.slug, FIRST]))
    edit(survey, with_a_title_first())
    sent = walk.hidden | {f"q-{CYCLES}": "no"}
    reply = walk.client.post(reverse("consultations:save", args=[walk.slug]), sent, headers=AS_JSON)
    assert (reply.json()["state"], answered()) == ("saved", ALL | {f"q-{CYCLES}": ["no"]})


@pytest.mark.parametrize("edited", [without_town, on_one_page])
def test_what_was_typed_on_a_page_that_is_gone_is_kept(walk, survey, edited):  # noqa: F811
    edit(survey, edited())
    walk.fill(shops="Cheese", last="Bread")
    assert walk.answer.status_code == 200
    assert answered() == ALL | {f"q-{SHOPS}": ["Cheese"]}


def test_an_answer_emptied_on_a_page_that_is_gone_is_emptied(walk, survey):  # noqa: F811
    edit(survey, without_town())
    assert saved_by_script(walk, **{f"q-{SHOPS}": ""}) == "saved"
    assert answered() == {name: values for name, values in ALL.items() if name != f"q-{SHOPS}"}


def test_an_answer_emptied_on_the_page_that_it_has_left_is_emptied(walk, survey):  # noqa: F811
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING]))
    *others, last = a_survey()
    edit(survey, [*others[:2], last, *others[3:], others[2]])  # miles go to the town
    sent = walk.hidden | {f"q-{MILES}": ""}
    walk.client.post(reverse("consultations:save", args=[walk.slug]), sent, headers=AS_JSON)
    assert answered() == {name: values for name, values in ALL.items() if name != f"q-{MILES}"}


def test_a_question_that_moved_to_the_page_is_shown_there_with_its_answer(walk, survey, monkeypatch):  # noqa: F811
    edit(survey, with_miles_in_town())
    monkeypatch.setattr("consultations.page_views.is_within", lambda *_args: False)
    walk.fill(shops="Cheese", last="Bread")
    assert walk.answer.status_code == 429
    assert f'name="q-{MILES}" value="5"' in walk.answer.content.decode()


@pytest.mark.parametrize("edited", [without_town, with_miles_in_town])
def test_two_versions_are_of_what_the_page_printed(walk, survey, edited):  # noqa: F811
    other = Walk(survey)
    other.go(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]))
    other.go(reverse("consultations:page", args=[survey.slug, TOWN])).fill(shops="Meat", last="Bread")
    edit(survey, edited())
    sent = walk.hidden | {f"q-{SHOPS}": "Cheese", f"q-{LAST}": "Bread"}
    walk.answer = walk.client.post(reverse("consultations:save", args=[walk.slug]), sent)
    walk.seen()
    assert walk.answer.status_code == 409
    assert ("How many miles" in walk.words, "Do you cycle?" in walk.words) == (False, False)
    chosen = {name: html.unescape(value) for name, value in walk.hidden.items()} | {f"choose-q-{SHOPS}": "mine"}
    walk.client.post(reverse("consultations:join", args=[walk.slug]), chosen)
    assert answered() == ALL | {f"q-{SHOPS}": ["Cheese"]}


def test_a_form_printed_before_pages_said_what_they_print_takes_away_nothing_else(walk, survey):  # noqa: F811
    walk.hidden.pop("printed", None)
    edit(survey, without_town())
    assert saved_by_script(walk, **{f"q-{SHOPS}": "Cheese", "writer": str(uuid4())}) == "saved"
    assert answered() == ALL | {f"q-{SHOPS}": ["Cheese"]}


def test_a_page_opened_again_once_all_is_on_one_shows_every_answer(walk, survey):  # noqa: F811
    edit(survey, on_one_page())
    walk.go(reverse("consultations:page", args=[survey.slug, TOWN]))
    page = walk.answer.content.decode()
    assert (">\nFish</textarea>" in page, 'value="5"' in page) == (True, True)
    assert Walk(survey).answer.status_code == 200  # somebody else's begins empty

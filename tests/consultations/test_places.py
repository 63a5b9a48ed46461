"""Places in answers: in words, as a point, inside the wards and out, with the map and without."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.entry_forms import make_entry_form
from consultations.forms import make_answer_form
from consultations.kinds import AnswerGiven, Unfit, read_questions
from consultations.kinds.blocks import QuestionsBlock
from consultations.kinds.places import OUTSIDE, read_point
from consultations.models import Answer
from sentiment.models import Feedback
from tests.consultations.samples import WHILE_OPEN, question

SPOT = "00000001-0000-4000-8000-00000000000d"


def asked(**fields: Any) -> dict[str, Any]:
    return question("place", SPOT, "Where is it?", **fields)


def place(**fields: Any):
    block = QuestionsBlock()
    return read_questions(block.to_python([asked(**fields)]))[0]


@pytest.fixture
def survey(make_consultation, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)
    return make_consultation("Spots", questions=[asked()])


def send(client, page, **parts: str):
    data = {"key": str(uuid4()), "no_postcode": "unsaid"}
    data |= {f"q-{SPOT}" if part == "words" else f"q-{SPOT}-{part}": said for part, said in parts.items()}
    return client.post(reverse("consultations:respond", args=[page.slug]), data)


def kept() -> tuple[str, list[dict[str, str]]]:
    answer = Answer.objects.get()
    return answer.text, answer.choices


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("52.0567, 1.1482", "52.0567,1.1482"),
        ("52.05674999 1.14815001", "52.0567,1.1482"),
        ("52.0567N, 1.1482W", "52.0567,-1.1482"),
        ("52.0567° N 1.1482° E", "52.0567,1.1482"),
        ("-52, −1", "-52.0000,-1.0000"),
        ("52.00004;-0.00001", "52.0000,0.0000"),
        ("90,180", "90.0000,180.0000"),
        ("90.1,0", None),
        ("0,180.1", None),
        ("52.0567", None),
        ("IP1 1AA", None),
        ("52,0567 1,1482", None),
        ("", None),
        ("1e2,3", None),
    ],
)
def test_coordinates_are_read_as_people_write_them(typed, point):
    found = read_point(typed, 4)
    assert (found.id if found else None) == point


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([3, 4]))
def test_a_point_written_is_read_back_the_same(latitude, longitude, decimals):
    first = read_point(f"{latitude:.12f}, {longitude:.12f}", decimals)
    assert first is not None
    assert read_point(first.label, decimals) == read_point(first.id, decimals) == first
    assert abs(float(first.latitude) - latitude) <= 0.5 * 10**-decimals + 1e-9


def test_a_rough_place_keeps_fewer_decimals():
    given_point = place(is_rough=True).given({"": "", "at": "52.05674, 1.14821"})
    assert given_point == AnswerGiven(SPOT, choices=("52.057,1.148",))


@pytest.mark.parametrize("choices", [("52.05671,1.1482",), ("x",), ("52.0567,1.1482", "52.0568,1.1482")])
def test_what_no_form_gives_is_not_kept(choices):
    with pytest.raises(Unfit):
        place().keep(AnswerGiven(SPOT, choices=choices))


@pytest.mark.django_db
def test_a_point_is_kept_with_its_ward_and_words(client, survey, ward):
    (west, south), *_rest = ward.boundary["coordinates"][0]
    at = f"{south + 0.005:.6f}, {west + 0.005:.6f}"
    assert send(client, survey, words="By the steps", at=at).status_code == 302
    text, (choice,) = kept()
    assert (text, choice["value"]) == ("By the steps", ward.code)
    assert choice["label"] == f"{south + 0.005:.4f}, {west + 0.005:.4f} (Northgate)"
    assert Feedback.objects.count() == 0


@pytest.mark.django_db
def test_a_point_outside_the_area_is_taken_and_marked(client, survey, ward):
    assert send(client, survey, at="57.1, -2.1").status_code == 302
    assert kept() == (
        "",
        [{"id": "57.1000,-2.1000", "label": "57.1000, -2.1000 (outside the council’s area)", "value": OUTSIDE}],
    )


@pytest.mark.django_db
def test_words_are_enough(client, survey):
    assert send(client, survey, words="IP1 1AA, by the bus stop").status_code == 302
    assert kept() == ("IP1 1AA, by the bus stop", [])


@pytest.mark.django_db
def test_coordinates_that_cannot_be_read_are_said_so_and_kept(client, survey):
    wrong = send(client, survey, words="Here", at="by the steps")
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {
        f"q-{SPOT}-at": ["The coordinates for “Where is it?” must be like 52.0567, 1.1482, or left empty"]
    }
    assert 'value="by the steps"' in wrong.content.decode()


@pytest.mark.django_db
def test_a_place_that_must_be_given_is_asked_for_in_words(client, make_consultation, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)
    page = make_consultation(questions=[asked(is_required=True)])
    assert list(send(client, page).context["form"].errors) == [f"q-{SPOT}"]
    assert send(client, page, at="52, 1").status_code == 302


@pytest.mark.django_db
def test_the_map_waits_for_its_script_and_is_left_out_without_wards(client, survey, make_ward):
    def form():
        return client.get(reverse("consultations:respond", args=[survey.slug])).content.decode()

    assert "place-map" not in re.sub(r"<script[^>]*>", "", form())
    make_ward("Northgate")
    drawn = form()
    assert re.search(r'data-module="place-map"[^>]* hidden>', drawn)
    assert 'data-name="Northgate"' in drawn


@pytest.mark.django_db
def test_an_answer_fills_the_form_again(ward):
    one = place()
    choices = one.keep(AnswerGiven(SPOT, choices=("52.0567,1.1482",)))
    assert one.fill("Here", choices) == {"": ["Here"], "at": ["52.0567, 1.1482"]}
    form = make_answer_form([one]).resumed(
        {f"q-{SPOT}": ["Here"], f"q-{SPOT}-at": ["52.0567, 1.1482"]}, on=date(2026, 11, 20), hidden={}
    )
    assert form[f"q-{SPOT}-at"].value() == "52.0567, 1.1482"


@pytest.mark.django_db
def test_paper_and_its_typing_in_have_the_place(client, survey):
    words = html.unescape(client.get(reverse("consultations:paper", args=[survey.slug])).content.decode())
    assert "Give an address, a postcode or what is there." in words
    assert {f"q-{SPOT}", f"q-{SPOT}-at"} <= set(make_entry_form(survey).base_fields)

"""A list of consultations narrowed by words, ward and topic; their dates as calendars."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from wagtail.models import Locale

from consultations.models import ConsultationPage, Topic
from tests.consultations.samples import CLOSES_AT, OPENS_AT, SECOND, WHILE_OPEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)


@pytest.fixture
def titles(client, index_page):
    """The titles that the list shows for what was asked."""

    def find(**asked):
        context = client.get(index_page.url, asked).context
        return {page.title for part in ("open", "forthcoming", "closed") for page in context[part]}

    return find


@pytest.fixture
def three(make_consultation, make_ward):
    """One for Northgate about roads, one for Southgate about parks, and one for everybody without a topic."""
    roads = Topic.objects.create(name="Roads", slug="roads")
    parks = Topic.objects.create(name="Parks", name_cy="Parciau", slug="parks")
    pages = [
        make_consultation("Twenty miles an hour", wards=[make_ward("Northgate")]),
        make_consultation("Benches", intro="Where should people sit by the river?", wards=[make_ward("Southgate")]),
        make_consultation("Budget", opens_at=WHILE_OPEN + SECOND),
    ]
    for page, topic in zip(pages, (roads, parks), strict=False):
        page.topics = [topic]
        page.save_revision().publish()
    return pages


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Twenty miles an hour", "Benches", "Budget"}),
        ({"q": "  "}, {"Twenty miles an hour", "Benches", "Budget"}),
        ({"q": "river"}, {"Benches"}),
        ({"q": "river miles"}, set()),
        ({"ward": "northgate"}, {"Twenty miles an hour", "Budget"}),
        ({"topic": "parks"}, {"Benches"}),
        ({"topic": "parks", "ward": "northgate"}, set()),
        ({"q": "sit", "ward": "southgate", "topic": "parks"}, {"Benches"}),
    ],
)
def test_the_list_is_narrowed_by_everything_asked_for(titles, three, asked, found):
    assert titles(**asked) == found


def test_words_of_a_translation_find_the_consultation(titles, three, index_page):
    locale, _ = Locale.objects.get_or_create(language_code="cy")
    index_page.copy_for_translation(locale, copy_parents=True).save_revision().publish()
    welsh = three[1].copy_for_translation(locale)
    welsh.title, welsh.intro = "Meinciau", "Ble dylai pobl eistedd ger yr afon?"
    welsh.save_revision().publish()
    assert titles(q="meinciau") == {"Benches"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"ward": "nowhere"}, "Choose a ward from the list"),
        ({"topic": "roads' OR 1=1"}, "Choose a topic from the list"),
        ({"q": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_field(client, index_page, three, asked, message):
    response = client.get(index_page.url, asked)
    assert response.status_code == 400
    assert message in response.content.decode()
    assert len(response.context["open"]) == 2


def test_nothing_found_says_what_to_do(client, index_page, three):
    text = client.get(index_page.url, {"q": "zeppelin"}).content.decode()
    assert "No consultation fits" in text
    assert 'value="zeppelin"' in text


@given(words=st.text(max_size=100))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_break_the_search(client, index_page, words):
    assert client.get(index_page.url, {"q": words}).status_code in {200, 400}


def test_finding_takes_the_same_number_of_queries_for_one_and_for_three(client, index_page, make_consultation):
    def queries_made(count):
        while ConsultationPage.objects.count() < count:
            make_consultation()
        with CaptureQueriesContext(connection) as made:
            assert len(client.get(index_page.url, {"q": "market"}).context["open"]) == count
        return len(made)

    client.get(index_page.url)
    assert queries_made(1) == queries_made(3)


def entries(response):
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {
        (str(entry["summary"]), entry["dtstart"].dt) for entry in Calendar.from_ical(response.content).walk("VEVENT")
    }


def test_a_consultation_gives_its_two_moments_to_a_calendar(client, make_consultation):
    page = make_consultation("Market, “square”; and more")
    assert entries(client.get(reverse("consultations:dates", args=[page.slug]))) == {
        ("Opens for answers: Market, “square”; and more", OPENS_AT.astimezone(UTC)),
        ("Last moment to answer: Market, “square”; and more", CLOSES_AT.astimezone(UTC)),
    }


def test_the_calendar_holds_what_is_open_and_forthcoming_and_keeps_its_entries_apart(client, make_consultation):
    make_consultation("Old", opens_at=OPENS_AT - timedelta(days=9), closes_at=OPENS_AT)
    make_consultation("Open")
    make_consultation("Later", opens_at=WHILE_OPEN + SECOND)
    response = client.get(reverse("consultations:calendar"))
    assert {summary.split(": ")[1] for summary, _ in entries(response)} == {"Open", "Later"}
    uids = [str(entry["uid"]) for entry in Calendar.from_ical(response.content).walk("VEVENT")]
    assert len(set(uids)) == 4


def test_what_the_public_may_not_see_is_in_no_calendar(client, make_consultation):
    page = make_consultation("Draft")
    page.unpublish()
    assert client.get(reverse("consultations:dates", args=[page.slug])).status_code == 404
    assert entries(client.get(reverse("consultations:calendar"))) == set()

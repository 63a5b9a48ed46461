"""What comes to a ward: agenda items, questions from there, the way by postcode, the feed and the ward's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale, PageViewRestriction

from meetings.coming import outlook_for
from meetings.enums import AnsweredHow, QuestionState, RoomState
from meetings.models import AgendaItem, KeptInside, MeetingIndexPage, MeetingPage, PublicQuestion, Room
from meetings.services import Actor, answer_question, merge_question
from wards.models import Postcode, Ward, WardSet

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def make_coming(make_meeting: Callable[..., MeetingPage], ward: Ward, make_ward: Callable[..., Ward]) -> Any:
    """Makes a meeting of next week: two procedural items, one for everybody, one about Northgate, one about elsewhere."""
    elsewhere = make_ward("Bridge")

    def make(title: str = "Cabinet", state: RoomState = RoomState.WAITING, days: float = 7) -> MeetingPage:
        meeting = make_meeting(
            state,
            agenda=("Apologies", "Budget", "Northgate square", "Bridge works", "Dropped"),
            title=title,
            starts_at=timezone.now() + timedelta(days=days),
            ends_at=None,
        )
        apologies, _budget, square, works, dropped = AgendaItem.objects.filter(meeting=meeting).order_by("pk")
        square.wards, works.wards, dropped.wards = [ward, elsewhere], [elsewhere], [ward]
        apologies.takes_questions, dropped.is_withdrawn = False, True
        for item in (apologies, square, works, dropped):
            item.save()
        return meeting

    return make


def told(coming: Any) -> list[tuple[str, list[str]]]:
    return [(one.meeting.told.title, [item.title for item in one.items]) for one in coming]


def test_a_ward_is_told_of_items_that_name_it_and_of_those_for_everybody(make_coming: Any, ward: Ward) -> None:
    make_coming("Later", days=9)
    make_coming("Soon")
    make_coming("Live", RoomState.IN_SESSION, days=0)
    make_coming("Over", RoomState.CLOSED, days=-3)
    PageViewRestriction.objects.create(page=make_coming("Private"), restriction_type=PageViewRestriction.LOGIN)
    outlook = outlook_for(ward, timezone.now())
    assert told(outlook.about_ward) == [(title, ["Northgate square"]) for title in ("Live", "Soon", "Later")]
    assert told(outlook.whole_area) == [(title, ["Budget"]) for title in ("Live", "Soon", "Later")]


def test_a_ward_is_told_what_became_of_its_questions_and_of_nobody_elses(
    room: Room, make_question: Callable[..., PublicQuestion], ward: Ward, make_ward: Callable[..., Ward]
) -> None:
    waits = make_question(text="When will it be lit?")
    answered = make_question(QuestionState.ANSWERED)
    make_question(QuestionState.HELD)
    make_question(QuestionState.WITHHELD)
    make_question(ward=make_ward("Bridge"))
    outlook = outlook_for(ward, timezone.now())
    assert (list(outlook.waiting), list(outlook.answered)) == ([waits], [answered])
    assert "When will it be lit?" in Client().get("/room/wards/northgate/").content.decode()


def test_a_question_that_was_joined_to_one_from_elsewhere_is_told_by_that_one(
    make_question: Callable[..., PublicQuestion], clerk: Actor, ward: Ward, make_ward: Callable[..., Ward]
) -> None:
    kept, joined = make_question(ward=make_ward("Bridge")), make_question()
    merge_question(question_pk=joined.pk, into_pk=kept.pk, actor=clerk, merged_at=timezone.now())
    assert list(outlook_for(ward, timezone.now()).waiting) == [kept]
    answer_question(
        question_pk=kept.pk,
        actor=clerk,
        answered_at=timezone.now(),
        answer="In May.",
        how=AnsweredHow.LIVE,
        answered_by="Councillor Farrant",
    )
    page = Client().get("/room/wards/northgate/").content.decode()
    assert "In May.</p><p" in page
    assert "At the meeting: Councillor Farrant</p>" in page


@pytest.mark.parametrize("how", ["the meeting is private", "the session is private", "they were kept inside"])
def test_no_question_is_told_that_the_room_itself_would_not_show(
    room: Room, make_question: Callable[..., PublicQuestion], ward: Ward, how: str
) -> None:
    questions = [make_question(), make_question(QuestionState.ANSWERED)]
    if how == "the meeting is private":
        PageViewRestriction.objects.create(page=room.meeting, restriction_type=PageViewRestriction.LOGIN)
    elif how == "the session is private":
        Room.objects.filter(pk=room.pk).update(state=RoomState.EXEMPT, exempt_paragraph=3)
    else:
        for question in questions:
            KeptInside.objects.create(room=room, collection="questions", thing=question.pk, kept_at=timezone.now())
    outlook = outlook_for(ward, timezone.now())
    assert (outlook.waiting, outlook.answered) == ((), ())


@pytest.fixture
def known_postcode(ward_set: WardSet, ward: Ward) -> str:
    return str(Postcode.objects.create(ward_set=ward_set, ward=ward, code="IP12DE"))


def test_a_postcode_leads_to_its_ward_and_a_split_one_asks_which(
    known_postcode: str, ward_set: WardSet, make_ward: Callable[..., Ward], meeting_index: MeetingIndexPage
) -> None:
    client = Client()
    assert 'action="/room/wards/"' in client.get(meeting_index.url).content.decode()
    found = client.get("/room/wards/", {"postcode": "ip1 2de"})
    assert (found.status_code, found["Location"]) == (302, "/room/wards/northgate/")
    Postcode.objects.create(ward_set=ward_set, ward=make_ward("Bridge"), code="IP12DE")
    asked = client.get("/room/wards/", {"postcode": "ip1 2de"}).content.decode()
    assert all(f'href="/room/wards/{slug}/"' in asked for slug in ("northgate", "bridge"))


@pytest.mark.parametrize(("typed", "status"), [("nowhere", 422), ("IP9 9ZZ", 404), ("", 422)])
def test_a_postcode_that_leads_nowhere_comes_back_as_typed(known_postcode: str, typed: str, status: int) -> None:
    response = Client().get("/room/wards/", {"postcode": typed})
    page = response.content.decode()
    assert (response.status_code, f'value="{typed}"' in page or not typed) == (status, True)
    assert ("govuk-error-summary" in page, 'href="/room/wards/northgate/"' in page) == (True, True)


def test_a_ward_that_is_not_there_is_not_found(db: None) -> None:
    assert [Client().get(f"/room/wards/nowhere/{end}").status_code for end in ("", "feed.atom")] == [404, 404]


def test_the_wards_feed_has_what_names_it_then_what_is_for_everybody(make_coming: Any, ward: Ward) -> None:
    meeting = make_coming()
    response = Client().get("/room/wards/northgate/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    named, everybody = (
        AgendaItem.objects.get(meeting=meeting, title=title) for title in ("Northgate square", "Budget")
    )
    assert feed.findtext(f"{ATOM}title") == "What comes to Northgate"
    assert [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}id"), entry.find(f"{ATOM}link").get("href"))  # type: ignore[union-attr]
        for entry in feed.findall(f"{ATOM}entry")
    ] == [
        (
            f"{item.title} (Cabinet)",
            f"urn:uuid:{item.translation_key}",
            f"http://testserver{meeting.url}#item-{item.pk}",
        )
        for item in (named, everybody)
    ]


def test_the_wards_own_page_leads_to_what_comes_at_meetings(make_coming: Any, ward: Ward) -> None:
    assert "At council meetings" not in Client().get("/wards/northgate/").content.decode()
    make_coming()
    page = Client().get("/wards/northgate/").content.decode()
    assert all(
        words in page for words in ("At council meetings", "Northgate square", 'href="/room/wards/northgate/"')
    )
    assert "Bridge works" not in page


@pytest.mark.parametrize(
    "address", ["/room/wards/northgate/", "/cy/room/wards/northgate/feed.atom", "/wards/northgate/"]
)
def test_one_and_three_meetings_take_the_same_queries(
    make_coming: Any, ward: Ward, address: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    make_coming()
    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_coming()
    make_coming()
    with django_assert_num_queries(len(one)):
        assert client.get(address).content.decode().count("Northgate square") == 3


def test_items_are_told_in_the_readers_language(
    make_coming: Any, ward: Ward, meeting_index: MeetingIndexPage
) -> None:
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    meeting = make_coming()
    for parent in reversed(meeting_index.get_ancestors(inclusive=True).filter(depth__gt=1)):
        if not parent.has_translation(welsh):
            parent.specific.copy_for_translation(welsh, copy_parents=True)
    twin = meeting.copy_for_translation(welsh)
    twin.title = "Y Cabinet"
    twin.save_revision().publish()
    AgendaItem.objects.filter(meeting=twin, title="Northgate square").update(title="Sgwâr Northgate")
    with translation.override("cy"):
        assert told(outlook_for(ward, timezone.now()).about_ward) == [("Y Cabinet", ["Sgwâr Northgate"])]

"""Meeting pages before, during and after; the list of meetings; and what officers find in the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission, Locale, Page

from meetings.enums import QuestionState, RoomState
from meetings.models import Body, MeetingIndexPage, MeetingPage, PublicQuestion, Room


@pytest.fixture
def admin(officer: Any, root_page: Page, settings: Any) -> Client:
    """An officer's browser; the group may edit and publish every page, as a council gives it."""
    settings.SECOND_FACTOR_REQUIRED = False
    for codename in ("change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=officer.groups.get(), page=root_page, permission=permission)
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(page: Any) -> str:
    response = Client().get(page.url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (RoomState.WAITING, "ask a question before it starts"),
        (RoomState.IN_SESSION, "Watch and ask"),
        (RoomState.ADJOURNED, "Watch and ask"),
        (RoomState.CLOSED, "Nobody asked a question at this meeting."),
    ],
)
def test_a_meetings_page_says_what_can_be_done_now(
    make_meeting: Callable[..., MeetingPage], state: RoomState, shown: str
) -> None:
    assert shown in page_of(make_meeting(state, agenda=("Apologies",)))


def test_after_the_meeting_its_questions_stand_with_their_answers(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question(text="Will it be lit?")
    make_question(QuestionState.WITHHELD, text="A private matter?")
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    page = page_of(room.meeting)
    assert ("Will it be lit?" in page, "A private matter?" in page) == (True, False)


def test_the_list_tells_live_coming_and_past_apart(
    make_meeting: Callable[..., MeetingPage], meeting_index: MeetingIndexPage
) -> None:
    now = timezone.now()
    make_meeting(RoomState.IN_SESSION, title="Live one", starts_at=now, ends_at=None)
    make_meeting(title="Coming one", starts_at=now + timedelta(days=3), ends_at=None)
    make_meeting(RoomState.CLOSED, title="Past one", starts_at=now - timedelta(days=3), ends_at=None)
    page = page_of(meeting_index)
    places = [page.index(words) for words in ("Happening now", "Live one", "Coming up", "Coming one", "Past one")]
    assert places == sorted(places)


def test_one_and_three_meetings_take_the_same_queries(
    make_meeting: Callable[..., MeetingPage],
    meeting_index: MeetingIndexPage,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    soon = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": None}
    make_meeting(**soon)
    page_of(meeting_index)
    with CaptureQueriesContext(connection) as one:
        page_of(meeting_index)
    make_meeting(**soon)
    make_meeting(**soon)
    with django_assert_num_queries(len(one)):
        page_of(meeting_index)


def test_a_translated_meeting_shares_the_room_and_its_agenda_items_are_known_by_their_twins(
    make_meeting: Callable[..., MeetingPage], meeting_index: MeetingIndexPage
) -> None:
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    meeting = make_meeting(RoomState.IN_SESSION, agenda=("Apologies", "Questions"))
    for parent in reversed(meeting_index.get_ancestors(inclusive=True).filter(depth__gt=1)):
        if not parent.has_translation(welsh):
            parent.specific.copy_for_translation(welsh, copy_parents=True)
    twin = meeting.copy_for_translation(welsh)
    assert (Room.objects.count(), twin.canonical().pk) == (1, meeting.pk)
    keys = [set(page.agenda_items.values_list("translation_key", flat=True)) for page in (meeting, twin)]
    assert keys[0] == keys[1]


def test_officers_find_meetings_bodies_and_the_desk_in_the_admin(
    admin: Client, make_meeting: Callable[..., MeetingPage]
) -> None:
    meeting = make_meeting(title="Full Council in May")
    page = admin.get("/admin/meetings/").content.decode()
    assert "Full Council in May" in page
    assert f"/room/{meeting.pk}/desk/" in page
    assert Body.objects.get().name in admin.get("/admin/snippets/meetings/body/").content.decode()


def test_a_meeting_at_which_something_was_asked_is_not_deleted(
    admin: Client, room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question()
    admin.post(f"/admin/pages/{room.pk}/delete/")
    assert MeetingPage.objects.filter(pk=room.pk).exists()

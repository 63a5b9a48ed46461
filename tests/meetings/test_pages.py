"""Meeting pages before, during and after; the list of meetings; and what officers find in the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission, Locale, Page

from meetings import services
from meetings.business_enums import Choice, VoteMethod
from meetings.enums import QuestionState, RoomChange, RoomState, StreamKind
from meetings.models import Body, MeetingIndexPage, MeetingPage, PublicQuestion, Record, Room
from meetings.services import Actor, change_room, support_question


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
        (RoomState.WAITING, "Everybody may come and listen."),
        (RoomState.IN_SESSION, "The meeting is going on."),
        (RoomState.ADJOURNED, "The meeting is adjourned."),
        (RoomState.CLOSED, "Nobody asked a question at this meeting."),
    ],
)
def test_a_meetings_page_says_what_can_be_done_now(
    make_meeting: Callable[..., MeetingPage], state: RoomState, shown: str
) -> None:
    soon = timezone.now() + timedelta(days=1)
    page = page_of(make_meeting(state, agenda=("Apologies",), starts_at=soon, ends_at=None))
    assert shown in page


def test_while_the_public_is_excluded_the_page_says_why_and_takes_no_question(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(state=RoomState.EXEMPT, exempt_paragraph=3)
    page = page_of(room.meeting)
    for words in ("The meeting is in private session.", "Schedule 12A, paragraph 3", "Questions rest while"):
        assert words in page
    assert "Follow and ask" not in page


def test_before_a_meeting_people_read_how_to_come_watch_ask_join_and_get_help(
    make_meeting: Callable[..., MeetingPage],
) -> None:
    soon = timezone.now() + timedelta(days=1)
    meeting = make_meeting(
        starts_at=soon,
        ends_at=None,
        access="Hearing loop.",
        stream_kind=StreamKind.DEMONSTRATION,
        notice_deadline_at=soon - timedelta(hours=2),
        contact_name="Bo Clerk",
        contact_telephone="01632 960 001",
    )
    page = page_of(meeting)
    code = Room.objects.get(pk=meeting.pk).code
    for words in (
        "Hearing loop.",
        "Picture and sound are live here from",
        "must come on notice, before",
        code,
        "Bo Clerk",
    ):
        assert words in page
    assert f'href="/room/{meeting.pk}/#ask"' in page
    assert 'href="tel:01632960001"' in page


def test_after_the_meeting_questions_stand_by_support_with_downloads_and_the_records_fingerprint(
    room: Room, clerk: Actor, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question(QuestionState.ANSWERED, text="First asked?")
    liked = make_question(QuestionState.ANSWERED, text="Liked more?")
    make_question(text="Never answered?")
    support_question(question_pk=liked.pk, actor=clerk, given_at=timezone.now())
    change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=timezone.now())
    page = page_of(room.meeting)
    places = [page.index(words) for words in ("After the meeting", "Liked more?", "First asked?")]
    assert places == sorted(places)
    record = Record.objects.get(room=room)
    assert (record.fingerprint in page, f"/room/{room.pk}/questions-and-answers.docx" in page) == (True, True)


def test_after_the_meeting_its_questions_stand_with_their_answers(
    room: Room, make_question: Callable[..., PublicQuestion]
) -> None:
    make_question(text="Will it be lit?")
    make_question(QuestionState.WITHHELD, text="A private matter?")
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    page = page_of(room.meeting)
    assert ("Will it be lit?" in page, "A private matter?" in page) == (True, False)


def test_after_the_meeting_its_motions_stand_with_how_each_councillor_voted(
    room: Room, clerk: Actor, make_member: Callable[..., Actor], moment: datetime
) -> None:
    ann, bob = make_member("Ann"), make_member("Bob")
    motion = services.move_motion(
        room_pk=room.pk,
        actor=clerk,
        mover_pk=ann.user.councillor.pk,
        seconder_pk=bob.user.councillor.pk,
        text="That the library reopen.",
        moved_at=moment,
    )
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    services.cast_vote(motion_pk=motion.pk, actor=ann, choice=Choice.FOR, cast_at=moment)
    services.close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment)
    assert "That the library reopen." not in page_of(room.meeting)  # while it goes on, its room has them
    change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)
    page = page_of(room.meeting)
    places = [
        page.index(words) for words in ('href="#motions-title"', "That the library reopen.", "1 for, 0 against")
    ]
    assert places == sorted(places)
    assert f"/room/{room.pk}/decisions-and-votes.docx" in page


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

"""Short codes, their QR codes, and the chamber's big screen without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from meetings.codes import LENGTH, LETTERS, new_code, qr_svg, typed_code
from meetings.enums import PollChange, QuestionState
from meetings.models import MeetingPage, Poll, PublicQuestion, Room
from meetings.services import Actor, change_poll, rooms, set_agenda_item, support_question, take_question

SVG = "{http://www.w3.org/2000/svg}"


def test_codes_hold_no_letter_that_is_taken_for_another() -> None:
    assert set(LETTERS) & set("01258BEAIOLSUZ") == set()
    assert (len(set(LETTERS)), len(LETTERS)) == (22, 22)
    codes = {new_code() for _ in range(200)}
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) <= set(LETTERS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("F93N", "F93N"), (" f9-3n ", "F93N"), ("f 9 3 n", "F93N"), ("F93", ""), ("F93NN", ""), ("O93N", ""), ("", "")],
)
def test_a_code_is_taken_as_people_type_it(typed: str, meant: str) -> None:
    assert typed_code(typed) == meant


def test_every_room_has_a_code_of_its_own_that_stays(make_meeting: Callable[..., MeetingPage]) -> None:
    first, second = make_meeting(), make_meeting()
    codes = [Room.objects.get(pk=meeting.pk).code for meeting in (first, second)]
    assert [typed_code(code or "") for code in codes] == codes
    assert codes[0] != codes[1]
    first.title = "Moved"
    first.save()
    assert Room.objects.get(pk=first.pk).code == codes[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=second.pk).update(code=codes[0])


def test_a_code_that_is_taken_is_not_given_again(
    make_meeting: Callable[..., MeetingPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Room.objects.get(pk=make_meeting().pk).code
    codes = iter([taken, taken, "CDFG"])
    monkeypatch.setattr(rooms, "new_code", lambda: next(codes))
    assert Room.objects.get(pk=make_meeting().pk).code == "CDFG"


def test_a_code_leads_to_the_room_however_it_is_typed(room: Room) -> None:
    code = Room.objects.get(pk=room.pk).code or ""
    for address in (f"/m/{code}", f"/m/{code.lower()}", f"/m/{code}/", f"/m/?code=+{code[:2]}-{code[2:]}"):
        response = Client().get(address)
        assert (response.status_code, response["Location"]) == (302, f"/room/{room.pk}/"), address
    assert Client().get(f"/cy/m/{code}")["Location"] == f"/cy/room/{room.pk}/"


def test_whoever_mistypes_is_asked_again_and_what_was_typed_is_kept(room: Room) -> None:
    assert Client().get("/m/").status_code == 200
    for address in ("/m/CCCC", "/m/?code=x<y"):
        response = Client().get(address)
        assert response.status_code == 404
        assert "No meeting has this code." in response.content.decode()
    assert 'value="x&lt;y"' in response.content.decode()
    assert Client().get("/m/CCCC.svg").status_code == 404


def test_a_code_opens_neither_an_unpublished_nor_a_private_meeting(room: Room) -> None:
    code = Room.objects.get(pk=room.pk).code
    PageViewRestriction.objects.create(page=room.meeting, restriction_type=PageViewRestriction.LOGIN)
    assert (Client().get(f"/m/{code}").status_code, Client().get(f"/room/{room.pk}/screen/").status_code) == (
        404,
        404,
    )
    PageViewRestriction.objects.all().delete()
    room.meeting.unpublish()
    assert (Client().get(f"/m/{code}").status_code, Client().get(f"/m/{code}.svg").status_code) == (404, 404)


def test_the_qr_code_is_an_svg_of_the_short_address(room: Room) -> None:
    code = Room.objects.get(pk=room.pk).code
    response = Client().get(f"/m/{code}.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == qr_svg(f"http://testserver/m/{code}")
    assert response.content != qr_svg("http://testserver/m/CCCC")
    picture = ElementTree.fromstring(response.content)
    assert picture.tag == f"{SVG}svg"
    assert {name for element in picture.iter() for name in element.attrib} <= {"viewBox", "fill", "stroke", "d"}


def test_the_screen_shows_the_item_being_taken_the_most_supported_questions_and_how_to_join(
    room: Room, make_question: Callable[..., PublicQuestion], clerk: Actor, guest: Actor, moment: Any
) -> None:
    questions = [make_question(text=f"Open {number}?") for number in range(4)]
    make_question(QuestionState.ANSWERED, text="Answered?")
    make_question(QuestionState.HELD, text="CANARY held?")
    support_question(question_pk=questions[0].pk, actor=guest, given_at=moment)
    item = room.meeting.agenda_items.get(number="2")
    set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=moment)
    page = Client().get(f"/room/{room.pk}/screen/").content.decode()
    assert [f"Open {number}?" in page for number in range(4)] == [True, False, True, True]
    assert page.index("Open 0?") < page.index("Open 3?") < page.index("Open 2?")
    assert ("Answered?" in page, "CANARY" in page, "Ada" in page) == (False, False, False)
    assert '<p class="wm-screen__item" data-part="item">2. Questions from the public</p>' in page
    assert f"testserver<wbr>/m/{Room.objects.get(pk=room.pk).code}</p>" in page
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in page


def test_the_question_being_answered_has_the_screen_to_itself(
    room: Room, make_question: Callable[..., PublicQuestion], clerk: Actor, moment: Any
) -> None:
    question, other = make_question(text="Taken now?"), make_question(text="Waits?")
    take_question(room_pk=room.pk, actor=clerk, question_pk=question.pk, taken_at=moment)
    page = Client().get(f"/room/{room.pk}/screen/").content.decode()
    assert '<p class="wm-screen__question-now" data-part="answering-text">Taken now?</p>' in page
    assert 'data-part="asked" hidden' in page
    take_question(room_pk=room.pk, actor=clerk, question_pk=None, taken_at=moment)
    assert 'data-part="answering" hidden' in Client().get(f"/room/{room.pk}/screen/").content.decode()
    assert other.is_public


def test_a_poll_is_shown_without_its_results_while_it_is_open_and_for_five_minutes_with_them(
    room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None], clerk: Actor
) -> None:
    def part(name: str) -> str:
        page = Client().get(f"/room/{room.pk}/screen/").content.decode()
        return page[page.index(f'data-part="{name}"') :].split("</section>")[0]

    assert part("poll").split(">")[0].endswith(" hidden")
    poll = make_poll(question="How did you come?")
    vote(poll, "a1", "Trams")
    assert "How did you come?" in part("poll")
    assert "<li>Trams</li>" in part("poll")
    assert "<rect" not in part("poll")
    closed_at = timezone.now() - timedelta(seconds=290)
    change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=closed_at)
    assert 'width="100%" height="10"></rect>' in part("poll")
    # Of two the one closed last, whichever was opened first.
    later = make_poll(question="Opened later, closed before?")
    change_poll(poll_pk=later.pk, actor=clerk, change=PollChange.CLOSE, changed_at=closed_at - timedelta(seconds=5))
    assert "How did you come?" in part("poll")
    Poll.objects.update(closed_at=closed_at - timedelta(seconds=20))
    assert part("poll").split(">")[0].endswith(" hidden")


def test_one_and_three_questions_take_the_same_queries(
    room: Room, make_question: Callable[..., PublicQuestion], django_assert_num_queries: Callable[..., Any]
) -> None:
    make_question()
    client, address = Client(), f"/room/{room.pk}/screen/"
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_question()
    make_question()
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_the_desk_says_the_code_and_leads_to_the_screen(officer: Any, room: Room, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/room/{room.pk}/desk/").content.decode()
    assert f'<strong class="wm-code">{Room.objects.get(pk=room.pk).code}</strong>' in page
    assert f'href="/room/{room.pk}/screen/"' in page

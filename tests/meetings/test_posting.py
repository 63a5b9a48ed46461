"""Nobody sends forms faster than hands can press; whoever does is told so and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from meetings import urls
from meetings.enums import QuestionState
from meetings.models import Motion, Poll, PublicQuestion, Room, Speaker
from meetings.services import Actor

PLACES = {
    "question_pk": 1,
    "act": "edit",
    "motion_pk": 1,
    "speaker_pk": 1,
    "hand_pk": 1,
    "poll_pk": 1,
    "option_pk": 1,
    "declaration_pk": 1,
    "councillor_pk": 1,
}
"""What stands in an address where a row is meant: the guard comes before the row is looked up."""

EVERYBODYS = {"ask", "support", "raise_hand", "cast_ballot"}
"""Forms of the room that everybody has; the others are a councillor's or the desk's."""


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address_of(pattern: URLPattern, room: Room, **places: int) -> str:
    def place(found: re.Match[str]) -> str:
        name = found.group("name")
        return str(places.get(name, PLACES[name])) if name != "pk" else str(room.pk)

    return "/room/" + re.sub(r"<\w+:(?P<name>\w+)>", place, str(pattern.pattern))


def takes_forms(client: Client, address: str) -> bool:
    """Whether an address takes what a form sends, and nothing else."""
    return client.get(address).status_code == 405


def test_every_form_of_a_meeting_has_a_limit(
    room: Room,
    officer: Any,
    resident: Any,
    make_member: Callable[..., Actor],
    make_poll: Callable[..., Poll],
    make_question: Callable[..., PublicQuestion],
    settings: Any,
) -> None:
    settings.ROOM_POSTS_PER_PERSON = settings.COUNCILLOR_POSTS_PER_PERSON = settings.DESK_POSTS_PER_PERSON = 0
    desk, everybody, member = signed_in(officer), signed_in(resident), signed_in(make_member().user)
    poll, question = make_poll(), make_question()
    found = {}
    for pattern in urls.urlpatterns:
        if ":kind>" in str(pattern.pattern) or "slug:slug" in str(pattern.pattern) or ":key>" in str(pattern.pattern):
            continue
        address = address_of(pattern, room, poll_pk=poll.pk)
        if takes_forms(desk, address) or takes_forms(member, address):
            is_desks = "/desk/" in address
            client = everybody if pattern.name in EVERYBODYS else desk if is_desks else member
            found[pattern.name] = client.post(address, {"question": question.pk}).status_code
    assert {name: status for name, status in found.items() if status != 429} == {}
    assert set(found) > EVERYBODYS
    assert {"vote", "declare", "ask_to_speak", "leave_queue", "propose_answer", "decide", "write_poll"} < set(found)
    assert len(found) >= 30


def test_the_limit_is_an_accounts_and_councillors_and_officers_have_their_own(
    room: Room, make_member: Callable[..., Actor], officer: Any, settings: Any
) -> None:
    settings.COUNCILLOR_POSTS_PER_PERSON, settings.DESK_POSTS_PER_PERSON = 2, 3
    first, second = (signed_in(make_member().user) for _ in range(2))
    speak = f"/room/{room.pk}/speak/"
    assert [first.post(speak).status_code for _ in range(3)] == [302, 302, 429]
    assert second.post(speak).status_code == 302
    desk = signed_in(officer)
    item = {"item": room.meeting.agenda_items.first().pk}
    codes = [desk.post(f"/room/{room.pk}/desk/agenda/", item).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]
    assert desk.get(f"/room/{room.pk}/desk/").status_code == 200


def test_support_uses_up_no_vote(
    room: Room, make_member: Callable[..., Actor], make_question: Callable[..., PublicQuestion], settings: Any
) -> None:
    settings.ROOM_POSTS_PER_PERSON, settings.COUNCILLOR_POSTS_PER_PERSON = 1, 1
    member = signed_in(make_member().user)
    given = {"question": make_question().pk}
    assert [member.post(f"/room/{room.pk}/support/", given).status_code for _ in range(2)] == [302, 429]
    assert member.post(f"/room/{room.pk}/speak/").status_code == 302


def sent_again(page: str) -> dict[str, str]:
    """What the page's form sends."""
    form = page[page.index('<form method="post" action="/room') :]
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    typed = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form)
    return {name: unescape(value) for name, value in (*hidden, *typed) if name != "csrfmiddlewaretoken"}


def test_what_was_sent_too_fast_is_kept_and_can_be_sent_again(
    room: Room, move: Callable[..., Motion], members: list[Actor], officer: Any, settings: Any
) -> None:
    desk, address = signed_in(officer), f"/room/{room.pk}/desk/motions/add/"
    mover, seconder = (member.user.councillor.pk for member in members[:2])
    words = 'That "buses" run\non <Sundays> & holidays.'
    given = {
        "motion-text": words,
        "motion-mover": str(mover),
        "motion-seconder": str(seconder),
        "motion-item": "",
        "motion-amends": "",
    }
    settings.DESK_POSTS_PER_PERSON = 0
    refused = desk.post(address, given)
    page = refused.content.decode()
    assert (refused.status_code, refused["Retry-After"], Motion.objects.count()) == (429, "60", 0)
    assert ("Wait a minute, then send it again." in page, f'action="{address}"' in page) == (True, True)
    assert sent_again(page) == given
    settings.DESK_POSTS_PER_PERSON = 360
    assert desk.post(address, sent_again(page)).status_code == 302
    assert Motion.objects.get().text.replace("\r", "") == words


def test_words_that_nobody_typed_go_along_unseen(
    room: Room, make_question: Callable[..., PublicQuestion], officer: Any, settings: Any
) -> None:
    question = make_question(QuestionState.HELD, text="When will it reopen?")
    settings.DESK_POSTS_PER_PERSON = 0
    given = {"text": "When does it reopen?", "seen": question.text}
    page = signed_in(officer).post(f"/room/{room.pk}/desk/question/{question.pk}/edit/", given).content.decode()
    assert (sent_again(page), page.count("<textarea")) == (given, 1)


def test_a_script_is_told_so_in_a_sentence(room: Room, make_member: Callable[..., Actor], settings: Any) -> None:
    settings.COUNCILLOR_POSTS_PER_PERSON = 0
    client = signed_in(make_member().user)
    told = client.post(f"/room/{room.pk}/speak/", headers={"X-Requested-With": "fetch"})
    assert (told.status_code, told.json()) == (
        429,
        {"message": "That was a lot at once. Wait a minute, then send it again.", "field": ""},
    )
    assert (told["Retry-After"], Speaker.objects.count()) == ("60", 0)


def test_whoever_may_not_is_refused_before_anything_is_counted(room: Room, resident: Any, settings: Any) -> None:
    settings.COUNCILLOR_POSTS_PER_PERSON = settings.DESK_POSTS_PER_PERSON = 0
    client = signed_in(resident)
    for name in ("speak", "declare", "desk/agenda", "desk/question/1", "assigned/1"):
        assert client.post(f"/room/{room.pk}/{name}/").status_code == 403

"""Polls without JavaScript: answering in the room, running them on the desk, planning them on the meeting's page."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.enums import PollKind, PollState, ResultsPolicy, RoomState, WordStanding
from meetings.models import Ballot, MeetingPage, PlannedPoll, Poll, Room
from tests.meetings.test_desk import signed_in

KEY = str(uuid.UUID("33333333-3333-4333-8333-333333333333"))


@pytest.fixture
def visitor(room: Room) -> Client:
    client = Client()
    assert client.get(f"/room/{room.pk}/").status_code == 200
    return client


@pytest.fixture
def desk(officer: Any, settings: Any) -> Client:
    settings.SECOND_FACTOR_REQUIRED = False
    return signed_in(officer)


def page_of(client: Client, room: Room) -> str:
    return client.get(f"/room/{room.pk}/").content.decode()


def bars_in(page: str) -> list[tuple[str, str]]:
    """The rows of every chart on a page: option and figure."""
    return re.findall(r'<tr><th scope="row">([^<]+)<svg.*?<td class="wm-numbers">([^<]+)</td></tr>', page)


def test_a_draft_is_nowhere_and_an_open_poll_hides_how_it_stands_until_one_has_answered(
    visitor: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    make_poll(state=PollState.DRAFT, question="Not yet asked?")
    poll = make_poll(question="How do you come?")
    vote(poll, "a", "Trams")
    before = page_of(visitor, room)
    assert ("How do you come?" in before, "Not yet asked?" in before, bars_in(before)) == (True, False, [])
    option = poll.options.get(text="Buses").pk
    response = visitor.post(f"/room/{room.pk}/polls/{poll.pk}/", {"choice": option})
    assert response["Location"] == f"/room/{room.pk}/?answered={poll.pk}#poll-{poll.pk}"
    after = page_of(visitor, room)
    assert bars_in(after) == [("Buses", "1 (50%)"), ("Trams", "1 (50%)"), ("Bicycles", "0 (0%)")]
    assert (f'id="choice-{option}" checked' in after, "Change your answer" in after) == (True, True)
    assert "it is not a vote of the council" in after
    assert "2 people have answered" in after


def folds_in(page: str) -> list[tuple[str, bool, str]]:
    """Of each open poll: its question, whether its form stands open, and what leads to it."""
    cards = re.findall(r'<li class="wm-poll" id="poll-.*?</summary>', page, re.DOTALL)
    parts = r'data-field="question">([^<]+)<.*data-part="fold"( open)?><summary data-field="fold">([^<]+)<'
    found = [re.search(parts, card, re.DOTALL) for card in cards]
    return [(match[1], bool(match[2]), match[3]) for match in found if match]


def test_the_latest_poll_to_answer_stands_open_and_the_others_fold_up(
    visitor: Client, room: Room, make_poll: Callable[..., Poll]
) -> None:
    ask, done = "Answer this poll", "You have answered: look or change"
    for number, question in enumerate(("First?", "Second?", "Third?")):
        latest = make_poll(question=question)
        Poll.objects.filter(pk=latest.pk).update(opened_at=datetime(2026, 11, 26, 18, number, tzinfo=UTC))
    assert folds_in(page_of(visitor, room)) == [
        ("Third?", True, ask),
        ("Second?", False, ask),
        ("First?", False, ask),
    ]
    address = f"/room/{room.pk}/polls/{latest.pk}/"
    answered = visitor.post(address, {"choice": latest.options.get(text="Buses").pk})["Location"]
    assert folds_in(page_of(visitor, room)) == [
        ("Third?", False, done),
        ("Second?", True, ask),
        ("First?", False, ask),
    ]
    come_back = visitor.get(answered).content.decode()
    assert folds_in(come_back) == [("Third?", True, done), ("Second?", True, ask), ("First?", False, ask)]
    refused = visitor.post(address, {"choice": "987654"}).content.decode()
    assert folds_in(refused)[0] == ("Third?", True, done)
    assert visitor.get(f"/room/{room.pk}/", {"answered": "9" * 40 + "x"}).status_code == 200


@pytest.mark.parametrize("results", [ResultsPolicy.AFTER_VOTING, ResultsPolicy.AFTER_CLOSING, ResultsPolicy.OFFICERS])
def test_the_tag_of_the_list_tells_nobody_how_many_have_answered_who_may_not_see_it(
    visitor: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None], results: ResultsPolicy
) -> None:
    poll = make_poll(results=results)
    address = f"/room/{room.pk}/questions.json"
    before = visitor.get(address)["ETag"]
    vote(poll, "a", "Trams")
    assert visitor.get(address)["ETag"] == before
    visitor.post(f"/room/{room.pk}/polls/{poll.pk}/", {"choice": poll.options.get(text="Buses").pk})
    own = visitor.get(address)["ETag"]
    vote(poll, "b", "Trams")
    is_seen = results is ResultsPolicy.AFTER_VOTING
    assert (own != before, visitor.get(address)["ETag"] != own) == (is_seen, is_seen)


def test_every_kind_is_answered_by_its_form(visitor: Client, room: Room, make_poll: Callable[..., Poll]) -> None:
    multiple, rating = make_poll(PollKind.MULTIPLE), make_poll(PollKind.RATING, low_label="Poor", high_label="Good")
    ranking = make_poll(PollKind.RANKING)

    def send(poll: Poll, fields: dict[str, Any]) -> int:
        return visitor.post(f"/room/{room.pk}/polls/{poll.pk}/", fields).status_code

    keys = list(multiple.options.order_by("place").values_list("pk", flat=True))
    assert send(multiple, {"choice": keys[:2]}) == 302
    assert send(rating, {"choice": rating.options.get(text="4").pk}) == 302
    ranked = list(ranking.options.order_by("place").values_list("pk", flat=True))
    places = {f"place-{option}": place for option, place in zip(ranked, (3, 1, 2), strict=True)}
    assert send(ranking, places) == 302
    page = page_of(visitor, room)
    assert [row for row in bars_in(page) if "points" in row[1]] == [
        ("Trams", "1; points: 2; put first by: 1"),
        ("Bicycles", "2; points: 1; put first by: 0"),
        ("Buses", "3; points: 0; put first by: 0"),
    ]
    assert ("Mean: 4.0 of 5" in page, "5: Good" in page) == (True, True)
    assert dict(Ballot.objects.get(poll=ranking).marks.values_list("option__text", "rank")) == {
        "Trams": 1,
        "Bicycles": 2,
        "Buses": 3,
    }


def test_a_refused_ballot_comes_back_with_what_was_on_it(
    visitor: Client, room: Room, make_poll: Callable[..., Poll]
) -> None:
    ranking, cloud = make_poll(PollKind.RANKING), make_poll(PollKind.WORDS, at_most=2)
    first, second, _third = ranking.options.order_by("place").values_list("pk", flat=True)
    for fields in ({f"place-{first}": "2", f"place-{second}": "2"}, {}, {"choice": "987654"}):
        response = visitor.post(f"/room/{room.pk}/polls/{ranking.pk}/", fields)
        assert response.status_code == 422
    response = visitor.post(f"/room/{room.pk}/polls/{ranking.pk}/", {f"place-{first}": "2", f"place-{second}": "2"})
    page = response.content.decode()
    assert "Give each answer a place of its own." in page
    assert page.count('<option value="2" selected>') == 2
    response = visitor.post(f"/room/{room.pk}/polls/{cloud.pk}/", {"word": ["trees", "x" * 40]})
    page = response.content.decode()
    assert (response.status_code, "30 characters or fewer" in page) == (422, True)
    assert (f'value="{"x" * 40}"' in page, 'value="trees"' in page) == (True, True)
    assert not Ballot.objects.exists()


def test_whoever_sends_too_many_ballots_or_hands_is_asked_to_wait_and_keeps_the_ballot(
    visitor: Client, room: Room, make_poll: Callable[..., Poll], settings: Any
) -> None:
    settings.ROOM_POSTS_PER_PERSON = 2
    poll = make_poll()
    buses, trams = (poll.options.get(text=text).pk for text in ("Buses", "Trams"))
    address = f"/room/{room.pk}/polls/{poll.pk}/"
    assert [visitor.post(address, {"choice": buses}).status_code for _ in range(2)] == [302, 302]
    refused = visitor.post(address, {"choice": trams})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    page = refused.content.decode()
    assert ("Wait a minute, then send it again." in page, f'id="choice-{trams}" checked' in page) == (True, True)
    assert list(Ballot.objects.get().marks.values_list("option", flat=True)) == [buses]
    assert visitor.post(f"/room/{room.pk}/hand/", {"hand-name": "Ada"}).status_code == 429


def test_hostile_ballots_and_strange_polls_are_refused(
    visitor: Client, room: Room, make_poll: Callable[..., Poll], make_meeting: Callable[..., MeetingPage]
) -> None:
    poll, draft = make_poll(), make_poll(state=PollState.DRAFT)
    address = f"/room/{room.pk}/polls/{poll.pk}/"
    for fields in ({"choice": "9" * 40}, {"choice": "٣"}, {"place-1": "x"}, {"word": "a\x00b"}, {"choice": "-1"}):
        assert visitor.post(address, fields).status_code == 422
    other = make_meeting(RoomState.IN_SESSION)
    assert visitor.post(f"/room/{other.pk}/polls/{poll.pk}/", {}).status_code == 404
    assert visitor.post(f"/room/{room.pk}/polls/{draft.pk}/", {}).status_code == 404
    assert Client().post(address, {"choice": poll.options.first().pk}).status_code == 422
    assert not Ballot.objects.exists()


def test_closed_results_stay_on_the_page_and_kept_ones_do_not(
    visitor: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None], desk: Client
) -> None:
    poll = make_poll(results=ResultsPolicy.OFFICERS)
    vote(poll, "a", "Trams")
    address = f"/room/{room.pk}/desk/polls/{poll.pk}/"
    desk.post(address, {"change": "close"})
    page = page_of(visitor, room)
    assert (bars_in(page), "Its results are not shown yet." in page) == ([], True)
    desk.post(address, {"change": "show"})
    assert bars_in(page_of(visitor, room))[1] == ("Trams", "1 (100%)")


def test_an_officer_writes_runs_and_removes_polls_on_the_desk(desk: Client, room: Room) -> None:
    fields = {
        "poll-key": KEY,
        "poll-question": "Which way?",
        "poll-kind": "single",
        "poll-options": "Bus\nTrain",
        "poll-results": "after_voting",
    }
    address = f"/room/{room.pk}/desk/polls/write/"
    refused = desk.post(address, fields | {"poll-options": "Bus"})
    assert (refused.status_code, "Write at least two options" in refused.content.decode()) == (422, True)
    assert "Which way?" in refused.content.decode()
    by_script = desk.post(address, fields | {"poll-options": "Bus"}, headers={"X-Requested-With": "fetch"})
    assert (by_script.status_code, by_script.json()["field"]) == (422, "poll-options")
    for _twice in range(2):
        assert desk.post(address, fields)["Location"] == f"/room/{room.pk}/desk/#polls"
    poll = Poll.objects.get()
    own = f"/room/{room.pk}/desk/polls/{poll.pk}/"
    states = []
    for change in ("open", "close", "keep", "reopen", "close"):
        assert desk.post(own, {"change": change}).status_code == 302
        states.append(Poll.objects.get().state)
    assert states == ["open", "shown", "closed", "open", "shown"]
    assert desk.post(own, {"change": "open"}, headers={"X-Requested-With": "fetch"}).status_code == 422
    assert [desk.post(own, {"change": "burn"}).status_code, desk.post(own, {}).status_code] == [404, 404]
    desk.post(address, fields | {"poll-key": str(uuid.uuid4())})
    draft = Poll.objects.get(state="draft")
    desk.post(f"/room/{room.pk}/desk/polls/{draft.pk}/", {"change": "remove"})
    assert Poll.objects.count() == 1


def test_each_poll_that_is_written_has_a_key_of_its_own_which_the_script_finds_drawn_anew(
    desk: Client, room: Room
) -> None:
    keys = set()
    for _poll in range(2):
        part = desk.get(f"/room/{room.pk}/desk/polls/").content.decode()
        found = re.search(
            r'<div id="poll-key-live" data-live><input type="hidden" name="poll-key" value="([^"]+)"', part
        )
        assert found
        keys.add(found[1])
    assert len(keys) == 2


def test_an_officer_sees_words_that_wait_and_decides_about_them(
    desk: Client, visitor: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll(PollKind.WORDS)
    vote(poll, "a", "bollocks", "Trees")
    page = desk.get(f"/room/{room.pk}/desk/polls/").content.decode()
    assert (page.count("data-waits"), "bollocks" in page) == (1, True)
    word = poll.options.get(text="Trees")
    address = f"/room/{room.pk}/desk/polls/word/{word.pk}/"
    assert desk.post(address, {"standing": "allowed"}).status_code == 302
    assert [desk.post(address, {"standing": "held"}).status_code, visitor.post(address, {}).status_code] == [404, 403]
    word.refresh_from_db()
    assert word.standing == WordStanding.ALLOWED
    visitor.post(f"/room/{room.pk}/polls/{poll.pk}/", {"word": ["buses"]})
    page = page_of(visitor, room)
    assert (bars_in(page), "bollocks" in page) == ([("Trees", "1")], False)


def test_only_officers_run_polls_on_the_desk(room: Room, resident: Any, make_poll: Callable[..., Poll]) -> None:
    poll = make_poll()
    for client in (Client(), signed_in(resident)):
        assert client.get(f"/room/{room.pk}/desk/polls/").status_code == 403
        assert client.post(f"/room/{room.pk}/desk/polls/write/", {}).status_code == 403
        assert client.post(f"/room/{room.pk}/desk/polls/{poll.pk}/", {"change": "close"}).status_code == 403
    assert Poll.objects.get().is_open


def test_one_and_three_polls_take_the_same_queries(
    visitor: Client, desk: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    def queries(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    vote(make_poll(state=PollState.OPEN), "a", "Trams")
    addresses = [(visitor, f"/room/{room.pk}/"), (desk, f"/room/{room.pk}/desk/")]
    addresses.append((visitor, f"/room/{room.pk}/questions.json"))
    shown = make_poll(state=PollState.SHOWN)
    one = [queries(client, address) for client, address in addresses]
    assert shown.is_public
    make_poll(state=PollState.SHOWN)
    vote(make_poll(PollKind.WORDS), "a", "trees")
    make_poll(PollKind.RANKING)
    assert [queries(client, address) for client, address in addresses] == one


def test_nothing_of_a_poll_is_on_the_page_of_a_private_session(
    visitor: Client, room: Room, make_poll: Callable[..., Poll]
) -> None:
    poll = make_poll(question="A question of then?")
    Room.objects.filter(pk=room.pk).update(state=RoomState.EXEMPT, exempt_paragraph=3)
    assert "A question of then?" not in page_of(visitor, room)
    assert "A question of then?" not in visitor.get(f"/room/{room.pk}/questions.json").content.decode()
    assert visitor.post(f"/room/{room.pk}/polls/{poll.pk}/", {"choice": poll.options.first().pk}).status_code == 422


def test_publishing_the_meetings_page_brings_its_polls_to_the_desk(room: Room, desk: Client) -> None:
    page = MeetingPage.objects.get(pk=room.pk)
    page.planned_polls = [PlannedPoll(question="Planned?", kind="rating")]
    page.save_revision().publish()
    assert "Planned?" in desk.get(f"/room/{room.pk}/desk/").content.decode()
    with pytest.raises(ValidationError) as wrong:
        PlannedPoll(meeting=page, question="Which?", kind="single", options="One", locale=page.locale).full_clean()
    assert list(wrong.value.message_dict) == ["options"]


def test_polls_are_taken_away_with_what_their_reader_may_see_and_no_cell_is_a_formula(
    visitor: Client, desk: Client, room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    make_poll(state=PollState.DRAFT, question="Not asked?")
    kept = make_poll(question="=1+1", options=("=A1", "Trams"), results=ResultsPolicy.OFFICERS)
    vote(kept, "a", "=A1")
    desk.post(f"/room/{room.pk}/desk/polls/{kept.pk}/", {"change": "close"})
    own, all_of_it = (
        [client.get(f"/room/{room.pk}/{folder}polls.{kind}").content for kind in ("csv", "json", "docx")]
        for client, folder in ((visitor, ""), (desk, "desk/"))
    )
    assert (b"Not asked?" in own[0], b"A1" in own[0], b"'=1+1" in own[0]) == (False, False, True)
    assert (b"Not asked?" in all_of_it[0], b"'=A1" in all_of_it[0]) == (True, True)
    public, officers = json.loads(own[1])["polls"], json.loads(all_of_it[1])["polls"]
    assert [(poll["question"], poll["people"], poll["answers"]) for poll in public] == [("=1+1", None, None)]
    assert officers[0]["answers"] == [{"answer": "=A1", "people": 1}, {"answer": "Trams", "people": 0}]
    assert [own[2][:2], all_of_it[2][:2]] == [b"PK", b"PK"]
    assert visitor.get(f"/room/{room.pk}/polls.exe").status_code == 404
    assert visitor.get(f"/room/{room.pk}/desk/polls.csv").status_code == 403

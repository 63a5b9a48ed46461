"""Polls are written, opened, answered and closed, each act with its row, its events and its entry in the record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from meetings import services
from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy, Role, RoomChange, RoomState, WordStanding
from meetings.models import Ballot, BallotMark, MeetingPage, PlannedPoll, Poll, RecordEntry, Room, RoomEvent
from meetings.poll_queries import open_polls, standings
from meetings.services import Actor, PollWords

KEY = uuid.UUID("22222222-2222-4222-8222-222222222222")
WORDS = PollWords("How do you come to town?", PollKind.SINGLE, ("Bus", "Train"))


def log_of(room: Room) -> list[tuple[str, str, str]]:
    events = RoomEvent.objects.filter(room=room).order_by("pk")
    return [(event.audience, event.kind, event.payload.get("state", "")) for event in events]


def record_of(room: Room) -> list[dict[str, Any]]:
    entries = RecordEntry.objects.filter(record=room.pk).order_by("sequence")
    return [json.loads(content) for content in entries.values_list("content", flat=True)]


def counts_of(poll: Poll) -> dict[str, int]:
    found = standings([poll])[poll.pk]
    return {found.texts[bar.option]: bar.count for bar in found.tally.bars}


def test_a_draft_is_told_to_moderators_alone_and_written_once(room: Room, clerk: Actor, moment: datetime) -> None:
    write: dict[str, Any] = {"room_pk": room.pk, "actor": clerk, "key": KEY, "written_at": moment}
    first = services.write_poll(**write, words=WORDS)
    assert services.write_poll(**write, words=WORDS).pk == first.pk
    assert log_of(room) == [("moderators", "poll", "draft")]
    changed = services.write_poll(**write, words=PollWords("How?", PollKind.RATING))
    assert (changed.pk, changed.question, changed.at_most) == (first.pk, "How?", 1)
    assert [option.text for option in changed.options.order_by("place")] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (PollWords("  ", PollKind.RATING), "question"),
        (PollWords("Which?", PollKind.SINGLE, ("One",)), "options"),
        (PollWords("Which?", PollKind.MULTIPLE, ("One", "Two"), at_most=3), "at_most"),
        (PollWords("Which?", PollKind.RATING, agenda_item_pk=987654), "agenda_item"),
    ],
)
def test_a_poll_that_cannot_be_asked_is_refused_by_its_field(
    room: Room, clerk: Actor, moment: datetime, words: PollWords, field: str
) -> None:
    with pytest.raises(services.RoomError) as refused:
        services.write_poll(room_pk=room.pk, actor=clerk, key=KEY, words=words, written_at=moment)
    assert refused.value.field == field
    assert not Poll.objects.exists()


def test_a_poll_lives_from_draft_to_results_and_all_of_it_is_recorded(
    room: Room, clerk: Actor, moment: datetime, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll(PollKind.SINGLE, PollState.DRAFT, results=ResultsPolicy.OFFICERS)
    change: dict[str, Any] = {"poll_pk": poll.pk, "actor": clerk, "changed_at": moment}
    services.change_poll(**change, change=PollChange.OPEN)
    vote(poll, "a", "Buses")
    vote(poll, "b", "Trams")
    vote(poll, "b", "Buses")
    for step in (PollChange.CLOSE, PollChange.SHOW, PollChange.KEEP, PollChange.REOPEN, PollChange.CLOSE):
        services.change_poll(**change, change=step)
    assert log_of(room) == [
        ("moderators", "poll", "draft"),
        *(
            (audience, "poll", state)
            for state in ("open", "closed", "shown", "closed", "open", "closed")
            for audience in ("moderators", "public")
        ),
    ]
    entries = record_of(room)
    assert [(entry["act"], entry["before"], entry["after"]) for entry in entries] == [
        ("poll.write", "", "draft"),
        ("poll.open", "draft", "open"),
        ("poll.close", "open", "closed"),
        ("poll.show", "closed", "shown"),
        ("poll.keep", "shown", "closed"),
        ("poll.reopen", "closed", "open"),
        ("poll.close", "open", "closed"),
    ]
    assert {entry["subject"] for entry in entries} == {f"poll:{poll.pk}"}
    assert entries[2]["tally"] == '{"people":2,"bars":[["Buses",2],["Trams",0],["Bicycles",0]]}'
    assert "text_sha256" in entries[1]
    assert '"a"' not in json.dumps(entries)
    assert "guest" not in json.dumps(entries)
    actions = ModelLogEntry.objects.filter(object_id=poll.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [f"meetings.{entry['act']}" for entry in entries]


def test_readers_are_sent_results_only_once_they_are_shown(
    room: Room, clerk: Actor, moment: datetime, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll(results=ResultsPolicy.OFFICERS)
    vote(poll, "a", "Trams")
    for change in (PollChange.CLOSE, PollChange.SHOW):
        services.change_poll(poll_pk=poll.pk, actor=clerk, change=change, changed_at=moment)
    public = RoomEvent.objects.filter(room=room, audience="public").order_by("sequence")
    tallies = [(event.payload["state"], event.payload["tally"]) for event in public]
    assert [(state, tally and tally["people"]) for state, tally in tallies] == [
        ("open", None),
        ("closed", None),
        ("shown", 1),
    ]
    moderators = RoomEvent.objects.filter(room=room, audience="moderators").order_by("sequence")
    assert [event.payload["tally"] and event.payload["tally"]["people"] for event in moderators] == [None, None, 1, 1]


def test_a_ballot_is_one_a_person_and_may_be_changed_until_the_poll_closes(
    clerk: Actor, moment: datetime, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll()
    for text in ("Buses", "Buses", "Trams"):
        vote(poll, "a", text)
    vote(poll, "b", "Buses")
    assert counts_of(poll) == {"Buses": 1, "Trams": 1, "Bicycles": 0}
    assert Poll.objects.get(pk=poll.pk).revision == 3
    services.change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=moment)
    with pytest.raises(services.PollNotOpen):
        vote(poll, "a", "Bicycles")
    assert counts_of(poll) == {"Buses": 1, "Trams": 1, "Bicycles": 0}


def test_the_database_refuses_a_second_ballot_mark_or_rank(
    make_poll: Callable[..., Poll], vote: Callable[..., None], moment: datetime
) -> None:
    poll = make_poll(PollKind.RANKING)
    vote(poll, "a", "Trams", "Buses", "Bicycles")
    ballot = Ballot.objects.get()
    twice = [
        lambda: Ballot.objects.create(poll=poll, voter="guest:a", cast_at=moment, changed_at=moment),
        lambda: BallotMark.objects.create(ballot=ballot, option=poll.options.first(), rank=4),
        lambda: poll.options.create(place=1, text="Ferry", folded="ferry"),
        lambda: poll.options.create(place=9, text="Buses!", folded="buses"),
    ]
    for make in twice:
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


@pytest.mark.parametrize("state", [PollState.DRAFT, PollState.CLOSED, PollState.SHOWN])
def test_only_an_open_poll_takes_ballots(
    make_poll: Callable[..., Poll], vote: Callable[..., None], state: PollState
) -> None:
    with pytest.raises(services.RoomError):
        vote(make_poll(state=state), "a", "Buses")
    assert not Ballot.objects.exists()


def test_a_ballot_the_poll_does_not_take_leaves_the_last_one_as_it_was(
    make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll(PollKind.MULTIPLE, at_most=2)
    vote(poll, "a", "Buses", "Trams")
    with pytest.raises(services.BadBallot) as refused:
        vote(poll, "a", "Buses", "Trams", "Bicycles")
    assert refused.value.field == "choices"
    assert counts_of(poll) == {"Buses": 1, "Trams": 1, "Bicycles": 0}


def test_a_rude_word_and_a_private_detail_wait_for_an_officer(
    clerk: Actor, moment: datetime, make_poll: Callable[..., Poll], vote: Callable[..., None], room: Room
) -> None:
    poll = make_poll(PollKind.WORDS)
    for who in ("a", "b", "c"):
        vote(poll, who, "Buses!", "bollocks", "07700 900123")
    vote(poll, "d", "buses", "Scunthorpe", "lone word")
    vote(poll, "e", "scunthorpe")
    found = standings([poll])[poll.pk]
    assert counts_of(poll) == {"Buses!": 4, "Scunthorpe": 2}
    assert [(word.text, word.count, word.standing) for word in found.waiting] == [
        ("bollocks", 3, WordStanding.HELD),
        ("07700 900123", 3, WordStanding.HELD),
        ("lone word", 1, WordStanding.COUNTED),
    ]
    judged = {"Buses!": WordStanding.HIDDEN, "lone word": WordStanding.ALLOWED}
    for text, standing in judged.items():
        word = poll.options.get(text=text)
        for _twice in range(2):
            services.judge_word(option_pk=word.pk, actor=clerk, standing=standing, judged_at=moment)
    assert counts_of(poll) == {"Scunthorpe": 2, "lone word": 1}
    services.change_poll(poll_pk=poll.pk, actor=clerk, change=PollChange.CLOSE, changed_at=moment)
    entries = record_of(room)
    assert [entry["act"] for entry in entries] == ["poll.write", "poll.open", "poll.word", "poll.word", "poll.close"]
    assert "bollocks" not in json.dumps(entries)
    public = RoomEvent.objects.filter(room=room, audience="public").order_by("-sequence")[0]
    assert [bar["text"] for bar in public.payload["tally"]["bars"]] == ["Scunthorpe", "lone word"]


def test_a_cloud_takes_no_more_different_words_than_the_server_can_count(
    make_poll: Callable[..., Poll], vote: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.services.polls.MAX_DIFFERENT_WORDS", 2)
    poll = make_poll(PollKind.WORDS)
    vote(poll, "a", "trees", "buses")
    with pytest.raises(services.TooManyWords):
        vote(poll, "b", "benches")
    vote(poll, "b", "trees")
    assert counts_of(poll) == {"trees": 2}


def test_a_fourth_open_poll_is_refused(make_poll: Callable[..., Poll]) -> None:
    for _ in range(3):
        make_poll()
    with pytest.raises(services.TooManyPolls):
        make_poll()


def test_a_meeting_that_closes_closes_its_polls_with_their_tally(
    room: Room, clerk: Actor, moment: datetime, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll, kept = make_poll(), make_poll(results=ResultsPolicy.OFFICERS)
    vote(poll, "a", "Buses")
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)
    assert dict(Poll.objects.values_list("pk", "state")) == {poll.pk: "shown", kept.pk: "closed"}
    assert [entry["act"] for entry in record_of(room)][-3:] == ["poll.close", "poll.close", "room.change"]
    # Afterwards results may still be shown, but nothing opened.
    services.change_poll(poll_pk=kept.pk, actor=clerk, change=PollChange.SHOW, changed_at=moment)
    services.change_poll(poll_pk=kept.pk, actor=clerk, change=PollChange.KEEP, changed_at=moment)
    with pytest.raises(services.RoomClosed):
        services.change_poll(poll_pk=kept.pk, actor=clerk, change=PollChange.REOPEN, changed_at=moment)


@pytest.mark.parametrize("role", [Role.GUEST, Role.RESIDENT, Role.COUNCILLOR])
def test_only_officers_run_polls(role: Role, room: Room, moment: datetime, make_poll: Callable[..., Poll]) -> None:
    actor, poll = Actor(role=role, guest="a"), make_poll(PollKind.WORDS)
    word = poll.options.create(place=1, text="trees", folded="trees")
    acts: list[Callable[[], Any]] = [
        lambda: services.write_poll(room_pk=room.pk, actor=actor, key=KEY, words=WORDS, written_at=moment),
        lambda: services.change_poll(poll_pk=poll.pk, actor=actor, change=PollChange.CLOSE, changed_at=moment),
        lambda: services.remove_poll(poll_pk=poll.pk, actor=actor, removed_at=moment),
        lambda: services.judge_word(option_pk=word.pk, actor=actor, standing=WordStanding.ALLOWED, judged_at=moment),
    ]
    for act in acts:
        with pytest.raises(services.NotAllowed):
            act()


def test_only_a_draft_can_be_removed(
    room: Room, clerk: Actor, moment: datetime, make_poll: Callable[..., Poll]
) -> None:
    draft, opened = make_poll(state=PollState.DRAFT), make_poll()
    services.remove_poll(poll_pk=draft.pk, actor=clerk, removed_at=moment)
    with pytest.raises(services.NotPossible):
        services.remove_poll(poll_pk=opened.pk, actor=clerk, removed_at=moment)
    assert list(Poll.objects.values_list("pk", flat=True)) == [opened.pk]
    assert ("moderators", "poll_removed", "") in log_of(room)


def test_what_is_planned_on_the_page_comes_to_the_desk_and_follows_it_until_it_is_opened(
    room: Room, clerk: Actor, moment: datetime, make_poll: Callable[..., Poll]
) -> None:
    own = make_poll(state=PollState.DRAFT)
    page = MeetingPage.objects.get(pk=room.pk)
    page.planned_polls = [
        PlannedPoll(
            question="Which way?", kind="ranking", options="Bus\nTrain\nFoot", agenda_number="3", sort_order=1
        ),
        PlannedPoll(question="How was it?", kind="rating", low_label="Poor", high_label="Good", sort_order=2),
        PlannedPoll(question="Why?", kind="words", at_most=1, sort_order=3),
    ]
    page.save()

    def plan() -> dict[str, str]:
        services.plan_polls(meeting=MeetingPage.objects.get(pk=room.pk), actor=clerk, planned_at=moment)
        return dict(room.polls.exclude(pk=own.pk).order_by("pk").values_list("question", "state"))

    assert plan() == {"Which way?": "draft", "How was it?": "draft", "Why?": "draft"}
    first = room.polls.get(question="Which way?")
    assert str(first.agenda_item) == "3. Libraries"
    assert [option.text for option in first.options.order_by("place")] == ["Bus", "Train", "Foot"]
    before = len(log_of(room))
    plan()
    assert len(log_of(room)) == before
    services.change_poll(poll_pk=first.pk, actor=clerk, change=PollChange.OPEN, changed_at=moment)
    page = MeetingPage.objects.get(pk=room.pk)
    page.planned_polls = [
        PlannedPoll(pk=planned.pk, question=f"{planned.question} Really?", kind=planned.kind, options=planned.options,
                    translation_key=planned.translation_key, locale=planned.locale)
        for planned in page.planned_polls.order_by("sort_order")[:2]
    ]  # fmt: skip
    page.save()
    assert plan() == {"Which way?": "open", "How was it? Really?": "draft"}
    assert room.polls.filter(pk=own.pk).exists()


def test_an_open_poll_is_read_anew_only_when_a_ballot_changed_it(
    room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    polls = [make_poll(), make_poll(PollKind.WORDS, results=ResultsPolicy.AFTER_CLOSING)]
    for who in ("a", "b"):
        vote(polls[0], who, "Trams")
        vote(polls[1], who, "trees")
    found = open_polls(room.pk, {})
    assert {pk: (poll.revision, poll.seen_by) for pk, poll in found.items() if poll} == {
        polls[0].pk: (2, frozenset({"guest:a", "guest:b"})),
        polls[1].pk: (2, frozenset()),
    }
    known = {pk: poll.revision for pk, poll in found.items() if poll}
    with CaptureQueriesContext(connection) as quiet:
        assert open_polls(room.pk, known) == {polls[0].pk: None, polls[1].pk: None}
    assert len(quiet) == 1
    vote(polls[0], "c", "Buses")
    with CaptureQueriesContext(connection) as one_more:
        again = open_polls(room.pk, known)
    assert [pk for pk, poll in again.items() if poll] == [polls[0].pk]
    assert len(one_more) == 5


def test_a_closed_room_takes_no_ballot_and_an_unpublished_meeting_has_no_poll(
    room: Room, make_poll: Callable[..., Poll], vote: Callable[..., None]
) -> None:
    poll = make_poll()
    Room.objects.filter(pk=room.pk).update(state=RoomState.CLOSED)
    with pytest.raises(services.RoomClosed):
        vote(poll, "a", "Buses")
    Room.objects.filter(pk=room.pk).update(state=RoomState.IN_SESSION)
    MeetingPage.objects.filter(pk=room.pk).update(live=False)
    with pytest.raises(services.NoSuchPoll):
        vote(poll, "a", "Buses")

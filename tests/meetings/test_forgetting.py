"""Who took part in a meeting is forgotten when its time has come, and every count stays what it was."""

from __future__ import annotations

import io
import itertools
import json
import random
import uuid
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings import check_record, record, services
from meetings.business_enums import SpeakerChange, SpeakerKind, SpeakerState, VoteMethod
from meetings.contents import room_contents
from meetings.enums import (
    Audience,
    Decision,
    EventKind,
    ForgetReason,
    PollKind,
    PollState,
    QuestionState,
    Role,
    RoomChange,
    RoomState,
    WordStanding,
)
from meetings.exports import Sheet, as_json
from meetings.models import (
    Ballot,
    Hand,
    MeetingPage,
    Motion,
    Poll,
    PublicQuestion,
    Record,
    RecordEntry,
    Room,
    RoomEvent,
    Speaker,
    Upvote,
)
from meetings.models.questions import ERASED_WORDS
from meetings.poll_queries import standings
from meetings.queries import moderated, support_counts
from meetings.services import Actor
from wardmote.management.commands.tick import DUTIES
from wards.models import Ward

Make = Callable[..., PublicQuestion]

SECOND = timedelta(seconds=1)
KEPT = timedelta(days=92)
EMAIL_KEPT = timedelta(days=28)

CANARY = "Quillfeather"
"""A word that stands in every private name, address, text and word of these tests, and nowhere else."""

DEVICE = "c0ffee"
"""The beginning of every guest's key in these tests."""


def guest_of(number: int) -> Actor:
    return Actor(role=Role.GUEST, guest=f"{DEVICE}{number:026x}")


def found_in_database(*needles: str) -> dict[str, list[str]]:
    """By table and column: which of ``needles`` stand anywhere in the database."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    hits = [needle for needle in needles if needle.lower() in str(value).lower()]
                    if hits:
                        found.setdefault(f"{table}.{column}", []).extend(hits)
    return found


def verdict(room: Room, tmp_path: Path) -> tuple[int, str]:
    file = tmp_path / "record.jsonl"
    lines = record.export_lines(Room.objects.select_related("meeting").get(pk=room.pk))
    file.write_text("".join(lines), encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said:
        code = check_record.main([str(file)])
    return code, said.getvalue()


def close(room: Room, clerk: Actor, moment: datetime) -> None:
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)


def forget(room: Room, moment: datetime) -> services.Forgotten | None:
    return services.forget_people(room_pk=room.pk, forgotten_at=moment)


@pytest.fixture
def busy_room(
    room: Room,
    make_question: Make,
    make_poll: Callable[..., Poll],
    vote: Callable[..., None],
    make_member: Callable[..., Actor],
    clerk: Actor,
    resident: Any,
    moment: datetime,
) -> Room:
    """A meeting at which people left something of themselves wherever it can be left; closed after two hours."""
    numbers = itertools.count(1)

    def ask(state: QuestionState, **fields: Any) -> PublicQuestion:
        values = {
            "actor": guest_of(next(numbers)),
            "name": f"Ada {CANARY}",
            "email": f"ada.{CANARY.lower()}@example.org",
            "text": f"Why does {CANARY} wait? {next(numbers)}" if state in UNSEEN else "When will it reopen?",
        }
        return make_question(state, **values | fields)

    main = ask(QuestionState.PUBLISHED)
    for state in QuestionState:
        ask(state)
    ask(QuestionState.PUBLISHED, name="Ben Shown", name_is_public=True)
    ask(QuestionState.WITHHELD, name_is_public=True)
    account = Actor(role=Role.RESIDENT, user=resident)
    ask(QuestionState.PUBLISHED, actor=account, email="")
    edited = ask(QuestionState.PUBLISHED, text=f"What of {CANARY}?")
    services.edit_question(question_pk=edited.pk, actor=clerk, text="What of it?", seen=edited.text, edited_at=moment)
    withdrawn = ask(QuestionState.ANSWERED, text=f"And {CANARY}’s house?")
    services.decide_question(
        question_pk=withdrawn.pk,
        actor=clerk,
        decision=Decision.ANSWER,
        decided_at=moment,
        answer=f"{CANARY}’s is number 4.",
        answered_by=f"Cllr {CANARY}",
    )
    services.decide_question(
        question_pk=withdrawn.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="An address"
    )
    reopened = ask(QuestionState.PUBLISHED)
    for decision in (Decision.ANSWER, Decision.REOPEN):
        services.decide_question(
            question_pk=reopened.pk, actor=clerk, decision=decision, decided_at=moment, answer=f"Ask {CANARY}."
        )
    councillor = make_member()
    assert councillor.user
    proposed = ask(QuestionState.PUBLISHED)
    services.assign_question(
        question_pk=proposed.pk, actor=clerk, councillor_pk=councillor.user.councillor.pk, assigned_at=moment
    )
    services.propose_answer(
        question_pk=proposed.pk, actor=councillor, answer=f"Like {CANARY} says.", proposed_at=moment
    )
    services.answer_question(question_pk=proposed.pk, actor=clerk, answered_at=moment, answer="In May.")
    for supporter in (*map(guest_of, range(100, 107)), account):
        services.support_question(question_pk=main.pk, actor=supporter, given_at=moment)
    single, cloud = make_poll(), make_poll(PollKind.WORDS, at_most=3)
    for number in range(100, 105):
        key = guest_of(number).guest
        vote(single, key, "Buses" if number % 2 else "Trams")
        vote(cloud, key, "quiet", f"{CANARY} {number}")
    word = cloud.options.get(text=f"{CANARY} 104")
    services.judge_word(option_pk=word.pk, actor=clerk, standing=WordStanding.HIDDEN, judged_at=moment)
    services.raise_hand(room_pk=room.pk, actor=guest_of(200), name=f"Hal {CANARY}", raised_at=moment)
    services.hold_question(room_pk=room.pk, actor=clerk, question_pk=main.pk, held_at=moment)
    for name in ("Ivy Heard", f"Ned {CANARY}"):
        services.add_speaker(room_pk=room.pk, actor=clerk, kind=SpeakerKind.PUBLIC, name=name, added_at=moment)
    services.change_speaker(
        speaker_pk=Speaker.objects.get(name="Ivy Heard").pk,
        actor=clerk,
        change=SpeakerChange.START,
        changed_at=moment,
    )
    close(room, clerk, moment + timedelta(hours=2))
    return Room.objects.get(pk=room.pk)


UNSEEN = (QuestionState.HELD, QuestionState.WITHHELD, QuestionState.MERGED)
CLOSED_AFTER = timedelta(hours=2)


def test_no_table_holds_a_private_name_an_address_or_a_device_afterwards(
    busy_room: Room, resident: Any, moment: datetime, tmp_path: Path
) -> None:
    key = f"user:{resident.pk}"
    before = found_in_database(CANARY, DEVICE, key)
    assert {table.split(".")[0] for table in before} >= {
        "meetings_publicquestion",
        "meetings_upvote",
        "meetings_ballot",
        "meetings_polloption",
        "meetings_speaker",
        "meetings_roomevent",
        "wagtailcore_modellogentry",
    }
    services.forget_due_people(moment + CLOSED_AFTER + KEPT)
    assert found_in_database(CANARY, DEVICE, key) == {}
    assert verdict(busy_room, tmp_path)[0] == 0


def test_the_record_never_held_them(busy_room: Room, tmp_path: Path) -> None:
    in_record = [table for table in found_in_database(CANARY, DEVICE) if "record" in table]
    assert (in_record, verdict(busy_room, tmp_path)[0]) == ([], 0)


def told_of_room(room: Room) -> Any:
    """All that is counted of a meeting, and what readers read of it but for who waited to speak."""
    polls = list(room.polls.order_by("pk"))
    questions = list(room.questions.public().with_support().with_people().order_by("pk"))
    sheet = Sheet(room.meeting, questions, {}, is_officers=False, language="en", made_at=room.meeting.starts_at)
    return {
        "states": sorted(room.questions.values_list("pk", "state", "ward", "asked_at")),
        "support": support_counts(room.pk),
        "all_support": {one.pk: one.support for one in moderated(room, *QuestionState)},
        "tallies": {pk: standing.tally for pk, standing in standings(polls).items()},
        "public": as_json(sheet),
        "spoken": list(room.speakers.filter(state=SpeakerState.SPOKEN).values_list("name", "spoken_ms")),
    }


def test_every_count_and_all_that_was_public_stays(busy_room: Room, moment: datetime) -> None:
    before = told_of_room(busy_room)
    forget(busy_room, moment + KEPT)
    assert told_of_room(busy_room) == before
    assert before["support"][min(before["support"])] == 8
    names = [question.shown_name for question in PublicQuestion.objects.public()]
    assert [name for name in names if name] == ["Ben Shown"]


def test_random_meetings_keep_their_counts_and_lose_their_people(
    make_meeting: Callable[..., MeetingPage], make_question: Make, clerk: Actor, moment: datetime
) -> None:
    dice = random.Random(20261105)
    for _meeting in range(6):
        room = make_meeting(RoomState.IN_SESSION).room
        people = [guest_of(dice.randrange(12)) for _ in range(30)]
        for person in people[:8]:
            make_question(
                dice.choice(list(QuestionState)[:4]),
                room_pk=room.pk,
                actor=person,
                name=f"Ada {CANARY}",
                name_is_public=False,
            )
        for person in people:
            question = dice.choice(list(room.questions.all()))
            if question.is_public:
                services.support_question(question_pk=question.pk, actor=person, given_at=moment)
        open_ones = list(room.questions.filter(state=QuestionState.PUBLISHED))
        if len(open_ones) > 1:
            services.merge_question(
                question_pk=open_ones[0].pk, into_pk=open_ones[1].pk, actor=clerk, merged_at=moment
            )
        close(room, clerk, moment)
        before = told_of_room(room)
        assert forget(room, moment + KEPT)
        assert told_of_room(room) == before
    assert found_in_database(CANARY, DEVICE) == {}


def test_only_words_that_readers_see_stay(busy_room: Room, moment: datetime) -> None:
    forget(busy_room, moment + KEPT)
    by_state: dict[str, set[str]] = {}
    for state, text in PublicQuestion.objects.values_list("state", "text"):
        by_state.setdefault(state, set()).add("erased" if text == ERASED_WORDS else "kept")
    assert by_state == {
        QuestionState.HELD: {"erased"},
        QuestionState.WITHHELD: {"erased"},
        QuestionState.MERGED: {"erased"},
        QuestionState.PUBLISHED: {"kept"},
        QuestionState.ANSWERED: {"kept"},
    }
    edited = PublicQuestion.objects.get(text="What of it?")
    assert (edited.edited_at is not None, edited.original_text) == (True, "")
    cloud = Poll.objects.get(kind=PollKind.WORDS)
    assert list(cloud.options.values_list("text", flat=True)) == ["quiet"]


def test_no_word_stays_of_a_cloud_whose_results_were_kept(busy_room: Room, moment: datetime) -> None:
    cloud = Poll.objects.filter(kind=PollKind.WORDS)
    cloud.update(state=PollState.CLOSED, closed_at=moment)
    forget(busy_room, moment + KEPT)
    assert (cloud.get().options.count(), cloud.get().ballots.count()) == (0, 5)


@pytest.mark.parametrize(("before_due", "done"), [(SECOND, 0), (timedelta(0), 1)])
def test_its_time_comes_a_number_of_days_after_the_end(
    busy_room: Room, moment: datetime, before_due: timedelta, done: int
) -> None:
    due = moment + CLOSED_AFTER + KEPT
    assert len(services.forget_due_people(due - before_due)) == done


ENDS: dict[str, dict[str, Any]] = {
    "as planned": {"ends_at": timedelta(days=3)},
    "questions are taken longer": {"questions_close_at": timedelta(days=20)},
    "it starts later than it closed": {"starts_at": timedelta(days=1), "ends_at": None},
}


@pytest.mark.parametrize("which", ENDS)
def test_the_end_is_the_latest_of_its_moments(
    room: Room, make_question: Make, clerk: Actor, moment: datetime, which: str
) -> None:
    make_question()
    close(room, clerk, moment)
    ends = {name: after and moment + after for name, after in ENDS[which].items()}
    MeetingPage.objects.filter(pk=room.pk).update(**ends)
    due = max(end for end in ends.values() if end) + KEPT
    found = [len(services.forget_due_people(at)) for at in (due - SECOND, due)]
    assert found == [0, 1]


def test_a_meeting_that_nobody_closed_is_closed_first(
    make_meeting: Callable[..., MeetingPage], make_question: Make, moment: datetime
) -> None:
    rooms = [make_meeting(state).room for state in (RoomState.WAITING, RoomState.IN_SESSION, RoomState.ADJOURNED)]
    for room in rooms:
        make_question(room_pk=room.pk)
    MeetingPage.objects.filter(pk=rooms[0].pk).update(live=False)
    assert len(services.forget_due_people(moment + timedelta(hours=2) + KEPT)) == 3
    for room in rooms:
        room.refresh_from_db()
    assert [(room.state, room.forgotten_at is not None) for room in rooms] == [("closed", True)] * 3


def test_an_adjourned_meeting_waits_for_the_moment_at_which_it_resumes(
    room: Room, clerk: Actor, moment: datetime
) -> None:
    services.raise_hand(room_pk=room.pk, actor=guest_of(1), raised_at=moment)
    resumes_at = moment + timedelta(days=60)
    adjourn = {"room_pk": room.pk, "actor": clerk, "change": RoomChange.ADJOURN, "changed_at": moment}
    services.change_room(**adjourn, resumes_at=resumes_at)
    found = [len(services.forget_due_people(at + KEPT)) for at in (resumes_at - SECOND, resumes_at)]
    assert found == [0, 1]


def test_a_meeting_with_an_open_vote_is_left_and_the_others_are_not(
    room: Room,
    make_meeting: Callable[..., MeetingPage],
    make_question: Make,
    make_poll: Callable[..., Poll],
    move: Callable[..., Motion],
    clerk: Actor,
    moment: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_poll()
    services.open_vote(motion_pk=move().pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    other = make_meeting().room
    make_question(room_pk=other.pk)
    assert [one.meeting for one in services.forget_due_people(moment + CLOSED_AFTER + KEPT)] == [str(other.meeting)]
    assert "A vote is open" in caplog.text
    assert Room.objects.get(pk=room.pk).state == RoomState.IN_SESSION


def test_a_meeting_at_which_nobody_left_anything_is_left_alone(
    make_meeting: Callable[..., MeetingPage], moment: datetime
) -> None:
    room = make_meeting().room
    assert services.forget_due_people(moment + 2 * KEPT) == []
    room.refresh_from_db()
    assert (room.state, Record.objects.count()) == (RoomState.WAITING, 0)


def test_a_name_on_a_hand_is_forgotten_where_nothing_else_was_done(
    room: Room, clerk: Actor, moment: datetime
) -> None:
    services.raise_hand(room_pk=room.pk, actor=guest_of(1), name=CANARY, raised_at=moment)
    close(room, clerk, moment)
    assert list(found_in_database(CANARY)) == ["meetings_roomevent.payload"]
    services.forget_due_people(moment + CLOSED_AFTER + KEPT)
    assert found_in_database(CANARY) == {}


def test_doing_it_again_changes_nothing(busy_room: Room, moment: datetime) -> None:
    due = moment + CLOSED_AFTER + KEPT
    first = services.forget_due_people(due)
    length, events = Record.objects.get().length, RoomEvent.objects.count()
    assert (len(first), services.forget_due_people(due + KEPT), forget(busy_room, due)) == (1, [], None)
    assert (Record.objects.get().length, RoomEvent.objects.count()) == (length, events)


def test_a_dry_run_counts_the_same_and_keeps_everything(busy_room: Room, moment: datetime) -> None:
    due = moment + CLOSED_AFTER + KEPT
    before = found_in_database(CANARY, DEVICE)
    would = services.forget_due_people(due, is_dry_run=True)
    assert found_in_database(CANARY, DEVICE) == before
    assert services.forget_due_people(due) == would
    [forgotten] = would
    assert (forgotten.askers, forgotten.supporters, forgotten.ballots) == (
        PublicQuestion.objects.count(),
        Upvote.objects.count(),
        Ballot.objects.count(),
    )
    assert (forgotten.cloud_words, forgotten.speakers) == (5, 1)


def test_the_number_of_queries_does_not_grow_with_the_people(
    make_meeting: Callable[..., MeetingPage], make_question: Make, clerk: Actor, moment: datetime
) -> None:
    counts = []
    for people in (1, 3):
        room = make_meeting(RoomState.IN_SESSION).room
        for number in range(people):
            make_question(QuestionState.WITHHELD, room_pk=room.pk)
            question = make_question(room_pk=room.pk)
            services.support_question(question_pk=question.pk, actor=guest_of(number), given_at=moment)
        close(room, clerk, moment)
        with CaptureQueriesContext(connection) as queries:
            forget(room, moment + KEPT)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_meeting_that_has_forgotten_counts_nobody_any_more(
    busy_room: Room, clerk: Actor, guest: Actor, ward: Ward, moment: datetime
) -> None:
    MeetingPage.objects.filter(pk=busy_room.pk).update(questions_close_at=moment + 3 * KEPT)
    later = moment + 2 * KEPT
    forget(busy_room, later)
    shown = PublicQuestion.objects.filter(state=QuestionState.PUBLISHED).order_by("pk")
    merged = PublicQuestion.objects.filter(state=QuestionState.MERGED).first()
    held = PublicQuestion.objects.filter(state=QuestionState.HELD).first()
    assert merged
    assert held
    refused: list[tuple[type[services.RoomError], Callable[[], object]]] = [
        (
            services.PeopleForgotten,
            lambda: services.change_room(
                room_pk=busy_room.pk, actor=clerk, change=RoomChange.REOPEN, changed_at=later
            ),
        ),
        (
            services.RoomClosed,
            lambda: services.support_question(question_pk=shown[0].pk, actor=guest, given_at=later),
        ),
        (
            services.RoomClosed,
            lambda: services.ask_question(
                room_pk=busy_room.pk,
                actor=guest,
                key=uuid.uuid4(),
                text="Late?",
                name="Zed",
                ward=ward,
                asked_at=later,
            ),
        ),
        (
            services.PeopleForgotten,
            lambda: services.merge_question(
                question_pk=shown[0].pk, into_pk=shown[1].pk, actor=clerk, merged_at=later
            ),
        ),
        (
            services.PeopleForgotten,
            lambda: services.unmerge_question(question_pk=merged.pk, actor=clerk, unmerged_at=later),
        ),
        (
            services.WordsErased,
            lambda: services.decide_question(
                question_pk=held.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=later
            ),
        ),
        (
            services.WordsErased,
            lambda: services.edit_question(
                question_pk=held.pk, actor=clerk, text="Anew?", seen=ERASED_WORDS, edited_at=later
            ),
        ),
    ]
    for error, act in refused:
        with pytest.raises(error), transaction.atomic():
            act()


def test_late_answers_and_edits_go_on(busy_room: Room, clerk: Actor, moment: datetime) -> None:
    forget(busy_room, moment + KEPT)
    question = PublicQuestion.objects.filter(state=QuestionState.PUBLISHED, edited_at=None).first()
    assert question
    services.answer_question(question_pk=question.pk, actor=clerk, answered_at=moment + 2 * KEPT, answer="In May.")
    for words in ("Put shortly?", question.text):
        seen = PublicQuestion.objects.get(pk=question.pk).text
        services.edit_question(
            question_pk=question.pk, actor=clerk, text=words, seen=seen, edited_at=moment + 2 * KEPT
        )
    question.refresh_from_db()
    assert (question.answer, question.edited_at, question.original_text) == ("In May.", moment + 2 * KEPT, "")


def test_the_log_begins_anew_and_its_numbers_go_on(busy_room: Room, moment: datetime) -> None:
    before = {
        audience: RoomEvent.objects.filter(audience=audience).latest("sequence").sequence for audience in Audience
    }
    last_pk, epoch = RoomEvent.objects.latest("pk").pk, busy_room.epoch
    forget(busy_room, moment + KEPT)
    kinds = set(RoomEvent.objects.values_list("kind", flat=True))
    assert kinds <= {EventKind.ROOM, EventKind.AGENDA, EventKind.RESET}
    after = {audience: RoomEvent.objects.filter(audience=audience).latest("sequence") for audience in Audience}
    assert {audience: event.sequence for audience, event in after.items()} == {
        audience: number + 1 for audience, number in before.items()
    }
    assert [event.kind for event in after.values()] == [EventKind.RESET] * 2
    contents = room_contents(busy_room.pk, replay=200)
    assert contents
    assert (contents.last_pk > last_pk, contents.epoch == epoch) == (True, False)
    assert CANARY not in str(contents)


def test_it_stands_in_the_record_as_nobodys_act(busy_room: Room, moment: datetime, tmp_path: Path) -> None:
    before = Record.objects.get().fingerprint
    forget(busy_room, moment + KEPT)
    content = json.loads(RecordEntry.objects.latest("sequence").content)
    assert {name: content[name] for name in ("act", "subject", "role", "who", "after")} == {
        "act": "room.forget",
        "subject": "room",
        "role": "officer",
        "who": "",
        "after": "forgotten",
    }
    # Whoever noted the fingerprint before finds it in the record.
    assert RecordEntry.objects.filter(hash=before).exists()
    assert verdict(busy_room, tmp_path)[0] == 0


def test_the_database_refuses_a_forgotten_asker_who_is_somebody_and_a_forgetful_room_that_is_open(
    busy_room: Room, resident: Any, moment: datetime
) -> None:
    forget(busy_room, moment + KEPT)
    for fields in ({"asker": resident}, {"asker_key": "guest:1"}, {"asker_email": "a@example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicQuestion.objects.update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=busy_room.pk).update(state=RoomState.ADJOURNED)


# Addresses ---------------------------------------------------------------------------------------------------------


def test_an_address_goes_some_weeks_after_the_answer_and_stays_while_there_is_none(
    make_question: Make, clerk: Actor, moment: datetime
) -> None:
    given = {"email": "ada@example.org"}
    waiting, answered = make_question(**given), make_question(QuestionState.ANSWERED, **given)
    joined = make_question(**given)
    services.merge_question(question_pk=joined.pk, into_pk=answered.pk, actor=clerk, merged_at=moment)
    due = moment + EMAIL_KEPT
    found = [services.forget_answered_addresses(at) for at in (due - SECOND, due, due)]
    assert found == [0, 2, 0]
    kept = PublicQuestion.objects.exclude(asker_email="")
    assert list(kept) == [waiting]
    names = PublicQuestion.objects.filter(pk__in=[answered.pk, joined.pk]).values_list("asker_name", flat=True)
    assert set(names) == {"Ada Okafor"}


def test_days_are_the_councils_to_choose(busy_room: Room, moment: datetime, settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"asker_days": 30, "asker_email_days": 0})
    assert services.forget_answered_addresses(moment, is_dry_run=True) == services.forget_answered_addresses(moment)
    assert len(services.forget_due_people(moment + CLOSED_AFTER + timedelta(days=30))) == 1


@pytest.mark.parametrize(("days", "said"), [(28, "28 days after"), (1, "1 day after")])
def test_whoever_gives_an_address_reads_how_long_it_is_kept(room: Room, settings: Any, days: int, said: str) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"asker_email_days": days})
    assert f"It is deleted {said} your question was answered." in Client().get(f"/room/{room.pk}/").content.decode()


def test_the_tick_and_a_command_do_it(busy_room: Room, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    duties = [duty for _name, duty in DUTIES]
    assert (services.forget_answered_addresses in duties, services.forget_due_people in duties) == (True, True)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment + CLOSED_AFTER + KEPT)
    before = PublicQuestion.objects.exclude(asker_email="").count()
    for options in ({"dry_run": True}, {}, {}):
        call_command("forget_askers", stdout=(out := io.StringIO()), **options)
        told = out.getvalue().splitlines()
        if options:
            assert PublicQuestion.objects.exclude(asker_email="").count() == before
            assert "would be deleted" in told[0]
            assert str(busy_room) in told[1]
            assert told[-1] == "meetings whose people would be forgotten: 1"
    assert told == [
        "e-mail addresses of askers who were answered: 0 deleted",
        "meetings whose people were forgotten: 0",
    ]


# One asker, at once ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(officer: Any, settings: Any) -> Client:
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(desk: Client, question: PublicQuestion, **fields: str) -> Any:
    return desk.post(f"/room/{question.room_id}/desk/question/{question.pk}/forget/", fields)


PRIVATE = {"name": f"Ada {CANARY}", "email": f"ada.{CANARY}@example.org"}

WHAT_STAYS = {
    QuestionState.PUBLISHED: True,
    QuestionState.ANSWERED: True,
    QuestionState.WITHHELD: False,
    QuestionState.MERGED: True,
}


@pytest.mark.parametrize("state", WHAT_STAYS)
def test_an_officer_forgets_who_asked_with_a_reason_that_names_nobody(
    desk: Client, room: Room, make_question: Make, clerk: Actor, state: QuestionState, tmp_path: Path
) -> None:
    question = make_question(state, actor=guest_of(1), name_is_public=True, **PRIVATE)
    words = question.text
    done = press(desk, question, why="asked for")
    assert done["Location"] == f"/room/{room.pk}/desk/#question-{question.pk}"
    assert found_in_database(CANARY, DEVICE) == {}
    question.refresh_from_db()
    assert (question.state, question.text == words, question.shown_name) == (state, WHAT_STAYS[state], "")
    content = json.loads(RecordEntry.objects.latest("sequence").content)
    who = f"account:{clerk.user.pk}" if clerk.user else ""
    assert [content[name] for name in ("act", "subject", "who", "after", "reason")] == [
        "question.forget",
        question.reference,
        who,
        "forgotten",
        "asked for",
    ]
    assert verdict(room, tmp_path)[0] == 0
    length = Record.objects.get().length
    press(desk, question, why="harm")
    assert Record.objects.get().length == length


def test_a_question_that_waits_is_decided_first_and_a_reason_is_chosen(desk: Client, make_question: Make) -> None:
    held, shown = make_question(QuestionState.HELD, **PRIVATE), make_question(**PRIVATE)
    refused = press(desk, held, why="harm")
    assert (refused.status_code, "Decide first whether" in refused.content.decode()) == (422, True)
    refused = press(desk, shown, why="")
    assert (refused.status_code, "Choose a reason." in refused.content.decode()) == (422, True)
    assert PublicQuestion.objects.filter(asker_name=PRIVATE["name"]).count() == 2


def test_the_page_of_a_question_offers_it_until_it_is_done(desk: Client, room: Room, make_question: Make) -> None:
    question, held = make_question(**PRIVATE), make_question(QuestionState.HELD, **PRIVATE)

    def page(one: PublicQuestion) -> str:
        return desk.get(f"/room/{room.pk}/desk/question/{one.pk}/more/").content.decode()

    action = f"/desk/question/{question.pk}/forget/"
    assert (action in page(question), "/forget/" in page(held)) == (True, False)
    press(desk, question, why="somebody else's")
    assert (action in page(question), "Who asked was forgotten on" in page(question)) == (False, True)


def test_a_name_that_stayed_in_public_can_be_taken_off_long_afterwards(
    desk: Client, busy_room: Room, moment: datetime
) -> None:
    forget(busy_room, moment + KEPT)
    question = PublicQuestion.objects.get(asker_name="Ben Shown")
    press(desk, question, why="asked for")
    assert found_in_database("Ben Shown") == {}


def test_what_is_withheld_after_the_people_are_forgotten_can_be_erased(
    desk: Client, busy_room: Room, clerk: Actor, moment: datetime
) -> None:
    forget(busy_room, moment + KEPT)
    question = PublicQuestion.objects.get(text="What of it?")
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment + KEPT, reason="Unkind"
    )
    press(desk, question, why="harm")
    assert found_in_database("What of it") == {}


def test_joining_a_question_whose_asker_is_forgotten_makes_them_no_supporter(
    make_question: Make, clerk: Actor, moment: datetime
) -> None:
    main, others = make_question(), [make_question(), make_question()]
    for question in others:
        services.forget_asker(
            question_pk=question.pk, actor=clerk, reason=ForgetReason.ASKED_FOR, forgotten_at=moment
        )
        services.merge_question(question_pk=question.pk, into_pk=main.pk, actor=clerk, merged_at=moment)
    assert main.upvotes.count() == 0
    for question in others:
        services.unmerge_question(question_pk=question.pk, actor=clerk, unmerged_at=moment)
    assert set(PublicQuestion.objects.values_list("state", flat=True)) == {QuestionState.PUBLISHED}


# Accounts ----------------------------------------------------------------------------------------------------------


def test_an_account_that_is_deleted_leaves_its_questions_and_its_votes(
    room: Room, make_question: Make, make_poll: Callable[..., Poll], resident: Any, clerk: Actor, moment: datetime
) -> None:
    actor = Actor(role=Role.RESIDENT, user=resident)
    asked = [make_question(state, actor=actor, name=f"Ada {CANARY}") for state in list(QuestionState)[:3]]
    shown = make_question(actor=actor, name="Ada Shown", name_is_public=True)
    other = make_question()
    services.support_question(question_pk=other.pk, actor=actor, given_at=moment)
    poll = make_poll()
    option = poll.options.first()
    assert option
    services.cast_ballot(poll_pk=poll.pk, actor=actor, choices=[option.pk], cast_at=moment)
    services.raise_hand(room_pk=room.pk, actor=actor, raised_at=moment)
    resident.delete()
    assert found_in_database(CANARY) == {}
    assert (Hand.objects.count(), other.upvotes.count(), poll.ballots.count()) == (0, 1, 1)
    states = PublicQuestion.objects.filter(pk__in=[one.pk for one in asked]).order_by("pk")
    assert list(states.values_list("state", "text")) == [(one.state, one.text) for one in asked]
    shown.refresh_from_db()
    assert (shown.shown_name, shown.asker, shown.asker_key) == ("Ada Shown", None, "")
    services.answer_question(question_pk=shown.pk, actor=clerk, answered_at=moment, answer="Yes.")
    services.merge_question(question_pk=asked[1].pk, into_pk=other.pk, actor=clerk, merged_at=moment)
    close(room, clerk, moment)
    assert forget(room, moment + KEPT)
    assert Poll.objects.get(pk=poll.pk).state == PollState.SHOWN

"""What officers and councillors do with a question: change it, join it, assign it, answer it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from meetings import services
from meetings.enums import AnsweredHow, Decision, QuestionState, Role, RoomChange, RoomState
from meetings.models import PublicQuestion, QuestionHold, RecordEntry, Room, RoomEvent, Upvote
from meetings.queries import holds_in, published
from meetings.services import Actor
from sentiment.models import Feedback
from wards.models import Councillor, Ward

SECOND = timedelta(seconds=1)
Make = Callable[..., PublicQuestion]


@pytest.fixture
def councillor(ward: Ward, make_councillor: Callable[..., Any]) -> Councillor:
    return make_councillor(ward).councillor


@pytest.fixture
def join(clerk: Actor, moment: datetime) -> Callable[[PublicQuestion, PublicQuestion], PublicQuestion]:
    def join(question: PublicQuestion, main: PublicQuestion) -> PublicQuestion:
        return services.merge_question(question_pk=question.pk, into_pk=main.pk, actor=clerk, merged_at=moment)

    return join


@pytest.fixture
def separate(clerk: Actor, moment: datetime) -> Callable[[PublicQuestion], PublicQuestion]:
    def separate(question: PublicQuestion) -> PublicQuestion:
        return services.unmerge_question(question_pk=question.pk, actor=clerk, unmerged_at=moment)

    return separate


def voter(name: str) -> Actor:
    return Actor(role=Role.GUEST, guest=name)


def support(question: PublicQuestion, moment: datetime, *names: str) -> None:
    for name in names:
        services.support_question(question_pk=question.pk, actor=voter(name), given_at=moment)


def voters(question: PublicQuestion) -> set[str]:
    return {name.removeprefix("guest:") for name in question.upvotes.values_list("voter", flat=True)}


def last_told(audience: str) -> tuple[str, dict[str, Any]]:
    event = RoomEvent.objects.filter(audience=audience).latest("sequence")
    return event.kind, event.payload


def fate(question: PublicQuestion) -> dict[str, Any]:
    return last_told(f"asker:{question.key.hex}")[1]


def last_entry() -> dict[str, Any]:
    return json.loads(RecordEntry.objects.latest("sequence").content)


# Words --------------------------------------------------------------------------------------------------------------


def test_an_edited_question_keeps_its_original_and_readers_see_that_it_is_edited(
    make_question: Make, clerk: Actor, moment: datetime
) -> None:
    question = make_question(text="Ring 07700 900123: when will it reopen?")
    asked = question.text
    services.edit_question(
        question_pk=question.pk, actor=clerk, text="When will it reopen?", seen=asked, edited_at=moment
    )
    question.refresh_from_db()
    assert (question.text, question.original_text, question.findings) == ("When will it reopen?", asked, [])
    kind, public = last_told("public")
    assert (kind, public["text"], public["is_edited"], "07700" in json.dumps(public)) == (
        "question",
        "When will it reopen?",
        True,
        False,
    )
    assert last_told("moderators")[1]["original"] == asked
    assert Feedback.objects.get().text == "When will it reopen?"
    entry = last_entry()
    assert (entry["act"], len(entry["text_sha256"]), len(entry["before_sha256"])) == ("question.edit", 64, 64)
    assert ModelLogEntry.objects.filter(action="meetings.question.edit").count() == 1
    # The words it was asked in, written again, are no edit.
    services.edit_question(
        question_pk=question.pk, actor=clerk, text=asked, seen="When will it reopen?", edited_at=moment
    )
    question.refresh_from_db()
    assert (question.original_text, question.edited_at) == ("", None)


def test_words_that_a_colleague_has_changed_meanwhile_are_not_overwritten(
    make_question: Make, clerk: Actor, moment: datetime
) -> None:
    question = make_question(text="First")
    services.edit_question(question_pk=question.pk, actor=clerk, text="Second", seen="First", edited_at=moment)
    with pytest.raises(services.ColleagueWasQuicker):
        services.edit_question(question_pk=question.pk, actor=clerk, text="Third", seen="First", edited_at=moment)
    with pytest.raises(services.TextMissing):
        services.edit_question(question_pk=question.pk, actor=clerk, text=" ", seen="Second", edited_at=moment)
    with pytest.raises(services.NotAllowed):
        services.edit_question(
            question_pk=question.pk, actor=voter("x"), text="Mine", seen="Second", edited_at=moment
        )
    question.refresh_from_db()
    assert (question.text, question.original_text) == ("Second", "First")
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicQuestion.objects.filter(pk=question.pk).update(original_text="")


# Joining ------------------------------------------------------------------------------------------------------------


def test_joined_questions_count_every_person_once_and_readers_see_one(
    room: Room, make_question: Make, join: Any, moment: datetime
) -> None:
    main, question = make_question(), make_question(name="Sam")
    support(main, moment, "a", "b")
    support(question, moment, "b", "c")
    join(question, main)
    question.refresh_from_db()
    asker = question.asker_key.removeprefix("guest:")
    assert voters(main) == {"a", "b", "c", asker}
    assert voters(question) == {"b", "c"}
    assert [(each.pk, each.support) for each in published(room)] == [(main.pk, 4)]
    assert last_told("public") == ("question_removed", {"id": question.pk, "into": main.pk})
    told = fate(question)
    assert (told["state"], told["into"], told["into_state"]) == ("merged", main.pk, "published")
    assert Feedback.objects.get().origin == f"question:{main.key}"
    entry = last_entry()
    assert (entry["act"], entry["subject"], entry["before"], entry["after"], entry["with"], entry["support"]) == (
        "question.merge",
        f"question:{question.pk}",
        "published",
        "merged",
        f"question:{main.pk}",
        "4",
    )
    join(question, main)  # said again
    assert RecordEntry.objects.filter(content__contains='"question.merge"').count() == 1


def test_whoever_asked_both_is_no_supporter_of_their_own_question(
    make_question: Make, join: Any, guest: Actor
) -> None:
    main, question = make_question(actor=guest), make_question(actor=guest)
    join(question, main)
    assert voters(main) == set()


def test_separating_gives_back_what_was(
    make_question: Make, join: Any, separate: Any, clerk: Actor, moment: datetime
) -> None:
    main, question, other = make_question(), make_question(), make_question()
    support(main, moment, "a", "b")
    support(question, moment, "b", "c", "d", "e")
    support(other, moment, "d", "f")
    before = {each.pk: voters(each) for each in (main, question, other)}
    join(question, main)
    join(other, main)
    support(main, moment, "new")
    support(question, moment, "late")  # a page that has not heard of it
    services.withdraw_support(question_pk=main.pk, actor=voter("e"), withdrawn_at=moment)
    asker = {each.pk: each.asker_key.removeprefix("guest:") for each in (question, other)}
    assert voters(main) == {"a", "b", "c", "d", "f", "new", "late", *asker.values()}
    separate(question)
    question.refresh_from_db()
    assert (question.state, question.merged_into, question.state_before_merge) == ("published", None, "")
    assert voters(question) == before[question.pk] - {"e"}
    # d came with both, and stays as long as one of them does.
    assert voters(main) == before[main.pk] | {"d", "f", "new", "late", asker[other.pk]}
    separate(other)
    assert voters(other) == before[other.pk]
    assert voters(main) == before[main.pk] | {"new", "late"}
    assert fate(question)["state"] == "published"
    assert Feedback.objects.count() == 3
    separate(question)  # said again
    assert last_entry()["act"] == "question.unmerge"


def test_support_is_withdrawn_from_all_that_is_joined(
    make_question: Make, join: Any, separate: Any, moment: datetime
) -> None:
    main, question = make_question(), make_question()
    support(main, moment, "a")
    support(question, moment, "a")
    join(question, main)
    assert services.withdraw_support(question_pk=question.pk, actor=voter("a"), withdrawn_at=moment)
    separate(question)
    assert "a" not in voters(main) | voters(question)


def test_what_cannot_be_joined_is_refused_with_its_reason(
    room: Room,
    make_question: Make,
    make_meeting: Callable[..., Any],
    ward: Ward,
    join: Any,
    clerk: Actor,
    moment: datetime,
) -> None:
    main, joined, held = make_question(), make_question(), make_question(QuestionState.HELD)
    join(joined, main)
    answered, withheld = make_question(QuestionState.ANSWERED), make_question(QuestionState.WITHHELD)
    strange = make_question(room_pk=make_meeting(RoomState.IN_SESSION).room.pk)
    for question, into, error in (
        (main, main, services.CannotJoin),
        (answered, main, services.CannotJoin),
        (held, withheld, services.CannotJoin),
        (make_question(), held, services.MainNotPublished),
        (main, answered, services.HasJoined),
        (held, joined, services.ColleagueWasQuicker),
        (joined, answered, services.ColleagueWasQuicker),
        (held, strange, services.NoSuchQuestion),
    ):
        with pytest.raises(error):
            join(question, into)
    with pytest.raises(services.NotPossible):
        services.decide_question(question_pk=joined.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=moment)
    for wrong in ({"merged_into": None}, {"merged_into": joined.pk}, {"state": "published"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicQuestion.objects.filter(pk=joined.pk).update(**wrong)


def test_whoever_asked_a_joined_question_hears_what_becomes_of_the_other(
    make_question: Make, join: Any, clerk: Actor, moment: datetime
) -> None:
    main, question = make_question(QuestionState.HELD), make_question(QuestionState.HELD)
    join(question, main)
    assert (fate(question)["into"], fate(question)["into_state"]) == (None, "held")
    told = []
    for decision in (Decision.PUBLISH, Decision.ANSWER, Decision.WITHHOLD):
        services.decide_question(
            question_pk=main.pk, actor=clerk, decision=decision, decided_at=moment, reason="It names a child"
        )
        told.append((fate(question)["into"], fate(question)["into_state"], fate(question)["reason"]))
    assert told == [
        (main.pk, "published", ""),
        (main.pk, "answered", ""),
        (None, "withheld", "It names a child"),
    ]


def test_support_for_a_question_joined_before_it_was_published_finds_nothing(
    make_question: Make, join: Any, moment: datetime
) -> None:
    main, question = make_question(), make_question(QuestionState.HELD)
    join(question, main)
    with pytest.raises(services.NoSuchQuestion):
        support(question, moment, "guesser")


# Answering ----------------------------------------------------------------------------------------------------------


def test_one_question_is_being_answered_and_keeps_its_moment(
    room: Room, make_question: Make, clerk: Actor, join: Any, moment: datetime
) -> None:
    first, second, held = make_question(), make_question(), make_question(QuestionState.HELD)

    def take(pk: int | None, at: datetime = moment) -> Room:
        return services.take_question(room_pk=room.pk, actor=clerk, question_pk=pk, taken_at=at)

    take(first.pk)
    take(second.pk, moment + SECOND)
    second.refresh_from_db()
    assert second.taken_at == moment + SECOND
    kind, payload = last_told("public")
    assert (kind, payload["question"]) == ("room", second.pk)
    entry = last_entry()
    assert (entry["act"], entry["before"], entry["after"]) == (
        "room.question",
        f"question:{first.pk}",
        f"question:{second.pk}",
    )
    with pytest.raises(services.NotPossible):
        take(held.pk)
    join(second, first)
    room.refresh_from_db()
    assert room.current_question_id == first.pk
    services.answer_question(question_pk=first.pk, actor=clerk, answered_at=moment, answered_by="Cllr Hale")
    first.refresh_from_db()
    room.refresh_from_db()
    assert (first.answered_how, first.answered_by, room.current_question_id) == (AnsweredHow.LIVE, "Cllr Hale", None)
    assert last_told("moderators")[1]["question"] is None


def test_after_the_meeting_a_question_is_answered_in_writing_unless_said_otherwise(
    room: Room, make_question: Make, clerk: Actor, moment: datetime
) -> None:
    questions = [make_question(), make_question()]
    services.take_question(room_pk=room.pk, actor=clerk, question_pk=questions[0].pk, taken_at=moment)
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)
    assert Room.objects.get(pk=room.pk).current_question is None
    for question, how in zip(questions, (None, AnsweredHow.LIVE), strict=True):
        services.answer_question(question_pk=question.pk, actor=clerk, answered_at=moment, answer="Yes.", how=how)
        question.refresh_from_db()
    assert [question.answered_how for question in questions] == [AnsweredHow.WRITTEN, AnsweredHow.LIVE]
    with pytest.raises(services.RoomClosed):
        services.take_question(room_pk=room.pk, actor=clerk, question_pk=questions[0].pk, taken_at=moment)


def test_the_shortlist_is_for_moderators(make_question: Make, clerk: Actor, moment: datetime) -> None:
    question = make_question()
    public = RoomEvent.objects.filter(audience="public").count()
    for is_shortlisted in (True, True, False):
        services.shortlist_question(
            question_pk=question.pk, actor=clerk, is_shortlisted=is_shortlisted, shortlisted_at=moment
        )
    acts = [json.loads(content) for content in RecordEntry.objects.values_list("content", flat=True)]
    changes = [(act["before"], act["after"]) for act in acts if act["act"] == "question.shortlist"]
    assert changes == [("", "shortlisted"), ("shortlisted", "")]
    assert RoomEvent.objects.filter(audience="public").count() == public


# Councillors --------------------------------------------------------------------------------------------------------


def test_a_councillor_is_told_of_the_questions_assigned_to_them_and_of_no_others(
    make_question: Make,
    councillor: Councillor,
    make_councillor: Callable[..., Any],
    ward: Ward,
    clerk: Actor,
    moment: datetime,
) -> None:
    question, _other = make_question(QuestionState.HELD), make_question()
    colleague = make_councillor(ward).councillor

    def assign(pk: int | None) -> None:
        services.assign_question(question_pk=question.pk, actor=clerk, councillor_pk=pk, assigned_at=moment)

    with pytest.raises(services.NoSuchCouncillor):
        assign(10**9)
    assign(councillor.pk)
    mine = f"councillor:{councillor.pk}"
    kind, payload = last_told(mine)
    assert (kind, payload["id"], payload["proposed_answer"]) == ("question", question.pk, "")
    assert "Ada Okafor" not in json.dumps(payload)
    assert (last_entry()["act"], last_entry()["after"]) == ("question.assign", mine)
    services.decide_question(
        question_pk=question.pk, actor=clerk, decision=Decision.WITHHOLD, decided_at=moment, reason="Not for us"
    )
    assert last_told(mine)[0] == "question_removed"
    services.decide_question(question_pk=question.pk, actor=clerk, decision=Decision.PUBLISH, decided_at=moment)
    assert last_told(mine)[1]["state"] == "published"
    assign(colleague.pk)
    assert (last_told(mine)[0], last_told(f"councillor:{colleague.pk}")[0]) == ("question_removed", "question")
    assign(None)
    assert last_told(f"councillor:{colleague.pk}")[0] == "question_removed"
    assert RoomEvent.objects.filter(audience=mine).count() == 4


def test_a_councillors_written_answer_is_public_only_once_an_officer_makes_it_the_answer(
    make_question: Make, councillor: Councillor, clerk: Actor, resident: Any, moment: datetime
) -> None:
    question = make_question()
    member = Actor(role=Role.COUNCILLOR, user=councillor.user)

    def propose(actor: Actor = member, answer: str = "In May, once the roof is mended.") -> PublicQuestion:
        return services.propose_answer(question_pk=question.pk, actor=actor, answer=answer, proposed_at=moment)

    with pytest.raises(services.NoSuchQuestion):
        propose()
    services.assign_question(question_pk=question.pk, actor=clerk, councillor_pk=councillor.pk, assigned_at=moment)
    for actor, error in (
        (clerk, services.NotAllowed),
        (Actor(role=Role.RESIDENT, user=resident), services.NotAllowed),
    ):
        with pytest.raises(error):
            propose(actor)
    with pytest.raises(services.AnswerMissing):
        propose(answer=" ")
    propose()
    assert last_told("moderators")[1]["proposed_answer"] == "In May, once the roof is mended."
    assert "roof" not in json.dumps(list(RoomEvent.objects.filter(audience="public").values("payload")))
    entry = last_entry()
    assert (entry["act"], entry["role"], entry["who"]) == ("question.propose_answer", "councillor", "")


def test_a_councillors_proposed_answer_is_not_shown_to_the_next_nor_offered_in_their_name(
    make_question: Make,
    councillor: Councillor,
    clerk: Actor,
    make_ward: Callable[..., Ward],
    make_councillor: Callable[..., Any],
    moment: datetime,
) -> None:
    question, other = make_question(), make_councillor(make_ward()).councillor
    member = Actor(role=Role.COUNCILLOR, user=councillor.user)

    def assign(pk: int | None) -> PublicQuestion:
        return services.assign_question(question_pk=question.pk, actor=clerk, councillor_pk=pk, assigned_at=moment)

    assign(councillor.pk)
    services.propose_answer(question_pk=question.pk, actor=member, answer="In May.", proposed_at=moment)
    assert assign(None).proposed_answer == "In May."  # officers may still publish it
    assert assign(other.pk).proposed_answer == ""
    assert last_told(f"councillor:{other.pk}")[1]["proposed_answer"] == ""
    assert last_told("moderators")[1]["proposed_answer"] == ""


# Colleagues ---------------------------------------------------------------------------------------------------------


def test_colleagues_see_who_has_a_question_open_for_as_long_as_the_desk_says_so(
    room: Room, make_question: Make, clerk: Actor, make_user: Callable[..., Any], moment: datetime
) -> None:
    question, other = make_question(QuestionState.HELD), make_question(QuestionState.HELD)
    colleague = Actor(role=Role.OFFICER, user=make_user(first_name="Sam", last_name="Fenn"))

    def hold(actor: Actor, pk: int | None, after: int = 0) -> bool:
        at = moment + after * SECOND
        return services.hold_question(room_pk=room.pk, actor=actor, question_pk=pk, held_at=at)

    assert hold(colleague, question.pk)
    assert holds_in(room.pk, moment) == {question.pk: (colleague.user.pk, "Sam Fenn")}  # type: ignore[union-attr]
    assert not hold(clerk, question.pk, 59)
    assert hold(clerk, question.pk, 60)
    assert hold(clerk, other.pk, 61)
    assert set(holds_in(room.pk, moment + 62 * SECOND)) == {other.pk}
    assert hold(clerk, None)
    assert (QuestionHold.objects.count(), RoomEvent.objects.filter(kind="holding").count()) == (0, 0)
    with pytest.raises(services.NotAllowed):
        hold(voter("x"), question.pk)
    with pytest.raises(services.NoSuchQuestion):
        hold(clerk, 10**9)


def test_nothing_told_about_joining_assigning_or_editing_names_an_asker(
    make_question: Make, join: Any, councillor: Councillor, clerk: Actor, moment: datetime
) -> None:
    main = make_question(email="ada@example.org", actor=voter("asker-of-main"))
    question = make_question(email="ada@example.org", actor=voter("asker-of-other"), key=uuid.uuid4())
    support(question, moment, "a-supporter")
    services.assign_question(question_pk=main.pk, actor=clerk, councillor_pk=councillor.pk, assigned_at=moment)
    services.edit_question(question_pk=main.pk, actor=clerk, text="Shorter?", seen=main.text, edited_at=moment)
    join(question, main)
    written = "".join(RecordEntry.objects.values_list("content", flat=True))
    others = json.dumps(list(RoomEvent.objects.exclude(audience="moderators").values("payload")))
    for private in ("Ada Okafor", "ada@example.org", "asker-of", "a-supporter"):
        assert (private in written, private in others) == (False, False)
    assert Upvote.objects.filter(question=main, came_from=question).count() == 2

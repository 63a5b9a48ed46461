"""Keeping answers that are being written: nobody's words are lost, and nobody's overwrite another's in silence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from consultations import drafts
from consultations.drafts import (
    MAX_DRAFT_CHARACTERS,
    MAX_DRAFT_FIELDS,
    AlreadySent,
    DraftMovedOn,
    DraftNotYours,
    DraftTooLong,
    Typed,
    find_draft,
    forget_drafts,
    hash_token,
    make_token,
    save_draft,
    start_draft,
)
from consultations.kinds import AnswerGiven
from consultations.models import ConsultationPage, Draft, Response
from consultations.services import ConsultationClosed, ConsultationNotOpen, submit_response
from tests.consultations.samples import CLOSES_AT, DAYS, OPENS_AT, SECOND, USES, VIEW, WHILE_OPEN, answers
from wardmote.management.commands.tick import DUTIES

pytestmark = pytest.mark.django_db

TEXT, BOXES, DAY = f"q-{VIEW}", f"q-{USES}", f"q-{DAYS}"
ASKED = frozenset({TEXT, BOXES, DAY})
ONE, OTHER = uuid4(), uuid4()


def typed(text: str = "", *, writer=ONE, sequence=1, asked=ASKED, **fields: list[str]) -> Typed:
    return Typed({TEXT: [text]} | fields, frozenset(asked), writer, sequence)


@pytest.fixture
def form(consultation):
    """What one printed form sends with everything."""
    return {"consultation": consultation, "key": uuid4(), "token": make_token()}


def save(form: dict[str, Any], what: Typed, revision: int, at=WHILE_OPEN) -> Draft:
    return save_draft(**form, typed=what, expected_revision=revision, saved_at=at)


def test_the_first_save_begins_the_draft(form, consultation):
    draft = save(form, typed("More seats", **{BOXES: ["option-food", "option-company"]}), 0)
    assert Draft.objects.values().get() == {
        "id": draft.pk,
        "consultation_id": consultation.pk,
        "key": form["key"],
        "token_hash": hash_token(form["token"]),
        "reference": draft.reference,
        "fields": {TEXT: ["More seats"], BOXES: ["option-food", "option-company"]},
        "revision": 1,
        "hands": [
            {"writer": str(ONE), "names": sorted([TEXT, BOXES]), "since": 0, "revision": 1, "sequence": 1},
        ],
        "language": "en",
        "created_at": WHILE_OPEN,
        "saved_at": WHILE_OPEN,
    }
    assert draft.reference.startswith("DR-")


def test_the_token_is_long_and_stored_nowhere(form):
    save(form, typed("Hello"), 0)
    assert len(form["token"]) * 6 >= 128
    assert form["token"] not in str(Draft.objects.values().get())
    assert find_draft(consultation=form["consultation"], token=form["token"]) == Draft.objects.get()
    assert find_draft(consultation=form["consultation"], token=make_token()) is None


def test_a_token_opens_one_consultation_only(form, make_consultation):
    save(form, typed("Hello"), 0)
    assert find_draft(consultation=make_consultation(), token=form["token"]) is None


def test_a_later_save_replaces_what_is_asked_and_keeps_what_is_not(form):
    save(form, typed("One", **{BOXES: ["option-food"], "q-taken-out": ["Keep me"]}), 0)
    later = WHILE_OPEN + SECOND
    draft = save(form, typed("Two", sequence=2), 1, later)
    assert draft.fields == {TEXT: ["Two"], "q-taken-out": ["Keep me"]}
    assert (draft.revision, draft.created_at, draft.saved_at) == (2, WHILE_OPEN, later)


def test_starting_twice_is_one_draft(form):
    first = start_draft(**form, typed=typed("One"), saved_at=WHILE_OPEN)
    assert start_draft(**form, typed=typed("Two"), saved_at=WHILE_OPEN + SECOND) == first
    assert Draft.objects.get().fields == {TEXT: ["One"]}


def test_a_save_whose_acknowledgement_was_lost_can_be_repeated_and_followed(form):
    first = save(form, typed("One", sequence=1), 0)
    assert save(form, typed("One", sequence=1), 0).revision == first.revision == 1
    # Revision 1 was never seen by its own writer, who has typed on.
    assert save(form, typed("One two", sequence=2), 0).revision == 2
    assert Draft.objects.get().fields == {TEXT: ["One two"]}


def test_a_save_overtaken_by_a_later_one_of_its_own_changes_nothing(form):
    save(form, typed("One", sequence=1), 0)
    save(form, typed("Three", sequence=3), 1)
    assert save(form, typed("Two", sequence=2), 1).fields == {TEXT: ["Three"]}


def test_of_two_windows_the_second_is_told_and_nothing_is_overwritten(form):
    save(form, typed("Begun"), 0)
    save(form, typed("Of one", sequence=2), 1)
    with pytest.raises(DraftMovedOn) as moved:
        save(form, typed("Of the other", writer=OTHER), 1)
    assert moved.value.current.fields == {TEXT: ["Of one"]}
    assert Draft.objects.get().fields == {TEXT: ["Of one"]}
    # Having seen it, the other goes on from there; now the first is the one who has not.
    assert save(form, typed("Of both", writer=OTHER, sequence=2), 2).revision == 3
    with pytest.raises(DraftMovedOn):
        save(form, typed("Of one again", sequence=3), 2)


def test_a_writer_does_not_overtake_another_by_having_written_before(form):
    save(form, typed("A"), 0)
    save(form, typed("B", writer=OTHER), 1)
    save(form, typed("A again", sequence=2), 2)
    with pytest.raises(DraftMovedOn):
        save(form, typed("A, not having seen B", sequence=3), 1)
    assert save(form, typed("A, having seen B", sequence=4), 2).fields == {TEXT: ["A, having seen B"]}


def test_two_windows_that_say_the_same_do_not_quarrel(form):
    save(form, typed("Same"), 0)
    save(form, typed("The very same", sequence=2), 1)
    assert save(form, typed("The very same", writer=OTHER), 1).revision == 2


def boxes(*ticked: str, writer=OTHER, sequence=1) -> Typed:
    """What the second page of a form holds."""
    return Typed({BOXES: list(ticked)}, frozenset({BOXES}), writer, sequence)


@pytest.mark.parametrize("is_late", [False, True])
def test_two_pages_of_a_form_are_no_quarrel_in_whichever_order_they_come(form, is_late):
    """What a page hands over as it is left may come before or after what is typed on the page gone back to."""
    save(form, typed("One", asked={TEXT}), 0)
    saves = [boxes("option-food"), typed("One two", writer=uuid4(), asked={TEXT})]
    for what in reversed(saves) if is_late else saves:
        save(form, what, 1)
    assert Draft.objects.get().fields == {TEXT: ["One two"], BOXES: ["option-food"]}


def test_a_page_shown_again_as_it_was_left_goes_on_after_other_pages_were_saved(form):
    save(form, typed("One", asked={TEXT}), 0)
    save(form, boxes("option-food"), 1)
    assert save(form, typed("One two", sequence=2, asked={TEXT}), 0).revision == 3
    assert Draft.objects.get().fields == {TEXT: ["One two"], BOXES: ["option-food"]}


def test_another_hand_on_the_same_page_is_told_though_other_pages_changed_since(form):
    save(form, typed("One", asked={TEXT}), 0)
    save(form, typed("Of another", writer=OTHER, asked={TEXT}), 1)
    save(form, boxes("option-food", writer=uuid4()), 2)
    with pytest.raises(DraftMovedOn):
        save(form, typed("One two", sequence=2, asked={TEXT}), 1)
    assert Draft.objects.get().fields == {TEXT: ["Of another"], BOXES: ["option-food"]}


def test_a_save_of_a_page_left_long_ago_does_not_undo_what_came_after_it(form):
    save(form, typed("One", sequence=1, asked={TEXT}), 0)
    save(form, typed("Three", sequence=3, asked={TEXT}), 1)
    save(form, boxes("option-food"), 2)
    assert save(form, typed("Two", sequence=2, asked={TEXT}), 1).fields[TEXT] == ["Three"]


def test_a_save_that_says_what_stands_there_is_known_to_have_come(form):
    save(form, typed("One"), 0)
    again = save(form, typed("One", writer=OTHER, sequence=7), 1)
    assert [(hand.writer, hand.sequence) for hand in again.hand_list()] == [(str(ONE), 1), (str(OTHER), 7)]
    assert (again.revision, Draft.objects.get().hands) == (1, again.hands)


def test_a_mark_becomes_what_the_form_says_whoever_changed_it(form):
    save(form, typed("One"), 0)
    done = {"asked": frozenset({BOXES}), "sequence": 1}
    save(form, Typed({"done": ["1"]}, writer=OTHER, marks=frozenset({"done"}), **done), 1)
    save(form, Typed({}, writer=uuid4(), marks=frozenset({"done"}), **done), 1)
    assert Draft.objects.get().fields == {TEXT: ["One"]}


@pytest.mark.parametrize("token", ["", "short", "x" * 31 + "!", "0" * 33])
def test_a_token_that_the_house_did_not_make_begins_nothing(form, token):
    with pytest.raises(DraftNotYours):
        save(form | {"token": token}, typed("Hello"), 0)
    assert Draft.objects.count() == 0


def test_a_key_without_its_token_opens_nothing(form):
    save(form, typed("Mine"), 0)
    for call in (save, lambda form, what, _revision: start_draft(**form, typed=what, saved_at=WHILE_OPEN)):
        with pytest.raises(DraftNotYours):
            call(form | {"token": make_token()}, typed("Yours"), 1)
    assert Draft.objects.get().fields == {TEXT: ["Mine"]}


def test_a_token_with_another_key_begins_nothing(form):
    save(form, typed("Mine"), 0)
    with pytest.raises(DraftNotYours):
        save(form | {"key": uuid4()}, typed("Yours"), 0)


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        (OPENS_AT - SECOND, ConsultationNotOpen),
        (CLOSES_AT, ConsultationClosed),
        (CLOSES_AT + SECOND, ConsultationClosed),
    ],
)
def test_nothing_is_saved_outside_the_open_period(form, moment, refusal):
    with pytest.raises(refusal):
        save(form, typed("Hello"), 0, moment)
    assert Draft.objects.count() == 0


def test_the_last_second_is_in_time(form):
    save(form, typed("Hello"), 0, CLOSES_AT - SECOND)
    assert Draft.objects.get().saved_at == CLOSES_AT - SECOND


def test_the_largest_draft_is_kept_and_a_larger_one_leaves_what_was_there(form):
    draft = save(form, typed("x" * MAX_DRAFT_CHARACTERS), 0)
    assert len(draft.fields[TEXT][0]) == MAX_DRAFT_CHARACTERS
    with pytest.raises(DraftTooLong):
        save(form, typed("x" * (MAX_DRAFT_CHARACTERS + 1), sequence=2), 1)
    assert len(Draft.objects.get().fields[TEXT][0]) == MAX_DRAFT_CHARACTERS
    with pytest.raises(DraftTooLong):
        save(form, typed("x", sequence=2, **{f"q-{n}": ["x"] for n in range(MAX_DRAFT_FIELDS)}), 1)


def test_what_no_database_can_hold_is_taken_out(form):
    assert save(form, typed("be\0fore\ud800\r\nafter"), 0).fields == {TEXT: ["before\nafter"]}


def test_sending_the_answers_takes_the_draft_away_and_later_saves_are_told(form, consultation):
    save(form, typed("Hello"), 0)
    other = form | {"key": uuid4(), "token": make_token()}
    save(other, typed("Somebody else"), 0)
    given = answers(AnswerGiven(VIEW, text="Hello"), key=form["key"])
    response = submit_response(consultation=consultation, answers=given, submitted_at=WHILE_OPEN)
    assert list(Draft.objects.values_list("key", flat=True)) == [other["key"]]
    for call in (save, lambda form, what, _revision: start_draft(**form, typed=what, saved_at=WHILE_OPEN)):
        with pytest.raises(AlreadySent) as sent:
            call(form, typed("Too late"), 1)
        assert sent.value.response == response
    assert Draft.objects.count() == 1


def test_a_response_that_is_refused_keeps_its_draft(form, consultation):
    save(form, typed("Hello"), 0)
    with pytest.raises(ConsultationClosed):
        submit_response(consultation=consultation, answers=answers(key=form["key"]), submitted_at=CLOSES_AT)
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(("late", "left"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_what_was_not_sent_is_forgotten_days_after_closing(form, late, left):
    save(form, typed("Hello"), 0)
    forget_drafts(CLOSES_AT + timedelta(days=settings.CONFIG.draft_days) + late)
    assert Draft.objects.count() == left


def test_a_draft_left_behind_by_a_save_that_crossed_the_sending_is_forgotten_at_once(form, consultation):
    save(form, typed("Hello"), 0)
    Response.objects.create(
        consultation=consultation, key=form["key"], reference="WM-2222-2222", submitted_at=WHILE_OPEN, language="en"
    )
    assert (forget_drafts(WHILE_OPEN), Draft.objects.count()) == (1, 0)


def test_the_tick_forgets_drafts():
    assert drafts.forget_drafts in [duty for _name, duty in DUTIES]


def test_the_database_refuses_a_draft_that_was_saved_before_it_began(form):
    save(form, typed("Hello"), 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(saved_at=WHILE_OPEN - SECOND)


@pytest.mark.django_db(transaction=True)
def test_many_saves_and_sendings_at_once_are_fifty_responses_and_no_draft(consultation):
    """Fifty people: each sends eight times at once, and their page goes on saving all the while."""
    people, times = 50, 8
    forms = [{"key": uuid4(), "token": make_token()} for _ in range(people)]
    ready = Barrier(times + 1, timeout=30)

    def send(person: int, turn: int) -> str | None:
        try:
            page = ConsultationPage.objects.get(pk=consultation.pk)
            given = answers(AnswerGiven(VIEW, text=f"Person {person}"), key=forms[person]["key"])
            ready.wait()
            if turn == times:
                what = typed(f"Person {person}", writer=uuid4())
                with suppress(AlreadySent):
                    save_draft(
                        consultation=page, **forms[person], typed=what, expected_revision=0, saved_at=WHILE_OPEN
                    )
                return None
            return submit_response(consultation=page, answers=given, submitted_at=WHILE_OPEN).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(times + 1) as senders:
        for person in range(people):
            told = set(senders.map(send, [person] * (times + 1), range(times + 1)))
            assert len(told - {None}) == 1
    forget_drafts(WHILE_OPEN)  # on PostgreSQL a save may cross the sending unseen
    assert (Response.objects.count(), Draft.objects.count()) == (people, 0)

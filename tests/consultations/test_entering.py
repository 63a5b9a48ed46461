"""What officers type in: batches, late ones, two entries of one paper, corrections. Nothing is ever deleted."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import PageLogEntry

from consultations import queries
from consultations.contents import RESIDENCE, content_of, lines_of
from consultations.entering import (
    FIRST,
    SECOND,
    CorrectedMeanwhile,
    EnteredTwiceAlready,
    NameTaken,
    NoSuchNumber,
    NotSettled,
    ReasonMissing,
    ReceivedBeforeOpening,
    ReceivedInFuture,
    SameOfficer,
    StandingRefused,
    correct_response,
    count_late,
    differences_between,
    enter_again,
    enter_response,
    leave_out,
    open_batch,
    settle_entries,
    take_in,
)
from consultations.enums import Channel, Standing
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Batch, Response, ResponseVersion, SecondEntry
from consultations.services import AnswerRefused, submit_response
from sentiment.models import Feedback
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    OPENS_AT,
    USES,
    VIEW,
    WHILE_OPEN,
    answers,
)
from tests.consultations.samples import (
    SECOND as A_SECOND,
)

pytestmark = pytest.mark.django_db

AFTER = CLOSES_AT + timedelta(days=3)
"""When the officers type."""


@pytest.fixture
def colleague(make_user, officer):
    user = make_user("colleague@example.org", is_staff=True)
    user.groups.set(officer.groups.all())
    return user


@pytest.fixture
def batch(consultation, officer):
    return make_batch(consultation, officer)


@pytest.fixture
def twice(consultation, officer):
    return make_batch(consultation, officer, name="Checked post", is_entered_twice=True)


def make_batch(consultation, officer, *, name="Post", channel=Channel.PAPER, is_entered_twice=False):
    return open_batch(
        consultation=consultation,
        name=name,
        channel=channel,
        is_entered_twice=is_entered_twice,
        made_by=officer,
        made_at=WHILE_OPEN,
    )


def enter(batch, officer, *given, received_at=WHILE_OPEN, **fields):
    return enter_response(
        batch=batch,
        answers=answers(*given, **fields),
        received_at=received_at,
        entered_by=officer,
        entered_at=AFTER,
    )


def again(batch, officer, number, *given, **fields):
    return enter_again(
        batch=batch, number=number, answers=answers(*given, **fields), entered_by=officer, entered_at=AFTER
    )


def texts_filed():
    return sorted(Feedback.objects.values_list("text", flat=True))


def test_a_response_is_entered_after_closing_when_it_came_before(batch, officer, consultation, ward):
    given = (AnswerGiven(VIEW, text="More seats"), AnswerGiven(DAYS, choices=("option-friday",)))
    entered = enter(batch, officer, *given, received_at=CLOSES_AT - A_SECOND, ward=ward)
    entered.refresh_from_db()
    assert (entered.channel, entered.batch, entered.number) == (Channel.PAPER, batch, 1)
    assert (entered.submitted_at, entered.entered_at, entered.entered_by) == (CLOSES_AT - A_SECOND, AFTER, officer)
    assert (entered.standing, entered.ward) == (Standing.COUNTED, ward)
    assert [row.in_one_line for row in entered.answers.order_by("position")] == ["More seats", "Friday"]
    filed = Feedback.objects.get()
    assert (filed.text, filed.ward, filed.said_at) == ("More seats", ward, CLOSES_AT - A_SECOND)
    assert queries.responses_by_ward(consultation) == {ward.pk: 1}


def test_numbers_run_on_within_a_batch(batch, officer, consultation):
    other = make_batch(consultation, officer, name="Drop-in", channel=Channel.DROP_IN)
    made = [enter(each, officer).number for each in (batch, batch, other, batch)]
    assert made == [1, 2, 1, 3]


def test_a_form_sent_twice_adds_nothing(batch, officer):
    key = uuid4()
    first = enter(batch, officer, AnswerGiven(VIEW, text="Once"), key=key)
    second = enter(batch, officer, AnswerGiven(VIEW, text="Once"), key=key)
    assert (first, Response.objects.count(), texts_filed()) == (second, 1, ["Once"])


@pytest.mark.parametrize(("moment", "standing"), [(CLOSES_AT - A_SECOND, "counted"), (CLOSES_AT, "late")])
def test_what_came_at_the_closing_moment_is_late(batch, officer, consultation, moment, standing):
    entered = enter(batch, officer, AnswerGiven(VIEW, text="Seats"), received_at=moment)
    assert entered.standing == standing
    counted = standing == "counted"
    assert texts_filed() == (["Seats"] if counted else [])
    assert sum(queries.responses_by_ward(consultation).values()) == counted
    assert queries.answer_counts(consultation)[0].answered == counted


def test_a_late_response_counts_once_an_officer_says_why(batch, officer, consultation):
    late = enter(batch, officer, AnswerGiven(VIEW, text="Seats"), received_at=CLOSES_AT)
    with pytest.raises(ReasonMissing):
        count_late(response=late, reason=" \n", decided_by=officer)
    count_late(response=late, reason="Posted in time, the strike held it up", decided_by=officer)
    late.refresh_from_db()
    assert (late.standing, late.standing_reason) == ("counted", "Posted in time, the strike held it up")
    assert texts_filed() == ["Seats"]
    assert queries.answer_counts(consultation)[0].answered == 1
    entry = PageLogEntry.objects.get(action="consultations.count_late")
    assert (entry.page_id, entry.user) == (consultation.pk, officer)
    assert late.reference in entry.message
    assert "strike" in entry.message
    with pytest.raises(StandingRefused):
        count_late(response=late, reason="Again", decided_by=officer)


def test_a_response_leave_out_stays_and_comes_back(consultation, officer):
    online = submit_response(
        consultation=consultation, answers=answers(AnswerGiven(VIEW, text="Spam")), submitted_at=WHILE_OPEN
    )
    leave_out(response=online, reason="Sent by a machine", decided_by=officer)
    assert (texts_filed(), Answer.objects.count(), queries.responses_by_ward(consultation)) == ([], 1, {})
    take_in(response=online, reason="It was a person", decided_by=officer)
    online.refresh_from_db()
    assert (online.standing, texts_filed()) == ("counted", ["Spam"])
    actions = PageLogEntry.objects.filter(action__contains="response_").values_list("action", flat=True)
    assert sorted(actions) == ["consultations.leave_response_out", "consultations.take_response_in"]


def test_a_late_response_taken_back_is_late_again(batch, officer):
    late = enter(batch, officer, received_at=CLOSES_AT)
    leave_out(response=late, reason="Twice the same", decided_by=officer)
    assert take_in(response=late, reason="No, two people", decided_by=officer).standing == Standing.LATE


@pytest.mark.parametrize(
    ("moment", "refused"),
    [(OPENS_AT - A_SECOND, ReceivedBeforeOpening), (AFTER + A_SECOND, ReceivedInFuture)],
)
def test_a_moment_that_cannot_be_is_refused(batch, officer, moment, refused):
    with pytest.raises(refused):
        enter(batch, officer, received_at=moment)
    assert Response.objects.count() == 0


def test_what_is_not_asked_is_refused_and_nothing_is_stored(batch, officer):
    with pytest.raises(AnswerRefused):
        enter(batch, officer, AnswerGiven(DAYS, choices=("option-monday",)))
    assert (Response.objects.count(), Answer.objects.count()) == (0, 0)


def test_a_batch_name_is_there_once_in_a_consultation(consultation, officer, make_consultation):
    make_batch(consultation, officer)
    make_batch(make_consultation(), officer)
    with pytest.raises(NameTaken):
        make_batch(consultation, officer, name=" Post ")
    assert Batch.objects.count() == 2


@pytest.mark.parametrize("channel", [Channel.ONLINE, Channel.IMPORTED])
def test_officers_type_no_online_and_no_imported_batch(consultation, officer, channel):
    with pytest.raises(ValueError, match="typed in"):
        make_batch(consultation, officer, channel=channel)


def test_the_database_refuses_what_no_service_would_store(consultation, batch, officer):
    made = enter(batch, officer)
    wrong = [
        {"channel": Channel.ONLINE},
        {"batch": None, "number": None},
        {"entered_at": None},
        {"standing": Standing.LEFT_OUT, "standing_reason": ""},
        {"entered_at": WHILE_OPEN - A_SECOND},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.filter(pk=made.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(
            consultation=consultation, key=uuid4(), reference="WM-2222-2222", submitted_at=WHILE_OPEN, number=1,
            batch=batch, channel=Channel.PAPER, entered_at=AFTER, language="en",
        )  # fmt: skip


# Two entries of one paper.

SEATS, BENCHES = AnswerGiven(VIEW, text="More seats"), AnswerGiven(VIEW, text="More benches")
FRIDAY, SATURDAY = (AnswerGiven(DAYS, choices=(f"option-{day}",)) for day in ("friday", "saturday"))


def test_what_is_entered_twice_counts_only_once_both_agree(twice, officer, colleague, consultation, ward):
    first = enter(twice, officer, SEATS, FRIDAY, ward=ward)
    assert (first.standing, texts_filed(), queries.responses_by_ward(consultation)) == ("waiting", [], {})
    entry = again(twice, colleague, 1, AnswerGiven(VIEW, text="More  seats\n"), FRIDAY, ward=ward)
    first.refresh_from_db()
    assert (first.standing, entry.settled_at, texts_filed()) == ("counted", AFTER, ["More seats"])
    assert queries.responses_by_ward(consultation) == {ward.pk: 1}


def test_differences_are_settled_question_by_question(twice, officer, colleague, ward, make_ward):
    other = make_ward("South")
    first = enter(twice, officer, SEATS, FRIDAY, AnswerGiven(AGREE, choices=("agree",)), ward=ward)
    uses = AnswerGiven(USES, choices=("option-food",))
    entry = again(twice, colleague, 1, BENCHES, SATURDAY, uses, AnswerGiven(AGREE, choices=("agree",)), ward=other)
    shown = [(each.wording, each.first, each.second) for each in differences_between(entry)]
    assert shown == [
        ("What should change in the market?", ("More seats",), ("More benches",)),
        ("Which day suits you?", ("Friday",), ("Saturday",)),
        ("What do you come for?", (), ("Food",)),
        ("Where they live", ("Northgate",), ("South",)),
    ]
    chosen = {VIEW: FIRST, DAYS: SECOND, USES: SECOND, RESIDENCE: SECOND}
    for missing in chosen:
        left = {key: value for key, value in chosen.items() if key != missing}
        with pytest.raises(NotSettled):
            settle_entries(entry=entry, chosen=left, settled_by=colleague, settled_at=AFTER)
    assert Response.objects.get().standing == "waiting"
    settle_entries(entry=entry, chosen=chosen, settled_by=colleague, settled_at=AFTER)
    first.refresh_from_db()
    kept = [row.in_one_line for row in first.answers.order_by("position")]
    assert (kept, first.ward, first.standing) == (["More seats", "Saturday", "Food", "Agree"], other, "counted")
    assert texts_filed() == ["More seats"]
    earlier = ResponseVersion.objects.get()
    assert [lines_of(each) for each in earlier.answers] == [("More seats",), ("Friday",), ("Agree",)]
    assert (earlier.ward, earlier.replaced_by) == (ward, colleague)
    entry.refresh_from_db()
    with pytest.raises(StandingRefused):
        settle_entries(entry=entry, chosen=chosen, settled_by=colleague, settled_at=AFTER)


def test_where_the_first_entry_was_right_nothing_is_rewritten(twice, officer, colleague):
    first = enter(twice, officer, SEATS)
    entry = again(twice, colleague, 1)
    settle_entries(entry=entry, chosen={VIEW: FIRST}, settled_by=officer, settled_at=AFTER)
    first.refresh_from_db()
    assert (first.standing, ResponseVersion.objects.count(), texts_filed()) == ("counted", 0, ["More seats"])


def test_a_late_paper_stays_late_however_well_it_was_checked(twice, officer, colleague):
    enter(twice, officer, SEATS, received_at=CLOSES_AT)
    again(twice, colleague, 1, SEATS)
    assert (Response.objects.get().standing, texts_filed()) == ("late", [])


def test_the_second_entry_is_another_officers_and_comes_once(twice, batch, officer, colleague):
    enter(twice, officer, SEATS)
    enter(batch, officer, SEATS)
    with pytest.raises(SameOfficer):
        again(twice, officer, 1, SEATS)
    with pytest.raises(NoSuchNumber):
        again(twice, colleague, 2, SEATS)
    with pytest.raises(NoSuchNumber):
        again(batch, colleague, 1, SEATS)
    again(twice, colleague, 1, BENCHES)
    with pytest.raises(EnteredTwiceAlready):
        again(twice, colleague, 1, SEATS)
    assert SecondEntry.objects.count() == 1


# Corrections.


def correct(response, officer, *given, reason="Misread the hand", received_at=WHILE_OPEN, version=None, **fields):
    return correct_response(
        response=response,
        expected_version=version or Response.objects.get(pk=response.pk).version,
        answers=answers(*given, **fields),
        received_at=received_at,
        reason=reason,
        corrected_by=officer,
        corrected_at=AFTER,
    )


def test_a_correction_keeps_what_stood_before(batch, officer, ward, consultation):
    made = enter(batch, officer, SEATS, FRIDAY, ward=ward)
    seats = made.answers.get(question_id=VIEW)
    before = content_of(made, made.answers.order_by("position"))
    correct(made, officer, BENCHES, AnswerGiven(USES, choices=("option-food",)), is_outside_area=True)
    made.refresh_from_db()
    assert [row.in_one_line for row in made.answers.order_by("position")] == ["More benches", "Food"]
    assert (made.ward, made.is_outside_area, made.number) == (None, True, 1)
    assert made.answers.get(question_id=VIEW).pk == seats.pk
    assert texts_filed() == ["More benches"]
    kept = made.versions.get()
    assert (kept.answers, kept.reason, kept.replaced_by) == (before["answers"], "Misread the hand", officer)
    assert (kept.ward, kept.submitted_at, kept.version, made.version) == (ward, WHILE_OPEN, 1, 2)
    entry = PageLogEntry.objects.get(action="consultations.correct_response")
    assert (entry.user, entry.data) == (officer, {"reference": made.reference, "reason": "Misread the hand"})


def test_every_correction_is_kept(batch, officer):
    made = enter(batch, officer, SEATS)
    for text in ("Two", "Three"):
        correct(made, officer, AnswerGiven(VIEW, text=text))
    kept = [each.answers[0]["text"] for each in made.versions.order_by("pk")]
    assert kept == ["More seats", "Two"]


def test_a_correction_of_what_somebody_else_has_corrected_is_refused_unless_it_says_the_same(
    batch, officer, colleague
):
    made = enter(batch, officer, SEATS)
    correct(made, officer, BENCHES, version=1)
    with pytest.raises(CorrectedMeanwhile) as refused:
        correct(made, colleague, SEATS, FRIDAY, version=1)
    with pytest.raises(CorrectedMeanwhile):
        correct(made, colleague, BENCHES, version=1, received_at=WHILE_OPEN + A_SECOND)
    assert (refused.value.current.version, Answer.objects.get().text) == (2, "More benches")
    assert correct(made, officer, BENCHES, version=1).version == 2  # pressed twice
    assert ResponseVersion.objects.count() == 1
    assert correct(made, colleague, SEATS, version=2).version == 3


def test_a_corrected_moment_is_held_against_the_closing_again(batch, officer):
    made = enter(batch, officer, SEATS)
    assert correct(made, officer, SEATS, received_at=CLOSES_AT).standing == Standing.LATE
    assert texts_filed() == []
    assert correct(made, officer, SEATS, received_at=CLOSES_AT - A_SECOND).standing == Standing.COUNTED
    assert texts_filed() == ["More seats"]


def test_a_late_one_that_counts_goes_on_counting_when_a_word_is_corrected(batch, officer):
    late = enter(batch, officer, SEATS, received_at=CLOSES_AT)
    count_late(response=late, reason="Postal strike", decided_by=officer)
    correct(late, officer, BENCHES, received_at=CLOSES_AT)
    late.refresh_from_db()
    assert (late.standing, late.standing_reason, texts_filed()) == ("counted", "Postal strike", ["More benches"])


def test_what_residents_sent_themselves_is_never_corrected(consultation, officer):
    online = submit_response(consultation=consultation, answers=answers(SEATS), submitted_at=WHILE_OPEN)
    with pytest.raises(StandingRefused):
        correct(online, officer, BENCHES)
    assert (Answer.objects.get().text, ResponseVersion.objects.count()) == ("More seats", 0)


def test_a_correction_needs_a_reason(batch, officer):
    made = enter(batch, officer, SEATS)
    with pytest.raises(ReasonMissing):
        correct(made, officer, BENCHES, reason="  ")
    assert Answer.objects.get().text == "More seats"

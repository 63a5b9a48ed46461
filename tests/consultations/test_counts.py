"""Counts for officers, and what they are told before a survey that people have answered is changed."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations import counting
from consultations.counts_admin import show_changes_first
from consultations.enums import QuestionKind, Standing
from consultations.kinds import KINDS, AnswerGiven, Option, Question
from consultations.models import Answer, ConsultationPage, Response, ResponseCounts
from consultations.services import submit_response
from consultations.survey_changes import ChangeKind, Given, compare
from tests.consultations.samples import (
    DAYS,
    USES,
    VIEW,
    WHILE_OPEN,
    answers,
    one_of_each_kind,
    option_items,
    question,
)
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db

LATER = WHILE_OPEN + timedelta(hours=1)


@pytest.fixture
def at_work(client, officer, index_page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


def respond(page, *given, **fields):
    return submit_response(consultation=page, answers=answers(*given, **fields), submitted_at=WHILE_OPEN)


def counted(page):
    counting.refresh_counts(LATER)
    return ResponseCounts.objects.get(consultation=page).counts


def republish(page, questions):
    page = ConsultationPage.objects.get(pk=page.pk)
    page.questions = questions
    page.save_revision().publish()
    return ConsultationPage.objects.get(pk=page.pk)


def without(question_id):
    return [block for block in one_of_each_kind() if block["id"] != question_id]


def changed(question_id, **values):
    blocks = deepcopy(one_of_each_kind())
    for block in blocks:
        if block["id"] == question_id:
            block["value"] |= values
    return blocks


# Counting


def test_counts_hold_every_option_ward_and_standing(consultation, ward):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)), ward=ward)
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)), AnswerGiven(VIEW, text="Seats"))
    left = respond(consultation, AnswerGiven(DAYS, choices=("option-saturday",)))
    Response.objects.filter(pk=left.pk).update(standing=Standing.LEFT_OUT, standing_reason="A copy")
    counts = counted(consultation)
    by_id = {one["id"]: one for one in counts["questions"]}
    assert counts["standings"] == {"counted": 2, "left_out": 1}
    assert counts["wards"] == [[None, 1], ["Northgate", 1]]
    assert by_id[DAYS]["options"] == [{"label": "Friday", "count": 2}, {"label": "Saturday", "count": 0}]
    assert (by_id[DAYS]["answered"], by_id[VIEW]["answered"], by_id[USES]["answered"]) == (2, 1, 0)
    with_left_out = {one["id"]: one for one in counts["with_left_out"]}
    assert with_left_out[DAYS]["options"][1] == {"label": "Saturday", "count": 1}


def test_only_what_is_new_is_counted_again(consultation):
    respond(consultation)
    assert counting.refresh_counts(WHILE_OPEN) == 1
    assert counting.refresh_counts(LATER) == 0
    first = respond(consultation)
    assert counting.refresh_counts(LATER) == 1
    Response.objects.filter(pk=first.pk).update(standing=Standing.WITHDRAWN)
    assert counting.refresh_counts(LATER + timedelta(hours=1)) == 1


def test_counting_takes_a_twentieth_of_the_time_at_most(consultation):
    respond(consultation)
    counting.refresh_counts(WHILE_OPEN)
    ResponseCounts.objects.update(took_seconds=3)
    respond(consultation)
    assert counting.refresh_counts(WHILE_OPEN + timedelta(seconds=59)) == 0
    assert counting.refresh_counts(WHILE_OPEN + timedelta(seconds=60)) == 1


def test_a_retired_question_keeps_its_answers_and_their_count(consultation):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    page = republish(consultation, without(DAYS))
    assert Answer.objects.filter(question_id=DAYS).count() == 1
    counts = counted(page)
    assert DAYS not in {one["id"] for one in counts["questions"]}
    assert counts["retired"] == [
        {
            "id": DAYS,
            "wording": "Which day suits you?",
            "kind": "Single choice",
            "answered": 1,
            "options": [{"label": "Friday", "count": 1}],
        }
    ]


def test_an_option_taken_out_and_an_earlier_wording_are_told(consultation):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    page = republish(consultation, changed(DAYS, wording="Which day is best?", options=option_items("Saturday")))
    respond(page, AnswerGiven(DAYS, choices=("option-saturday",)))
    (told,) = [one for one in counted(page)["questions"] if one["id"] == DAYS]
    assert (told["answered"], told["gone"]) == (2, [{"label": "Friday", "count": 1}])
    assert {(seen["wording"], seen["count"]) for seen in told["wordings"]} == {
        ("Which day suits you?", 1),
        ("Which day is best?", 1),
    }


def test_a_question_asked_in_another_way_does_not_re_read_its_answers(consultation):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    blocks = without(DAYS)
    page = republish(consultation, [*blocks, question("free_text", DAYS, "Which day suits you?")])
    counts = counted(page)
    assert [one["answered"] for one in counts["questions"] if one["id"] == DAYS] == [0]
    assert [(one["kind"], one["answered"]) for one in counts["retired"]] == [("Single choice", 1)]


def test_officers_alone_read_the_counts_in_as_many_queries_for_any_number(
    client, at_work, consultation, resident, make_user
):
    url = reverse("consultation_counts:counts", args=[consultation.pk])

    def queries_made():
        counting.count_again(consultation, LATER)
        with CaptureQueriesContext(connection) as made:
            assert at_work.get(url).status_code == 200
        return len(made)

    assert "Nothing is counted yet" in at_work.get(url).content.decode()
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    one = queries_made()
    for _ in range(2):
        respond(consultation, AnswerGiven(USES, choices=("option-food", "option-company")))
    assert queries_made() == one
    client.force_login(resident)
    assert client.get(url).status_code in {302, 403}


def test_an_officer_counts_at_once(at_work, consultation):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    text = at_work.post(reverse("consultation_counts:counts", args=[consultation.pk]), follow=True).content.decode()
    assert "100 %" in text


# Changes


def survey(blocks):
    page = ConsultationPage(questions=blocks)
    return page.question_list


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        (one_of_each_kind(), set()),
        (list(reversed(one_of_each_kind())), set()),
        (changed(DAYS, help="Choose one."), set()),
        (without(DAYS), {(ChangeKind.TAKEN_OUT, DAYS, 4)}),
        ([*one_of_each_kind(), question("free_text", "new", "Else?")], {(ChangeKind.ADDED, "new", 9)}),
        (changed(DAYS, wording="Which?"), {(ChangeKind.REWORDED, DAYS, 4)}),
        (changed(DAYS, options=option_items("Friday")), {(ChangeKind.OPTION_TAKEN_OUT, DAYS, 1)}),
        (
            changed(
                DAYS, options=[*option_items("Friday"), {"type": "item", "id": "option-saturday", "value": "Sat"}]
            ),
            {(ChangeKind.OPTION_REWORDED, DAYS, 1)},
        ),
        (
            changed(DAYS, options=option_items("Friday", "Saturday", "Sunday")),
            {(ChangeKind.OPTION_ADDED, DAYS, 9)},
        ),
        (changed(DAYS, is_required=True), {(ChangeKind.NOW_REQUIRED, DAYS, 9)}),
        (changed(VIEW, max_characters=100), {(ChangeKind.OTHER_LIMITS, VIEW, 0)}),
        (
            [*without(DAYS), question("free_text", DAYS, "Which day suits you?")],
            {(ChangeKind.OTHER_KIND, DAYS, 4)},
        ),
    ],
)
def test_each_change_is_told_with_the_answers_it_touches(blocks, found):
    given = Given(9, {DAYS: 4}, {(DAYS, "option-saturday"): 1, (DAYS, "option-friday"): 3})
    changes = compare(survey(one_of_each_kind()), survey(blocks), given)
    assert {(one.kind, one.question_id, one.answers) for one in changes} == found
    assert all(str(one.answers) in one.effect and one.what for one in changes)


OPTIONS = st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=4, unique=True).map(
    lambda letters: tuple(Option(letter, letter) for letter in letters)
)
QUESTIONS = st.lists(
    st.tuples(st.sampled_from("qrst"), st.sampled_from(["One?", "Two?"]), OPTIONS),
    max_size=4,
    unique_by=lambda one: one[0],
).map(lambda told: tuple(single(*one) for one in told))


def single(question_id: str, wording: str, options: tuple[Option, ...]) -> Question:
    return KINDS[QuestionKind.SINGLE_CHOICE](id=question_id, wording=wording, options=options)


@given(before=QUESTIONS, after=QUESTIONS)
@settings(max_examples=100, deadline=None)
def test_nothing_is_told_of_the_same_survey_and_something_of_every_other(before, after):
    given = Given(1, {}, {})
    same = {one.id: (one.wording, set(one.options)) for one in before} == {
        one.id: (one.wording, set(one.options)) for one in after
    }
    assert (compare(before, after, given) == ()) is same
    assert compare(before, after, Given()) == ()


def changes_url(page):
    return reverse("consultation_counts:changes", args=[page.pk])


def draft_without(page, question_id):
    page = ConsultationPage.objects.get(pk=page.pk)
    page.questions = without(question_id)
    page.save_revision()
    return page


def test_publishing_a_change_waits_until_its_effect_was_seen(at_work, consultation):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    page = draft_without(consultation, DAYS)
    shown = at_work.get(changes_url(page))
    text = shown.content.decode()
    assert "The question is taken out." in text
    assert "The 1 answer to it is kept" in text
    assert len(ConsultationPage.objects.get(pk=page.pk).question_list) == 4
    assert at_work.post(changes_url(page), {"mark": "stale"}).status_code == 409
    at_work.post(changes_url(page), {"mark": shown.context["mark"]})
    assert len(ConsultationPage.objects.get(pk=page.pk).question_list) == 3
    assert Answer.objects.filter(question_id=DAYS).count() == 1


def test_publishing_from_the_editor_or_with_others_leads_to_what_it_does(at_work, consultation, rf):
    respond(consultation, AnswerGiven(DAYS, choices=("option-friday",)))
    page = draft_without(consultation, DAYS)
    assert show_changes_first(rf.post("/"), page).url == changes_url(page)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = at_work.post(f"{url}?id={page.pk}&next=/admin/")
    assert answer.status_code == 302
    assert answer.url == changes_url(page)


def test_whoever_may_not_publish_sees_no_button(client, consultation, resident):
    client.force_login(resident)
    assert client.get(changes_url(consultation)).status_code in {302, 403}

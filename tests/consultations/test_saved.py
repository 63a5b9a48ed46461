"""Saved questions, and a consultation made from an earlier one: copies that share nothing with what they came from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from consultations.conditions import Operator
from consultations.kinds import AnswerGiven
from consultations.models import ConsultationPage, QuestionSet
from consultations.saved import copy_blocks, keep_questions, put_questions
from consultations.services import submit_response
from tests.consultations.samples import (
    CLOSES_AT,
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

ROWS, LAST = "row-question", "last-question"


def with_rules():
    """A single choice, a matrix, and a question asked because of both."""
    clauses = [
        {"question": DAYS, "operator": Operator.IS.value, "answer": "option-friday"},
        {"question": ROWS, "operator": Operator.INCLUDES.value, "answer": "option-bread:option-good"},
    ]
    return [
        question("single_choice", DAYS, "Which day suits you?", options=option_items("Friday", "Saturday")),
        question("matrix", ROWS, "How is it?", rows=option_items("Bread", "Fish"), scale=option_items("Good", "Bad")),
        question("free_text", LAST, "Why?", asked_if=[{"type": "item", "id": "c", "value": one} for one in clauses]),
    ]


@pytest.fixture
def at_work(client, officer, index_page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


@pytest.fixture
def question_set():
    return QuestionSet.objects.create(name="Market", questions=with_rules())


def ids_of(survey):
    return {question.id for question in survey} | {option.id for each in survey for option in each.options}


def newest(page):
    return ConsultationPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def saved_url(page):
    return reverse("consultation_saved:saved", args=[page.pk])


def new_from_url(page):
    return reverse("consultation_saved:new_from", args=[page.pk])


def test_a_copy_has_ids_of_its_own_and_its_rules_look_at_its_own_questions(make_consultation):
    page = make_consultation(questions=with_rules())
    copied = copy_blocks(page.questions.get_prep_value())
    page.questions = copied.blocks
    days, rows, last = page.question_list
    assert copied.rules_dropped == 0
    assert ids_of(page.question_list).isdisjoint({DAYS, ROWS, LAST, "option-friday", "option-bread:option-good"})
    assert [(clause.question_id, clause.answer) for clause in last.rule.clauses] == [
        (days.id, days.options[0].id),
        (rows.id, rows.options[0].id),
    ]
    assert [option.label for option in days.options] == ["Friday", "Saturday"]


def test_a_rule_that_looks_at_what_did_not_come_is_left_behind_and_told(make_consultation):
    page = make_consultation(questions=with_rules())
    assert keep_questions(page=page, question_ids={LAST, ROWS}, name="Half").rules_dropped == 1
    page.questions = QuestionSet.objects.get(name="Half").questions
    _rows, last = page.survey
    assert len(last.rule.clauses) == 1


def test_questions_put_in_twice_stand_twice_in_a_draft_and_nothing_is_published(consultation, question_set, officer):
    for _ in range(2):
        put_questions(page=newest(consultation), question_set=question_set, user=officer)
    assert len(newest(consultation).question_list) == 4 + 6
    assert len(ids_of(newest(consultation).question_list)) == len(
        [one for each in newest(consultation).question_list for one in (each, *each.options)]
    )
    assert len(ConsultationPage.objects.get(pk=consultation.pk).question_list) == 4


def test_an_officer_saves_questions_and_puts_them_into_another_consultation(at_work, make_consultation):
    first, second = make_consultation(), make_consultation(questions=one_of_each_kind()[:1])
    answer = at_work.post(saved_url(first), {"questions": [DAYS, USES], "name": "Habits", "note": ""}, follow=True)
    assert "Saved as “Habits”." in answer.content.decode()
    kept = QuestionSet.objects.get(name="Habits")
    at_work.post(saved_url(second), {"set": kept.pk})
    assert [one.wording for one in newest(second).question_list] == [
        "What should change in the market?",
        "Which day suits you?",
        "What do you come for?",
    ]


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        ({"name": "Habits", "note": ""}, 422, "Tick the questions to save."),
        ({"questions": [DAYS], "name": "", "note": "kept"}, 422, "Give the questions a name"),
        ({"questions": [DAYS], "name": "Market", "note": ""}, 422, "Other questions are saved under this name"),
        ({"questions": ["no-such"], "name": "Habits", "note": ""}, 422, "not one of the available choices"),
        ({"set": "999"}, 409, "taken away meanwhile"),
        ({"set": "x"}, 409, "taken away meanwhile"),
    ],
)
def test_bad_input_is_explained_and_kept(at_work, consultation, question_set, sent, status, message):
    answer = at_work.post(saved_url(consultation), sent)
    assert answer.status_code == status
    assert message in answer.content.decode()
    assert sent.get("note", "") in answer.content.decode()
    assert QuestionSet.objects.count() == 1


def test_a_new_consultation_takes_the_words_and_leaves_the_answers(at_work, make_consultation, ward):
    closed = make_consultation(
        "Market square",
        wards=[ward],
        we_asked="<p>x</p>",
        you_said="<p>y</p>",
        we_did="<p>z</p>",
        outcome_published_at=CLOSES_AT + timedelta(days=1),
        is_formative=True,
    )
    submit_response(consultation=closed, answers=answers(AnswerGiven(VIEW, text="Seats")), submitted_at=WHILE_OPEN)
    sent = {"title": "Market hall", "opens_at": "2027-01-05 09:00", "closes_at": "2027-03-01 17:00"}
    answer = at_work.post(new_from_url(closed), sent)
    made = ConsultationPage.objects.get(slug="market-hall")
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (made.live, made.outcome_published_at, made.you_said, made.is_formative) == (False, None, "", False)
    assert made.translation_key != closed.translation_key
    assert (made.responses.count(), list(made.wards.all())) == (0, [ward])
    assert [one.wording for one in made.question_list] == [one.wording for one in closed.question_list]
    assert made.opens_at.isoformat() == "2027-01-05T09:00:00+00:00"
    draft = newest(made)
    assert (draft.title, ids_of(draft.question_list)) == ("Market hall", ids_of(made.question_list))
    shared = {DAYS, USES, VIEW}
    assert ids_of(made.question_list).isdisjoint(shared)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Give it a title."),
        ({"title": "Market square"}, "Choose another title"),
        ({"title": "???"}, "Use letters or digits"),
        ({"closes_at": "2027-01-05 09:00"}, "must close after it opens"),
        ({"opens_at": "soon"}, "Enter a valid date/time"),
    ],
)
def test_a_new_consultation_that_cannot_be_is_explained(at_work, consultation, wrong, message):
    sent = {"title": "Market hall", "opens_at": "2027-01-05 09:00", "closes_at": "2027-03-01 17:00"} | wrong
    answer = at_work.post(new_from_url(consultation), sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert ConsultationPage.objects.count() == 1


def test_nobody_but_who_may_edit_comes_here(client, consultation, resident, question_set):
    client.force_login(resident)
    for url in (saved_url(consultation), new_from_url(consultation)):
        assert client.get(url).status_code in {302, 403}
        assert client.post(url, {"set": question_set.pk}).status_code in {302, 403}
    assert len(newest(consultation).question_list) == 4


def test_pages_without_anything_saved_or_asked_say_so(at_work, consultation):
    assert "Nothing is saved yet" in at_work.get(saved_url(consultation)).content.decode()
    assert at_work.get(new_from_url(consultation)).status_code == 200

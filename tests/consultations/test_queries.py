from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Locale, PageViewRestriction

from consultations import queries
from consultations.enums import Standing
from consultations.kinds import AnswerGiven
from consultations.models import ConsultationPage, Response
from consultations.services import submit_response
from tests.consultations.samples import AGREE, CLOSES_AT, DAYS, OPENS_AT, SECOND, USES, VIEW, WHILE_OPEN, answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def welsh(site, root_page, index_page) -> Callable[[ConsultationPage], ConsultationPage]:
    """Makes a page's published Welsh translation."""
    locale, _ = Locale.objects.get_or_create(language_code="cy")

    def translate(page: ConsultationPage) -> ConsultationPage:
        made = page.copy_for_translation(locale, copy_parents=True)
        made.title = f"{page.title} (Cymraeg)"
        made.save_revision().publish()
        return ConsultationPage.objects.get(pk=made.pk)

    return translate


def respond(page, ward=None, given=(), **fields):
    return submit_response(consultation=page, answers=answers(*given, ward=ward, **fields), submitted_at=WHILE_OPEN)


def test_each_consultation_is_listed_under_its_stage_at_the_boundaries(consultation):
    def lists(moment):
        return [list(read(moment)) for read in (queries.forthcoming_at, queries.open_at, queries.closed_at)]

    assert lists(OPENS_AT - SECOND) == [[consultation], [], []]
    assert lists(OPENS_AT) == [[], [consultation], []]
    assert lists(CLOSES_AT - SECOND) == [[], [consultation], []]
    assert lists(CLOSES_AT) == [[], [], [consultation]]


def test_unpublished_and_private_consultations_are_not_listed(make_consultation):
    seen, hidden, private = make_consultation(), make_consultation(), make_consultation()
    hidden.unpublish()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert list(queries.open_at(WHILE_OPEN)) == [seen]


def test_a_translation_is_not_listed_a_second_time_but_lends_its_words(consultation, welsh):
    translated = welsh(consultation)
    assert list(queries.open_at(WHILE_OPEN)) == [consultation]
    assert queries.closing_soon(WHILE_OPEN, 5) == [consultation]
    with translation.override("cy"):
        assert queries.closing_soon(WHILE_OPEN, 5) == [translated]


def test_a_translation_in_a_list_carries_the_dates_of_its_original(consultation, welsh):
    welsh(consultation)
    consultation.closes_at = CLOSES_AT + timedelta(days=7)
    consultation.save()
    with translation.override("cy"):
        assert [page.closes_at for page in queries.closing_soon(WHILE_OPEN, 5)] == [CLOSES_AT + timedelta(days=7)]


def test_a_consultation_held_in_welsh_alone_is_listed(consultation, welsh):
    translated = welsh(consultation)
    consultation.delete()
    assert list(queries.open_at(WHILE_OPEN)) == [translated]


def test_those_closing_first_come_first(make_consultation):
    later = make_consultation()
    sooner = make_consultation(closes_at=CLOSES_AT - timedelta(days=1))
    soonest = make_consultation(closes_at=CLOSES_AT - timedelta(days=2))
    assert queries.closing_soon(WHILE_OPEN, 2) == [soonest, sooner]
    assert queries.closing_soon(WHILE_OPEN, 3) == [soonest, sooner, later]


def test_outcomes_show_from_their_moment_the_latest_first(make_consultation):
    shown_at = CLOSES_AT + timedelta(days=10)
    words = {"you_said": "<p>Seats.</p>", "we_did": "<p>Seats.</p>"}
    first = make_consultation(outcome_published_at=shown_at, **words)
    second = make_consultation(outcome_published_at=shown_at + SECOND, **words)
    make_consultation()
    assert queries.recent_outcomes(5, moment=shown_at) == [first]
    assert queries.recent_outcomes(5, moment=shown_at + SECOND) == [second, first]
    assert queries.recent_outcomes(1, moment=shown_at + SECOND) == [second]


def test_responses_are_counted_by_ward(consultation, make_ward):
    north, south = make_ward(), make_ward()
    for ward in (north, north, south, None):
        respond(consultation, ward)
    respond(consultation, is_outside_area=True)
    assert queries.responses_by_ward(consultation) == {north.pk: 2, south.pk: 1, None: 2}


def test_a_ward_is_shown_what_asks_it_with_both_counts(make_consultation, make_ward):
    north, south = make_ward(), make_ward()
    everywhere, here, there = make_consultation(), make_consultation(wards=[north]), make_consultation(wards=[south])
    respond(everywhere, north)
    respond(everywhere, south)
    respond(there, south)
    assert [
        (page, page.response_count, page.ward_response_count)
        for page in queries.open_with_ward_counts(north, WHILE_OPEN)
    ] == [(everywhere, 2, 1), (here, 0, 0)]


def test_answers_are_counted_by_option(consultation):
    respond(
        consultation,
        given=(
            AnswerGiven(VIEW, text="Seats"),
            AnswerGiven(DAYS, choices=("option-friday",)),
            AnswerGiven(USES, choices=("option-food", "option-company")),
        ),
    )
    respond(
        consultation,
        given=(AnswerGiven(DAYS, choices=("option-friday",)), AnswerGiven(USES, choices=("option-food",))),
    )
    assert counts(consultation) == {
        VIEW: (1, {}),
        DAYS: (2, {"option-friday": 2, "option-saturday": 0}),
        USES: (2, {"option-food": 2, "option-clothes": 0, "option-company": 1}),
        AGREE: (
            0,
            dict.fromkeys(("strongly_agree", "agree", "neither", "disagree", "strongly_disagree", "dont_know"), 0),
        ),
    }


def test_answers_in_both_languages_count_together(consultation, welsh):
    translated = welsh(consultation)
    assert [q.id for q in translated.question_list] == [q.id for q in consultation.question_list]
    _reword_in_welsh(translated)

    respond(consultation, given=(AnswerGiven(DAYS, choices=("option-friday",)),))
    in_welsh = respond(translated, given=(AnswerGiven(DAYS, choices=("option-friday",)),), language="cy")

    assert in_welsh.consultation == consultation
    assert list(in_welsh.answers.values_list("wording", "choices")) == [
        ("Pa ddiwrnod?", [{"id": "option-friday", "label": "Dydd Gwener"}])
    ]
    assert counts(consultation)[DAYS] == counts(translated)[DAYS] == (2, {"option-friday": 2, "option-saturday": 0})


def test_the_same_key_in_the_other_language_is_the_same_response(consultation, welsh):
    translated, key = welsh(consultation), uuid4()
    assert respond(consultation, key=key) == respond(translated, key=key, language="cy")


@pytest.mark.parametrize(
    "read",
    [
        lambda ward: [page.title for page in queries.open_at(WHILE_OPEN)],
        lambda ward: [page.title for page in queries.closing_soon(WHILE_OPEN, 5)],
        lambda ward: [page.ward_response_count for page in queries.open_with_ward_counts(ward, WHILE_OPEN)],
        lambda ward: [page.response_count for page in queries.with_response_counts(queries.open_at(WHILE_OPEN))],
        lambda ward: queries.responses_by_ward(ConsultationPage.objects.latest("pk")),
        lambda ward: queries.answer_counts(ConsultationPage.objects.latest("pk")),
    ],
    ids=["open_at", "closing_soon", "open_with_ward_counts", "with_response_counts", "by_ward", "answer_counts"],
)
def test_a_read_takes_the_same_number_of_queries_for_one_and_for_three(read, make_consultation, make_ward):
    ward = make_ward()

    def queries_made():
        respond(make_consultation(wards=[ward]), ward, (AnswerGiven(VIEW, text="Seats"),))
        with CaptureQueriesContext(connection) as made:
            read(ward)
        return len(made)

    queries_made()  # fills the caches of the site and its locales
    assert queries_made() == queries_made() > 0


def counts(page):
    return {
        each.question.id: (each.answered, {one.option.id: one.count for one in each.options})
        for each in queries.answer_counts(page)
    }


def _reword_in_welsh(page):
    raw = list(page.questions.raw_data)
    days = next(block for block in raw if block["id"] == DAYS)
    days["value"]["wording"] = "Pa ddiwrnod?"
    days["value"]["options"][0]["value"] = "Dydd Gwener"
    page.questions = raw
    page.save()


@pytest.mark.parametrize("standing", [one for one in Standing if one != Standing.COUNTED])
def test_what_does_not_count_is_in_no_count(standing, consultation, ward):
    for place in (ward, None):
        left, _counted = (respond(consultation, place, [AnswerGiven(VIEW, text="Seats")]) for _ in range(2))
        Response.objects.filter(pk=left.pk).update(standing=standing, standing_reason="So it is")
    assert queries.responses_by_ward(consultation) == {ward.pk: 1, None: 1}
    (told,) = queries.open_with_ward_counts(ward, WHILE_OPEN)
    assert (told.response_count, told.ward_response_count) == (2, 1)
    assert [counts.answered for counts in queries.answer_counts(consultation) if counts.question.id == VIEW] == [2]
    assert queries.with_response_counts(ConsultationPage.objects.all()).get().response_count == 2

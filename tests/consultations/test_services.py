import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultations.kinds import AnswerGiven
from consultations.models import Answer, Response
from consultations.services import (
    REFERENCE_ALPHABET,
    AnswerRefused,
    ConsultationClosed,
    ConsultationNotOpen,
    make_reference,
    submit_response,
)
from sentiment.models import Feedback
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    OPENS_AT,
    SECOND,
    USES,
    VIEW,
    WHILE_OPEN,
    answers,
)

pytestmark = pytest.mark.django_db

FULL = (
    AnswerGiven(USES, choices=("option-food", "option-company")),
    AnswerGiven(VIEW, text="More seats, please.\nAnd shade."),
    AnswerGiven(AGREE, choices=("dont_know",)),
    AnswerGiven(DAYS, choices=("option-saturday",)),
)


def test_a_response_is_kept_with_its_answers_in_the_order_of_the_questions(consultation, ward):
    given = answers(*FULL, ward=ward)
    response = submit_response(consultation=consultation, answers=given, submitted_at=WHILE_OPEN)

    assert Response.objects.values().get() == {
        "id": response.pk,
        "consultation_id": consultation.pk,
        "key": given.key,
        "reference": response.reference,
        "submitted_at": WHILE_OPEN,
        "ward_id": ward.pk,
        "is_outside_area": False,
        "language": "en",
        "standing": "counted",
        "standing_reason": "",
        "token_hash": "",
        "version": 1,
        "changed_at": None,
        "withdrawn_at": None,
        "channel": "online",
        "batch_id": None,
        "number": None,
        "entered_by_id": None,
        "entered_at": None,
    }
    assert list(
        response.answers.order_by("pk").values_list("question_id", "position", "wording", "text", "choices")
    ) == [
        (VIEW, 0, "What should change in the market?", "More seats, please.\nAnd shade.", []),
        (DAYS, 1, "Which day suits you?", "", [{"id": "option-saturday", "label": "Saturday"}]),
        (
            USES,
            2,
            "What do you come for?",
            "",
            [{"id": "option-food", "label": "Food"}, {"id": "option-company", "label": "Company"}],
        ),
        (AGREE, 3, "How far do you agree with Sunday opening?", "", [{"id": "dont_know", "label": "Don’t know"}]),
    ]


def test_free_text_is_filed_as_feedback_with_its_ward_and_question(consultation, ward):
    submit_response(consultation=consultation, answers=answers(*FULL, ward=ward), submitted_at=WHILE_OPEN)
    answer = Answer.objects.get(question_id=VIEW)
    assert list(
        Feedback.objects.values_list("kind", "origin", "text", "said_at", "ward", "about", "url", "question")
    ) == [
        (
            "answer",
            f"answer:{answer.pk}",
            "More seats, please.\nAnd shade.",
            WHILE_OPEN,
            ward.pk,
            "Market square",
            consultation.url or "",
            "What should change in the market?",
        )
    ]


@pytest.mark.parametrize("text", ["", "   ", "\n\r\n", "\0", "\0 \ud800"])
def test_a_blank_text_is_no_answer(consultation, text):
    response = submit_response(
        consultation=consultation, answers=answers(AnswerGiven(VIEW, text=text)), submitted_at=WHILE_OPEN
    )
    assert (response.answers.count(), Feedback.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        (OPENS_AT - SECOND, ConsultationNotOpen),
        (CLOSES_AT, ConsultationClosed),
        (CLOSES_AT + SECOND, ConsultationClosed),
    ],
)
def test_a_response_outside_the_open_period_is_refused_and_nothing_is_stored(consultation, moment, refusal):
    with pytest.raises(refusal):
        submit_response(consultation=consultation, answers=answers(*FULL), submitted_at=moment)
    assert (Response.objects.count(), Answer.objects.count(), Feedback.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("moment", [OPENS_AT, CLOSES_AT - SECOND])
def test_the_first_and_the_last_second_are_open(consultation, moment):
    submit_response(consultation=consultation, answers=answers(*FULL), submitted_at=moment)
    assert Response.objects.get().submitted_at == moment


def test_an_unpublished_consultation_takes_no_response(consultation):
    consultation.unpublish()
    with pytest.raises(ConsultationNotOpen):
        submit_response(consultation=consultation, answers=answers(*FULL), submitted_at=WHILE_OPEN)


def test_the_same_key_returns_the_first_response_and_adds_nothing(consultation):
    key = uuid4()
    first = submit_response(consultation=consultation, answers=answers(*FULL, key=key), submitted_at=WHILE_OPEN)
    again = submit_response(
        consultation=consultation,
        answers=answers(AnswerGiven(VIEW, text="Something else"), key=key),
        submitted_at=WHILE_OPEN + timedelta(minutes=1),
    )
    assert again == first
    assert (Response.objects.count(), Answer.objects.count(), Feedback.objects.count()) == (1, 4, 1)


def test_a_retry_after_closing_gets_the_receipt_of_what_was_sent_in_time(consultation):
    given = answers(*FULL)
    first = submit_response(consultation=consultation, answers=given, submitted_at=CLOSES_AT - SECOND)
    assert submit_response(consultation=consultation, answers=given, submitted_at=CLOSES_AT + SECOND) == first


def test_one_key_serves_two_consultations(make_consultation):
    key = uuid4()
    for page in (make_consultation(), make_consultation()):
        submit_response(consultation=page, answers=answers(key=key), submitted_at=WHILE_OPEN)
    assert Response.objects.filter(key=key).count() == 2


@pytest.mark.parametrize(
    "given",
    [
        (AnswerGiven("nowhere", text="Hello"),),
        (AnswerGiven("nowhere"),),
        (AnswerGiven(VIEW, text="One"), AnswerGiven(VIEW, text="Two")),
        (AnswerGiven(VIEW, text="x" * 5_001),),
        (AnswerGiven(VIEW, choices=("option-friday",)),),
        (AnswerGiven(DAYS, text="Friday"),),
        (AnswerGiven(DAYS, choices=("option-sunday",)),),
        (AnswerGiven(DAYS, choices=("option-friday", "option-saturday")),),
        (AnswerGiven(USES, choices=("option-food", "option-food")),),
        (AnswerGiven(AGREE, choices=("maybe",)),),
    ],
)
def test_what_is_not_asked_is_refused_and_nothing_is_stored(consultation, given):
    with pytest.raises(AnswerRefused):
        submit_response(consultation=consultation, answers=answers(*given), submitted_at=WHILE_OPEN)
    assert Response.objects.count() == 0


def test_a_ward_and_outside_the_area_cannot_both_be(consultation, ward):
    with pytest.raises(IntegrityError), transaction.atomic():
        submit_response(
            consultation=consultation, answers=answers(ward=ward, is_outside_area=True), submitted_at=WHILE_OPEN
        )


def test_references_are_read_aloud_without_doubt():
    references = {make_reference() for _ in range(500)}
    assert len(references) == 500
    assert all(re.fullmatch(f"WM-[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}", one) for one in references)
    assert not set(REFERENCE_ALPHABET) & set("01BEAIOSUYZL")

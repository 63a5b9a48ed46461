"""Many senders at one moment, on real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from consultations.kinds import AnswerGiven
from consultations.models import Answer, ConsultationPage, Response
from consultations.services import submit_response
from sentiment.models import Feedback
from tests.consultations.samples import VIEW, WHILE_OPEN, answers

PEOPLE, TIMES = 4, 4


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_is_one_response(consultation):
    keys = [uuid4() for _ in range(PEOPLE)]
    ready = Barrier(PEOPLE * TIMES, timeout=30)

    def send(key):
        try:
            page = ConsultationPage.objects.get(pk=consultation.pk)
            given = answers(AnswerGiven(VIEW, text=f"From {key}"), key=key)
            ready.wait()
            return key, submit_response(consultation=page, answers=given, submitted_at=WHILE_OPEN).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE * TIMES) as senders:
        receipts = set(senders.map(send, keys * TIMES))

    assert receipts == set(Response.objects.values_list("key", "reference"))
    assert sorted(key for key, _reference in receipts) == sorted(keys)
    assert (Answer.objects.count(), Feedback.objects.count()) == (PEOPLE, PEOPLE)

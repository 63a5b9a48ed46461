"""Saves that come while the same answers are on their way to be sent: none is acknowledged and then deleted unread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from consultations import views
from consultations.drafts import AlreadySent, Typed, make_token, save_draft
from consultations.enums import IdentityLevel
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Draft, Response
from consultations.services import DraftChanged, Seen, submit_response
from tests.consultations.samples import VIEW, WHILE_OPEN, answers, one_of_each_kind, question
from tests.consultations.test_draft_views import (  # noqa: F401  # a fixture
    chosen_form,
    clock,
    form_of,
    save_json,
    text_of,
    url,
)
from tests.consultations.test_paged import MILES, RIDING, Walk, kept, survey  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db

TEXT = f"q-{VIEW}"
MORE = "00000009-0000-4000-8000-000000000000"


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something happen once the form was looked at and before its answers are taken in."""

    def happens(what) -> None:
        looked = views.is_too_often

        def look(*args: Any) -> bool:
            what()
            return looked(*args)

        monkeypatch.setattr(views, "is_too_often", look)

    return happens


@pytest.fixture
def sent(client, consultation) -> dict[str, Any]:
    form = form_of(client, consultation, no_postcode="unsaid")
    save_json(client, consultation, form)
    return form | {"revision": "1", "sequence": "2"}


def saves(client, page, sent, **changes: str):
    def save() -> None:
        assert save_json(client, page, sent | changes).json()["state"] == "saved"

    return save


@pytest.mark.parametrize("level", [IdentityLevel.OPEN, IdentityLevel.EMAIL])
def test_what_somebody_else_saves_while_it_is_sent_is_shown_first(client, consultation, sent, meanwhile, level):
    consultation.identity_level = level
    consultation.save()
    meanwhile(saves(client, consultation, sent, **{TEXT: "Theirs", "writer": str(uuid4())}))
    both = client.post(url("respond", consultation), sent | {"email": "jo@example.org"})
    assert (both.status_code, Response.objects.count()) == (409, 0)
    shown = text_of(both)
    assert ("Theirs" in shown, "More seats, please." in shown) == (True, True)
    assert Draft.objects.get().fields[TEXT] == ["Theirs"]


def test_a_late_save_of_the_same_window_stands_in_no_ones_way(client, consultation, sent, meanwhile):
    meanwhile(saves(client, consultation, sent, **{TEXT: "More", "sequence": "1"}))
    assert client.post(url("respond", consultation), sent).status_code == 302
    assert (Answer.objects.get().text, Draft.objects.count()) == ("More seats, please.", 0)


def test_the_same_words_from_another_window_stand_in_no_ones_way(client, consultation, sent, meanwhile):
    mended = {TEXT: "More shade"}
    meanwhile(saves(client, consultation, sent, **mended, writer=str(uuid4())))
    assert client.post(url("respond", consultation), sent | mended).status_code == 302
    assert (Answer.objects.get().text, Draft.objects.count()) == ("More shade", 0)


def test_what_was_chosen_of_two_versions_before_is_sent(client, consultation, sent):
    saves(client, consultation, sent, writer=str(uuid4()), **{TEXT: "Theirs"})()
    assert client.post(url("respond", consultation), sent | {TEXT: "Theirs"}).status_code == 302
    assert Answer.objects.get().text == "Theirs"


def test_an_answer_to_a_question_that_came_later_is_looked_through_first(client, consultation, sent):
    more = question("free_text", MORE, "What else?")
    consultation.questions = [*one_of_each_kind(), more]
    consultation.save()
    theirs = {name: value for name, value in sent.items() if name != "printed"} | {f"q-{MORE}": "Shade"}
    saves(client, consultation, theirs, writer=str(uuid4()))()
    both = client.post(url("respond", consultation), sent)
    assert (both.status_code, Response.objects.count()) == (409, 0)
    joined = client.post(url("join", consultation), chosen_form(both))
    assert (joined.status_code, "Shade" in text_of(joined)) == (200, True)


def test_a_key_without_its_secret_is_shown_nothing_of_a_draft(client, consultation, sent, meanwhile):
    other = sent | {"draft": "x" * 32, "revision": "0", "writer": str(uuid4()), TEXT: "Without"}
    meanwhile(saves(client, consultation, sent, writer=str(uuid4()), **{TEXT: "Theirs"}))
    assert client.post(url("respond", consultation), other).status_code == 302


def test_another_page_saved_while_all_is_sent_is_looked_through_first(survey, meanwhile):  # noqa: F811
    walk = Walk(survey).fill(cycles="yes").fill(miles="5").fill(shops="Bread")
    other = Walk(survey)
    other.go(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]))
    other.go(reverse("consultations:page", args=[survey.slug, RIDING]))
    happened = []
    meanwhile(lambda: happened or happened.append(other.fill(miles="6")))
    walk.send()
    assert (walk.answer.status_code, Response.objects.count()) == (409, 0)
    assert "Somebody else has changed these answers" in walk.words
    assert "How many miles a week? 6" in walk.words
    walk.send()
    assert "Your answers were sent" in walk.words
    assert kept()[1] == (MILES, "6", True)


@pytest.mark.django_db(transaction=True)
def test_of_a_save_and_a_sending_at_one_moment_one_is_told_of_the_other(consultation):
    """Two windows with one link: what one has been told is saved is never deleted by what the other sends."""
    ready, rounds = Barrier(2, timeout=30), 10
    forms = [{"consultation": consultation, "key": uuid4(), "token": make_token()} for _ in range(rounds)]
    one, other = uuid4(), uuid4()

    def save(form: dict[str, Any], text: str, writer: UUID) -> None:
        typed = Typed({TEXT: [text]}, frozenset({TEXT}), writer, 1)
        save_draft(**form, typed=typed, expected_revision=1, saved_at=WHILE_OPEN)

    def save_other(form: dict[str, Any]) -> bool:
        try:
            ready.wait()
            save(form, "Theirs", other)
        except AlreadySent:
            return False
        finally:
            connection.close()
        return True

    def send(form: dict[str, Any]) -> bool:
        seen = answers(AnswerGiven(VIEW, text="Mine"), key=form["key"], seen=Seen(1, one))
        try:
            ready.wait()
            submit_response(consultation=consultation, answers=seen, submitted_at=WHILE_OPEN)
        except DraftChanged:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as windows:
        for form in forms:
            save(form, "Mine", one)
            saving, sending = windows.submit(save_other, form), windows.submit(send, form)
            assert saving.result() != sending.result()
    assert Response.objects.count() + Draft.objects.count() == rounds

"""A draft tried out as a respondent: checked like the real form, and kept nowhere."""

from __future__ import annotations

import pytest
from django.urls import reverse

from consultations.models import ConsultationPage, Draft, Response
from tests.consultations.samples import DAYS, VIEW, one_of_each_kind, question
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(client, officer, index_page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


def trial_url(page):
    return reverse("consultation_trial:try", args=[page.pk])


@pytest.fixture
def draft(consultation):
    """A consultation whose newest draft asks one question more than is published."""
    page = ConsultationPage.objects.get(pk=consultation.pk)
    rule = [{"type": "item", "id": "c", "value": {"question": DAYS, "operator": "is", "answer": "option-friday"}}]
    page.questions = [
        *one_of_each_kind(),
        question("short_text", "why", "Why Friday?", max_characters=50, asked_if=rule),
    ]
    page.save_revision()
    return page


def test_the_newest_draft_is_shown_with_its_rules(at_work, draft):
    text = at_work.get(trial_url(draft)).content.decode()
    assert "Why Friday?" in text
    assert "kept nowhere" in text
    assert 'data-module="asked-if"' in text
    assert "autosave.js" not in text


def test_what_is_wrong_is_said_and_what_was_typed_is_there(at_work, draft):
    answer = at_work.post(trial_url(draft), {f"q-{DAYS}": "option-saturday", "no_postcode": "unsaid", "shown": ""})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "There is a problem" in text
    assert 'value="option-saturday"' in text


def test_what_would_be_kept_is_shown_and_nothing_is(at_work, draft):
    sent = {
        f"q-{VIEW}": "More <b>seats</b>",
        f"q-{DAYS}": "option-friday",
        "q-why": "Market",
        "no_postcode": "unsaid",
    }
    answer = at_work.post(trial_url(draft), sent | {"shown": "why"})
    assert answer.status_code == 200
    assert [(one.wording, one.labels, one.text, one.is_asked) for one in answer.context["tried"]] == [
        ("What should change in the market?", [], "More <b>seats</b>", True),
        ("Which day suits you?", ["Friday"], "", True),
        ("Why Friday?", [], "Market", True),
    ]
    assert "More &lt;b&gt;seats&lt;/b&gt;" in answer.content.decode()
    assert (Response.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_question_that_follows_from_an_answer_is_asked_next(at_work, draft):
    sent = {f"q-{VIEW}": "Seats", f"q-{DAYS}": "option-friday", "no_postcode": "unsaid", "shown": ""}
    answer = at_work.post(trial_url(draft), sent)
    assert answer.status_code == 422
    assert [one.id for one in answer.context["form"].newly_asked] == ["why"]


def test_nobody_but_who_may_edit_tries_it(client, draft, resident):
    client.force_login(resident)
    assert client.get(trial_url(draft)).status_code in {302, 403}
    assert client.post(trial_url(draft), {}).status_code in {302, 403}

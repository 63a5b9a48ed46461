"""Changing and withdrawing what was sent: counted once or not at all, and nothing said before is lost."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import queries, receipt_views
from consultations.changes import (
    MayNotChange,
    ResponseMovedOn,
    ResponseWithdrawn,
    change_response,
    find_response,
    withdraw_response,
)
from consultations.counting import refresh_counts
from consultations.drafts import hash_token, make_token
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Response, ResponseVersion
from consultations.services import AnswerRefused, ConsultationClosed, submit_response
from sentiment.models import Feedback
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    SECOND,
    USES,
    VIEW,
    WHILE_OPEN,
    answers,
    one_of_each_kind,
    question,
)
from tests.consultations.test_every_kind import SURVEY, id_of
from wardmote.core.limits import Limit

pytestmark = pytest.mark.django_db

LATER = WHILE_OPEN + timedelta(hours=1)
FIRST = (AnswerGiven(VIEW, text="More seats"), AnswerGiven(DAYS, choices=("option-friday",)))
SECOND_TIME = (AnswerGiven(VIEW, text="More shade"), AnswerGiven(AGREE, choices=("agree",)))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def consultation(make_consultation):
    return make_consultation("Market square", answers_may_change=True)


@pytest.fixture
def token() -> str:
    return make_token()


@pytest.fixture
def response(consultation, ward, token) -> Response:
    given = answers(*FIRST, ward=ward, token_hash=hash_token(token))
    return submit_response(consultation=consultation, answers=given, submitted_at=WHILE_OPEN)


def change(response: Response, *given: AnswerGiven, version: int = 1, at=LATER) -> Response:
    return change_response(response=response, given=given, language="en", expected_version=version, changed_at=at)


def said(response: Response) -> list[tuple[str, str, list[str]]]:
    rows = response.answers.order_by("position")
    return [(row.question_id, row.text, [choice["id"] for choice in row.choices]) for row in rows]


def feedback() -> list[tuple[str, str]]:
    return list(Feedback.objects.order_by("pk").values_list("origin", "text"))


def test_a_change_takes_the_place_of_what_was_said_and_keeps_it_beside(response, ward):
    changed = change(response, *SECOND_TIME)
    assert said(changed) == [(VIEW, "More shade", []), (AGREE, "", ["agree"])]
    assert (changed.version, changed.changed_at, changed.submitted_at, changed.ward) == (2, LATER, WHILE_OPEN, ward)
    [earlier] = ResponseVersion.objects.all()
    assert (earlier.version, earlier.said_at, earlier.replaced_at) == (1, WHILE_OPEN, LATER)
    assert [(one.question_id, one.text, one.labels) for one in earlier.answers_then] == [
        (VIEW, "More seats", []),
        (DAYS, "", ["Friday"]),
    ]


def test_a_changed_text_is_read_anew_and_filed_once(response):
    row = Answer.objects.get(question_id=VIEW)
    assert feedback() == [(f"answer:{row.pk}", "More seats")]
    change(response, *SECOND_TIME)
    assert feedback() == [(f"answer:{row.pk}", "More shade")]
    change(response, *SECOND_TIME[1:], version=2)
    assert feedback() == []
    change(response, *FIRST, version=3)
    assert [text for _origin, text in feedback()] == ["More seats"]
    assert list(ResponseVersion.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3]


def test_a_changed_response_is_counted_once(response, consultation, ward):
    change(response, *SECOND_TIME)
    assert queries.responses_by_ward(consultation) == {ward.pk: 1}
    assert [each.answered for each in queries.answer_counts(consultation)] == [1, 0, 0, 1]


def test_the_same_again_changes_nothing(response):
    again = change(response, *FIRST)
    assert (again.version, again.changed_at, ResponseVersion.objects.count()) == (1, None, 0)
    change(response, *SECOND_TIME)
    assert change(response, *SECOND_TIME, version=1).version == 2  # a retry whose receipt was lost


def test_of_two_windows_the_second_is_told(response):
    change(response, *SECOND_TIME)
    with pytest.raises(ResponseMovedOn) as moved:
        change(response, AnswerGiven(VIEW, text="From the other window"))
    assert (moved.value.current.version, said(response)[0]) == (2, (VIEW, "More shade", []))


def test_an_answer_to_a_question_taken_out_since_stays(response, consultation):
    consultation.questions = one_of_each_kind()[:1]
    consultation.save()
    change(response, AnswerGiven(VIEW, text="More shade"))
    assert said(response) == [(VIEW, "More shade", []), (DAYS, "", ["option-friday"])]


@pytest.mark.parametrize("moment", [CLOSES_AT, CLOSES_AT + SECOND])
def test_nothing_changes_after_closing(response, moment):
    with pytest.raises(ConsultationClosed):
        change(response, *SECOND_TIME, at=moment)
    with pytest.raises(ConsultationClosed):
        withdraw_response(response=response, withdrawn_at=moment)
    assert (said(response)[0], ResponseVersion.objects.count()) == ((VIEW, "More seats", []), 0)


def test_the_last_second_is_in_time(response):
    assert change(response, *SECOND_TIME, at=CLOSES_AT - SECOND).version == 2


def test_only_where_the_officer_allows_it(response, consultation):
    consultation.answers_may_change = False
    consultation.save()
    with pytest.raises(MayNotChange):
        change(response, *SECOND_TIME)


def test_what_does_not_fit_changes_nothing(response):
    with pytest.raises(AnswerRefused), transaction.atomic():
        change(response, AnswerGiven(VIEW, text="New"), AnswerGiven(DAYS, choices=("option-never",)))
    assert (said(response)[0], feedback()[0][1]) == ((VIEW, "More seats", []), "More seats")


def test_a_withdrawn_response_is_kept_and_counts_nowhere(response, consultation, ward):
    withdrawn = withdraw_response(response=response, withdrawn_at=LATER)
    assert (withdrawn.withdrawn_at, said(withdrawn)[0], feedback()) == (LATER, (VIEW, "More seats", []), [])
    assert queries.responses_by_ward(consultation) == {}
    assert [each.answered for each in queries.answer_counts(consultation)] == [0] * 4
    counted = queries.with_response_counts(type(consultation).objects.filter(pk=consultation.pk)).get()
    assert counted.response_count == 0
    [of_ward] = queries.open_with_ward_counts(ward, LATER)
    assert (of_ward.response_count, of_ward.ward_response_count) == (0, 0)


def test_counts_made_beforehand_are_made_again_after_a_change_and_a_withdrawal(response):
    def counted(days: int) -> int:
        return refresh_counts(LATER + timedelta(days=days))

    assert [counted(1), counted(2)] == [1, 0]
    change(response, *SECOND_TIME)
    assert [counted(3), counted(4)] == [1, 0]
    withdraw_response(response=response, withdrawn_at=LATER)
    assert [counted(5), counted(6)] == [1, 0]


def test_withdrawing_twice_keeps_the_first_moment_and_ends_changing(response):
    withdraw_response(response=response, withdrawn_at=LATER)
    assert withdraw_response(response=response, withdrawn_at=LATER + SECOND).withdrawn_at == LATER
    with pytest.raises(ResponseWithdrawn):
        change(response, *SECOND_TIME)


def test_a_retry_of_what_was_withdrawn_adds_nothing(response, consultation):
    withdraw_response(response=response, withdrawn_at=LATER)
    given = answers(*FIRST, key=response.key)
    assert submit_response(consultation=consultation, answers=given, submitted_at=LATER) == response
    assert (Response.objects.counted().count(), feedback()) == (0, [])


@pytest.mark.parametrize("wrong", [{"version": 2}, {"changed_at": LATER}, {"withdrawn_at": LATER}])
def test_the_database_refuses_a_version_without_its_change(response, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.update(**wrong)


def test_the_secret_is_stored_nowhere(response, consultation, token):
    assert token not in str(Response.objects.values().get())
    assert find_response(consultation=consultation, token=token) == response
    assert find_response(consultation=consultation, token=make_token()) is None


# Over HTTP


def url(name, page, *more):
    return reverse(f"consultations:{name}", args=[page.slug, *more])


def text_of(page) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", page.content.decode()))


@pytest.fixture
def holder(client, consultation, response, token) -> Client:
    """A browser that opened the link."""
    link = client.get(url("resume", consultation, token))
    saved = client.get(link.url)
    assert saved.url == url("receipt", consultation, response.reference)
    return client


def changed_form(page) -> dict[str, Any]:
    hidden = re.findall(r'<input type="hidden" name="(key|revision|shown)" value="([^"]*)"', page.content.decode())
    return dict(hidden)


def test_sending_hands_the_link_to_the_receipt(client, consultation):
    form = client.get(url("respond", consultation)).context["form"]
    sent = {name: form[name].value() for name in ("key", "draft", "revision", "writer")}
    sent |= {f"q-{VIEW}": "More seats", "no_postcode": "unsaid"}
    receipt = client.get(client.post(url("respond", consultation), sent).url)
    link = f"http://testserver{url('resume', consultation, sent['draft'])}"
    shown = text_of(receipt)
    assert (link in shown, "Change your answers" in shown, "Withdraw your answers" in shown) == (True,) * 3
    assert hash_token(str(sent["draft"])) == Response.objects.get().token_hash
    again = client.get(client.post(url("respond", consultation), sent).url)
    assert link in text_of(again)


def test_a_browser_without_the_link_is_shown_no_way_to_change(client, consultation, holder, response):
    stranger = Client()
    assert stranger.get(url("receipt", consultation, response.reference)).status_code == 404
    for name in ("change", "withdraw"):
        assert stranger.get(url(name, consultation)).status_code == 404
        assert stranger.post(url(name, consultation)).status_code == 404
    assert Response.objects.counted().count() == 1


def test_the_form_shows_what_was_sent_and_takes_the_change(holder, consultation, response, clock):
    page = holder.get(url("change", consultation))
    assert "More seats</textarea>" in page.content.decode()
    assert re.search(r'value="option-friday"[^>]* checked', page.content.decode())
    assert "postcode" not in page.content.decode()
    clock(LATER)
    data = changed_form(page) | {f"q-{VIEW}": "More <b>shade</b>", f"q-{USES}": ["option-food"]}
    done = holder.post(url("change", consultation), data)
    assert (done.status_code, done.url) == (302, url("receipt", consultation, response.reference))
    shown = text_of(holder.get(done.url))
    assert ("More <b>shade</b>" in shown, "Food" in shown, "Which day" in shown, "Changed" in shown) == (
        True,
        True,
        False,
        True,
    )
    assert said(Response.objects.get()) == [(VIEW, "More <b>shade</b>", []), (USES, "", ["option-food"])]


def test_a_wrong_change_keeps_what_was_typed_and_what_was_sent(holder, consultation, response):
    data = changed_form(holder.get(url("change", consultation)))
    wrong = holder.post(url("change", consultation), data | {f"q-{VIEW}": "y" * 2001})
    assert (wrong.status_code, "y" * 2001 in wrong.content.decode()) == (422, True)
    assert said(response)[0] == (VIEW, "More seats", [])


def test_a_change_from_a_window_that_is_behind_is_told_and_can_be_sent_again(holder, consultation, response):
    data = changed_form(holder.get(url("change", consultation)))
    change(response, *SECOND_TIME)
    behind = holder.post(url("change", consultation), data | {f"q-{VIEW}": "From the other window"})
    assert (behind.status_code, "From the other window" in text_of(behind)) == (409, True)
    data = changed_form(behind)
    assert data["revision"] == "2"
    holder.post(url("change", consultation), data | {f"q-{VIEW}": "From the other window"})
    assert said(response) == [(VIEW, "From the other window", [])]
    assert ResponseVersion.objects.count() == 2


def test_a_change_after_closing_is_handed_back(holder, consultation, response, clock):
    data = changed_form(holder.get(url("change", consultation)))
    clock(CLOSES_AT)
    late = holder.post(url("change", consultation), data | {f"q-{VIEW}": "Too late"})
    assert (late.status_code, "Too late" in text_of(late)) == (410, True)
    assert holder.get(url("change", consultation)).status_code == 302
    assert said(response)[0] == (VIEW, "More seats", [])


def test_without_the_officers_leave_the_receipt_offers_withdrawing_alone(holder, consultation, response):
    consultation.answers_may_change = False
    consultation.save()
    shown = text_of(holder.get(url("receipt", consultation, response.reference)))
    assert ("Change your answers" in shown, "Withdraw your answers" in shown) == (False, True)
    assert holder.get(url("change", consultation)).status_code == 302
    refused = holder.post(url("change", consultation), {f"q-{VIEW}": "Not allowed", "revision": "1"})
    assert (refused.status_code, "Not allowed" in text_of(refused)) == (409, True)


def test_withdrawing_asks_once_and_is_confirmed(holder, consultation, response):
    asked = holder.get(url("withdraw", consultation))
    assert ("Withdraw your answers?" in text_of(asked), Response.objects.counted().count()) == (True, 1)
    done = holder.post(url("withdraw", consultation))
    shown = text_of(holder.get(done.url))
    assert ("Your answers are withdrawn" in shown, "Answer anew" in shown, "More seats" in shown) == (True,) * 3
    assert Response.objects.counted().count() == 0
    assert holder.get(url("withdraw", consultation)).status_code == 302
    assert holder.get(url("change", consultation)).status_code == 302


def test_after_closing_there_is_no_way_to_withdraw(holder, consultation, response, clock):
    clock(CLOSES_AT)
    shown = text_of(holder.get(url("receipt", consultation, response.reference)))
    assert ("Withdraw your answers" in shown, "The consultation closed" in shown) == (False, True)
    assert holder.post(url("withdraw", consultation)).status_code == 302
    assert Response.objects.counted().count() == 1


def test_the_copy_is_written_whole_and_its_address_kept_nowhere(holder, consultation, response):
    change(response, AnswerGiven(VIEW, text="a<b and c>d\n  <jo@example.org> 👏 ŵ شكرا"), *FIRST[1:])
    sent = holder.post(url("copy", consultation, response.reference), {"email": "jo@example.org"})
    assert (sent.status_code, "We have written the copy to jo@example.org." in text_of(sent)) == (200, True)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["jo@example.org"], f"Your answers {response.reference}: Market square")
    for words in ("a<b and c>d\n  <jo@example.org> 👏 ŵ شكرا", "Which day suits you?", "Friday", "Northgate"):
        assert words in letter.body
    rows = [*Response.objects.values_list(), *ResponseVersion.objects.values_list()]
    assert not [row for row in rows if "jo@example.org" in str(row)]


def test_a_copy_is_written_to_whoever_sent_the_answers_and_not_too_often(holder, consultation, response, monkeypatch):
    to = url("copy", consultation, response.reference)
    assert Client().post(to, {"email": "jo@example.org"}).status_code == 404
    assert holder.post(to, {"email": "nobody"}).status_code == 422
    monkeypatch.setattr(receipt_views, "COPIES_TO_ADDRESS", Limit("few-copies", 1, 60))
    same = ("jo@gmail.com", "J.O@gmail.com", "jo+copy@googlemail.com")
    assert [holder.post(to, {"email": email}).status_code for email in same] == [200, 429, 429]
    assert len(mail.outbox) == 1
    assert holder.get(to).status_code == 302


def test_officers_see_what_was_changed_and_withdrawn_and_export_what_counts(
    client, officer, consultation, response, settings
):
    settings.SECOND_FACTOR_REQUIRED = False
    change(response, *SECOND_TIME)
    client.force_login(officer)
    one = reverse("consultation_responses:response", args=[consultation.pk, response.pk])
    shown = text_of(client.get(one))
    assert ("More shade" in shown, "More seats" in shown, "As it was sent" in shown) == (True, True, True)
    index = reverse("consultation_responses:index", args=[consultation.pk])
    assert "Changed" in text_of(client.get(index))

    def exported() -> str:
        return b"".join(client.get(f"{index}?export=csv").streaming_content).decode()

    assert response.reference in exported()
    withdraw_response(response=response, withdrawn_at=LATER)
    assert "Withdrawn by its respondent" in text_of(client.get(one))
    assert response.reference in text_of(client.get(index))
    assert response.reference not in exported()
    assert response.reference in text_of(client.get(f"{index}?standing=withdrawn"))
    assert response.reference not in text_of(client.get(f"{index}?standing=counted"))


def test_a_receipt_costs_the_same_however_much_was_said(holder, consultation, response):
    receipt, made = url("receipt", consultation, response.reference), []
    for version, count in enumerate((1, 3), start=1):
        change(response, *(FIRST + SECOND_TIME[1:])[:count], version=version)
        holder.get(receipt)
        with CaptureQueriesContext(connection) as queries:
            assert holder.get(receipt).status_code == 200
        made.append(len(queries))
    assert made[0] == made[1] <= 10


def test_every_kind_of_answer_comes_back_into_the_form_as_it_was_given(client, make_consultation):
    asked = [
        question(kind, id_of(place), f"Question {place}?", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    page = make_consultation("Everything", questions=asked, answers_may_change=True)
    form = client.get(url("respond", page)).context["form"]
    data: dict[str, Any] = {name: form[name].value() for name in ("key", "draft")} | {"no_postcode": "unsaid"}
    for place, (_kind, _fields, parts, _line) in enumerate(SURVEY):
        data |= {f"q-{id_of(place)}-{part}" if part else f"q-{id_of(place)}": value for part, value in parts.items()}
    client.post(url("respond", page), data)
    shown = client.get(url("change", page)).context["form"]
    again = {name: shown[name].value() for name in shown.fields if name.startswith("q-")}
    assert any(again.values())
    again = {name: value for name, value in again.items() if value is not None}
    assert client.post(url("change", page), again | {"revision": "1"}).status_code == 302
    assert Response.objects.get().version == 1  # the same was said

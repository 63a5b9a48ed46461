"""Answering over HTTP, at moments that the tests choose."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from consultations.models import Answer, ConsultationPage, Response
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    OPENS_AT,
    SECOND,
    USES,
    VIEW,
    WHILE_OPEN,
    one_of_each_kind,
    question,
)
from wardmote.core.text import clean_text
from wards.models import Postcode

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Sets what the views read from the clock; ``WHILE_OPEN`` until a test says otherwise."""

    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def home(ward) -> Callable[..., Postcode]:
    """Makes a postcode of a ward."""

    def make(code="IP11AA", of=ward, **fields):
        return Postcode.objects.create(ward_set=of.ward_set, ward=of, code=code, **fields)

    return make


def form_url(page):
    return reverse("consultations:respond", args=[page.slug])


def filled(**changes: Any) -> dict[str, Any]:
    data = {
        "key": str(uuid4()),
        f"q-{VIEW}": "More seats, please.",
        f"q-{DAYS}": "option-friday",
        f"q-{USES}": ["option-food", "option-company"],
        f"q-{AGREE}": "agree",
        "postcode": "ip1 1aa",
    }
    return data | {name.replace("q_", "q-", 1): value for name, value in changes.items()}


def text_of(response) -> str:
    """What the page shows, with tags taken out and entities read."""
    return html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_the_form_asks_every_question_and_the_postcode(client, consultation):
    response = client.get(form_url(consultation))
    assert response.status_code == 200
    shown = text_of(response)
    assert [q.wording in shown for q in consultation.question_list] == [True] * 4
    assert "What is your postcode?" in shown
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', response.content.decode())


def test_each_form_has_its_own_key(client, consultation):
    keys = {client.get(form_url(consultation)).context["form"]["key"].value() for _ in range(2)}
    assert len(keys) == 2


def test_an_answer_ends_on_its_receipt(client, consultation, home, ward):
    home()
    sent = client.post(form_url(consultation), filled())
    response = Response.objects.get()
    assert sent.status_code == 302
    assert sent.url == reverse("consultations:receipt", args=[consultation.slug, response.reference])
    assert (response.ward, response.is_outside_area, response.submitted_at) == (ward, False, WHILE_OPEN)

    shown = text_of(client.get(sent.url))
    for words in (response.reference, "More seats, please.", "Friday", "Food", "Company", "Agree", "Northgate"):
        assert words in shown
    assert "already sent" not in shown


def test_the_postcode_is_kept_nowhere(client, consultation, home):
    home()
    client.post(form_url(consultation), filled())
    rows = [*Response.objects.values_list(), *Answer.objects.values_list()]
    # The district's letters: "1aa" alone may stand in any hash.
    assert not [row for row in rows if "ip1" in str(row).lower().replace(" ", "")]


@pytest.mark.parametrize(
    ("changes", "ward_is", "outside"),
    [
        ({"postcode": "", "no_postcode": ["outside"]}, None, True),
        ({"postcode": "", "no_postcode": ["unsaid"]}, None, False),
        ({"postcode": "ip9 9zz", "no_postcode": ["outside"]}, None, True),
        ({"postcode": "nonsense", "no_postcode": ["outside"]}, None, True),
        ({"postcode": "IP1 1AA", "no_postcode": ["unsaid"]}, None, False),
        ({"postcode": "ip9 9zz", "ward": "not-sure"}, None, False),
        ({"postcode": " iP11aa "}, "Northgate", False),
    ],
)
def test_where_somebody_lives_is_taken_as_they_say_it(client, consultation, home, changes, ward_is, outside):
    home()
    assert client.post(form_url(consultation), filled(**changes)).status_code == 302
    response = Response.objects.select_related("ward").get()
    assert (response.ward.name if response.ward else None, response.is_outside_area) == (ward_is, outside)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"postcode": ""}, "postcode", "Enter your postcode, or tick one of the boxes below it"),
        ({"postcode": "IP1"}, "postcode", "Enter a full UK postcode, like IP1 2DE."),
        (
            {"postcode": "IP9 9ZZ"},
            "postcode",
            "We do not know the postcode IP9 9ZZ. Check it. If it is right, choose your ward, "
            "or tick “I live outside the council’s area”",
        ),
        (
            {"postcode": "IP1 1AA", "no_postcode": ["outside"]},
            "no_postcode",
            "IP1 1AA is inside the council’s area. Take the tick away, or clear the postcode",
        ),
        ({f"q_{VIEW}": ""}, f"q-{VIEW}", "Write an answer to “What should change in the market?”"),
        ({f"q_{VIEW}": " \n "}, f"q-{VIEW}", "Write an answer to “What should change in the market?”"),
        (
            {f"q_{VIEW}": "x" * 2001},
            f"q-{VIEW}",
            "Your answer to “What should change in the market?” is too long: it may have up to 2000 characters, "
            "and it has 2001",
        ),
        (
            {f"q_{DAYS}": "option-sunday"},
            f"q-{DAYS}",
            "Choose one of the answers offered to “Which day suits you?”",
        ),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(client, consultation, home, changes, field, message):
    home()
    data = filled(**changes)
    answer = client.post(form_url(consultation), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert Response.objects.count() == 0
    page = answer.content.decode()
    assert page.count(html.escape(message)) == 2  # in the summary and at the field
    assert html.escape(data[f"q-{VIEW}"]) in page
    assert f'value="{data["key"]}"' in page
    assert 'value="option-food" id=' in page


def test_a_wording_with_a_percent_sign_can_be_answered_wrongly(client, make_consultation):
    asked = [
        question("single_choice", DAYS, "Is 5% enough? 100%d", options=one_of_each_kind()[1]["value"]["options"])
    ]
    answer = client.post(form_url(make_consultation(questions=asked)), {f"q-{DAYS}": "none", "no_postcode": "unsaid"})
    assert answer.context["form"].errors == {
        f"q-{DAYS}": ["Choose one of the answers offered to “Is 5% enough? 100%d”"]
    }


def test_a_split_postcode_asks_for_the_ward_and_keeps_the_answers(client, consultation, home, ward, make_ward):
    other = make_ward("Alexandra")
    home(is_split=True)
    home(of=other, is_split=True)
    data = filled()
    asked = client.post(form_url(consultation), data)
    assert asked.status_code == 422
    assert asked.context["form"].errors == {"ward": ["The homes at IP1 1AA are in more than one ward. Choose yours"]}
    offered = asked.context["form"].fields["ward"].choices
    assert offered == [(str(other.pk), "Alexandra"), (str(ward.pk), "Northgate"), ("not-sure", "I am not sure")]
    assert "More seats, please." in text_of(asked)

    assert client.post(form_url(consultation), data | {"ward": str(other.pk)}).status_code == 302
    assert Response.objects.get().ward == other


def test_a_ward_that_the_postcode_does_not_touch_is_not_taken(client, consultation, home, make_ward):
    home(is_split=True)
    home(of=make_ward("Alexandra"), is_split=True)
    far = make_ward("Far")
    assert client.post(form_url(consultation), filled(ward=str(far.pk))).status_code == 422


def test_an_unknown_postcode_lets_a_new_home_choose_its_ward(client, consultation, ward):
    asked = client.post(form_url(consultation), filled(postcode="IP9 9ZZ"))
    assert [label for _value, label in asked.context["form"].fields["ward"].choices] == [
        "Northgate",
        "I am not sure",
    ]
    client.post(form_url(consultation), filled(postcode="IP9 9ZZ", ward=str(ward.pk)))
    assert Response.objects.get().ward == ward


@pytest.mark.parametrize("moment", [OPENS_AT - SECOND, CLOSES_AT, CLOSES_AT + SECOND])
def test_outside_the_open_period_the_form_leads_to_the_page(client, clock, consultation, moment):
    clock(moment)
    asked = client.get(form_url(consultation))
    assert (asked.status_code, asked.url) == (302, consultation.url)


def test_words_sent_after_closing_are_handed_back(client, clock, consultation, home):
    home()
    clock(CLOSES_AT)
    late = client.post(form_url(consultation), filled(**{f"q_{VIEW}": "a<b and c>d\n  two lines"}))
    assert late.status_code == 410
    assert "a&lt;b and c&gt;d\n  two lines</pre>" in late.content.decode()
    assert "This consultation has closed" in text_of(late)
    assert Response.objects.count() == 0


def test_choices_sent_after_closing_are_handed_back_in_the_words_that_were_seen(client, clock, consultation, home):
    home()
    clock(CLOSES_AT)
    late = text_of(client.post(form_url(consultation), filled()))
    assert "Food; Company" in late
    assert "option-food" not in late


def test_words_that_break_a_rule_are_handed_back_too(client, clock, consultation):
    clock(CLOSES_AT + SECOND)
    late = client.post(form_url(consultation), {f"q-{VIEW}": "y" * 2001})
    assert late.status_code == 410
    assert "y" * 2001 in late.content.decode()


def test_the_last_second_is_in_time(client, clock, consultation, home):
    home()
    clock(CLOSES_AT - SECOND)
    assert client.post(form_url(consultation), filled()).status_code == 302


def test_words_sent_before_a_moved_opening_are_handed_back(client, clock, consultation):
    clock(OPENS_AT - SECOND)
    early = client.post(form_url(consultation), filled())
    assert early.status_code == 409
    assert "More seats, please." in text_of(early)


def test_words_sent_to_a_consultation_taken_down_are_handed_back(client, consultation):
    consultation.unpublish()
    assert client.get(form_url(consultation)).status_code == 404
    late = client.post(form_url(consultation), filled())
    assert late.status_code == 410
    assert "More seats, please." in text_of(late)


def test_a_draft_is_no_address(client, index_page, consultation):
    draft = ConsultationPage(
        title="Draft", intro="x", opens_at=OPENS_AT, closes_at=CLOSES_AT, questions=one_of_each_kind(), live=False
    )
    index_page.add_child(instance=draft)
    assert client.get(form_url(draft)).status_code == 404
    assert client.post(form_url(draft), filled()).status_code == 404


def test_a_text_whose_question_was_taken_out_is_shown_to_its_writer(client, consultation, home):
    home()
    data = filled(q_gone="Do not lose me")
    asked = client.post(form_url(consultation), data)
    assert asked.status_code == 422
    assert "Do not lose me" in text_of(asked)
    assert Response.objects.count() == 0
    data.pop("q-gone")
    assert client.post(form_url(consultation), data).status_code == 302


def test_a_form_sent_twice_leads_to_one_receipt_that_says_so(client, consultation, home):
    home()
    data = filled()
    first = client.post(form_url(consultation), data)
    again = client.post(form_url(consultation), data | {f"q-{VIEW}": "Changed my mind"})
    assert (again.status_code, again.url) == (302, first.url)
    assert Response.objects.count() == 1
    shown = text_of(client.get(again.url))
    assert "already sent this form" in shown
    assert "Changed my mind" not in shown


def test_a_retry_after_closing_still_gets_its_receipt(client, clock, consultation, home):
    home()
    data = filled()
    first = client.post(form_url(consultation), data)
    clock(CLOSES_AT + SECOND)
    assert client.post(form_url(consultation), data).url == first.url


def test_a_reference_opens_nothing_in_another_browser(client, consultation, home):
    home()
    receipt_url = client.post(form_url(consultation), filled()).url
    assert client.get(receipt_url).status_code == 200
    assert Client().get(receipt_url).status_code == 404
    unknown = reverse("consultations:receipt", args=[consultation.slug, "WM-2222-2222"])
    assert client.get(unknown).status_code == 404


@pytest.mark.parametrize("name", ["receipt", "copy", "letter_box"])
def test_a_reference_that_no_database_takes_is_not_looked_up(client, consultation, name):
    with CaptureQueriesContext(connection) as made:
        unknown = client.get(reverse(f"consultations:{name}", args=[consultation.slug, "WM\0"]))
    assert unknown.status_code == 404
    assert not [query for query in made if "consultations_response" in query["sql"]]


def test_a_receipt_closes_after_two_hours(client, clock, consultation, home):
    home()
    receipt_url = client.post(form_url(consultation), filled()).url
    clock(WHILE_OPEN + timedelta(hours=2) - SECOND)
    assert client.get(receipt_url).status_code == 200
    clock(WHILE_OPEN + timedelta(hours=2))
    assert client.get(receipt_url).status_code == 404


def test_nothing_of_an_answer_is_cached(client, consultation, home):
    home()
    sent = client.post(form_url(consultation), filled())
    for answer in (sent, client.get(sent.url), client.get(form_url(consultation))):
        assert "no-store" in answer["Cache-Control"]


def test_a_private_consultation_is_not_answered_past_its_door(client, consultation):
    PageViewRestriction.objects.create(page=consultation, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(form_url(consultation)).status_code == 302
    assert client.post(form_url(consultation), filled()).status_code == 404
    assert Response.objects.count() == 0


def test_reading_sets_no_cookie(client, consultation):
    client.get(consultation.url)
    assert not client.cookies


NASTY = [
    "a<b and c>d",
    "<jo@example.org>",
    "<script>alert(1)</script>",
    "&amp; stays &lt;as typed&gt;",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "شارع السوق و <b>Queen Street</b>",
    "Mae’r farchnad yn wych – ŵ ŷ",
    "  two spaces first\n\n\tand a tab  ",
    "{{ 7*7 }} {% load x %} %s %(name)s",
    "\"quoted\" 'single' `back`",
    "=HYPERLINK(1)",
    "z" * 2000,
]


@pytest.mark.parametrize("text", NASTY)
def test_odd_texts_come_back_as_they_were_typed(client, consultation, home, text):
    home()
    receipt_page = client.get(client.post(form_url(consultation), filled(**{f"q_{VIEW}": text})).url)
    assert Answer.objects.get(question_id=VIEW).text == text
    assert _own_words(receipt_page) == text


def test_nul_and_lone_surrogates_are_taken_out(client, consultation, home):
    home()
    client.post(form_url(consultation), filled(**{f"q_{VIEW}": "be\0fore\r\nafter"}))
    assert Answer.objects.get(question_id=VIEW).text == "before\nafter"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=300).filter(lambda text: clean_text(text).strip()),
    day=st.sampled_from(["", "option-friday", "option-saturday"]),
    uses=st.sets(st.sampled_from(["option-food", "option-clothes", "option-company"])),
    agreement=st.sampled_from(["", "strongly_agree", "dont_know"]),
)
def test_whatever_is_answered_comes_back_the_same(client, consultation, text, day, uses, agreement):
    data = {
        f"q-{VIEW}": text,
        f"q-{DAYS}": day,
        f"q-{USES}": sorted(uses),
        f"q-{AGREE}": agreement,
        "no_postcode": "unsaid",
    }
    receipt_page = client.get(client.post(form_url(consultation), data).url)
    rows = Response.objects.latest("pk").answers.order_by("position")
    kept = {row.question_id: row.text or sorted(choice["id"] for choice in row.choices) for row in rows}
    given_answers = {VIEW: clean_text(text), DAYS: [day], USES: sorted(uses), AGREE: [agreement]}
    assert kept == {name: value for name, value in given_answers.items() if value not in ([""], [])}
    assert _own_words(receipt_page) == clean_text(text)


def _own_words(response) -> str:
    found = re.search(r'<div class="wm-own-words" dir="auto">(.*?)</div>', response.content.decode(), re.DOTALL)
    return html.unescape(found.group(1))


def test_the_feed_lists_what_is_open(client, make_consultation):
    make_consultation("Open <now> & here")
    make_consultation("Later", opens_at=WHILE_OPEN + SECOND)
    feed = client.get(reverse("consultations:feed"))
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert re.findall(r"<entry><title>(.*?)</title>", feed.content.decode()) == ["Open &lt;now&gt; &amp; here"]
    assert "Closes Saturday 5 December at 5pm." in feed.content.decode()


def test_day_of_the_postcode_is_the_day_of_sending(client, clock, consultation, home, ward):
    """Boundaries that end today place nobody today."""
    home()
    ward.ward_set.until_date = date(2026, 11, 20)
    ward.ward_set.save()
    assert client.post(form_url(consultation), filled()).status_code == 422
    clock(WHILE_OPEN - timedelta(days=1))
    assert client.post(form_url(consultation), filled()).status_code == 302

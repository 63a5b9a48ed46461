"""Equality monitoring: asked after the answers, kept apart from them, told in counts that expose nobody."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import equality
from consultations.enums import IdentityLevel
from consultations.equality import (
    BATCH,
    LAST_BATCH_AFTER,
    SlipRefused,
    count_slips,
    questions_of,
    tables,
    take_slip,
)
from consultations.equality_questions import BY_KEY, NOT_SAID, QUESTIONS
from consultations.models import EqualitySlip, EqualityTally, Response
from consultations.panels import ConsultationPageForm
from tests.consultations.samples import CLOSES_AT, SECOND, VIEW, WHILE_OPEN
from wardmote.management.commands.tick import DUTIES

pytestmark = pytest.mark.django_db

ASKED = ["sex", "religion"]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def page(make_consultation):
    return make_consultation("Market square", equality_questions=ASKED)


def url(name, page, *more):
    return reverse(f"consultations:{name}", args=[page.slug, *more])


def hidden_in(response) -> dict[str, str]:
    found = r'<input type="hidden" name="(key|draft|revision|writer|slip)" value="([^"]*)"'
    return dict(re.findall(found, response.content.decode()))


def text_of(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def answer(client, page, **fields):
    form = hidden_in(client.get(url("respond", page))) | {f"q-{VIEW}": "Seats", "no_postcode": "unsaid"}
    return client.post(url("respond", page), form | fields, follow=True)


def tell(client, page, **answers):
    form = hidden_in(client.get(url("about_you", page)))
    return client.post(url("about_you", page), form | answers)


def put(page, count, **answers):
    for _time in range(count):
        take_slip(consultation=page, slip=uuid4(), answers=answers)


def test_it_is_asked_after_the_answers_were_sent_and_only_then(client, page):
    assert client.get(url("about_you", page)).url == url("respond", page)
    receipt = answer(client, page)
    assert url("about_you", page) in receipt.content.decode()
    shown = client.get(url("about_you", page))
    assert [field.name for field in shown.context["form"].visible_fields()] == ASKED
    for words in ("article 9(2)(g)", "paragraph 8 of Schedule 1", "section 149", "also not if you withdraw"):
        assert words in text_of(shown)
    thanks = tell(client, page, sex="female")
    assert "Thank you" in text_of(thanks)
    assert EqualitySlip.objects.get().answers == {"sex": "female"}
    # Once: a second form adds nothing.
    client.post(url("about_you", page), {"slip": str(uuid4()), "sex": "female"})
    assert EqualitySlip.objects.count() == 1
    assert url("about_you", page) not in client.get(receipt.request["PATH_INFO"]).content.decode()


def test_a_consultation_that_asks_nothing_has_no_such_page(client, make_consultation):
    page = make_consultation()
    receipt = answer(client, page)
    assert "about-you" not in receipt.content.decode()
    assert client.get(url("about_you", page)).status_code == 404


def test_a_form_sent_twice_is_one_slip_and_one_left_empty_is_none(client, page):
    answer(client, page)
    form = hidden_in(client.get(url("about_you", page)))
    other = Client()
    answer(other, page)
    for browser in (client, other):
        browser.post(url("about_you", page), form | {"sex": "male", "religion": NOT_SAID})
    assert EqualitySlip.objects.count() == 1
    third = Client()
    answer(third, page)
    assert tell(third, page).status_code == 200
    assert EqualitySlip.objects.count() == 1


def test_what_is_not_offered_is_refused_by_name(client, page):
    answer(client, page)
    refused = tell(client, page, sex="seven")
    assert (refused.status_code, EqualitySlip.objects.count()) == (422, 0)
    assert '<a href="#id_sex' in refused.content.decode()
    for wrong in ({"sex": "seven"}, {"age": "16"}, {"unknown": "x"}):
        with pytest.raises(SlipRefused):
            take_slip(consultation=page, slip=uuid4(), answers=wrong)


def test_after_two_hours_a_browser_is_asked_no_more(client, page, clock):
    answer(client, page)
    clock(WHILE_OPEN + timedelta(hours=2))
    assert client.get(url("about_you", page)).status_code == 302
    assert client.post(url("about_you", page), {"sex": "male"}).status_code == 200
    assert EqualitySlip.objects.count() == 0


def test_whose_address_must_be_confirmed_is_asked_once_it_is(client, make_consultation):
    page = make_consultation(equality_questions=ASKED, identity_level=IdentityLevel.EMAIL)
    assert "about-you" not in answer(client, page, email="jo@example.org").content.decode()
    link = re.search(r"http://[^/]+(\S+/confirm/\S+/)", mail.outbox[0].body)[1]
    mailbox = Client()
    assert url("about_you", page) in mailbox.post(link).content.decode()
    tell(mailbox, page, sex="male")
    assert url("about_you", page) not in mailbox.post(link).content.decode()
    assert url("about_you", page) not in Client().post(link).content.decode()


# Kept apart


def test_no_column_leads_from_a_slip_or_a_tally_to_a_response():
    assert {field.name for field in EqualitySlip._meta.get_fields()} == {"id", "consultation", "answers"}
    tally = {field.name for field in EqualityTally._meta.get_fields()}
    assert tally == {"id", "consultation", "question", "answer", "count"}
    for model in (EqualitySlip, EqualityTally):
        assert [field.name for field in model._meta.fields if field.is_relation] == ["consultation"]
        moments = (models.DateField, models.TimeField)
        assert not [field for field in model._meta.fields if isinstance(field, moments)]
    assert not [
        field for field in Response._meta.get_fields() if field.related_model in (EqualitySlip, EqualityTally)
    ]


def test_no_value_of_a_slip_stands_anywhere_in_what_was_sent_or_in_the_session(client, page):
    receipt = answer(client, page)
    form = hidden_in(client.get(url("about_you", page)))
    client.post(url("about_you", page), form | {"sex": "female"})
    slip = EqualitySlip.objects.get()
    assert str(slip.pk) == form["slip"]
    for table in connection.introspection.table_names():
        if table == EqualitySlip._meta.db_table:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = str(cursor.fetchall())
        assert slip.pk.hex not in rows.replace("-", ""), table
    assert form["slip"] not in str(dict(client.session))
    response = Response.objects.get()
    assert response.reference in receipt.content.decode()
    kept = str(list(EqualitySlip.objects.values()))
    for told in (response.reference, str(response.key), response.key.hex):
        assert told not in kept


def test_slips_are_not_kept_in_the_order_in_which_people_answered(page):
    """Their keys are random, so forty people are kept in another order than they came in."""
    came = [uuid4() for _person in range(40)]
    for slip in came:
        take_slip(consultation=page, slip=slip, answers={"sex": "male"})
    kept = list(EqualitySlip.objects.order_by("pk").values_list("pk", flat=True))
    assert (set(kept), kept == came) == (set(came), False)


def test_ten_are_counted_together_and_nothing_of_one_person_is_left(page):
    put(page, BATCH - 1, sex="male", religion="none")
    assert (count_slips(WHILE_OPEN), EqualityTally.objects.count()) == (0, 0)
    put(page, 1, sex="female")
    assert (count_slips(WHILE_OPEN), count_slips(WHILE_OPEN)) == (BATCH, 0)
    assert EqualitySlip.objects.count() == 0
    counts = Counter({row[:2]: row[2] for row in EqualityTally.objects.values_list("question", "answer", "count")})
    assert counts == {("sex", "male"): 9, ("sex", "female"): 1, ("religion", "none"): 9}
    put(page, BATCH, sex="male")
    count_slips(WHILE_OPEN)
    assert EqualityTally.objects.get(question="sex", answer="male").count == 9 + BATCH


def test_what_is_left_is_counted_a_day_after_closing(page):
    put(page, 1, sex="male")
    due = CLOSES_AT + LAST_BATCH_AFTER
    assert [count_slips(due - SECOND), count_slips(due)] == [0, 1]
    assert count_slips in [duty for _name, duty in DUTIES]


def test_a_response_withdrawn_takes_no_slip_with_it(client, page):
    answer(client, page)
    tell(client, page, sex="male")
    Response.objects.all().delete()
    assert EqualitySlip.objects.count() == 1


# What officers see


def test_small_counts_are_hidden_and_those_that_would_give_them_away(page):
    put(page, 30, sex="female")
    put(page, 12, sex="male")
    put(page, 3, sex=NOT_SAID)
    put(page, 9, religion="sikh")
    count_slips(CLOSES_AT + LAST_BATCH_AFTER)
    sex, religion = tables(page)
    assert [row.count for row in sex.rows] == [30, None, None]
    assert sex.total == 45
    assert [row.count for row in religion.rows if row.label == "Sikh"] == [None]
    assert religion.total is None


def test_counts_stay_when_a_question_is_asked_no_more(page):
    put(page, 10, sex="male")
    count_slips(WHILE_OPEN)
    page.equality_questions = []
    page.save()
    assert [table.question.key for table in tables(page)] == ["sex"]


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("resident", 302), ("councillor", 302), ("officer", 200)]
)
def test_only_officers_see_the_counts(client, page, ward, officer, resident, make_councillor, who, status):
    people = {"resident": resident, "councillor": make_councillor(ward), "officer": officer}
    if who in people:
        client.force_login(people[who])
    assert client.get(reverse("consultation_equality:index", args=[page.pk])).status_code == status


def test_the_page_of_counts_shows_no_slip_and_takes_as_many_queries_for_many(client, page, officer):
    client.force_login(officer)
    address = reverse("consultation_equality:index", args=[page.pk])
    put(page, 9, sex="male")
    shown = client.get(address)
    assert "9" not in re.findall(r"<td>([^<]*)</td>", shown.content.decode())
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    put(page, 30, sex="female", religion="none")
    count_slips(WHILE_OPEN)
    with CaptureQueriesContext(connection) as many:
        shown = client.get(address)
    assert "30" in re.findall(r"<td>([^<]*)</td>", shown.content.decode())
    assert len(many) == len(few)


# The list of questions


def test_every_question_can_be_left_unsaid_and_says_whose_words_it_is_in():
    assert len(BY_KEY) == len(QUESTIONS) == 10
    for question in QUESTIONS:
        keys = [key for key, _label in question.choices]
        assert keys[-1] == NOT_SAID
        assert len(set(keys)) == len(keys)
        assert str(question.source)
    assert len(BY_KEY["ethnicity"].options) == 19


def test_the_editor_offers_the_list(make_consultation):
    offered = [key for key, _label in ConsultationPageForm.declared_fields["equality_questions"].choices]
    assert offered == list(BY_KEY)
    page = make_consultation(equality_questions=["caring", "age", "nonsense"])
    assert [question.key for question in questions_of(page)] == ["age", "caring"]
    assert equality.BATCH == 10

"""Typing responses in, as officers do: codes, checks, the next form, two entries side by side, and who is kept out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from consultations.contents import content_of
from consultations.entering import enter_response, open_batch
from consultations.entry_admin import EntryViewSet
from consultations.entry_forms import CodeField, CodesField, initial_of, make_entry_form
from consultations.enums import Channel
from consultations.kinds import AnswerGiven
from consultations.models import Batch, Response
from consultations.services import submit_response
from tests.consultations.samples import AGREE, CLOSES_AT, DAYS, USES, VIEW, WHILE_OPEN, answers, question
from tests.consultations.test_every_kind import SURVEY, id_of
from wardmote.home.officers import provide_officers
from wards.models import Postcode

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def after_closing(monkeypatch, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def at_work(client, officer, index_page):
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


@pytest.fixture
def colleague(make_user, officer):
    user = make_user("colleague@example.org", is_staff=True)
    user.groups.set(officer.groups.all())
    return user


@pytest.fixture
def make_batch(officer):
    def make(page, name="Post", channel=Channel.PAPER, *, is_entered_twice=False):
        return open_batch(
            consultation=page,
            name=name,
            channel=channel,
            is_entered_twice=is_entered_twice,
            made_by=officer,
            made_at=WHILE_OPEN,
        )

    return make


@pytest.fixture
def batch(consultation, make_batch):
    return make_batch(consultation)


def enter_url(batch, name="enter"):
    return reverse(f"consultation_entry:{name}", args=[batch.pk])


def typed(**fields: str) -> dict[str, str]:
    """What is posted: answers by question id, the rest by name; saved unless ``save=""``."""
    sent = {"received_date": "2026-11-20", "received_time": "12:00", "language": "en", "save": "1"}
    for name, value in fields.items():
        sent[name] = value
    return {name: value for name, value in sent.items() if not (name == "save" and not value)}


def said_by(response: Response) -> dict[str, str]:
    return {row.question_id: row.in_one_line for row in response.answers.all()}


# Codes.

DAY = CodeField(number=4, choices=[("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday")], label="")
DAYS_TOGETHER = CodesField(number=4, choices=[("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday")], label="")
POINTS = CodeField(number=9, choices=[(str(point), str(point)) for point in range(11)], label="")


@pytest.mark.parametrize(
    ("field", "typed", "found"),
    [
        (DAY, "b", "sat"),
        (DAY, " B. ", "sat"),
        (DAY, "4b", "sat"),
        (DAY, "2", "sat"),
        (DAY, "", ""),
        (POINTS, "0", "0"),
        (POINTS, "10", "10"),
        (DAYS_TOGETHER, "a c", ["fri", "sun"]),
        (DAYS_TOGETHER, "ca", ["fri", "sun"]),
        (DAYS_TOGETHER, "3, 1", ["fri", "sun"]),
        (DAYS_TOGETHER, "4a+4c", ["fri", "sun"]),
        (DAYS_TOGETHER, "a a", ["fri"]),
        (DAYS_TOGETHER, " ", []),
    ],
)
def test_a_code_is_read_however_it_is_typed(field, typed, found):
    assert field.clean(typed) == found


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (DAY, "d", "“d” is no code of question 4. Its codes are a, b, c"),
        (DAY, "0", "“0” is no code of question 4. Its codes are a, b, c"),
        (DAY, "ab", "“ab” is no code of question 4. Its codes are a, b, c"),
        (DAY, "5b", "“5b” belongs to question 5, and this is question 4"),
        (POINTS, "11", "“11” is no code of question 9. Its codes are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        (DAYS_TOGETHER, "a x", "“x” is no code of question 4. Its codes are a, b, c"),
    ],
)
def test_a_wrong_code_is_named_with_those_that_are_right(field, typed, said):
    with pytest.raises(ValidationError) as wrong:
        field.clean(typed)
    assert wrong.value.messages == [said]


TYPED: list[dict[str, str]] = [
    {"": "More seats"},
    {"": "Queen Street"},
    {"": "a"},
    {"": "ac"},
    {"": "d", "other": "Music"},
    {"": "a", "other": "The <b> dogs"},
    {"": "c"},
    {"": "2"},
    {"": "4", "why": "Too dark"},
    {"option-company": "1", "option-food": "2"},
    {"option-seats": "2", "option-shade": "a"},
    {"option-food": "£1,000"},
    {"": "By the steps", "at": "57.1, -2.1"},
    {},
    {"": "1,200"},
    {"day": "1", "month": "2", "year": "2026"},
]
"""What an officer types for each question of ``SURVEY``, to say what its respondents say there."""


@pytest.fixture
def everything(make_consultation):
    asked = [
        question(kind, id_of(place), f"Question {place}?", is_required=kind != "section_text", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    return make_consultation("Everything", questions=asked)


def test_every_kind_of_question_is_typed_in_and_shown_again_to_correct(at_work, everything, make_batch):
    assert len(TYPED) == len(SURVEY)
    batch = make_batch(everything)
    fields = {
        f"q-{id_of(place)}-{part}" if part else f"q-{id_of(place)}": said
        for place, parts in enumerate(TYPED)
        for part, said in parts.items()
    }
    sent = at_work.post(enter_url(batch), typed(**fields))
    assert sent.status_code == 302, sent.context["form"].errors
    response = Response.objects.get()
    said = said_by(response)
    assert said == {id_of(place): line for place, (*_rest, line) in enumerate(SURVEY) if line}
    # The form to correct it holds what was typed, so that sending it back unchanged changes nothing.
    content = content_of(response, response.answers.order_by("position"))
    initial = initial_of(everything, content, response.submitted_at)
    form = make_entry_form(everything)({name: str(value) for name, value in initial.items()})
    assert form.is_valid(), form.errors
    again = submit_again(everything, form)
    assert said_by(again) == said


def submit_again(page, form):
    return submit_response(consultation=page, answers=form.answers(), submitted_at=WHILE_OPEN)


def test_what_is_left_blank_on_paper_is_blank_even_where_it_must_be_answered(at_work, everything, make_batch):
    sent = at_work.post(enter_url(make_batch(everything)), typed())
    assert sent.status_code == 302
    assert Response.objects.get().answers.count() == 0


# One form after another.


def test_a_form_leads_to_the_next_with_its_day_and_language(at_work, batch):
    sent = at_work.post(enter_url(batch), typed(**{f"q-{VIEW}": "Seats"}), follow=True)
    page = sent.content.decode()
    assert "Saved as number 1" in page
    assert 'value="2026-11-20"' in page
    form = sent.context["form"]
    assert (form.is_bound, form[f"q-{VIEW}"].value()) == (False, None)
    assert [response.number for response, _url in sent.context["last"]] == [1]


def test_enter_without_javascript_reads_back_and_saves_nothing(at_work, batch):
    page = at_work.get(enter_url(batch)).content.decode()
    buttons = re.findall(r'<button type="submit" name="(\w+)"', page)
    assert buttons == ["check", "save"]  # a browser presses the first one
    sent = at_work.post(enter_url(batch), typed(save="", **{f"q-{DAYS}": "b", f"q-{USES}": "ac"}))
    assert sent.status_code == 200
    assert sent.context["read_back"] == [
        ("Which day suits you?", ["Saturday"]),
        ("What do you come for?", ["Food", "Company"]),
    ]
    assert sent.context["form"][f"q-{USES}"].value() == "ac"
    assert Response.objects.count() == 0


def test_a_mistake_is_said_at_its_field_and_everything_typed_stays(at_work, batch):
    sent = at_work.post(enter_url(batch), typed(**{f"q-{VIEW}": "Seats <b>", f"q-{DAYS}": "z"}))
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "“z” is no code of question 2. Its codes are a, b" in page
    assert "Seats &lt;b&gt;</textarea>" in page
    assert 'value="z"' in page
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-12-05", "", "enter the time at which it was received"),
        ("2026-12-05", "25:00", "Enter a time like 16:30"),
        ("2026-11-01", "10:00", "This is before the consultation opened. Check the day."),
        ("2026-12-09", "10:00", "This moment is still to come."),
        ("", "", "Enter the day on which it was received"),
    ],
)
def test_a_moment_of_receipt_that_cannot_be_is_refused(at_work, batch, day, time, said):
    sent = at_work.post(enter_url(batch), typed(received_date=day, received_time=time))
    assert (sent.status_code, said in sent.content.decode()) == (422, True)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(("time", "standing"), [("16:59", "counted"), ("17:00", "late")])
def test_on_the_closing_day_the_minute_decides(at_work, batch, time, standing):
    sent = at_work.post(enter_url(batch), typed(received_date="2026-12-05", received_time=time), follow=True)
    assert Response.objects.get().standing == standing
    assert ("it came late and is not counted" in sent.content.decode()) == (standing == "late")


def test_the_ward_comes_from_the_postcode_and_the_postcode_is_forgotten(at_work, batch, ward):
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP11AA")
    at_work.post(enter_url(batch), typed(postcode="ip1 1aa"))
    at_work.post(enter_url(batch), typed())
    at_work.post(enter_url(batch), typed(no_postcode="a"))
    made = Response.objects.order_by("number").values_list("ward__name", "is_outside_area")
    assert list(made) == [("Northgate", False), (None, False), (None, True)]
    assert "IP1" not in str(list(Response.objects.values()))


def test_an_unknown_postcode_asks_for_the_ward(at_work, batch, ward):
    sent = at_work.post(enter_url(batch), typed(postcode="IP9 9ZZ"))
    assert (sent.status_code, "Northgate" in sent.content.decode()) == (422, True)
    assert at_work.post(enter_url(batch), typed(postcode="IP9 9ZZ", ward=str(ward.pk))).status_code == 302
    assert Response.objects.get().ward == ward


def test_batches_are_begun_and_counted(at_work, consultation, officer):
    url = reverse("consultation_entry:batches", args=[consultation.pk])
    sent = at_work.post(url, {"name": "Library drop-in", "channel": "drop_in"})
    batch = Batch.objects.get()
    assert (sent.url, batch.channel, batch.made_by) == (enter_url(batch), "drop_in", officer)
    for name, channel in (("Library drop-in", "paper"), ("", "paper"), ("Online", "online"), ("X", "imported")):
        assert at_work.post(url, {"name": name, "channel": channel}).status_code == 422
    for day in ("2026-11-20", "2026-12-06"):
        at_work.post(enter_url(batch), typed(received_date=day))
    row = at_work.get(url).context["batches"][0]
    assert (row.entered, row.counted, row.late, row.waiting, row.left_out) == (2, 1, 1, 0, 0)


# Two entries.


def test_a_second_officer_types_blind_and_differences_are_settled(
    client, at_work, consultation, make_batch, colleague, officer
):
    batch = make_batch(consultation, is_entered_twice=True)
    at_work.post(enter_url(batch), typed(**{f"q-{VIEW}": "Secret first entry", f"q-{DAYS}": "a"}))
    sent = at_work.post(enter_url(batch, "again"), typed(number="1"))
    assert "You typed this paper in the first time." in sent.content.decode()
    client.force_login(colleague)
    blank = client.get(enter_url(batch, "again"))
    assert blank.context["number_form"]["number"].value() == 1
    assert "Secret" not in blank.content.decode()
    sent = client.post(enter_url(batch, "again"), typed(number="1", **{f"q-{VIEW}": "Second", f"q-{DAYS}": "b"}))
    assert sent.status_code == 302
    differences = enter_url(batch, "differences")
    page = client.get(differences)
    shown = page.content.decode()
    assert "Secret first entry" in shown
    assert "Second" in shown
    entry = page.context["entry"]
    assert [client.post(differences, {"entry": odd}).status_code for odd in ("abc", "", "9" * 30)] == [404] * 3
    sent = client.post(differences, {"entry": entry.pk, VIEW: "first"})
    assert (sent.status_code, "Choose one of the two" in sent.content.decode()) == (422, True)
    assert 'value="first" checked' in sent.content.decode()
    assert client.post(differences, {"entry": entry.pk, VIEW: "first", DAYS: "second"}).status_code == 302
    response = Response.objects.get()
    assert (response.standing, said_by(response)) == ("counted", {VIEW: "Secret first entry", DAYS: "Saturday"})
    assert "Nothing to settle." in client.get(differences).content.decode()


# Afterwards.


def test_a_late_response_is_counted_from_its_page_with_a_reason(at_work, batch, consultation):
    at_work.post(enter_url(batch), typed(received_date="2026-12-06"))
    response = Response.objects.get()
    url = reverse("consultation_entry:standing", args=[response.pk])
    assert at_work.post(url, {"verb": "count", "reason": ""}).status_code == 422
    assert at_work.post(url, {"verb": "sell", "reason": "No"}).status_code == 422
    at_work.post(url, {"verb": "count", "reason": "Handed to the porter on Friday"})
    page = at_work.get(reverse("consultation_responses:response", args=[consultation.pk, response.pk]))
    assert "Handed to the porter on Friday" in page.content.decode()
    assert PageLogEntry.objects.filter(action="consultations.count_late").count() == 1


def test_a_correction_shows_what_was_typed_and_keeps_it(at_work, batch, consultation, ward):
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP11AA")
    at_work.post(enter_url(batch), typed(postcode="IP1 1AA", **{f"q-{VIEW}": "Seets", f"q-{AGREE}": "b"}))
    response = Response.objects.get()
    url = reverse("consultation_entry:correct", args=[response.pk])
    shown = at_work.get(url).content.decode()
    for value in ("Seets</textarea>", 'value="b"', 'value="12:00"', "Northgate"):
        assert value in shown
    fields = typed(ward="kept", reason="A slip", version="1", **{f"q-{VIEW}": "Seats", f"q-{AGREE}": "b"})
    assert at_work.post(url, {**fields, "reason": ""}).status_code == 422
    assert at_work.post(url, fields).status_code == 302
    response.refresh_from_db()
    assert (said_by(response), response.ward) == ({VIEW: "Seats", AGREE: "Agree"}, ward)
    page = at_work.get(reverse("consultation_responses:response", args=[consultation.pk, response.pk]))
    assert "Seets" in page.content.decode()
    assert "A slip" in page.content.decode()


def test_two_officers_who_correct_one_response_do_not_overwrite_each_other(client, at_work, batch, colleague):
    at_work.post(enter_url(batch), typed(**{f"q-{VIEW}": "Seets"}))
    response = Response.objects.get()
    url = reverse("consultation_entry:correct", args=[response.pk])

    def version_in(shown):
        return re.search(r'name="version" value="(\d*)"', shown.content.decode())[1]

    opened = version_in(at_work.get(url))
    first = typed(no_postcode="b", reason="A slip", version=opened, **{f"q-{VIEW}": "Seats"})
    assert [at_work.post(url, first).status_code for _press in range(2)] == [302, 302]
    assert response.versions.count() == 1
    client.force_login(colleague)
    second = typed(no_postcode="b", reason="Another slip", version=opened, **{f"q-{VIEW}": "Sheets"})
    checked = client.post(url, {name: value for name, value in second.items() if name != "save"})
    assert (checked.status_code, version_in(checked)) == (200, opened)
    refused = client.post(url, second)
    shown = refused.content.decode()
    assert (refused.status_code, said_by(response), version_in(refused)) == (409, {VIEW: "Seats"}, "2")
    for kept in ("Somebody else has corrected this response meanwhile.", "Sheets</textarea>", "Another slip"):
        assert kept in shown
    assert reverse("consultation_responses:response", args=[response.consultation_id, response.pk]) in shown
    assert client.post(url, {**second, "version": ""}).status_code == 409
    assert client.post(url, {**second, "version": "2"}).status_code == 302
    assert (said_by(response), response.versions.count()) == ({VIEW: "Sheets"}, 2)


def test_what_a_resident_sent_offers_no_correction(at_work, consultation):
    online = submit_response(consultation=consultation, answers=answers(), submitted_at=WHILE_OPEN)
    url = reverse("consultation_entry:correct", args=[online.pk])
    page = at_work.get(reverse("consultation_responses:response", args=[consultation.pk, online.pk]))
    assert url not in page.content.decode()
    assert at_work.get(url).status_code == 302
    assert at_work.post(url, typed(reason="No")).status_code == 302
    assert online.versions.count() == 0


# Who, and how many queries.


def pages_of(consultation, batch, response) -> dict[str, str]:
    named = {name: enter_url(batch, name) for name in ("enter", "again", "differences")}
    about = {name: reverse(f"consultation_entry:{name}", args=[response.pk]) for name in ("correct", "standing")}
    return {"batches": reverse("consultation_entry:batches", args=[consultation.pk]), **named, **about}


WHO: dict[str, bool] = {
    "anonymous": False,
    "resident": False,
    "councillor": False,
    "other staff": False,
    "officer": True,
}
"""Who may open the pages here, and what they post."""


def test_only_officers_type_in(client, consultation, make_batch, officer, resident, make_councillor, ward, make_user,
                               index_page):  # fmt: skip
    provide_officers(index_page.get_parent())
    batch = make_batch(consultation, is_entered_twice=True)
    response = enter_response(
        batch=batch, answers=answers(), received_at=WHILE_OPEN, entered_by=officer, entered_at=NOW
    )
    people: dict[str, Any] = {
        "anonymous": None,
        "resident": resident,
        "councillor": make_councillor(ward),
        "other staff": make_user(is_staff=True),
        "officer": officer,
    }
    pages = pages_of(consultation, batch, response)
    urls = {pattern.name for pattern in entry_patterns()}
    assert urls == set(pages)
    assert set(people) == set(WHO)
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        for page, url in pages.items():
            shown = client.get(url)
            may = shown.status_code == 200 or (page == "correct" and "/responses/" in shown.get("Location", ""))
            assert may == WHO[name], (name, page)
            if not WHO[name]:
                before = Response.objects.count(), Batch.objects.count()
                client.post(url, typed(name="X", channel="paper", number="1", verb="leave_out", reason="No"))
                response.refresh_from_db()
                assert (Response.objects.count(), Batch.objects.count()) == before
                assert (response.standing, hasattr(response, "second_entry")) == ("waiting", False)


def entry_patterns():
    return EntryViewSet().get_urlpatterns()


def test_pages_take_the_same_number_of_queries_for_one_and_for_three(
    at_work, consultation, make_batch, officer, colleague, ward
):
    def queries_made(url):
        with CaptureQueriesContext(connection) as made:
            assert at_work.get(url).status_code == 200
        return len(made)

    def fill(batch):
        given = AnswerGiven(VIEW, text="Seats")
        enter_response(
            batch=batch, answers=answers(given, ward=ward), received_at=WHILE_OPEN, entered_by=officer, entered_at=NOW
        )

    batch = make_batch(consultation)
    fill(batch)
    response = Response.objects.get()
    urls = [url for name, url in pages_of(consultation, batch, response).items()]
    urls.append(reverse("consultation_responses:index", args=[consultation.pk]))
    for url in urls:
        at_work.get(url)  # fills caches
    one = [queries_made(url) for url in urls]
    for number in range(2):
        make_batch(consultation, f"Post {number}")
        fill(batch)
    assert [queries_made(url) for url in urls] == one

"""Saving and coming back over HTTP, with and without the page's script."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from consultations import draft_views
from consultations.drafts import MAX_DRAFT_CHARACTERS, make_token
from consultations.models import Answer, Draft, Response
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    SECOND,
    USES,
    VIEW,
    WHILE_OPEN,
    one_of_each_kind,
)
from wardmote.core.limits import Limit
from wardmote.core.text import clean_text

pytestmark = pytest.mark.django_db

AS_JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


def url(name, page, *more):
    return reverse(f"consultations:{name}", args=[page.slug, *more])


def hidden_of(response) -> dict[str, str]:
    """The hidden fields of the form that a page shows."""
    found = re.findall(
        r'<input type="hidden" name="(key|draft|revision|writer|printed)" value="([^"]*)"', response.content.decode()
    )
    return dict(found)


def form_of(client, page, **fields: Any) -> dict[str, Any]:
    """A fresh form of the page, filled in."""
    hidden = hidden_of(client.get(url("respond", page)))
    assert sorted(hidden) == ["draft", "key", "printed", "revision", "writer"]
    return {**hidden, f"q-{VIEW}": "More seats, please."} | fields


def text_of(response) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode()))


def save_json(client, page, data):
    return client.post(url("save", page), data, headers=AS_JSON)


def test_without_script_the_button_saves_and_shows_the_link(client, consultation):
    sent = form_of(client, consultation, postcode="ip1 1aa")
    saved = client.post(url("save", consultation), sent)
    draft = Draft.objects.get()
    assert (saved.status_code, draft.fields) == (200, {f"q-{VIEW}": ["More seats, please."]})
    shown = text_of(saved)
    assert f"http://testserver{url('resume', consultation, sent['draft'])}" in shown
    assert draft.reference in shown
    assert "saved, not sent yet" in shown
    assert "no-store" in saved["Cache-Control"]
    assert Response.objects.count() == 0


def test_the_link_opens_the_form_as_it_was_typed_right_or_wrong(client, consultation):
    sent = form_of(client, consultation, **{f"q-{VIEW}": "y" * 2001, f"q-{USES}": ["option-food", "option-company"]})
    client.post(url("save", consultation), sent | {f"q-{DAYS}": "option-saturday", "no_postcode": "unsaid"})
    browser = Client()
    link = browser.get(url("resume", consultation, sent["draft"]))
    assert (link.status_code, link.url) == (302, url("saved", consultation))
    assert (link["Referrer-Policy"], "no-store" in link["Cache-Control"]) == ("no-referrer", True)
    form = browser.get(link.url)
    assert (form.status_code, "no-store" in form["Cache-Control"]) == (200, True)
    assert form.context["form"].errors == {}
    page = form.content.decode()
    assert ">\n" + "y" * 2001 + "</textarea>" in page
    for value in ("option-food", "option-company", "option-saturday", "unsaid"):
        assert re.search(rf'value="{value}"[^>]* checked', page), value
    assert 'value="option-clothes" id' in page
    hidden = hidden_of(form)
    assert (hidden["key"], hidden["draft"], hidden["revision"]) == (sent["key"], sent["draft"], "1")
    assert hidden["writer"] != sent["writer"]


def test_the_secret_stands_in_no_cookie_of_the_site_but_one_for_this_form(client, consultation):
    sent = form_of(client, consultation)
    client.post(url("save", consultation), sent)
    browser = Client()
    browser.get(url("resume", consultation, sent["draft"]))
    cookies = [(one["path"], one["httponly"], one["samesite"]) for one in browser.cookies.values()]
    assert sorted(cookies) == [
        (f"/answer/{consultation.slug}/", True, "Lax"),
        (f"/cy/answer/{consultation.slug}/", True, "Lax"),
    ]


def test_the_form_can_be_sent_from_the_page_the_link_opens(consultation):
    """A page that sent no referrer at all would have its form refused: the browser calls its origin null."""
    browser = Client(enforce_csrf_checks=True)
    sent = form_of(browser, consultation, no_postcode="unsaid")
    sent["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    browser.post(url("save", consultation), sent)
    form = browser.get(browser.get(url("resume", consultation, sent["draft"])).url)
    assert form["Referrer-Policy"] == "same-origin"
    answer = browser.post(
        url("respond", consultation), sent | hidden_of(form), headers={"Origin": "http://testserver"}
    )
    assert answer.status_code == 302
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("token", ["nonsense", "x" * 32])
def test_a_link_that_opens_nothing_says_why_and_stands_in_no_log(client, consultation, caplog, token):
    link = client.get(url("resume", consultation, token))
    assert link.status_code == 302
    unknown = client.get(link.url)
    assert unknown.status_code == 404
    assert "This link opens nothing now" in text_of(unknown)
    assert token not in caplog.text


def test_the_saved_form_needs_its_link(client, consultation):
    client.post(url("save", consultation), form_of(client, consultation))
    assert Client().get(url("saved", consultation)).status_code == 404


def test_after_closing_the_link_hands_the_words_back(client, clock, consultation):
    sent = form_of(client, consultation, **{f"q-{AGREE}": "agree"})
    client.post(url("save", consultation), sent)
    clock(CLOSES_AT)
    late = client.get(client.get(url("resume", consultation, sent["draft"])).url)
    assert late.status_code == 410
    shown = text_of(late)
    assert ("More seats, please." in shown, "Agree" in shown, "This consultation has closed" in shown) == (True,) * 3


def test_words_to_a_question_taken_out_since_are_shown_when_coming_back(client, consultation):
    sent = form_of(client, consultation)
    client.post(url("save", consultation), sent)
    consultation.questions = one_of_each_kind()[1:]
    consultation.save()
    form = client.get(client.get(url("resume", consultation, sent["draft"])).url)
    assert "More seats, please." in text_of(form)
    client.post(url("save", consultation), {**hidden_of(form), f"q-{DAYS}": "option-friday"})
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["More seats, please."], f"q-{DAYS}": ["option-friday"]}


def test_the_script_is_told_what_was_saved_and_when_it_closes(client, consultation):
    sent = form_of(client, consultation)
    reply = save_json(client, consultation, sent)
    draft = Draft.objects.get()
    assert (reply.status_code, reply.json()) == (
        200,
        {
            "state": "saved",
            "closes_at": "2026-12-05T17:00:00+00:00",
            "closes": "Saturday 5 December at 5pm",
            "closes_in": round((CLOSES_AT - WHILE_OPEN).total_seconds() * 1000),
            "is_open": True,
            "revision": 1,
            "reference": draft.reference,
            "saved_at": WHILE_OPEN.isoformat(),
            "clock": "midday",
            "key": sent["key"],
            "draft": sent["draft"],
        },
    )


def test_the_script_is_told_what_stands_in_the_way(client, clock, consultation):
    sent = form_of(client, consultation)
    save_json(client, consultation, sent)
    save_json(client, consultation, sent | {"writer": str(uuid4()), "revision": "1", f"q-{VIEW}": "Of another"})
    moved = save_json(client, consultation, sent | {"revision": "1", "sequence": "2", f"q-{VIEW}": "Mine"})
    assert (moved.status_code, moved.json()["state"], moved.json()["revision"]) == (409, "moved_on", 2)
    long = save_json(
        client, consultation, form_of(client, consultation) | {f"q-{VIEW}": "x" * (MAX_DRAFT_CHARACTERS + 1)}
    )
    assert (long.status_code, long.json()["state"]) == (413, "too_long")
    clock(CLOSES_AT)
    closed = save_json(client, consultation, sent | {"revision": "2"})
    assert (closed.status_code, closed.json()["state"], closed.json()["is_open"]) == (410, "closed", False)
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["Of another"]}


def test_an_extension_is_told_with_the_next_save(client, consultation):
    sent = form_of(client, consultation)
    consultation.closes_at = CLOSES_AT + timedelta(days=7)
    consultation.save()
    assert save_json(client, consultation, sent).json()["closes"] == "Saturday 12 December at 5pm"


@pytest.mark.parametrize(
    ("moment", "closes_in", "is_open"),
    [(CLOSES_AT - SECOND, 1000, True), (CLOSES_AT, 0, False), (CLOSES_AT + SECOND, 0, False)],
)
def test_an_open_page_can_ask_when_it_closes(client, clock, consultation, moment, closes_in, is_open):
    clock(moment)
    reply = client.get(url("closing", consultation))
    assert "no-store" in reply["Cache-Control"]
    assert reply.json() == {
        "state": "closing",
        "closes_at": "2026-12-05T17:00:00+00:00",
        "closes": "Saturday 5 December at 5pm",
        "closes_in": closes_in,
        "is_open": is_open,
    }


def test_the_page_is_told_how_long_it_stays_open_by_the_servers_clock(client, clock, consultation):
    clock(CLOSES_AT - SECOND)
    page = client.get(url("respond", consultation)).content.decode()
    assert f'data-closing="{url("closing", consultation)}" data-closes-in="1000"' in page


@pytest.mark.parametrize("text", ["a<b and c>d\n  <jo@example.org> 👏 ŵ شكرا", "y" * 5000])
def test_words_that_came_too_late_can_be_kept_as_a_file(client, clock, consultation, text):
    clock(CLOSES_AT)
    sent = {f"q-{VIEW}": text, f"q-{DAYS}": "option-friday", "q-gone": "Left over", "postcode": "ip1 1aa"}
    back = client.post(url("respond", consultation), sent)
    assert back.status_code == 410
    passed_on = chosen_form(back)
    assert "postcode" not in passed_on
    file = client.post(url("words", consultation), passed_on)
    assert file["Content-Disposition"] == f'attachment; filename="{consultation.slug}.txt"'
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert file.content.decode() == (
        f"Market square\n\n\nWhat should change in the market?\n\n{text}\n\n\n"
        "Which day suits you?\n\nFriday\n\n\nLeft over\n"
    )


def test_a_draft_handed_back_after_closing_can_be_kept_as_a_file(client, clock, consultation):
    sent = form_of(client, consultation)
    client.post(url("save", consultation), sent)
    clock(CLOSES_AT)
    back = client.get(client.get(url("resume", consultation, sent["draft"])).url)
    assert "More seats, please." in client.post(url("words", consultation), chosen_form(back)).content.decode()


@pytest.mark.parametrize("wrong", [{"key": "no key"}, {"draft": "no token"}, {"draft": ""}])
def test_a_tampered_form_is_saved_as_a_new_draft(client, consultation, wrong):
    sent = form_of(client, consultation)
    reply = save_json(client, consultation, sent | wrong).json()
    assert reply["state"] == "saved"
    assert (reply["key"] == sent["key"], reply["draft"] == sent["draft"]) == (False, False)
    assert str(Draft.objects.get().key) == reply["key"]


def test_somebody_elses_key_saves_a_draft_of_ones_own(client, consultation):
    sent = form_of(client, consultation)
    save_json(client, consultation, sent)
    reply = save_json(client, consultation, sent | {"draft": make_token(), f"q-{VIEW}": "Mine"}).json()
    assert reply["key"] != sent["key"]
    assert Draft.objects.get(key=sent["key"]).fields == {f"q-{VIEW}": ["More seats, please."]}


@pytest.mark.parametrize("revision", ["-1", "x", "9" * 40, "٣"])
def test_a_nonsense_revision_loses_nothing(client, consultation, revision):
    sent = form_of(client, consultation)
    save_json(client, consultation, sent)
    other = sent | {"revision": revision, "writer": str(uuid4()), f"q-{VIEW}": "Other"}
    assert save_json(client, consultation, other).json()["state"] == "moved_on"
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["More seats, please."]}


def test_too_many_saves_are_refused_with_the_text_kept(client, consultation, monkeypatch):
    monkeypatch.setattr(draft_views, "SAVES", Limit("few", 2, 60))
    sent = form_of(client, consultation, postcode="ip1 1aa")
    assert [save_json(client, consultation, sent).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.post(url("save", consultation), sent | {f"q-{VIEW}": "Typed since"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    page = refused.content.decode()
    assert ("Typed since" in page, 'value="ip1 1aa"' in page, "saved too often" in page) == (True, True, True)
    assert hidden_of(refused) == {name: sent[name] for name in ("key", "draft", "revision", "writer", "printed")}
    assert save_json(client, consultation, form_of(client, consultation)).status_code == 200  # another draft


def test_one_address_cannot_fill_the_house(client, consultation, monkeypatch):
    monkeypatch.setattr(draft_views, "SAVES_FROM_ADDRESS", Limit("few-address", 2, 60))
    told = [save_json(client, consultation, form_of(client, consultation)).status_code for _ in range(3)]
    assert told == [200, 200, 429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert save_json(elsewhere, consultation, form_of(client, consultation)).status_code == 200


def test_a_draft_that_is_too_long_comes_back_in_the_form(client, consultation):
    sent = form_of(client, consultation, **{f"q-{VIEW}": "x" * (MAX_DRAFT_CHARACTERS + 1)})
    refused = client.post(url("save", consultation), sent)
    assert refused.status_code == 413
    assert "x" * (MAX_DRAFT_CHARACTERS + 1) in refused.content.decode()
    assert "more than we can keep" in text_of(refused)


def test_saving_after_the_answers_were_sent_hands_the_words_back(client, consultation):
    sent = form_of(client, consultation, no_postcode="unsaid")
    client.post(url("save", consultation), sent)
    client.post(url("respond", consultation), sent)
    late = sent | {f"q-{VIEW}": "And shade"}
    assert save_json(client, consultation, late).json()["state"] == "sent"
    back = client.post(url("save", consultation), late)
    assert (back.status_code, Draft.objects.count()) == (409, 0)
    assert ("sent already" in text_of(back), "And shade" in text_of(back)) == (True, True)


def test_saving_when_it_has_closed_hands_the_words_back(client, clock, consultation):
    sent = form_of(client, consultation)
    clock(CLOSES_AT)
    back = client.post(url("save", consultation), sent)
    assert (back.status_code, Draft.objects.count()) == (410, 0)
    assert "More seats, please." in text_of(back)


@pytest.fixture
def quarrel(client, consultation):
    """A draft that somebody else changed, and what this window sends not knowing of it."""
    sent = form_of(client, consultation, **{f"q-{DAYS}": "option-friday", f"q-{USES}": ["option-food"]})
    save_json(client, consultation, sent)
    theirs = {f"q-{VIEW}": "Theirs <b>", f"q-{DAYS}": "option-saturday"}
    save_json(client, consultation, sent | theirs | {"writer": str(uuid4()), "revision": "1"})
    save_json(client, consultation, sent | theirs | {"writer": str(uuid4()), "revision": "2", "q-gone": "Left over"})
    return sent | {"revision": "1", "sequence": "2", f"q-{VIEW}": "Mine\nin two lines", "no_postcode": "unsaid"}


def chosen_form(page) -> dict[str, Any]:
    """What the page of two versions would send."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode(), re.DOTALL)
    data: dict[str, Any] = {}
    for name, value in pairs:
        data.setdefault(html.unescape(name), []).append(html.unescape(value))
    return data


@pytest.mark.parametrize("name", ["save", "respond"])
def test_two_versions_are_shown_side_by_side_before_anything_is_overwritten(client, consultation, quarrel, name):
    both = client.post(url(name, consultation), quarrel)
    assert both.status_code == 409
    shown = text_of(both)
    for words in ("Mine\nin two lines", "Theirs <b>", "Friday", "Saturday", "Where you live"):
        assert words in shown
    assert "What do you come for?" not in shown  # the same in both
    assert (Response.objects.count(), Draft.objects.get().revision) == (0, 3)


@pytest.mark.parametrize(
    ("choices", "text", "day"),
    [
        (("mine", "theirs"), "Mine\nin two lines", "option-saturday"),
        (("theirs", "mine"), "Theirs <b>", "option-friday"),
        (("both", "mine"), "Theirs <b>\n\nMine\nin two lines", "option-friday"),
    ],
)
def test_each_question_keeps_what_was_chosen_for_it(client, consultation, quarrel, choices, text, day):
    data = chosen_form(client.post(url("save", consultation), quarrel))
    data |= dict(zip((f"choose-q-{VIEW}", f"choose-q-{DAYS}"), choices, strict=True))
    joined = client.post(url("join", consultation), data | {"choose-no_postcode": "mine"})
    assert joined.status_code == 200
    fields = {f"q-{VIEW}": [text], f"q-{DAYS}": [day], f"q-{USES}": ["option-food"], "no_postcode": ["unsaid"]}
    assert Draft.objects.get().fields == fields | {"q-gone": ["Left over"]}
    assert html.escape(text) in joined.content.decode()
    # So that the page's script does not bring back what was not chosen.
    saves = re.search(r'data-acknowledged="([^"]*)"', joined.content.decode())
    assert saves
    assert f"{quarrel['writer']}:{quarrel['sequence']}" in saves[1].split()
    # The form that came back sends what was chosen.
    sent = client.post(url("respond", consultation), {**hidden_of(joined), **fields})
    assert (sent.status_code, Draft.objects.count()) == (302, 0)
    assert Answer.objects.get(question_id=VIEW).text == text


def test_a_choice_that_is_missing_is_asked_for(client, consultation, quarrel):
    data = chosen_form(client.post(url("save", consultation), quarrel)) | {f"choose-q-{VIEW}": "both"}
    asked = client.post(url("join", consultation), data)
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "Choose what to keep for each question" in page
    assert re.search(rf'name="choose-q-{VIEW}" value="both" checked', page)
    assert Draft.objects.get().revision == 3


def test_a_third_hand_meanwhile_is_seen_too(client, consultation, quarrel):
    data = chosen_form(client.post(url("save", consultation), quarrel))
    third = quarrel | {"writer": str(uuid4()), "revision": "3", f"q-{VIEW}": "Third"}
    assert save_json(client, consultation, third).json()["state"] == "saved"
    choices = {f"choose-q-{VIEW}": "mine", f"choose-q-{DAYS}": "mine", "choose-no_postcode": "mine"}
    again = client.post(url("join", consultation), data | choices)
    assert (again.status_code, "Third" in text_of(again)) == (409, True)
    assert Draft.objects.get().fields[f"q-{VIEW}"] == ["Third"]


def test_choices_made_after_closing_are_handed_back(client, clock, consultation, quarrel):
    data = chosen_form(client.post(url("save", consultation), quarrel))
    clock(CLOSES_AT + SECOND)
    choices = {f"choose-q-{VIEW}": "both", f"choose-q-{DAYS}": "mine", "choose-no_postcode": "mine"}
    back = client.post(url("join", consultation), data | choices)
    assert (back.status_code, "Theirs <b>\n\nMine\nin two lines" in text_of(back)) == (410, True)


@pytest.mark.parametrize("name", ["save", "join", "words"])
def test_an_address_that_only_takes_forms_leads_to_the_form(client, consultation, name):
    answer = client.get(url(name, consultation))
    assert (answer.status_code, answer.url) == (302, url("respond", consultation))


def test_a_private_consultation_is_not_saved_past_its_door(client, consultation):
    sent = form_of(client, consultation)
    PageViewRestriction.objects.create(page=consultation, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(url("closing", consultation)).status_code == 404
    for name in ("save", "join", "words"):
        assert client.post(url(name, consultation), sent).status_code == 404
    assert client.get(url("saved", consultation)).status_code == 404


def test_saving_costs_the_same_however_much_is_typed(client, consultation, django_assert_max_num_queries):
    short = form_of(client, consultation)
    long = form_of(
        client, consultation, **{f"q-{USES}": ["option-food", "option-clothes"], f"q-{DAYS}": "option-friday"}
    )
    for data in (short, long):
        save_json(client, consultation, data)
        with django_assert_max_num_queries(12):
            save_json(client, consultation, data | {f"q-{VIEW}": "Changed", "sequence": "2"})


HONEST = [
    "a<b and c>d",
    "<jo@example.org>",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "شارع السوق و <b>Queen Street</b> עברית",
    "Mae’r farchnad yn wych – ŵ ŷ",
    "\n\n  two lines and spaces first\n\tand a tab  ",
    "{{ 7*7 }} {% load x %} %s &amp; &lt;",
    "ŵ<b>👏" * 333 + "z",
    "=HYPERLINK(1)\n\"quoted\" 'single'",
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.sampled_from(HONEST), st.text(max_size=300)).filter(lambda text: clean_text(text).strip()))
def test_odd_texts_come_back_through_draft_link_sending_receipt_and_staff(client, officer, consultation, text):
    words = clean_text(text)
    browser = Client()
    sent = form_of(browser, consultation, no_postcode="unsaid", **{f"q-{VIEW}": text})
    browser.post(url("save", consultation), sent)
    form = browser.get(browser.get(url("resume", consultation, sent["draft"])).url)
    typed = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form.content.decode(), re.DOTALL)
    came_back = html.unescape(typed.group(1))
    assert came_back == words
    answer = browser.post(
        url("respond", consultation), {**hidden_of(form), f"q-{VIEW}": came_back, "no_postcode": "unsaid"}
    )
    receipt = browser.get(answer.url).content.decode()
    response = Response.objects.latest("pk")
    assert (
        html.unescape(re.search(r'<div class="wm-own-words" dir="auto">(.*?)</div>', receipt, re.DOTALL)[1]) == words
    )
    assert response.answers.get().text == words
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SECOND_FACTOR_REQUIRED", False)
        client.force_login(officer)
        staff = client.get(reverse("consultation_responses:response", args=[consultation.pk, response.pk]))
    assert words in html.unescape(staff.content.decode())


def test_the_longest_text_goes_the_whole_way(client, make_consultation):
    questions = one_of_each_kind()
    questions[0]["value"]["max_characters"] = 5000
    page = make_consultation(questions=questions)
    words = ("a<b 👏 ŵ شكرا\n" * 500)[:4999] + "z"
    sent = form_of(client, page, no_postcode="unsaid", **{f"q-{VIEW}": words})
    client.post(url("save", page), sent)
    assert Draft.objects.get().fields[f"q-{VIEW}"] == [words]
    assert client.post(url("respond", page), sent).status_code == 302
    assert Answer.objects.get().text == words

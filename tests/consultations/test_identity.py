"""Who may answer: every level over HTTP, and what is kept of people."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from consultations import identity, identity_forms
from consultations.claims import Claim, digest_of
from consultations.enums import IdentityLevel, Standing
from consultations.identity import (
    CONFIRM_WITHIN,
    MARKS_KEPT,
    AlreadyAnswered,
    CodesMadeAlready,
    Evidence,
    NothingToConfirm,
    NotProven,
    confirm,
    forget_addresses,
    make_codes,
    stop_codes,
    take_in,
    used_codes,
)
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Confirmation, Draft, OneTimeCode, Respondent, Response
from consultations.one_time_codes import read_code
from sentiment.models import Feedback
from tests.consultations.samples import CLOSES_AT, SECOND, VIEW, WHILE_OPEN, answers
from wardmote.core.limits import Limit
from wardmote.management.commands.tick import DUTIES
from wards.models import Postcode

pytestmark = pytest.mark.django_db

WORDS = "More seats, please."
TO = "jo.smith@gmail.com"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def asking(make_consultation):
    """Makes a consultation that asks for a level of identity."""

    def make(level, **fields: Any):
        return make_consultation("Market square", identity_level=level, contact_phone="01473 555 0100", **fields)

    return make


def url(name, page, *more):
    return reverse(f"consultations:{name}", args=[page.slug, *more])


def form_of(client, page, **fields: Any) -> dict[str, Any]:
    shown = client.get(url("respond", page)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(key|draft|revision|writer)" value="([^"]*)"', shown))
    return {**hidden, f"q-{VIEW}": WORDS, "no_postcode": "unsaid"} | fields


def text_of(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def send(client, page, data, **options: Any):
    return client.post(url("respond", page), data, **options)


def link_in(letter) -> str:
    return urlsplit(re.search(r"http://\S+/confirm/\S+/", letter.body)[0]).path


def codes_of(page, officer, count=1) -> list[str]:
    _batch, printed = make_codes(consultation=page, count=count, key=uuid4(), user=officer, made_at=WHILE_OPEN)
    return printed


# Open


def test_nothing_more_is_asked_where_it_is_open(client, asking):
    page = asking(IdentityLevel.OPEN)
    assert send(client, page, form_of(client, page)).status_code == 302
    assert (Response.objects.counted().count(), Respondent.objects.count()) == (1, 0)


# An address, confirmed


def test_answers_count_once_the_letters_link_is_opened_and_its_button_pressed(client, asking):
    page = asking(IdentityLevel.EMAIL)
    sent = send(client, page, form_of(client, page, email=TO), follow=True)
    response = Response.objects.get()
    assert sent.request["PATH_INFO"] == url("letter_box", page, response.reference)
    assert "Until then they are not counted." in text_of(sent)
    assert (response.standing, Feedback.objects.count()) == (Standing.TO_CONFIRM, 0)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([TO], "Confirm your answers: Market square")
    assert WORDS not in letter.body

    mailbox = Client()
    opened = mailbox.get(link_in(letter))
    assert (opened.status_code, Response.objects.counted().count()) == (200, 0)
    assert WORDS not in text_of(opened)
    pressed = mailbox.post(link_in(letter))
    assert "Your answers are counted" in text_of(pressed)
    assert WORDS not in text_of(pressed)
    assert Response.objects.counted().get() == response
    assert Feedback.objects.get().text == WORDS
    assert [mailbox.post(link_in(letter)).status_code, Feedback.objects.count()] == [200, 1]
    receipt = client.get(url("letter_box", page, response.reference), follow=True)
    assert "Your answers were sent" in text_of(receipt)


def test_the_address_stands_nowhere_once_it_is_confirmed(client, asking):
    page = asking(IdentityLevel.EMAIL)
    send(client, page, form_of(client, page, email=TO))
    client.post(link_in(mail.outbox[0]))
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                assert "smith" not in str(row).lower(), table


def test_another_spelling_of_a_confirmed_address_counts_no_second_time(client, asking):
    page = asking(IdentityLevel.EMAIL)
    for email in (TO, "J.o.Smith+again@googlemail.com"):
        send(client, page, form_of(client, page, email=email))
    first, second = (link_in(letter) for letter in mail.outbox)
    assert client.post(first).status_code == 200
    refused = client.post(second)
    assert (refused.status_code, "An answer was counted already" in text_of(refused)) == (409, True)
    assert "01473 555 0100" in text_of(refused)
    assert [client.post(second).status_code, Response.objects.counted().count()] == [409, 1]
    # Nothing is lost, and the address is forgotten all the same.
    assert sorted(Response.objects.values_list("standing", flat=True)) == [Standing.COUNTED, Standing.TO_CONFIRM]
    assert Answer.objects.count() == 2
    assert Confirmation.objects.exclude(email="").count() == 0


def test_whoever_types_in_somebody_elses_address_does_not_keep_them_from_answering(client, asking):
    page = asking(IdentityLevel.EMAIL)
    send(client, page, form_of(client, page, email=TO))
    send(Client(), page, form_of(Client(), page, email=TO))
    assert client.post(link_in(mail.outbox[1])).status_code == 200
    assert Response.objects.counted().count() == 1


def test_a_form_sent_again_leads_to_the_same_page_and_writes_no_second_letter(client, asking):
    page = asking(IdentityLevel.EMAIL)
    form = form_of(client, page, email=TO)
    assert send(client, page, form).url == send(client, page, form).url
    assert (len(mail.outbox), Response.objects.count()) == (1, 1)


def test_the_letter_goes_again_to_the_right_address_and_only_its_link_works(client, asking):
    page = asking(IdentityLevel.EMAIL)
    check = send(client, page, form_of(client, page, email="jo.smiht@gmail.com")).url
    check = client.get(check).url
    wrong = client.post(check, {"email": "jo.smith"})
    assert (wrong.status_code, "Enter an e-mail address, like name@example.org" in text_of(wrong)) == (422, True)
    assert client.post(check, {"email": TO}).status_code == 200
    first, second = (link_in(letter) for letter in mail.outbox)
    assert mail.outbox[1].to == [TO]
    assert [client.get(first).status_code, client.post(first).status_code] == [410, 410]
    assert [client.post(second).status_code, Response.objects.counted().count()] == [200, 1]
    # The page is the sender's alone.
    assert Client().get(check).status_code == 404


def test_answers_are_kept_when_the_letter_cannot_be_sent(client, asking, monkeypatch):
    page = asking(IdentityLevel.EMAIL)
    works = EmailBackend.send_messages

    def broken(self, messages):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", broken)
    shown = send(client, page, form_of(client, page, email=TO), follow=True)
    assert "the letter could not be sent just now" in text_of(shown)
    check = shown.request["PATH_INFO"]
    assert client.post(check, {"email": TO}).status_code == 503
    monkeypatch.setattr(EmailBackend, "send_messages", works)
    assert client.post(check, {"email": TO}).status_code == 200
    assert client.post(link_in(mail.outbox[0])).status_code == 200
    assert Response.objects.counted().count() == 1


def test_an_address_is_confirmed_within_a_week_also_after_closing(client, asking, clock):
    page = asking(IdentityLevel.EMAIL)
    sent_at = CLOSES_AT - SECOND
    clock(sent_at)
    send(client, page, form_of(client, page, email=TO))
    link = link_in(mail.outbox[0])
    clock(sent_at + CONFIRM_WITHIN)
    assert [client.get(link).status_code, client.post(link).status_code] == [410, 410]
    clock(sent_at + CONFIRM_WITHIN - SECOND)
    assert client.post(link).status_code == 200


def test_an_address_not_confirmed_in_time_is_deleted_and_its_answers_kept(client, asking, clock):
    page = asking(IdentityLevel.EMAIL)
    send(client, page, form_of(client, page, email=TO))
    due = WHILE_OPEN + CONFIRM_WITHIN
    assert [forget_addresses(due - SECOND), forget_addresses(due), forget_addresses(due)] == [0, 1, 0]
    assert Confirmation.objects.get().email == ""
    assert Response.objects.get().standing == Standing.TO_CONFIRM
    assert forget_addresses in [duty for _name, duty in DUTIES]


def test_a_withdrawn_response_is_not_counted_by_its_letter(client, asking):
    page = asking(IdentityLevel.EMAIL)
    send(client, page, form_of(client, page, email=TO))
    Response.objects.update(standing=Standing.WITHDRAWN)
    assert client.post(link_in(mail.outbox[0])).status_code == 410
    assert (Respondent.objects.count(), Response.objects.get().standing) == (0, Standing.WITHDRAWN)


@pytest.mark.parametrize("limit", ["LETTERS_TO_ADDRESS", "LETTERS_FROM_ADDRESS"])
def test_where_letters_are_limited_answers_are_kept_and_wait_for_theirs(client, asking, monkeypatch, limit):
    page = asking(IdentityLevel.EMAIL)
    monkeypatch.setattr(identity_forms, limit, Limit("letters", 1, 60))
    send(client, page, form_of(client, page, email="jo.bloggs@gmail.com"))
    kept = send(client, page, form_of(client, page, email="JoBloggs+again@googlemail.com"))
    response = Response.objects.order_by("-pk").first()
    box = url("letter_box", page, response.reference)
    assert (kept.status_code, kept["Location"]) == (302, url("receipt", page, response.reference))
    assert "Your answers are kept, but the letter could not be sent just now." in text_of(client.get(box))
    assert client.post(box, {"email": "jo.bloggs@gmail.com"}).status_code == 429
    assert len(mail.outbox) == 1
    monkeypatch.setattr(identity_forms, limit, Limit("letters", 9, 60))
    assert client.post(box, {"email": "jo.bloggs@gmail.com"}).status_code == 200
    assert client.post(link_in(mail.outbox[1])).status_code == 200
    assert response in Response.objects.filter(standing=Standing.COUNTED)


@pytest.mark.parametrize(("email", "message"), [("", "Enter your e-mail address"), ("jo", "like name@example.org")])
def test_a_missing_or_malformed_address_is_named_and_what_was_typed_stays(client, asking, email, message):
    page = asking(IdentityLevel.EMAIL)
    shown = send(client, page, form_of(client, page, email=email))
    assert shown.status_code == 422
    assert message in text_of(shown)
    assert '<a href="#id_email">' in shown.content.decode()
    assert WORDS in shown.content.decode()
    assert Response.objects.count() == 0


def test_the_letter_is_written_in_the_language_of_the_answers(client, asking):
    page = asking(IdentityLevel.EMAIL)
    with translation.override("cy"):
        welsh = url("respond", page)
    client.post(welsh, form_of(client, page, email=TO))
    assert "/cy/answer/" in mail.outbox[0].body


def test_an_address_is_never_saved_in_a_draft(client, asking):
    page = asking(IdentityLevel.EMAIL)
    client.post(url("save", page), form_of(client, page, email=TO))
    assert Draft.objects.get().fields == {f"q-{VIEW}": [WORDS], "no_postcode": ["unsaid"]}


# A postcode in the area


@pytest.fixture
def wards(make_ward, ward_set):
    asked, other = make_ward("Asked"), make_ward("Other")
    for code, ward in (("IP11AA", asked), ("IP12BB", other), ("IP13DD", asked), ("IP13DD", other)):
        Postcode.objects.create(code=code, ward=ward, ward_set=ward_set)
    return asked, other


def test_only_a_postcode_in_the_wards_asked_is_taken(client, asking, wards):
    asked, other = wards
    page = asking(IdentityLevel.POSTCODE, wards=[asked])

    def say(**fields):
        shown = send(client, page, form_of(client, page, **fields))
        return shown.status_code, text_of(shown)

    assert "for the people of: Asked" in text_of(client.get(url("respond", page)))
    for fields, message in [
        ({"no_postcode": "unsaid"}, "Enter your postcode: this consultation asks the people of one area"),
        ({"postcode": "IP1 2BB"}, "IP1 2BB is not in the area that this consultation asks"),
        ({"postcode": "SW1A 1AA"}, "We do not know the postcode SW1A 1AA"),
        ({"postcode": "IP1 3DD"}, "The homes at IP1 3DD are in more than one ward. Choose yours"),
        ({"postcode": "IP1 3DD", "ward": other.pk}, "Choose a ward that this consultation asks: Asked"),
        ({"postcode": "IP1 3DD", "ward": "not-sure"}, "Choose a ward that this consultation asks: Asked"),
    ]:
        status, text = say(**fields)
        assert (status, message in text) == (422, True), text
    assert Response.objects.count() == 0
    assert say(postcode="ip11aa")[0] == 302
    assert say(postcode="IP1 3DD", ward=asked.pk)[0] == 302
    # A household shares a postcode, so it keeps nobody to one answer.
    assert say(postcode="IP1 1AA")[0] == 302
    assert list(Response.objects.counted().values_list("ward__name", flat=True)) == ["Asked"] * 3


def test_without_wards_any_postcode_of_the_council_is_taken(client, asking, wards):
    page = asking(IdentityLevel.POSTCODE)
    for fields in ({"postcode": "IP1 2BB"}, {"postcode": "IP1 3DD", "ward": "not-sure"}):
        assert send(client, page, form_of(client, page, **fields)).status_code == 302
    assert set(Response.objects.values_list("ward__name", flat=True)) == {"Other", None}


# A one-time code


def test_a_code_lets_one_person_answer_once_however_it_is_typed(client, asking, officer):
    page = asking(IdentityLevel.CODE)
    [printed] = codes_of(page, officer)
    assert re.fullmatch(r"([2-9C-X]{4}) ([2-9C-X]{4}) ([2-9C-X]{4})", printed)
    typed = printed.lower().replace(" ", "-")
    form = form_of(client, page, code=typed)
    first = send(client, page, form)
    assert (first.status_code, Response.objects.counted().count(), used_codes(page)) == (302, 1, 1)
    # A retry of the same form leads to the first receipt; another form is refused, and its words come back.
    assert send(client, page, form).url == first.url
    refused = send(client, page, form_of(client, page, code=printed, **{f"q-{VIEW}": "Other words"}))
    assert refused.status_code == 409
    for words in ("This code has been used", "Other words", "01473 555 0100"):
        assert words in text_of(refused)
    assert Response.objects.count() == 1


def test_a_mistyped_code_is_told_apart_from_an_unknown_one_and_a_stopped_one(
    client, asking, officer, make_consultation
):
    page = asking(IdentityLevel.CODE)
    [printed] = codes_of(page, officer)
    [elsewhere] = codes_of(make_consultation("Elsewhere", identity_level=IdentityLevel.CODE), officer)
    swapped = printed[:-1] + ("2" if printed[-1] != "2" else "3")

    def say(code):
        shown = send(client, page, form_of(client, page, code=code))
        assert WORDS in shown.content.decode()
        assert '<a href="#id_code">' in shown.content.decode()
        return shown.status_code, text_of(shown)

    for code, message in [
        ("", "Enter the code in your letter"),
        (printed[:-1], "a character is missing or mistyped"),
        (swapped, "a character is missing or mistyped"),
        (elsewhere, "We made no such code for this consultation"),
    ]:
        status, text = say(code)
        assert (status, message in text) == (422, True), text
    batch = OneTimeCode.objects.get(consultation=page).batch
    stop_codes(batch=batch, user=officer, stopped_at=WHILE_OPEN)
    assert "This code has been stopped" in say(printed)[1]
    assert Response.objects.count() == 0


def test_codes_are_stored_as_keyed_hashes_and_made_once_by_a_form(asking, officer):
    page = asking(IdentityLevel.CODE)
    key = uuid4()
    _batch, printed = make_codes(consultation=page, count=3, key=key, user=officer, made_at=WHILE_OPEN)
    assert len({read_code(one) for one in printed}) == 3
    stored = set(OneTimeCode.objects.values_list("digest", flat=True))
    assert stored == {digest_of(page, Claim("code", read_code(one))) for one in printed}
    with pytest.raises(CodesMadeAlready):
        make_codes(consultation=page, count=3, key=key, user=officer, made_at=WHILE_OPEN)
    assert OneTimeCode.objects.count() == 3


def test_codes_tried_from_one_place_are_limited(client, asking, officer, monkeypatch):
    page = asking(IdentityLevel.CODE)
    monkeypatch.setattr(identity_forms, "CODE_TRIES", Limit("codes", 1, 60))
    first, second = codes_of(page, officer, 2)
    assert send(client, page, form_of(client, page, code=first)).status_code == 302
    refused = send(client, page, form_of(client, page, code=second))
    assert (refused.status_code, "Too many codes were tried from here" in text_of(refused)) == (429, True)
    assert WORDS in refused.content.decode()


# Signed in


def test_an_account_answers_once_and_so_does_a_second_one_of_the_same_letter_box(client, asking, make_user):
    page = asking(IdentityLevel.RESIDENT)
    for email in ("jo@gmail.com", "j.o+two@gmail.com"):
        browser = Client()
        browser.force_login(make_user(email))
        sent = send(browser, page, form_of(browser, page))
        assert sent.status_code == (302 if email == "jo@gmail.com" else 409)
    assert "An answer was sent from this account" in text_of(sent)
    assert (Response.objects.count(), Respondent.objects.count()) == (1, 2)


def test_who_is_not_signed_in_keeps_what_they_typed_while_they_sign_in(client, asking, resident):
    page = asking(IdentityLevel.RESIDENT)
    shown = client.get(url("respond", page))
    assert f'formaction="{url("sign_in", page)}"' in shown.content.decode()
    refused = send(client, page, form_of(client, page))
    assert (refused.status_code, "Sign in before you send your answers" in text_of(refused)) == (422, True)
    assert WORDS in refused.content.decode()
    going = client.post(url("sign_in", page), form_of(client, page))
    assert (going.status_code, going.url) == (302, f"{reverse('account_login')}?next={url('saved', page)}")
    assert Draft.objects.get().fields[f"q-{VIEW}"] == [WORDS]
    client.force_login(resident)
    back = client.get(url("saved", page))
    assert WORDS in back.content.decode()
    hidden = dict(
        re.findall(r'<input type="hidden" name="(key|draft|revision|writer)" value="([^"]*)"', back.content.decode())
    )
    sent = send(client, page, hidden | {f"q-{VIEW}": WORDS, "no_postcode": "unsaid"})
    assert (sent.status_code, Response.objects.counted().count(), Draft.objects.count()) == (302, 1, 0)


# Nobody is exposed


def test_nothing_leads_from_a_respondent_to_a_response():
    fields = {field.name: field for field in Respondent._meta.get_fields()}
    assert sorted(fields) == ["consultation", "digest", "id"]
    links = [field for field in fields.values() if isinstance(field, ForeignKey | OneToOneField)]
    assert [field.name for field in links] == ["consultation"]
    assert Response not in {field.related_model for field in fields.values()}


def test_a_digest_is_another_one_in_every_consultation_and_under_every_key(make_consultation, settings):
    one, other = make_consultation(), make_consultation()
    asked = Claim("address", "jo@example.org")
    assert digest_of(one, asked) == digest_of(one, asked)
    assert digest_of(one, asked) != digest_of(other, asked)
    assert digest_of(one, asked) != digest_of(one, Claim("account", "jo@example.org"))
    before = digest_of(one, asked)
    settings.SECRET_KEY = "another"
    assert digest_of(one, asked) != before


def test_once_per_person_is_the_databases_rule(consultation):
    Respondent.objects.create(consultation=consultation, digest="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Respondent.objects.create(consultation=consultation, digest="0" * 64)


def test_who_answered_is_forgotten_long_after_closing(asking, officer):
    page = asking(IdentityLevel.CODE)
    [printed] = codes_of(page, officer)
    given = answers(AnswerGiven(VIEW, text=WORDS))
    evidence = Evidence(code=read_code(printed))
    take_in(consultation=page, answers=given, evidence=evidence, submitted_at=WHILE_OPEN)
    due = CLOSES_AT + MARKS_KEPT
    assert [forget_addresses(due - SECOND), forget_addresses(due)] == [0, 1]
    assert (Respondent.objects.count(), Response.objects.count()) == (0, 1)


def test_the_service_refuses_what_is_not_proven_and_stores_nothing(asking):
    for level, field in (
        (IdentityLevel.EMAIL, "email"),
        (IdentityLevel.CODE, "code"),
        (IdentityLevel.RESIDENT, None),
    ):
        page = asking(level, slug=level)
        with pytest.raises(NotProven) as refused:
            take_in(consultation=page, answers=answers(), evidence=Evidence(), submitted_at=WHILE_OPEN)
        assert refused.value.field == field
    assert Response.objects.count() == 0


def test_a_link_that_was_never_written_confirms_nothing(asking):
    page = asking(IdentityLevel.EMAIL)
    for token in ("", "x" * 32, "\x00"):
        with pytest.raises(NothingToConfirm):
            confirm(consultation=page, token=token, confirmed_at=WHILE_OPEN)


def test_a_claim_refused_leaves_the_draft(client, asking, officer):
    page = asking(IdentityLevel.CODE)
    [printed] = codes_of(page, officer)
    send(client, page, form_of(client, page, code=printed))
    form = form_of(client, page, code=printed)
    client.post(url("save", page), form)
    assert send(client, page, form | {"revision": "1"}).status_code == 409
    assert Draft.objects.count() == 1


def test_a_retry_with_anothers_proof_claims_nothing(asking, officer):
    page = asking(IdentityLevel.CODE)
    first, second = (read_code(one) for one in codes_of(page, officer, 2))
    given = answers(AnswerGiven(VIEW, text=WORDS))
    sent = take_in(consultation=page, answers=given, evidence=Evidence(code=first), submitted_at=WHILE_OPEN)
    again = take_in(consultation=page, answers=given, evidence=Evidence(code=second), submitted_at=WHILE_OPEN)
    assert (sent, used_codes(page)) == (again, 1)
    other = answers(AnswerGiven(VIEW, text=WORDS))
    with pytest.raises(AlreadyAnswered):
        take_in(consultation=page, answers=other, evidence=Evidence(code=first), submitted_at=WHILE_OPEN)
    assert Response.objects.count() == 1
    assert identity.used_codes(page) == 1


def test_marks_and_moments_do_not_stand_in_the_same_order(asking, officer):
    """Twenty answers: their marks' keys are random, so that no order of the one tells that of the other."""
    page = asking(IdentityLevel.CODE)
    digests = []
    for code in (read_code(one) for one in codes_of(page, officer, 20)):
        given, evidence = answers(AnswerGiven(VIEW, text=WORDS)), Evidence(code=code)
        take_in(consultation=page, answers=given, evidence=evidence, submitted_at=WHILE_OPEN + timedelta(seconds=1))
        digests.append(digest_of(page, Claim("code", code)))
    stored = list(Respondent.objects.order_by("pk").values_list("digest", flat=True))
    assert sorted(stored) == sorted(digests)
    assert stored != digests

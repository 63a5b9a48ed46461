"""The link by e-mail, and one reminder: written once, to an address that is then forgotten."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from consultations import draft_views
from consultations.drafts import (
    CLAIM_LASTS,
    LetterNotSent,
    Typed,
    can_remind,
    find_draft,
    make_token,
    save_draft,
    send_link,
    send_reminders,
)
from consultations.kinds import AnswerGiven
from consultations.models import Draft, DraftReminder
from consultations.services import ConsultationClosed, submit_response
from tests.consultations.samples import CLOSES_AT, SECOND, VIEW, WHILE_OPEN, answers
from wardmote.core.limits import Limit
from wardmote.management.commands.tick import DUTIES

pytestmark = pytest.mark.django_db

TO = "jo@example.org"
DUE_AT = CLOSES_AT - timedelta(days=3)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def token() -> str:
    return make_token()


@pytest.fixture
def draft(consultation, token) -> Draft:
    typed = Typed({f"q-{VIEW}": ["More seats"]}, frozenset({f"q-{VIEW}"}), uuid4(), 1)
    return save_draft(
        consultation=consultation, key=uuid4(), token=token, typed=typed, expected_revision=0, saved_at=WHILE_OPEN
    )


@pytest.fixture
def no_post(monkeypatch):
    """A mail server that takes no letter until the fixture is called."""
    works = []

    def send(self, messages):
        if not works:
            raise SMTPServerDisconnected("gone")
        return taken(self, messages)

    taken = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return lambda: works.append(True)


def ask(draft: Draft, token: str, *, remind: bool = True, at=WHILE_OPEN, language: str = "en", to: str = TO):
    return send_link(draft=draft, token=token, email=to, is_to_remind=remind, language=language, sent_at=at)


def link_in(letter) -> str:
    return re.search(r"http://\S+/draft/([A-Za-z0-9_-]{32})/", letter.body)[1]


def test_the_link_is_written_and_the_address_is_not_kept(draft, token):
    assert ask(draft, token, remind=False) is None
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([TO], "Your saved answers: Market square")
    assert link_in(letter) == token
    assert "Send them before Saturday 5 December at 5pm." in letter.body
    assert "We have not kept your address." in letter.body
    assert "More seats" not in letter.body
    assert DraftReminder.objects.count() == 0


def test_the_letter_is_in_the_language_it_was_asked_for_in(draft, token):
    ask(draft, token, language="cy")
    assert "/cy/answer/" in mail.outbox[0].body
    assert mail.outbox[0].subject == "Eich atebion a gadwyd: Market square"
    send_reminders(DUE_AT)
    assert mail.outbox[1].subject == "Nid yw eich atebion wedi’u hanfon eto: Market square"
    assert translation.get_language() == "en"


def test_one_reminder_is_written_when_it_is_due_and_its_address_deleted(draft, token, consultation):
    ask(draft, token)
    assert send_reminders(DUE_AT - SECOND) == 0
    assert [send_reminders(DUE_AT), send_reminders(DUE_AT + SECOND), send_reminders(CLOSES_AT - SECOND)] == [1, 0, 0]
    _link, letter = mail.outbox
    assert (letter.to, letter.subject) == ([TO], "Your answers are not sent yet: Market square")
    assert "closes Saturday 5 December at 5pm" in letter.body
    reminder = DraftReminder.objects.get()
    assert (reminder.email, reminder.sent_at) == ("", DUE_AT)
    # Its link is another one, and both open the draft.
    assert link_in(letter) != token
    assert [find_draft(consultation=consultation, token=one) for one in (token, link_in(letter))] == [draft, draft]
    assert link_in(letter) not in str(list(DraftReminder.objects.values()))


def test_the_link_of_the_reminder_saves_too(client, draft, token, consultation):
    ask(draft, token)
    send_reminders(DUE_AT)
    link = link_in(mail.outbox[1])
    typed = Typed({f"q-{VIEW}": ["From the reminder"]}, frozenset({f"q-{VIEW}"}), uuid4(), 1)
    save_draft(
        consultation=consultation, key=draft.key, token=link, typed=typed, expected_revision=1, saved_at=DUE_AT
    )
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["From the reminder"]}


def test_nobody_is_reminded_of_what_they_sent_or_of_what_has_closed(draft, token, consultation):
    ask(draft, token)
    assert send_reminders(CLOSES_AT) == 0
    given = answers(AnswerGiven(VIEW, text="More seats"), key=draft.key)
    submit_response(consultation=consultation, answers=given, submitted_at=WHILE_OPEN)
    assert (send_reminders(DUE_AT), DraftReminder.objects.count()) == (0, 0)


def test_an_extension_moves_the_reminder(draft, token, consultation):
    ask(draft, token)
    consultation.closes_at = CLOSES_AT + timedelta(days=7)
    consultation.save()
    assert [send_reminders(DUE_AT), send_reminders(DUE_AT + timedelta(days=7))] == [0, 1]


def test_a_page_taken_down_reminds_nobody(draft, token, consultation):
    ask(draft, token)
    consultation.unpublish()
    assert send_reminders(DUE_AT) == 0


def test_asking_again_moves_a_waiting_reminder_and_never_makes_two(draft, token):
    ask(draft, token)
    ask(draft, token, to="other@example.org")
    assert send_reminders(DUE_AT) == 1
    assert [letter.to for letter in mail.outbox] == [[TO], ["other@example.org"], ["other@example.org"]]
    ask(draft, token, at=DUE_AT - SECOND)
    assert (send_reminders(DUE_AT + SECOND), DraftReminder.objects.count()) == (0, 1)


@pytest.mark.parametrize(("moment", "possible"), [(DUE_AT - SECOND, True), (DUE_AT, False), (CLOSES_AT, False)])
def test_a_reminder_is_offered_while_there_is_time_for_one(draft, token, consultation, moment, possible):
    assert can_remind(consultation, moment) == possible
    if moment < CLOSES_AT:
        assert (ask(draft, token, at=moment) is not None) == possible
        assert ("We will remind you once" in mail.outbox[0].body) == possible


def test_a_letter_that_is_not_taken_is_told_and_keeps_no_address(draft, token, no_post):
    with pytest.raises(LetterNotSent):
        ask(draft, token)
    assert DraftReminder.objects.count() == 0


def test_a_reminder_that_is_not_taken_waits_and_is_written_once(draft, token, no_post):
    DraftReminder.objects.create(draft=draft, email=TO, language="en")
    assert send_reminders(DUE_AT) == 0
    assert DraftReminder.objects.values("email", "sent_at", "token_hash").get() == {
        "email": TO,
        "sent_at": None,
        "token_hash": None,
    }
    no_post()
    assert [send_reminders(DUE_AT), send_reminders(DUE_AT)] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_reminder_whose_process_died_is_not_written_twice_and_its_address_goes(draft):
    DraftReminder.objects.create(draft=draft, email=TO, language="en", sent_at=DUE_AT, token_hash="0" * 64)
    assert send_reminders(DUE_AT + CLAIM_LASTS - SECOND) == 0
    assert DraftReminder.objects.get().email == TO
    assert send_reminders(DUE_AT + CLAIM_LASTS) == 0
    assert (DraftReminder.objects.get().email, mail.outbox) == ("", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": TO, "sent_at": DUE_AT},
        {"email": TO, "token_hash": "0" * 64},
    ],
)
def test_the_database_refuses_a_reminder_that_neither_waits_nor_was_sent(draft, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftReminder.objects.create(draft=draft, language="en", **wrong)


def test_the_database_refuses_a_second_reminder(draft):
    DraftReminder.objects.create(draft=draft, email=TO, language="en")
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftReminder.objects.create(draft=draft, email=TO, language="en")


def test_nothing_is_written_after_closing(draft, token):
    with pytest.raises(ConsultationClosed):
        ask(draft, token, at=CLOSES_AT)
    assert mail.outbox == []


def test_the_tick_reminds_before_it_forgets():
    names = [name for name, _duty in DUTIES]
    assert names.index("reminders of unsent answers") < names.index("unsent answers")


@pytest.mark.parametrize("waiting", [1, 3])
def test_a_tick_with_nobody_due_makes_two_statements(consultation, django_assert_num_queries, waiting):
    for _ in range(waiting):
        typed = Typed({f"q-{VIEW}": ["Text"]}, frozenset({f"q-{VIEW}"}), uuid4(), 1)
        form = {"consultation": consultation, "key": uuid4(), "token": make_token(), "typed": typed}
        draft = save_draft(**form, expected_revision=0, saved_at=WHILE_OPEN)
        DraftReminder.objects.create(draft=draft, email=TO, language="en")
    with django_assert_num_queries(2):
        assert send_reminders(WHILE_OPEN) == 0
    assert send_reminders(DUE_AT) == waiting


# Over HTTP


def post(client, page, token, **fields):
    return client.post(reverse("consultations:letter", args=[page.slug]), {"draft": token, "email": TO} | fields)


def test_the_page_writes_the_link_and_says_what_becomes_of_the_address(client, consultation, draft, token):
    sent = post(client, consultation, token)
    shown = sent.content.decode()
    assert (sent.status_code, f"We have written the link to {TO}." in shown) == (200, True)
    assert "We have not kept the address." in shown
    assert token in shown
    reminded = post(client, consultation, token, is_to_remind="on").content.decode()
    assert "Wednesday 2 December" in reminded
    assert DraftReminder.objects.get().email == TO
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Enter the address to which we write the link"),
        ("jo at example", "Enter an e-mail address, like name@example.org"),
        ("jo@example.org\nBcc: all@example.org", "Enter an e-mail address, like name@example.org"),
    ],
)
def test_a_wrong_address_is_named_and_the_link_stays_on_the_page(client, consultation, draft, token, email, message):
    wrong = post(client, consultation, token, email=email)
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {"email": [message]}
    assert reverse("consultations:resume", args=[consultation.slug, token]) in wrong.content.decode()
    assert mail.outbox == []


def test_too_many_letters_are_refused_and_the_link_stays_on_the_page(client, consultation, draft, token, monkeypatch):
    monkeypatch.setattr(draft_views, "LETTERS_TO_ADDRESS", Limit("few-to", 1, 60))
    assert post(client, consultation, token).status_code == 200
    assert post(client, consultation, token, email="a.person@gmail.com").status_code == 200
    assert post(client, consultation, token, email="aperson+more@googlemail.com").status_code == 429
    refused = post(client, consultation, token, email=TO.upper())
    assert (refused.status_code, token in refused.content.decode(), len(mail.outbox)) == (429, True, 2)
    assert post(client, consultation, token, email="other@example.org").status_code == 200
    monkeypatch.setattr(draft_views, "LETTERS_FROM_ADDRESS", Limit("few-from", 0, 60))
    assert post(client, consultation, token, email="third@example.org").status_code == 429


def test_a_mail_server_that_is_away_is_said_and_the_address_stays_in_its_field(
    client, consultation, draft, token, no_post
):
    failed = post(client, consultation, token)
    shown = failed.content.decode()
    assert failed.status_code == 503
    assert ("could not be sent just now" in shown, f'value="{TO}"' in shown, token in shown) == (True, True, True)


def test_a_letter_needs_its_draft_and_an_open_consultation(client, clock, consultation, draft, token):
    assert post(client, consultation, make_token()).status_code == 404
    assert client.get(reverse("consultations:letter", args=[consultation.slug])).status_code == 302
    clock(DUE_AT)
    late = post(client, consultation, token, is_to_remind="on")
    assert (late.status_code, DraftReminder.objects.count()) == (200, 0)
    assert "Remind me once" not in late.content.decode()
    clock(CLOSES_AT)
    closed = post(client, consultation, token)
    assert (closed.status_code, "More seats" in closed.content.decode(), len(mail.outbox)) == (410, True, 1)

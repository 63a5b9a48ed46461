"""Many senders at one moment, on real connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from consultations.drafts import hash_token, make_token
from consultations.enums import Channel, IdentityLevel, Standing
from consultations.identity import make_codes
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Confirmation, ConsultationPage, Response
from consultations.one_time_codes import read_code
from consultations.services import submit_response
from sentiment.models import Feedback
from tests.consultations.samples import VIEW, WHILE_OPEN, answers
from tests.consultations.test_importing import PLAIN, as_csv, bring_in

PEOPLE, TIMES = 4, 4
MANY_PEOPLE, MANY_TIMES = 50, 8
ROOT = Path(__file__).resolve().parents[2]


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


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_residents_answer_while_officers_import_and_officers_take_turns(consultation):
    def send():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            page = ConsultationPage.objects.get(pk=consultation.pk)
            submit_response(
                consultation=page, answers=answers(AnswerGiven(VIEW, text="Seats")), submitted_at=WHILE_OPEN
            )
            with pytest.raises(OperationalError, match="lock timeout"):
                bring_in(page, as_csv(*PLAIN))
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as sender:
        assert bring_in(consultation, as_csv(*PLAIN)).added == 2
        sender.submit(send).result()

    assert Counter(Response.objects.values_list("channel", flat=True)) == {Channel.ONLINE: 1, Channel.IMPORTED: 2}


class Sender:
    """A second process on the test's database, of ``tests.consultations.senders``."""

    def __init__(self, folder):
        link = folder / "wardmote.sqlite3"
        if connection.vendor == "sqlite" and not link.exists():
            link.symlink_to(connection.settings_dict["NAME"])
        env = os.environ | {
            "WARDMOTE_DATA_DIR": str(folder),
            "WARDMOTE_SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "wardmote.settings.test",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        }
        if connection.vendor == "postgresql":
            found = connection.settings_dict
            person = f"{found['USER']}:{found['PASSWORD']}" if found["PASSWORD"] else found["USER"]
            env["WARDMOTE_DATABASE_URL"] = f"postgres://{person}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.consultations.senders"],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        return self.process.stdout.readline()


@pytest.fixture
def senders(tmp_path, transactional_db):
    started = [Sender(tmp_path), Sender(tmp_path)]
    yield started
    for sender in started:
        sender.process.stdin.close()
        sender.process.wait(20)
        sender.process.stdout.close()


def send_from_both(senders, jobs):
    """The result of each job, in its order; every other job is the second process's."""
    halves = [jobs[0::2], jobs[1::2]]
    for sender, half in zip(senders, halves, strict=True):
        sender.tell(json.dumps(half))
    assert [sender.hear() for sender in senders] == ["ready\n", "ready\n"]
    for sender in senders:
        sender.tell("")
    results = [""] * len(jobs)
    results[0::2], results[1::2] = (json.loads(sender.hear()) for sender in senders)
    return results


def spellings(person: int) -> list[str]:
    """``MANY_TIMES`` ways to write one person's address."""
    return [
        f"jo.smith{person}@gmail.com", f"josmith{person}@gmail.com", f"J.O.Smith{person}@GMail.com",
        f"josmith{person}+council@gmail.com", f"josmith{person}@googlemail.com", f"josmith{person}@GMAIL.COM.",
        f"ｊｏsmith{person}@gmail.com", f" josmith{person}+a+b@gmail.com ",
    ]  # fmt: skip


def jobs_of(level, page, officer) -> list[dict[str, Any]]:
    """Everybody's forms: at levels that know a person each form is a new one, at the others it is the same again."""

    def job(key, **evidence):
        return {"do": "send", "consultation": page.pk, "key": str(key), "evidence": evidence}

    people, times = range(MANY_PEOPLE), range(MANY_TIMES)
    if level == IdentityLevel.EMAIL:
        return [job(uuid4(), email=spelling) for person in people for spelling in spellings(person)]
    if level == IdentityLevel.CODE:
        _batch, printed = make_codes(
            consultation=page, count=MANY_PEOPLE, key=uuid4(), user=officer, made_at=WHILE_OPEN
        )
        return [job(uuid4(), code=read_code(code)) for code in printed for _time in times]
    if level == IdentityLevel.RESIDENT:
        # Each has two accounts of one letter box.
        return [
            job(uuid4(), account_pk=2 * person + time % 2, account_email=spellings(person)[time])
            for person in people
            for time in times
        ]
    return [job(key) for key in [uuid4() for _person in people] for _time in times]


@pytest.mark.django_db(transaction=True)
def test_fifty_people_who_send_eight_forms_at_once_in_two_processes_answer_once_each(
    make_consultation, officer, senders
):
    pages = {level: make_consultation(level, identity_level=level) for level in IdentityLevel}
    jobs = [job for level, page in pages.items() for job in jobs_of(level, page, officer)]
    # One person's forms follow one another, so that they meet.
    results = send_from_both(senders, jobs)

    waiting = list(Confirmation.objects.order_by("email", "pk"))
    assert len(waiting) == MANY_PEOPLE * MANY_TIMES
    assert not Response.objects.counted().filter(consultation=pages[IdentityLevel.EMAIL]).exists()
    tokens = [make_token() for _one in waiting]
    for one, token in zip(waiting, tokens, strict=True):
        one.token_hash = hash_token(token)
    Confirmation.objects.bulk_update(waiting, ["token_hash"])
    presses = [{"do": "confirm", "consultation": pages[IdentityLevel.EMAIL].pk, "token": token} for token in tokens]
    confirmed = send_from_both(senders, presses)

    counted = {
        level: set(Response.objects.counted().filter(consultation=page).values_list("reference", flat=True))
        for level, page in pages.items()
    }
    assert {level: len(found) for level, found in counted.items()} == dict.fromkeys(IdentityLevel, MANY_PEOPLE)
    said = {
        level: Counter(result for job, result in zip(jobs, results, strict=True) if job["consultation"] == page.pk)
        for level, page in pages.items()
    }
    said[IdentityLevel.EMAIL] = Counter(confirmed)
    once = dict.fromkeys(("already answered",), MANY_PEOPLE * (MANY_TIMES - 1))
    for level in (IdentityLevel.EMAIL, IdentityLevel.CODE, IdentityLevel.RESIDENT):
        assert said[level] == once | dict.fromkeys(counted[level], 1)
    for level in (IdentityLevel.OPEN, IdentityLevel.POSTCODE):
        assert said[level] == dict.fromkeys(counted[level], MANY_TIMES)
    left = Response.objects.exclude(standing=Standing.COUNTED).values_list("consultation", "standing")
    assert Counter(left) == {(pages[IdentityLevel.EMAIL].pk, Standing.TO_CONFIRM): MANY_PEOPLE * (MANY_TIMES - 1)}
    assert Confirmation.objects.exclude(email="").count() == 0

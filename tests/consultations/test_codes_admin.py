"""Officers make, print and stop one-time codes."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry

from consultations.claims import Claim, digest_of
from consultations.enums import IdentityLevel
from consultations.models import CodeBatch, OneTimeCode
from consultations.one_time_codes import read_code

pytestmark = pytest.mark.django_db

CODE = re.compile(r'class="letter__code">([^<]+)<')
ADDRESSES = "name,street,town\nJo Smith,1 High Street,Ipswich\n\nÊl Jones,2 Low Street,\n"


@pytest.fixture
def page(make_consultation):
    return make_consultation("Market square", identity_level=IdentityLevel.CODE, return_address="Town Hall\nIpswich")


@pytest.fixture
def at_desk(client, officer):
    client.force_login(officer)
    return client


def codes_url(page):
    return reverse("consultation_codes:index", args=[page.pk])


def csv_of(text, encoding="utf-8"):
    return SimpleUploadedFile("list.csv", text.encode(encoding), "text/csv")


def make(client, page, **fields):
    return client.post(codes_url(page), {"key": str(uuid4()), "languages": "en"} | fields)


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("resident", 302), ("councillor", 302), ("officer", 200)]
)
def test_only_officers_see_and_make_codes(client, page, ward, officer, resident, make_councillor, who, status):
    people = {"resident": resident, "councillor": make_councillor(ward), "officer": officer}
    if who in people:
        client.force_login(people[who])
    assert client.get(codes_url(page)).status_code == status
    assert make(client, page, count=2).status_code == status
    assert CodeBatch.objects.count() == (1 if who == "officer" else 0)
    stop = reverse("consultation_codes:stop", args=[page.pk, CodeBatch.objects.first().pk if status == 200 else 1])
    client.post(stop)
    assert CodeBatch.objects.exclude(stopped_at=None).count() == (1 if who == "officer" else 0)


def test_letters_hold_the_codes_once_and_the_log_says_how_many(at_desk, page, officer):
    key = str(uuid4())
    letters = make(at_desk, page, count=3, key=key)
    shown = letters.content.decode()
    codes = CODE.findall(shown)
    assert (letters.status_code, len(set(codes)), "no-store" in letters["Cache-Control"]) == (200, 3, True)
    stored = set(OneTimeCode.objects.values_list("digest", flat=True))
    assert stored == {digest_of(page, Claim("code", read_code(code))) for code in codes}
    assert f"/answer/{page.slug}/" in shown
    again = make(at_desk, page, count=3, key=key)
    assert (again.status_code, OneTimeCode.objects.count()) == (302, 3)
    [entry] = PageLogEntry.objects.filter(action="consultations.make_codes")
    assert (entry.user, entry.data) == (officer, {"count": 3})
    listed = at_desk.get(codes_url(page)).content.decode()
    assert "3 codes made," in listed
    assert not any(code in listed for code in codes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_addresses_are_printed_and_stored_nowhere(at_desk, page, encoding):

    letters = make(at_desk, page, addresses=csv_of(ADDRESSES, encoding)).content.decode()
    windows = re.findall(r'<address class="letter__window">(.*?)</address>', letters)
    assert windows == ["Jo Smith<br>1 High Street<br>Ipswich<br>", "Êl Jones<br>2 Low Street<br>"]
    assert len(CODE.findall(letters)) == 2
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "High Street" not in str(cursor.fetchall()), table


@pytest.mark.parametrize(
    ("languages", "first", "count"), [("cy", "Eich cod:", 1), ("en cy", "Your code:", 2), ("cy en", "Eich cod:", 2)]
)
def test_letters_are_in_english_welsh_or_both(at_desk, page, languages, first, count):
    letters = make(at_desk, page, count=1, languages=languages).content.decode()
    assert re.findall(r"Your code:|Eich cod:", letters)[0] == first
    codes = CODE.findall(letters)
    assert (len(codes), len(set(codes))) == (count, 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Enter how many codes you need, or choose a file of addresses"),
        ({"count": "0"}, "Ensure this value is greater than or equal to 1"),
        ({"count": "2001"}, "Ensure this value is less than or equal to 2000"),
        ({"count": "5", "addresses": ADDRESSES}, "The file holds 2 addresses"),
        ({"addresses": "name,street\n"}, "The file holds no address below its row of headings"),
        ({"addresses": "a\n" + ",".join("12345678") + "\n"}, "Row 2 does not fit in the window of an envelope"),
        ({"addresses": "a\n" + "x" * 1_000_001}, "The file is too large"),
        ({"addresses": "a\n" + "x\n" * 2001}, "At most 2000 are printed at once"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_name_and_nothing_is_made(at_desk, page, fields, message):
    sent = {name: csv_of(value) if name == "addresses" else value for name, value in fields.items()}
    refused = make(at_desk, page, **sent)
    assert refused.status_code == 422
    assert message in refused.content.decode()
    assert CodeBatch.objects.count() == 0


def test_the_list_takes_as_many_queries_for_three_batches_as_for_one(at_desk, page, django_assert_num_queries):

    make(at_desk, page, count=1)
    at_desk.get(codes_url(page))
    with CaptureQueriesContext(connection) as one:
        at_desk.get(codes_url(page))
    count = len(one)
    make(at_desk, page, count=1)
    make(at_desk, page, count=1)
    with django_assert_num_queries(count):
        at_desk.get(codes_url(page))

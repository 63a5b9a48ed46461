"""Importing a spreadsheet as officers do, in the admin and by the command, and who is kept out."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import import_admin
from consultations.import_admin import ImportViewSet
from consultations.importing import hold_file
from consultations.models import Batch, ImportFile, Response
from tests.consultations.samples import CLOSES_AT, DAYS, VIEW
from tests.consultations.test_importing import PLAIN, QUALTRICS, as_csv, bring_in, said
from wardmote.home.officers import provide_officers

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
def hold(consultation, officer):
    def do(content: bytes, name="answers.csv", page=None, by=None):
        return hold_file(
            consultation=page or consultation, name=name, content=content, uploaded_by=by or officer, uploaded_at=NOW
        )

    return do


def imports_url(page):
    return reverse("consultation_import:imports", args=[page.pk])


def map_url(held):
    return reverse("consultation_import:map", args=[held.pk])


def upload(client, page, content: bytes, name="answers.csv"):
    return client.post(imports_url(page), {"file": SimpleUploadedFile(name, content)})


def sent(*targets: str, **fields: str) -> dict[str, str]:
    """What is posted to import: a target for each column, and the plan."""
    plan = {"source": "Forms", "received_at": "2026-11-20T12:00", "language": "en"} | fields
    return plan | {f"column-{place}": target for place, target in enumerate(targets)}


TARGETS = ("reference", f"question:{VIEW}", f"question:{DAYS}", "skip", "skip")


def test_a_file_is_uploaded_looked_at_and_imported(at_work, consultation, officer):
    uploaded = upload(at_work, consultation, as_csv(*PLAIN))
    held = ImportFile.objects.get()
    assert (uploaded.status_code, uploaded.url, held.uploaded_by) == (302, map_url(held), officer)
    shown = at_work.get(map_url(held))
    assert [each.column.target for each in shown.context["columns"]][:3] == list(TARGETS[:3])
    looked = at_work.post(map_url(held), sent(*TARGETS, look="1"))
    assert (looked.status_code, looked.context["good"], looked.context["bad"]) == (200, 2, [])
    assert [lines for _read, lines in looked.context["becoming"]] == [
        [("What should change in the market?", ["Seats"]), ("Which day suits you?", ["Friday"])],
        [("What should change in the market?", ["Shade"])],
    ]
    assert Response.objects.count() == 0
    done = at_work.post(map_url(held), sent(*TARGETS, **{"import": "1"}))
    batch = Batch.objects.get()
    assert done.url == reverse("consultation_import:imported", args=[batch.pk])
    assert said() == [{VIEW: "Seats", DAYS: "Friday"}, {VIEW: "Shade"}]
    assert not ImportFile.objects.exists()
    assert "answers.csv" in at_work.get(imports_url(consultation)).content.decode()


def test_mistakes_are_shown_by_line_with_what_was_expected(at_work, hold):
    held = hold(as_csv(PLAIN[0], ("7", "<b>Seats", "Mon<b>day", "", ""), ("8", "Shade", "", "", "")))
    looked = at_work.post(map_url(held), sent(*TARGETS, look="1"))
    page = looked.content.decode()
    for words in ("1 row has a mistake", "one of: Friday · Saturday", "Mon&lt;b&gt;day", "Import 1 response"):
        assert words in page
    at_work.post(map_url(held), sent(*TARGETS, **{"import": "1"}))
    report = at_work.get(reverse("consultation_import:imported", args=[Batch.objects.get().pk])).content.decode()
    assert "one of: Friday · Saturday" in report
    assert "Mon&lt;b&gt;day" not in report  # what stood there is shown while looking and never kept


def test_columns_about_a_person_are_said_to_be_skipped(at_work, hold):
    page = at_work.get(map_url(hold(as_csv(*QUALTRICS)))).content.decode()
    assert "looks like an export of Qualtrics" in page
    assert page.count("it looks as if it told who somebody is") == 3


def test_a_file_that_cannot_be_read_is_refused_at_its_field(at_work, consultation):
    for content, told in ((b"PK\x03\x04", "damaged"), (b"Id\n", "no response"), (b"", "empty")):
        answer = upload(at_work, consultation, content)
        assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert at_work.post(imports_url(consultation), {}).status_code == 422
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"source": " "}, "Say where the file comes from."),
        ({"received_at": "soon"}, "Enter a valid date/time."),
        ({"column-2": f"question:{VIEW}"}, "Another column is this already."),
        ({"column-2": "question:gone"}, "The questions have changed meanwhile."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_imported(at_work, hold, fields, told):
    held = hold(as_csv(*PLAIN))
    answer = at_work.post(map_url(held), sent(*TARGETS, **{"import": "1"}) | fields)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert (Response.objects.count(), ImportFile.objects.count()) == (0, 1)


def test_a_file_too_long_for_the_browser_is_left_to_the_command(at_work, hold, monkeypatch):
    monkeypatch.setattr(import_admin, "MOST_ROWS_HERE", 1)
    held = hold(as_csv(*PLAIN))
    assert "wardmote import_responses" in at_work.get(map_url(held)).content.decode()
    assert at_work.post(map_url(held), sent(*TARGETS, **{"import": "1"})).status_code == 422
    assert Response.objects.count() == 0


def test_a_file_is_thrown_away(at_work, hold, consultation):
    assert at_work.post(map_url(hold(as_csv(*PLAIN))), {"throw_away": "1"}).url == imports_url(consultation)
    assert not ImportFile.objects.exists()


def test_what_was_imported_before_adds_nothing_and_says_so(at_work, hold, consultation):
    bring_in(consultation, as_csv(*PLAIN))
    answer = at_work.post(map_url(hold(as_csv(*PLAIN))), sent(*TARGETS, **{"import": "1"}), follow=True)
    assert "Nothing was added: 2 rows were imported before" in answer.content.decode()
    assert Response.objects.count() == 2


def test_an_import_is_undone_with_a_reason(at_work, consultation):
    batch = bring_in(consultation, as_csv(*PLAIN)).batch
    url = reverse("consultation_import:imported", args=[batch.pk])
    assert at_work.post(url, {"reason": ""}).status_code == 422
    answer = at_work.post(url, {"reason": "Wrong file"}, follow=True)
    assert "Undone: 2 responses no longer count." in answer.content.decode()
    assert set(Response.objects.values_list("standing", flat=True)) == {"left_out"}


WHO = {"anonymous": False, "resident": False, "councillor": False, "other staff": False, "officer": True}


def test_only_officers_import(
    client, consultation, officer, resident, make_councillor, ward, make_user, index_page, hold
):
    provide_officers(index_page.get_parent())
    batch, held = bring_in(consultation, as_csv(*PLAIN)).batch, hold(as_csv(*PLAIN))
    pages = {
        "imports": imports_url(consultation),
        "map": map_url(held),
        "imported": reverse("consultation_import:imported", args=[batch.pk]),
    }
    assert {pattern.name for pattern in ImportViewSet().get_urlpatterns()} == set(pages)
    people: dict[str, Any] = {
        "anonymous": None,
        "resident": resident,
        "councillor": make_councillor(ward),
        "other staff": make_user(is_staff=True),
        "officer": officer,
    }
    assert set(people) == set(WHO)
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        for page, url in pages.items():
            assert (client.get(url).status_code == 200) == WHO[name], (name, page)
            if not WHO[name]:
                client.post(url, sent(*TARGETS, **{"import": "1"}, reason="No"))
                upload(client, consultation, as_csv(*PLAIN))
    assert (Response.objects.counted().count(), Batch.objects.count(), ImportFile.objects.count()) == (2, 1, 1)


def test_nobody_opens_another_officers_file(client, officer, make_user, hold, index_page):
    provide_officers(index_page.get_parent())
    colleague = make_user(is_staff=True)
    colleague.groups.set(officer.groups.all())
    client.force_login(colleague)
    assert client.get(map_url(hold(as_csv(*PLAIN)))).status_code == 404


def test_lists_take_the_same_number_of_queries_for_one_and_for_three(at_work, consultation, hold):
    def queries_made(url):
        with CaptureQueriesContext(connection) as made:
            assert at_work.get(url).status_code == 200
        return len(made)

    batch = bring_in(consultation, as_csv(*PLAIN)).batch
    urls = [imports_url(consultation), reverse("consultation_import:imported", args=[batch.pk])]
    for url in urls:
        at_work.get(url)  # fills caches
    one = [queries_made(url) for url in urls]
    for number in range(2):
        bring_in(consultation, as_csv(*PLAIN), source=f"Other {number}")
    assert [queries_made(url) for url in urls] == one
    files = [map_url(hold(as_csv(PLAIN[0], *(PLAIN[1],) * rows), f"{rows}.csv")) for rows in (1, 30)]
    assert queries_made(files[0]) == queries_made(files[1])


# The command.


def run(tmp_path, *args, content=None):
    file = tmp_path / "answers.csv"
    file.write_bytes(as_csv(*PLAIN) if content is None else content)
    out, err = StringIO(), StringIO()
    call_command("import_responses", str(file), *args, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_the_command_imports_once_and_tells_mistakes_by_line(tmp_path, consultation, officer):
    content = as_csv(*PLAIN, ("9", "Bad", "Monday", "", ""))
    args = ("--consultation", consultation.slug, "--source", "Forms", "--received", "2026-11-20 12:00")
    args = (*args, "--by", officer.email)
    out, err = run(tmp_path, *args, content=content)
    assert out == "2 responses imported (0 late, 0 with a postcode of no ward), 0 imported before, 1 left out."
    assert err == "Line 4, Which day suits you?: expected one of: Friday · Saturday."
    assert Batch.objects.get().made_by == officer
    again, _err = run(tmp_path, *args, content=content)
    assert again == "0 responses imported (0 late, 0 with a postcode of no ward), 2 imported before, 1 left out."
    assert Response.objects.count() == 2


def test_the_command_tells_without_importing_and_takes_a_mapping(tmp_path, consultation):
    args = ("--consultation", consultation.slug, "--source", "Forms", "--received", "2026-11-20 12:00")
    out, _err = run(tmp_path, *args, "--dry-run")
    assert out.startswith("2 responses would be imported")
    assert Response.objects.count() == 0
    printed, _err = run(tmp_path, *args, "--print-mapping")
    mapping = json.loads(printed)
    assert mapping["Id"] == "reference"
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(mapping | {"Which day suits you?": "skip"}))
    run(tmp_path, *args, "--mapping", str(file))
    assert said() == [{VIEW: "Seats"}, {VIEW: "Shade"}]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--consultation", "gone"], "no consultation 'gone'"),
        (["--received", "soon"], "no moment"),
        (["--by", "nobody@example.org"], "no officer"),
        (["--mapping", "/nowhere.json"], "no mapping"),
        ([], "Say where the file comes from"),
    ],
)
def test_the_command_says_what_it_cannot_do(tmp_path, consultation, args, told):
    given = ["--consultation", consultation.slug] if "--consultation" not in args else []
    with pytest.raises(CommandError, match=told):
        run(tmp_path, *given, *args)
    assert Response.objects.count() == 0

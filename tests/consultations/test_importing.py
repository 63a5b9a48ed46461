"""Files of responses: read, mapped, imported once, told by line where they are wrong, and undone."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageLogEntry

from consultations import import_columns, queries
from consultations.cells import read_cell, write_cell
from consultations.contents import content_of
from consultations.entering import ReasonMissing, StandingRefused, take_in
from consultations.enums import Agreement, Channel, Standing
from consultations.import_columns import Column, choose, guess
from consultations.import_rows import Plan, read_rows
from consultations.import_tables import FileUnreadable, Shape, read_table
from consultations.import_values import CellUnfit, is_month_first, read_moment, read_whole
from consultations.importing import ImportRefused, hold_file, import_table, saved_targets, undo_import
from consultations.kinds import AnswerGiven
from consultations.models import Answer, Batch, ImportedRow, ImportFile, Response
from consultations.services import submit_response
from sentiment.models import Feedback
from sentiment.nlp.exports import safe_cell
from tests.consultations.samples import (
    AGREE,
    CLOSES_AT,
    DAYS,
    OPENS_AT,
    USES,
    VIEW,
    WHILE_OPEN,
    answers,
    option_items,
    question,
)
from tests.consultations.test_every_kind import SURVEY, id_of
from wardmote.home.officers import provide_officers
from wards.models import Postcode

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)
WORDINGS = ("What should change in the market?", "Which day suits you?", "What do you come for?",
            "How far do you agree with Sunday opening?")  # fmt: skip


def as_csv(*rows, delimiter=",", encoding="utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plan_for(page, table, *, source="Forms", received_at=WHILE_OPEN, language="en", **targets):
    columns = [
        Column(each.place, each.header, each.label, targets.get(each.header, each.target))
        for each in guess(table, page.survey)
    ]
    return Plan(columns=columns, source=source, received_at=received_at, language=language)


def bring_in(page, content, *, name="answers.csv", officer=None, now=NOW, progress=iter, **more):
    table = read_table(content, name)
    plan = plan_for(page, table, **more)
    return import_table(
        consultation=page, table=table, plan=plan, imported_by=officer, imported_at=now, progress=progress
    )


def said() -> list[dict[str, str]]:
    made = Response.objects.order_by("number").prefetch_related("answers")
    return [{row.question_id: row.in_one_line for row in response.answers.all()} for response in made]


def bad_of(report) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.expected) for row in report.bad]


# Files.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(encoding, delimiter):
    rows = [("Id", "Barn; eich barn, os gwelwch yn dda"), ("1", "café – “quoted”\nsecond line"), ("2", "=1+1")]
    table = read_table(as_csv(*rows, delimiter=delimiter, encoding=encoding), "a.csv")
    assert table.headers == rows[0]
    assert [(row.line, row.cells) for row in table.rows] == [(2, rows[1]), (4, rows[2])]


def test_a_workbook_is_read_as_text_and_no_formula_is_worked_out():
    rows = ("Id", "View", "When"), (1, "=1+1", WHILE_OPEN.replace(tzinfo=None)), (2.5, None, True)
    table = read_table(as_workbook(*rows), "a.xlsx")
    assert [row.cells for row in table.rows] == [("1", "=1+1", "2026-11-20 12:00:00"), ("2.5", "", "TRUE")]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return out.getvalue()


def empty_zip() -> bytes:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"Id,View\n", "no response"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"PK\x03\x04rest", "damaged"),
        (empty_zip().replace(b"PK\x05\x06", b"PK\x03\x04", 1), "damaged"),
        (b"a,b\n1,2,3\n", "Row 2 has 3 columns, the headings have 2"),
        (b"a," * 1_001 + b"\n" + b"1," * 1_001, "more than 1000 columns"),
        (b"x" * 20_000_001, "larger than 20 MB"),
        (b"a\n" + b"1\n" * 200_001, "more than 200000 rows"),
        (b'a,b\n1,"' + b"x" * 100_001, "cannot be read past line 2"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_what_is_no_file_of_responses_is_refused(content, told):
    with pytest.raises(FileUnreadable, match=told):
        read_table(content, "a.csv")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread():
    with pytest.raises(FileUnreadable, match="unpacks to more"):
        read_table(bomb(), "a.xlsx")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_in_a_csv_is_read_as_it_is(rows):
    kept = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    if kept:
        table = read_table(as_csv(("one", "two"), *rows), "a.csv")
        assert [row.cells for row in table.rows] == kept


@given(st.binary(max_size=400))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_read_or_refused(content):
    try:
        table = read_table(content, "a")
    except FileUnreadable:
        return
    assert all(len(row.cells) == len(table.headers) for row in table.rows)


@given(st.text(max_size=20) | st.from_regex(r"'*[=+\-@ ]?.{0,3}", fullmatch=True))
def test_a_cell_is_no_formula_and_comes_back_as_it_was(text):
    cell = write_cell(text)
    assert read_cell(cell) == text
    assert safe_cell(cell) == cell


# Moments.


@pytest.mark.parametrize(
    ("cell", "is_us", "told"),
    [
        ("2026-11-20 12:00", False, "2026-11-20T12:00:00+00:00"),
        ("2026-06-20T12:00:00", False, "2026-06-20T12:00:00+01:00"),
        ("2026-11-20T12:00:00Z", False, "2026-11-20T12:00:00+00:00"),
        ("20/11/2026 16:30", False, "2026-11-20T16:30:00+00:00"),
        ("11/20/26 9:05:07 PM", True, "2026-11-20T21:05:07+00:00"),
        ("20/11/2026", False, "2026-11-20T00:00:00+00:00"),
        ("11/20/2026", False, None),
        ("soon", False, None),
        ("0001-01-01", False, None),
        ("0001-01-01T00:00:00Z", False, None),
        ("9999-12-31T23:59:00-05:00", False, None),
    ],
)
def test_a_moment_is_read_as_programs_write_it(cell, is_us, told):
    read = read_moment(cell, is_month_first=is_us)
    if told is None:
        assert read is None or read.year < 1000
    else:
        assert read.isoformat() == told


def test_the_order_of_day_and_month_is_told_by_the_whole_column():
    assert is_month_first(["11/5/26 9:00", "11/20/26 10:00"])
    assert not is_month_first(["11/5/26 9:00", "20/11/26 10:00"])
    assert not is_month_first(["11/5/26 9:00"])


# Shapes.

FORMS = (
    ("ID", "Start time", "Completion time", "Email", "Name", *WORDINGS),
    (1, "11/13/26 9:00:00", "11/13/26 9:05:00", "jo@example.org", "Jo Public", "Seats", "Friday", "Food;Company;",
     "Agree"),
    (2, "11/14/26 9:00:00", "11/14/26 9:05:00", "anonymous", "", "", "", "Clothes;", ""),
)  # fmt: skip
CITIZEN_SPACE = (
    ("Response ID", "Date submitted", "What is your name?", "What is your email address?", WORDINGS[0], WORDINGS[1],
     f"{WORDINGS[2]} - Food", f"{WORDINGS[2]} - Clothes", f"{WORDINGS[2]} - Company", WORDINGS[3]),
    ("ANON-1111-2222-A", "2026-11-13 09:05:00", "Jo", "jo@example.org", "Seats", "Friday", "Food", "", "Company",
     "Agree"),
    ("ANON-1111-2222-B", "2026-11-14 09:05:00", "", "", "", "", "", "Clothes", "", ""),
)  # fmt: skip
QUALTRICS = (
    ("StartDate", "EndDate", "Status", "IPAddress", "Finished", "RecordedDate", "ResponseId", "RecipientEmail",
     "LocationLatitude", "UserLanguage", "Q1", "Q2", "Q3_1", "Q3_2", "Q3_3", "Q4"),
    ("Start Date", "End Date", "Response Type", "IP Address", "Finished", "Recorded Date", "Response ID",
     "Recipient Email", "Location Latitude", "User Language", WORDINGS[0], WORDINGS[1],
     f"{WORDINGS[2]} - Food", f"{WORDINGS[2]} - Clothes", f"{WORDINGS[2]} - Company", WORDINGS[3]),
    tuple(f'{{"ImportId":"QID{number}"}}' for number in range(16)),
    ("2026-11-13 09:00:00", "2026-11-13 09:04:00", "IP Address", "192.0.2.7", "True", "2026-11-13 09:05:00", "R_1",
     "jo@example.org", "52.0", "EN", "Seats", "Friday", "Food", "", "Company", "Agree"),
    ("2026-11-14 09:00:00", "2026-11-14 09:04:00", "Survey Preview", "", "True", "2026-11-14 09:05:00", "R_2", "", "",
     "EN", "Try", "", "", "", "", ""),
    ("2026-11-14 09:00:00", "2026-11-14 09:04:00", "IP Address", "", "False", "2026-11-14 09:05:00", "R_3", "", "",
     "EN", "Half", "", "", "", "", ""),
    ("2026-11-14 09:00:00", "2026-11-14 09:04:00", "IP Address", "", "True", "2026-11-14 09:05:00", "R_4", "", "",
     "CY", "", "", "", "Clothes", "", ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "shape", "left_out"),
    [(FORMS, Shape.FORMS, []), (CITIZEN_SPACE, Shape.CITIZEN_SPACE, []), (QUALTRICS, Shape.QUALTRICS, [5, 6])],
    ids=["Microsoft Forms", "Citizen Space", "Qualtrics"],
)
@pytest.mark.parametrize("write", [as_csv, as_workbook], ids=["csv", "xlsx"])
def test_exports_of_other_programs_are_recognised_and_read(consultation, rows, shape, left_out, write):
    table = read_table(write(*rows), "export")
    assert table.shape is shape
    columns = guess(table, consultation.survey)
    personal = {column.header for column in columns if column.is_personal}
    assert all(column.target == "skip" for column in columns if column.is_personal)
    expected = {"Email", "Name", "What is your name?", "What is your email address?", "IPAddress", "RecipientEmail",
                "LocationLatitude"}  # fmt: skip
    assert personal == expected & set(table.headers)
    report = bring_in(consultation, write(*rows))
    assert sorted({row.line for row in report.bad}) == left_out
    assert said() == [
        {VIEW: "Seats", DAYS: "Friday", USES: "Food; Company", AGREE: "Agree"},
        {USES: "Clothes"},
    ]
    first, second = Response.objects.order_by("number")
    assert [f"{each.submitted_at:%d %H:%M}" for each in (first, second)] == ["13 09:05", "14 09:05"]
    assert (first.channel, first.standing) == (Channel.IMPORTED, "counted")
    kept = (
        str(list(Response.objects.values()))
        + str(list(Answer.objects.values()))
        + str(list(ImportedRow.objects.values()))
    )
    assert not any(word in kept for word in ("Jo", "jo@example.org", "192.0.2.7"))


# Our own export.


def export_of(client, page) -> bytes:
    url = reverse("consultation_responses:index", args=[page.pk])
    return b"".join(client.get(f"{url}?export=csv").streaming_content)


@pytest.fixture
def at_work(client, officer, index_page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


def contents_of(page) -> list[dict[str, Any]]:
    """What each response to ``page`` says, in an order of its own."""
    made = Response.objects.filter(consultation=page).select_related("ward")
    found = [content_of(each, each.answers.order_by("position")) for each in made]
    return sorted(found, key=str)


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)
SOME = st.sets(st.sampled_from(["option-food", "option-clothes", "option-company"]))


@st.composite
def any_answers(draw) -> list[AnswerGiven]:
    """An answer to each question of ``SURVEY``, or none, as its respondents might give it."""
    text = draw(ANY_TEXT.filter(str.strip))
    other = draw(ANY_TEXT.filter(str.strip))
    order = draw(st.permutations(["option-food", "option-clothes", "option-company"]))[: draw(st.integers(0, 3))]
    food = draw(st.integers(0, 1000))
    several = tuple(sorted(draw(SOME), key=["option-food", "option-clothes", "option-company"].index))
    why = draw(st.sampled_from(["", text]))
    all_given = [
        AnswerGiven(id_of(0), text=text),
        AnswerGiven(id_of(1), text=other),
        AnswerGiven(id_of(2), choices=(draw(st.sampled_from(["option-food", "option-company"])),)),
        AnswerGiven(id_of(3), choices=several),
        AnswerGiven(id_of(4), text=other, choices=("other",)),
        AnswerGiven(id_of(5), text=other, choices=("option-clothes", "other")),
        AnswerGiven(id_of(6), choices=(draw(st.sampled_from(["yes", "no", "dont_know"])),)),
        AnswerGiven(id_of(7), choices=(draw(st.sampled_from(["strongly_agree", "neither", "dont_know"])),)),
        AnswerGiven(id_of(8), text=why, choices=(draw(st.sampled_from("12345")),)),
        AnswerGiven(id_of(9), choices=tuple(order)),
        AnswerGiven(id_of(10), choices=("option-seats:option-good",)),
        AnswerGiven(id_of(11), choices=(f"option-food:{food}", f"option-clothes:{1000 - food}", "option-company:0")),
        AnswerGiven(
            id_of(12),
            text=draw(st.sampled_from(["", other])),
            choices=draw(st.sampled_from([(), ("57.1000,-2.1000",)])),
        ),
        AnswerGiven(id_of(14), choices=(str(draw(st.integers(-10_000, 10_000))),)),
        AnswerGiven(id_of(15), choices=(draw(st.dates(min_value=date(1000, 1, 1))).isoformat(),)),
    ]
    left_out = draw(st.sets(st.integers(0, 15)))
    return [each for place, each in enumerate(all_given) if place not in left_out and not each.is_blank]


@pytest.fixture
def twins(make_consultation):
    """Two consultations that ask the same in every way there is."""
    asked = [
        question(kind, id_of(place), f"Question {place}?", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    return [make_consultation(questions=asked) for _ in range(2)]


@given(st.lists(any_answers(), min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_our_own_export_comes_back_to_the_same_answers(at_work, twins, ward, people, random):
    first, second = twins
    with transaction.atomic():
        for number, given_answers in enumerate(people):
            place = [{"ward": ward}, {"is_outside_area": True}, {}][number]
            submit_response(consultation=first, answers=answers(*given_answers, **place), submitted_at=WHILE_OPEN)
        rows = list(csv.reader(io.StringIO(export_of(at_work, first).decode("utf-8-sig"), newline="")))
        order = random.sample(range(len(rows[0])), len(rows[0]))  # any order of columns
        report = bring_in(second, as_csv(*([row[place] for place in order] for row in rows)))
        assert bad_of(report) == []
        assert contents_of(second) == contents_of(first)
        transaction.set_rollback(True)


def test_an_export_of_what_counts_brings_no_more_than_that(at_work, consultation, make_consultation):
    for text in ("Counted", "Left out"):
        submit_response(
            consultation=consultation, answers=answers(AnswerGiven(VIEW, text=text)), submitted_at=WHILE_OPEN
        )
    Response.objects.filter(answers__text="Left out").update(standing=Standing.LEFT_OUT, standing_reason="Twice")
    other = make_consultation()
    report = bring_in(other, export_of(at_work, consultation))
    assert [row.expected for row in report.bad] == ["a response that counted where it came from"]
    assert list(other.responses.values_list("answers__text", flat=True)) == ["Counted"]


# Once.

PLAIN = (("Id", *WORDINGS), ("7", "Seats", "Friday", "", ""), ("8", "Shade", "", "", ""))


def test_the_same_file_again_adds_nothing(consultation):
    first = bring_in(consultation, as_csv(*PLAIN))
    again = bring_in(consultation, as_csv(*PLAIN))
    assert (first.added, again.added, again.known, again.changed) == (2, 0, 2, [])
    assert (Response.objects.count(), Batch.objects.count(), Feedback.objects.count()) == (2, 1, 2)


def test_a_longer_file_adds_its_new_rows_alone(consultation):
    bring_in(consultation, as_csv(*PLAIN))
    report = bring_in(consultation, as_csv(*PLAIN, ("9", "Music", "", "", "")), name="later.csv")
    assert (report.added, report.known) == (1, 2)
    assert [batch.responses.count() for batch in Batch.objects.order_by("pk")] == [2, 1]


def test_without_a_reference_the_rows_words_tell_it_whatever_the_columns_order(consultation):
    rows = [row[1:] for row in PLAIN]
    bring_in(consultation, as_csv(*rows))
    report = bring_in(consultation, as_csv(*(row[::-1] for row in rows)))
    assert (report.added, report.known) == (0, 2)


def test_two_people_who_say_the_same_are_two(consultation):
    rows = [(WORDINGS[1],), ("Friday",), ("Friday",), ("Saturday",)]
    assert bring_in(consultation, as_csv(*rows)).added == 3
    assert bring_in(consultation, as_csv(*rows)).known == 3
    assert Response.objects.count() == 3


def test_a_reference_that_says_something_else_now_is_told_and_not_changed(consultation):
    bring_in(consultation, as_csv(*PLAIN))
    report = bring_in(consultation, as_csv(PLAIN[0], ("7", "Benches", "Friday", "", "")))
    assert (report.added, report.known, report.changed) == (0, 1, [2])
    assert said()[0][VIEW] == "Seats"


def test_another_source_may_use_the_same_references(consultation):
    bring_in(consultation, as_csv(*PLAIN), source="School form")
    assert bring_in(consultation, as_csv(*PLAIN), source="Library form").added == 2


def test_the_database_holds_a_row_once(consultation):
    bring_in(consultation, as_csv(*PLAIN))
    row, other = ImportedRow.objects.order_by("pk")
    other.identity = row.identity
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


# Bad rows.


def test_bad_rows_are_told_by_line_and_column_and_the_rest_lands(consultation, ward):
    rows = (
        ("Id", "Received", "Ward", *WORDINGS),
        ("1", "20/11/2026 10:00", "Northgate", "Good\nrow", "Friday", "Food", "Agree"),
        ("2", "yesterday", "Northgate", "", "Monday", "Food", "Agree"),
        ("3", "20/11/2026 10:00", "Atlantis", "", "", "Food; Wine", ""),
        ("4", "01/11/2026 10:00", "", "x" * 5_001, "", "", ""),
        ("5", "20/12/2026 10:00", "", "", "", "", ""),
        ("6", "20/11/2026 10:00", "", "Good too", "", "", "2"),
        ("7", "20/11/2026 10:00", "", "Good again", "", "", "Disagree"),
    )
    report = bring_in(consultation, as_csv(*rows))
    assert bad_of(report) == [
        (4, "Received", "a day and time like 20/11/2026 16:30"),
        (4, WORDINGS[1], "one of: Friday · Saturday"),
        (5, "Ward", "the name of a ward"),
        (5, WORDINGS[2], "one or more of: Food · Clothes · Company"),
        (6, "Received", "a moment after the opening, 2 November 2026 09:00"),
        (6, WORDINGS[0], "at most 5000 characters, not 5001"),
        (7, "Received", "a moment that has come"),
        (8, WORDINGS[3], f"one of: {' · '.join(map(str, Agreement.labels))}"),
    ]
    assert [each[VIEW] for each in said()] == ["Good\nrow", "Good again"]
    batch = Batch.objects.get()
    assert (batch.report["added"], batch.report["bad_rows"], len(batch.report["bad"])) == (2, 5, 8)
    assert "Atlantis" not in str(batch.report)
    assert "xxx" not in str(batch.report)


def test_what_came_late_is_kept_and_not_counted(consultation):
    rows = (
        (("Received"), *WORDINGS),
        ("05/12/2026 16:59", "In time", "", "", ""),
        ("05/12/2026 17:00", "Late", "", "", ""),
    )
    report = bring_in(consultation, as_csv(*rows))
    assert (report.added, report.late) == (2, 1)
    assert list(Response.objects.order_by("number").values_list("standing", flat=True)) == ["counted", "late"]
    assert list(Feedback.objects.values_list("text", flat=True)) == ["In time"]
    assert queries.answer_counts(consultation)[0].answered == 1


def test_postcodes_become_wards_and_leave_no_trace(consultation, ward):
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP11AA")
    rows = (("Postcode", WORDINGS[0]), ("ip1 1aa", "A"), ("IP9 9ZZ", "B"), ("nonsense", "C"), ("", "D"))
    report = bring_in(consultation, as_csv(*rows))
    assert (report.added, report.without_ward) == (4, 2)
    assert list(Response.objects.order_by("number").values_list("ward__name", flat=True)) == [
        "Northgate",
        None,
        None,
        None,
    ]
    kept = [str(list(model.objects.values())) for model in (Response, Answer, ImportedRow, Batch)]
    assert not any("IP1" in each or "ip1" in each for each in kept)
    assert bring_in(consultation, as_csv(*rows)).known == 4


def test_formula_looking_cells_are_kept_as_text(consultation):
    rows = [(WORDINGS[0],), ("=HYPERLINK(1)",), ("+44 1473",), ("@you",), ("'quoted",)]
    bring_in(consultation, as_csv(*rows))
    assert [each[VIEW] for each in said()] == ["=HYPERLINK(1)", "+44 1473", "@you", "'quoted"]


def test_rows_of_the_first_and_the_last_moment_are_named_and_the_rest_lands(consultation):
    moments = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:00-05:00", "2026-11-20 12:00")
    rows = [("When", *PLAIN[0][1:]), *((moment, *PLAIN[1][1:]) for moment in moments)]
    report = bring_in(consultation, as_csv(*rows), When="received")
    assert (report.added, [row.line for row in report.bad]) == (1, [2, 3])
    assert {row.expected for row in report.bad} == {"a day and time like 20/11/2026 16:30"}


def test_a_heading_with_what_no_database_keeps_is_read_without_it():
    table = read_table(as_csv(("Id", "Id\0ea \0"), ("1", "Seats")), "a.csv")
    assert (table.headers, table.labels) == (("Id", "Idea"), ("Id", "Idea"))


# Mapping.


def test_a_mapping_is_saved_and_offered_for_the_next_file_with_its_headings(consultation):
    content = as_csv(("Id", "Idea", "Q"), ("1", "Seats", "Friday"))
    bring_in(consultation, content, source="Stall", Idea=f"question:{VIEW}", Q=f"question:{DAYS}")
    later = read_table(as_csv(("Q", "Id", "Idea"), ("Friday", "2", "Shade")), "later.csv")
    source, targets = saved_targets(consultation, later)
    assert source == "Stall"
    assert [each.target for each in guess(later, consultation.survey, targets)] == [
        f"question:{DAYS}", "reference", f"question:{VIEW}",
    ]  # fmt: skip
    other = read_table(as_csv(("Id", "Idea"), ("1", "Seats")), "other.csv")
    assert saved_targets(consultation, other) == ("", {})


def test_headings_with_a_slip_are_recognised_and_strange_ones_are_skipped(consultation):
    headings = ("what should change in the  Market", "Which day suits yuo?", "Favourite cake")
    table = read_table(as_csv(headings, ("a", "", "")), "a.csv")
    assert [each.target for each in guess(table, consultation.survey)] == [
        f"question:{VIEW}", f"question:{DAYS}", "skip",
    ]  # fmt: skip


def test_one_target_is_given_to_one_column(consultation):
    table = read_table(as_csv((WORDINGS[0], WORDINGS[0]), ("a", "b")), "a.csv")
    assert [each.target for each in guess(table, consultation.survey)] == [f"question:{VIEW}", "skip"]
    columns = choose(table, [f"question:{VIEW}"] * 2, consultation.survey)
    plan = Plan(columns=columns, source="X", received_at=WHILE_OPEN, language="en")
    with pytest.raises(ImportRefused, match="Two columns"):
        import_table(consultation=consultation, table=table, plan=plan, imported_by=None, imported_at=NOW)
    for wrong in (["skip"], ["skip", "question:gone"], ["skip", "reference; drop"]):
        with pytest.raises(ValueError, match="target"):
            choose(table, wrong, consultation.survey)


def test_rows_of_a_grid_and_words_of_other_have_columns_of_their_own(make_consultation):
    asked = [
        question(
            "matrix", DAYS, "How are they?", rows=option_items("Seats", "Shade"), scale=option_items("Poor", "Good")
        ),
        question("single_choice", USES, "Which?", options=option_items("Food", "Clothes"), has_other=True),
        question("ranking", AGREE, "In order?", options=option_items("Food", "Clothes")),
    ]  # fmt: skip
    page = make_consultation(questions=asked)
    rows = (
        ("Seats", "How are they? - Shade", "Which? - Selected Choice", "Which? - Other - Text", "In order? - Food",
         "In order? - Clothes"),
        ("Good", "poor", "Other", "Music", "2", "1"),
    )  # fmt: skip
    report = bring_in(page, as_csv(*rows))
    assert bad_of(report) == []
    assert said() == [{DAYS: "Seats: Good; Shade: Poor", USES: "Other: Music", AGREE: "1. Clothes; 2. Food"}]


@pytest.mark.parametrize(
    "name", ["Name", "First name", "E-mail", "Your email address", "IP", "Phone", "IPAddress", "RecipientLastName"]
)
def test_columns_about_a_person_are_skipped_by_themselves(consultation, name):
    table = read_table(as_csv((name, WORDINGS[0]), ("x", "y")), "a.csv")
    column = guess(table, consultation.survey)[0]
    assert (column.target, column.is_personal) == ("skip", True)


def test_a_question_about_a_name_is_no_personal_column(make_consultation):
    page = make_consultation(questions=[question("short_text", VIEW, "Name of your street", max_characters=50)])
    table = read_table(as_csv(("Name of your street",), ("Queen Street",)), "a.csv")
    assert guess(table, page.survey)[0].target == f"question:{VIEW}"


# Undo.


def test_an_import_is_undone_and_may_be_done_again_better(consultation, officer):
    report = bring_in(consultation, as_csv(*PLAIN), officer=officer)
    with pytest.raises(ReasonMissing):
        undo_import(batch=report.batch, reason=" ", undone_by=officer, undone_at=NOW)
    assert undo_import(batch=report.batch, reason="Days mapped wrongly", undone_by=officer, undone_at=NOW) == 2
    left = Response.objects.values_list("standing", "standing_reason").distinct()
    assert list(left) == [("left_out", "Days mapped wrongly")]
    assert (Feedback.objects.count(), Answer.objects.count(), queries.responses_by_ward(consultation)) == (0, 3, {})
    with pytest.raises(ImportRefused):
        undo_import(batch=report.batch, reason="Again", undone_by=officer, undone_at=NOW)
    assert bring_in(consultation, as_csv(*PLAIN), officer=officer).added == 2
    assert queries.responses_by_ward(consultation) == {None: 2}
    # What was imported anew cannot come back beside itself.
    with pytest.raises(StandingRefused):
        take_in(response=report.batch.responses.first(), reason="No, it was right", decided_by=officer)
    actions = PageLogEntry.objects.filter(action__contains="import").order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "consultations.import_responses",
        "consultations.undo_import",
        "consultations.import_responses",
    ]


def test_one_response_of_an_undone_import_is_taken_back_in_and_its_row_with_it(consultation, officer):
    report = bring_in(consultation, as_csv(*PLAIN))
    undo_import(batch=report.batch, reason="Wrong file", undone_by=officer, undone_at=NOW)
    take_in(response=report.batch.responses.get(number=1), reason="This one was right", decided_by=officer)
    again = bring_in(consultation, as_csv(*PLAIN))
    assert (again.added, again.known) == (1, 1)


# Held files and the rest.


def test_a_held_file_goes_after_a_day(consultation, officer):
    for hours in (0, 23, 25):
        hold_file(
            consultation=consultation, name=f"{hours}.csv", content=b"x", uploaded_by=officer,
            uploaded_at=NOW + timedelta(hours=hours),
        )  # fmt: skip
    assert list(ImportFile.objects.order_by("pk").values_list("name", flat=True)) == ["23.csv", "25.csv"]


def test_a_source_needs_a_name(consultation):
    with pytest.raises(ImportRefused, match="where the file comes from"):
        bring_in(consultation, as_csv(*PLAIN), source="  ")
    assert Response.objects.count() == 0


def test_reading_rows_stores_nothing(consultation):
    table = read_table(as_csv(*PLAIN), "a.csv")
    read = list(read_rows(consultation, table, plan_for(consultation, table), now=NOW))
    assert [each.line for each in read] == [2, 3]
    assert Response.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_rows_are_read_before_the_database_is_held(consultation):
    held = []

    def telling(rows):
        for row in rows:
            held.append(connection.in_atomic_block)
            yield row

    assert bring_in(consultation, as_csv(*PLAIN), progress=telling).added == 2
    assert held == [False, False]


@pytest.mark.parametrize("changed", ["closes_at", "questions"])
def test_nothing_is_imported_when_questions_or_dates_change_while_the_rows_are_read(consultation, changed):
    def meddling(rows):
        value = CLOSES_AT + timedelta(days=1) if changed == "closes_at" else []
        type(consultation).objects.filter(pk=consultation.pk).update(**{changed: value})
        return rows

    with pytest.raises(ImportRefused, match="changed meanwhile"):
        bring_in(consultation, as_csv(*PLAIN), progress=meddling)
    assert Response.objects.count() == 0


def test_reading_takes_as_many_queries_for_thirty_rows_as_for_three(consultation, ward):
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP11AA")

    def queries_made(count):
        rows = [("Id", "Postcode", *WORDINGS), *((str(n), "IP1 1AA", "Seats", "", "", "") for n in range(count))]
        table = read_table(as_csv(*rows), "a.csv")
        plan = plan_for(consultation, table)
        with CaptureQueriesContext(connection) as made:
            list(read_rows(consultation, table, plan, now=NOW))
        return len(made)

    queries_made(1)
    assert queries_made(30) == queries_made(3)


def test_every_target_has_a_name(make_consultation):
    asked = [
        question(kind, id_of(place), f"Question {place}?", **fields)
        for place, (kind, fields, _sent, _line) in enumerate(SURVEY)
    ]
    page = make_consultation(questions=asked)
    named = import_columns.targets_for(page.survey)
    assert len(set(named.values())) == len(named)
    assert {f"question:{each.id}" for each in page.question_list} <= set(named)


def test_a_kind_that_no_cell_can_hold_says_so(make_consultation):
    page = make_consultation(questions=[question("number", VIEW, "How many?", is_whole=True)])
    with pytest.raises(CellUnfit, match=r"a number like 12\.5"):
        read_whole(page.question_list[0], "many")
    assert page.opens_at == OPENS_AT

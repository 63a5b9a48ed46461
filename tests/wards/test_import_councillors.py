"""Councillors and their terms from the council's own list."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from wards.models import Councillor, Seat, Term
from wards.naming import matching
from wards.readers.tables import BadRow
from wards.services import FileRefused, ImportReport, import_councillors

HEADER = "ward,name,party,email,term_start,term_end,seat\n"
SITTING = (
    HEADER
    + "Northgate,Ada Okafor,Independent,ada@council.example,2024-05-02,,1\n"
    + "Northgate,Bryn Evans,Green,bryn@council.example,2024-05-02,,2\n"
    + "Eastgate,Cato Lis,,cato@council.example,2024-05-02,,1\n"
)


@pytest.fixture
def take(three_wards, files):
    """Imports a CSV text."""

    def import_text(text, **options):
        path = files.write("councillors.csv", text)
        return import_councillors(path, council=three_wards.council, **options)

    return import_text


def terms():
    rows = Term.objects.order_by("seat__ward__name", "seat__number", "from_date")
    return [
        (term.seat.ward.name, term.seat.number, term.councillor.name, term.from_date.year, term.until_date)
        for term in rows.select_related("seat__ward", "councillor")
    ]


def test_councillors_take_their_seats(take):
    assert take(SITTING) == ImportReport(added=3)
    assert terms() == [
        ("Eastgate", 1, "Cato Lis", 2024, None),
        ("Northgate", 1, "Ada Okafor", 2024, None),
        ("Northgate", 2, "Bryn Evans", 2024, None),
    ]
    assert Term.objects.get(councillor__name="Bryn Evans").party == "Green"


def test_same_file_twice_changes_nothing(take):
    take(SITTING, seats_per_ward=2)
    before = [list(model.objects.order_by("pk").values()) for model in (Seat, Councillor, Term)]
    assert take(SITTING, seats_per_ward=2) == ImportReport(unchanged=3)
    assert [list(model.objects.order_by("pk").values()) for model in (Seat, Councillor, Term)] == before
    assert ModelLogEntry.objects.filter(action="wards.import_councillors").count() == 1


@st.composite
def lists_of_terms(draw):
    lines = []
    for number in range(draw(st.integers(0, 8))):
        start = draw(st.integers(2024, 2029))
        end = draw(st.sampled_from(["", f"{start + 1}-05-01", f"{start + 3}-05-01"]))
        ward = draw(st.sampled_from(["Northgate", "Eastgate"]))
        name = draw(st.sampled_from(["Ada", "Bryn", "Cato", "Dora", ""]))
        seat = draw(st.sampled_from(["", "1", "2", "3"]))
        lines.append(f"{ward},{name},P{number},{name.lower()}@council.example" * bool(name) or f"{ward},,,")
        lines[-1] += f",{start}-05-01,{end},{seat}"
    return HEADER + "\n".join(lines)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=lists_of_terms(), second=lists_of_terms())
def test_whatever_lists_come_no_seat_has_two_holders_and_none_stands_open_twice(take, first, second):
    for model in (Term, Seat, Councillor):
        model.objects.all().delete()
    take(first)
    take(second)
    for term in Term.objects.all():
        term.full_clean()  # refuses overlapping terms of a seat


def test_new_term_closes_the_one_before_and_keeps_it(take):
    take(SITTING)
    elected = HEADER + "Northgate,Dora Finch,Labour,dora@council.example,2028-05-04,,1\n"
    report = take(elected)
    assert (report.added, report.changed) == (1, 0)
    assert [row for row in terms() if row[:2] == ("Northgate", 1)] == [
        ("Northgate", 1, "Ada Okafor", 2024, date(2028, 5, 4)),
        ("Northgate", 1, "Dora Finch", 2028, None),
    ]
    assert take(elected).unchanged == 1


def test_old_list_read_again_opens_no_closed_term(take):
    take(SITTING)
    Term.objects.filter(councillor__name="Ada Okafor").update(until_date=date(2026, 1, 1))
    assert take(SITTING).unchanged == 3
    assert ("Northgate", 1, "Ada Okafor", 2024, date(2026, 1, 1)) in terms()


def test_history_is_taken_oldest_first_and_stays_as_it_is(take):
    text = (
        HEADER
        + "Northgate,Dora Finch,Labour,dora@council.example,2028-05-04,,1\n"
        + "Northgate,Ada Okafor,Independent,ada@council.example,2024-05-02,,1\n"
    )
    assert take(text).added == 2
    assert terms() == [
        ("Northgate", 1, "Ada Okafor", 2024, date(2028, 5, 4)),
        ("Northgate", 1, "Dora Finch", 2028, None),
    ]
    assert take(text) == ImportReport(unchanged=2)


def test_list_without_seats_fills_free_ones_and_those_of_people_no_longer_in_it(take):
    header = "Ward name;Councillor;Political party;E-mail address;Elected on\n"
    take(header + "Northgate;Ada Okafor;;ada@c.example;02/05/2024\nNorthgate;Bryn Evans;;bryn@c.example;02/05/2024\n")
    take(
        header + "Northgate;Bryn Evans;;bryn@c.example;02/05/2024\nNorthgate;Dora Finch;;dora@c.example;04/05/2028\n"
    )
    assert terms() == [
        ("Northgate", 1, "Ada Okafor", 2024, date(2028, 5, 4)),
        ("Northgate", 1, "Dora Finch", 2028, None),
        ("Northgate", 2, "Bryn Evans", 2024, None),
    ]


def test_vacant_rows_and_missing_rows_are_vacant_seats(take):
    text = SITTING + "Eastgate,VACANT,,,,,3\nWestgate and Quay,,,,,,\n"
    report = take(text, seats_per_ward=3)
    assert (report.added, report.notices) == (5, ["4 vacant seats were made."])
    assert list(Seat.objects.filter(ward__name="Eastgate").order_by("number").values_list("number", flat=True)) == [
        1,
        2,
        3,
    ]
    assert take(text, seats_per_ward=3) == ImportReport(unchanged=5)


def test_vacant_row_ends_the_term_of_whoever_holds_the_seat_when_it_says_from_when(take):
    take(SITTING)
    assert take(SITTING.replace("Cato Lis,,cato@council.example,2024-05-02,,1", ",,,,,1")).bad_rows == [
        BadRow(4, "Seat Eastgate 1 is held by Cato Lis. Expected in term_start the day from which it is vacant.")
    ]
    gone = SITTING.replace("Cato Lis,,cato@council.example,2024-05-02,,1", "vacant,,,2026-09-01,,1")
    assert take(gone) == ImportReport(changed=1, unchanged=2)
    assert ("Eastgate", 1, "Cato Lis", 2024, date(2026, 9, 1)) in terms()
    assert take(gone) == ImportReport(unchanged=3)


def test_whoever_is_missing_is_told_and_leaves_only_on_a_given_day(take):
    take(SITTING)
    without = SITTING.rpartition("Eastgate")[0]
    told = "Cato Lis (Eastgate) sits but is not in the file. Give a term_end, or use --left-on DATE."
    assert take(without) == ImportReport(unchanged=2, notices=[told])
    with_bad_row = without + "Nowhere,Cato Lis,,,2024-05-02,,1\n"
    assert take(with_bad_row, left_on=date(2026, 9, 1)).notices == [told]
    assert take(without, left_on=date(2026, 9, 1)) == ImportReport(
        changed=1, unchanged=2, notices=["Cato Lis (Eastgate) is not in the file and left."]
    )


def test_bad_rows_are_told_by_their_line_and_the_rest_lands(take):
    rows = [
        "Southgate,Ada Okafor,,a@c.example,2024-05-02,,1",
        '"North\ngate",Bryn Evans,,b@c.example,2024-05-02,,1',
        "Eastgate,Cato Lis,,not an address,2024-05-02,,1",
        "Eastgate,Cato Lis,,c@c.example,May 2024,,1",
        "Eastgate,Cato Lis,,c@c.example,2024-05-02,2024-05-02,1",
        "Eastgate,Cato Lis,,c@c.example,2024-05-02,,first",
        "Eastgate,Cato Lis,,c@c.example,,,1",
        ",Cato Lis,,c@c.example,2024-05-02,,1",
        "Eastgate,Dora Finch,,d@c.example,2001-05-02,2003-05-01,1",
        "Eastgate,Cato Lis,,c@c.example,2024-05-02,,1",
        "Eastgate,Ezra Hill,,e@c.example,2024-05-02,,1",
        f"Eastgate,{'x' * 121},,x@c.example,2024-05-02,,2",
    ]
    known = "Expected one of: Eastgate, Northgate, Westgate and Quay."
    report = take(HEADER + "\n".join(rows))
    assert report == ImportReport(
        added=1,
        bad_rows=[
            BadRow(2, f"“Southgate” is no ward of “Wards from 2024”. {known}"),
            BadRow(3, f"“North\ngate” is no ward of “Wards from 2024”. {known}"),
            BadRow(5, "The e-mail address is “not an address”. Expected one like name@council.example."),
            BadRow(6, "term_start is “May 2024”. Expected a date like 2026-05-07 or 07/05/2026."),
            BadRow(7, "The term ends before it begins. Expected term_end to be after term_start."),
            BadRow(8, "The seat is “first”. Expected a number from 1 to 20."),
            BadRow(9, "term_start is empty. Expected a date like 2026-05-07, or one for all rows with --from."),
            BadRow(10, "The ward is empty. Expected the name of one of the council's wards."),
            BadRow(11, "No ward set was in force in this term. Expected the wards of that time to be imported."),
            BadRow(
                13,
                "Seat Eastgate 1 is held by Cato Lis from 2024-05-02. Expected another seat or another term_start.",
            ),
            BadRow(14, "The name is too long. Expected up to 120 characters."),
        ],
    )
    assert terms() == [("Eastgate", 1, "Cato Lis", 2024, None)]
    assert Councillor.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", r"Expected: ward, name, .* Found: a, b\."),
        ("", "not the expected columns"),
        (b"\xff\xfew\0", "UTF-16"),
    ],
)
def test_wrong_file_is_refused_before_anything_is_written(take, content, message):
    with pytest.raises(FileRefused, match=message):
        take(content)
    assert (Seat.objects.count(), Councillor.objects.count()) == (0, 0)


def test_people_are_known_by_address_then_by_name_in_their_ward(take):
    take(SITTING)
    married = SITTING.replace("Ada Okafor", "Ada Okafor-Hill").replace("bryn@council", "b.evans@council")
    assert take(married) == ImportReport(changed=2, unchanged=1)
    assert list(Councillor.objects.order_by("name").values_list("name", "email")) == [
        ("Ada Okafor-Hill", "ada@council.example"),
        ("Bryn Evans", "b.evans@council.example"),
        ("Cato Lis", "cato@council.example"),
    ]


def test_two_namesakes_in_two_wards_are_two_people_and_one_moving_seat_is_one(take):
    text = HEADER + "Northgate,Ada Hill,,n@c.example,2024-05-02,,1\nEastgate,Ada Hill,,e@c.example,2024-05-02,,1\n"
    assert take(text).added == 2
    moved = HEADER + "Westgate and Quay,Ada Hill,,e@c.example,2028-05-04,,1\n"
    assert take(moved).added == 1
    assert terms() == [
        ("Eastgate", 1, "Ada Hill", 2024, date(2028, 5, 4)),
        ("Northgate", 1, "Ada Hill", 2024, None),
        ("Westgate and Quay", 1, "Ada Hill", 2028, None),
    ]


def test_list_saved_by_excel_in_windows_letters_is_read(take):
    take((HEADER + "Northgate,Siân Llŷr,,s@c.example,2024-05-02,,1\n".replace("ŷ", "y")).encode("cp1252"))
    assert Councillor.objects.get().name == "Siân Llyr"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Meads", ["Meads"]),
        ("MEADS WARD", ["Meads"]),
        ("Eastbourne - Meads", ["Meads"]),
        ("Buckingham Ward, Shoreham-by-Sea", ["Buckingham"]),
        ("Arlington, East Hoathly and Hellingly", ["Arlington, East Hoathly and Hellingly"]),
        ("St Margarets", ["St. Margaret's"]),
        ("Ynys Môn & Bay", ["Ynys Mon and Bay"]),
        ("Elsewhere", []),
    ],
)
def test_ward_is_known_by_the_titles_seen_in_councils_own_lists(title, found):
    names = [
        "Meads",
        "Buckingham",
        "Arlington",
        "Arlington, East Hoathly and Hellingly",
        "St. Margaret's",
        "Ynys Mon and Bay",
    ]
    assert matching(title, names) == found


def test_term_over_another_of_its_seat_is_refused_in_the_admin_form(take):
    take(SITTING)
    seat = Seat.objects.get(ward__name="Eastgate")
    ada = Councillor.objects.get(name="Ada Okafor")
    with pytest.raises(ValidationError, match="Cato Lis holds this seat from 2024-05-02"):
        Term(seat=seat, councillor=ada, from_date=date(2026, 1, 1), until_date=date(2026, 2, 1)).full_clean()
    Term(seat=seat, councillor=ada, from_date=date(2023, 1, 1), until_date=date(2024, 5, 2)).full_clean()


def test_command_tells_bad_rows_apart_from_the_counts(three_wards, files):
    out, err = StringIO(), StringIO()
    path = files.write("list.csv", SITTING + "Southgate,X,,x@c.example,2024-05-02,,1\n")
    call_command("import_councillors", path, "--seats", "2", stdout=out, stderr=err)
    assert out.getvalue().splitlines() == [
        "3 vacant seats were made.",
        "Councillors: 3 added, 0 changed, 0 unchanged. 1 left out.",
    ]
    assert err.getvalue().startswith("Line 5: “Southgate” is no ward of “Wards from 2024”.")

"""A council's postcodes from the ONS Postcode Directory."""

from __future__ import annotations

import gzip
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from wards.models import Postcode
from wards.queries import find_ward
from wards.readers import postcode_directory
from wards.readers.tables import BadRow
from wards.services import FileRefused, ImportReport, import_postcodes

ROWS = [("AB1 1AA", "E05000001"), ("AB1 1AB", "E05000002"), ("AB10 1AA", "E05000003")]


def held(ward_set):
    rows = ward_set.postcodes.order_by("code", "ward__code")
    return list(rows.values_list("code", "ward__code", "is_split"))


@pytest.mark.parametrize("year", ["2013", "2018", "2025", "2026", "shuffled", "demonstration"])
@pytest.mark.parametrize(("end", "bom"), [("\n", False), ("\r\n", True)])
def test_every_generation_of_the_directory_is_read(three_wards, files, year, end, bom):
    path = files.directory(ROWS, year=year, end=end, bom=bom)
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(added=3)
    assert held(three_wards) == [
        ("AB101AA", "E05000003", False),
        ("AB11AA", "E05000001", False),
        ("AB11AB", "E05000002", False),
    ]


def test_same_file_twice_changes_nothing(three_wards, files):
    path = files.directory(ROWS)
    import_postcodes(path, ward_set=three_wards)
    before = list(Postcode.objects.order_by("pk").values())
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(unchanged=3)
    assert list(Postcode.objects.order_by("pk").values()) == before
    assert ModelLogEntry.objects.filter(action="wards.import_postcodes").count() == 1


codes = st.builds(
    "{}{} {}{}{}".format,
    st.sampled_from(["AB", "IP", "M"]),
    st.integers(1, 3),
    st.integers(0, 9),
    st.sampled_from("ABDE"),
    st.sampled_from("ABDE"),
)
wards = st.sampled_from(["E05000001", "E05000002", "E05000003", "E99999999", "E05009999", ""])
rows = st.lists(st.tuples(codes, wards, st.sampled_from(["E07000999", "E07000111"]), st.sampled_from(["", "202001"])))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=rows, second=rows)
def test_whatever_was_held_a_file_imported_twice_gives_what_it_says(three_wards, files, first, second):
    three_wards.postcodes.all().delete()
    live = ("ZE1 0AA", "E05000001", "E07000999", "")  # a file without one live postcode of ours is refused
    import_postcodes(files.directory([*first, live]), ward_set=three_wards)
    path = files.directory([*second, live])
    import_postcodes(path, ward_set=three_wards, accept_fewer=True)
    wanted = {
        (code.replace(" ", ""), ward) for code, ward, _, ended in [*second, live] if ward < "E05000004" and not ended
    }
    wanted = {(code, ward) for code, ward in wanted if ward}
    assert {(code, ward) for code, ward, _split in held(three_wards)} == wanted
    assert all(split == (sum(code == other for other, _ in wanted) > 1) for code, _, split in held(three_wards))
    again = import_postcodes(path, ward_set=three_wards)
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, len(wanted))


def test_terminated_other_councils_and_pseudo_rows_are_left_out(three_wards, files):
    path = files.directory(
        [
            *ROWS,
            ("AB1 9ZZ", "E05000001", "E07000999", "201905"),
            ("CD1 1AA", "E05009999", "E07000111"),
            ("AB1 1AD", "E99999999", "E07000999"),
        ]
    )
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(
        added=3,
        notices=["1 terminated postcodes were left out.", "1 postcodes without a real ward were left out."],
    )


def test_postcode_with_two_wards_is_split_and_is_whole_again_when_the_file_says_so(three_wards, files):
    path = files.directory([*ROWS, ("AB1 1AA", "E05000002")])
    report = import_postcodes(path, ward_set=three_wards)
    assert (report.added, report.notices) == (4, ["1 postcodes are split between wards."])
    match = find_ward("AB1 1AA", date(2026, 11, 20))
    assert (match.ward, [ward.name for ward in match.candidates], match.is_split) == (
        None,
        ["Eastgate", "Northgate"],
        True,
    )
    report = import_postcodes(files.directory(ROWS), ward_set=three_wards, accept_fewer=True)
    assert report == ImportReport(changed=1, unchanged=2, removed=1)
    assert find_ward("AB1 1AA", date(2026, 11, 20)).ward.name == "Northgate"


def test_bad_row_is_told_by_its_line_and_the_rest_lands(three_wards, files):
    path = files.directory([ROWS[0], ("not one", "E05000001"), ROWS[1], ("AB1 1AE", "E05007777"), ROWS[2]])
    with path.open("a") as file:
        file.write("AB1 1AF,E05000001\n")
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(
        added=3,
        bad_rows=[
            BadRow(3, "Expected a postcode, like IP1 2DE; found “not one”."),
            BadRow(5, "The ward E05007777 is not in the ward set. Expected one of its 3 codes."),
            BadRow(7, "Expected at least 9 columns, found 2."),
        ],
    )


def test_lines_are_counted_over_blocks_that_are_passed_over_whole(three_wards, files, monkeypatch):
    monkeypatch.setattr(postcode_directory, "BLOCK_BYTES", 97)
    others = [("CD1 1AA", "E06111111", "E07000111")] * 40
    path = files.directory([*others, ("not one", "E05000001"), *others, *ROWS])
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(
        added=3, bad_rows=[BadRow(42, "Expected a postcode, like IP1 2DE; found “not one”.")]
    )


def test_wards_whose_codes_share_no_beginning_are_found_one_by_one(three_wards, files):
    three_wards.wards.filter(code="E05000003").update(code="W05000003")
    path = files.directory([*ROWS[:2], ("CD1 1AA", "E05000009", "E07000111"), ("AB10 1AA", "W05000003")])
    assert import_postcodes(path, ward_set=three_wards) == ImportReport(added=3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,ward\nx,y\n", "Expected: pcds .* Found: name, ward"),
        ("", "not the expected columns"),
        (b"\xff\xfep\0c\0", "not a CSV file in UTF-8"),
        (b"\x1f\x8bnonsense", "damaged or cut short"),
        ("pcds,osward\nCD1 1AA,E06111111\n", "No live postcode in the file lies in “Wards from 2024”"),
        ("pcds,osward\n" + "x" * 600_000, "too long"),
    ],
)
def test_wrong_file_is_refused_before_anything_is_written(three_wards, files, content, message):
    import_postcodes(files.directory(ROWS), ward_set=three_wards)
    before = held(three_wards)
    with pytest.raises(FileRefused, match=message):
        import_postcodes(files.write("wrong.csv", content), ward_set=three_wards)
    assert held(three_wards) == before


def test_file_cut_short_is_refused_whether_zipped_or_by_its_count(three_wards, files):
    many = [(f"AB1 {number % 10}A{'ABDEFGHJ'[number // 10]}", "E05000001") for number in range(80)]
    path = files.directory(many)
    zipped = gzip.compress(path.read_bytes())
    assert import_postcodes(files.write("whole.csv.gz", zipped), ward_set=three_wards).added == 80
    with pytest.raises(FileRefused, match="damaged or cut short"):
        import_postcodes(files.write("cut.csv.gz", zipped[: len(zipped) // 2]), ward_set=three_wards)
    with pytest.raises(FileRefused, match="has 71 of this council's postcodes; 80 are held"):
        import_postcodes(files.directory(many[:71]), ward_set=three_wards)
    assert import_postcodes(files.directory(many[:72]), ward_set=three_wards).removed == 8


def test_command_shows_plain_progress_and_the_counts(three_wards, files):
    out, err = StringIO(), StringIO()
    call_command("import_postcodes", files.directory([*ROWS, ("not one", "E05000001")]), stdout=out, stderr=err)
    assert out.getvalue() == "Postcodes: 3 added, 0 changed, 0 unchanged. 1 left out.\n"
    assert err.getvalue().splitlines() == [
        "Reading: 100 %",
        "Line 5: Expected a postcode, like IP1 2DE; found “not one”.",
    ]

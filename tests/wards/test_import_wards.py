"""Ward boundaries from the files of the Office for National Statistics."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from wards.models import Council, Ward, WardSet
from wards.readers.tables import BadRow
from wards.services import FileRefused, ImportReport, WardSetDetails, import_wards

DETAILS = WardSetDetails(from_date=date(2024, 5, 2))


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["13", "24", "25"])
def test_wards_are_found_by_the_pattern_of_their_properties(files, year):
    path = files.geojson([files.feature(1, "Northgate", year=year), files.feature(2, "Eastgate", year=year)])
    assert import_wards(path, details=DETAILS) == ImportReport(added=2)
    assert list(Ward.objects.order_by("code").values_list("code", "name", "slug")) == [
        ("E05000001", "Northgate", "northgate"),
        ("E05000002", "Eastgate", "eastgate"),
    ]
    assert Council.objects.get().name == "Example Borough Council"


def test_same_file_twice_changes_nothing_and_leaves_no_second_entry_in_the_log(three_wards, files):
    path = files.write("again.geojson", (files._folder / "wards.geojson").read_bytes())
    edition = three_wards.edition
    assert import_wards(path, details=DETAILS) == ImportReport(unchanged=3)
    three_wards.refresh_from_db()
    assert three_wards.edition == edition
    assert ModelLogEntry.objects.filter(action="wards.import_wards").count() == 1


def test_changed_ward_keeps_its_address_and_one_left_out_is_kept_and_told(three_wards, files):
    path = files.geojson([files.feature(1, "Northgate Hill"), files.feature(2, "Eastgate")])
    assert import_wards(path) == ImportReport(
        changed=1,
        unchanged=1,
        notices=["Westgate and Quay (E05000003) is in the ward set but not in the file. It was left as it is."],
    )
    assert list(Ward.objects.order_by("code").values_list("name", "slug")) == [
        ("Northgate Hill", "northgate"),
        ("Eastgate", "eastgate"),
        ("Westgate and Quay", "westgate-and-quay"),
    ]


def test_new_ward_set_closes_the_old_one_and_keeps_its_wards(three_wards, files):
    path = files.geojson([files.feature(11, "Northgate"), files.feature(12, "Docks")])
    assert import_wards(path, details=WardSetDetails(from_date=date(2027, 5, 6))).added == 2
    assert list(WardSet.objects.order_by("from_date").values_list("name", "from_date", "until_date")) == [
        ("Wards from 2024", date(2024, 5, 2), date(2027, 5, 6)),
        ("Wards from 2027", date(2027, 5, 6), None),
    ]
    assert three_wards.wards.count() == 3


def test_past_ward_set_is_taken_between_its_days_and_refused_over_another(three_wards, files):
    path = files.geojson([files.feature(21, "Old town")])
    past = WardSetDetails(from_date=date(2003, 5, 1), until_date=date(2024, 5, 2))
    assert import_wards(path, details=past).added == 1
    with pytest.raises(FileRefused, match="Two cannot be in force at once"):
        import_wards(path, details=WardSetDetails(from_date=date(2002, 5, 2), until_date=date(2003, 5, 2)))
    assert WardSet.objects.count() == 2


def test_bad_feature_is_told_by_its_number_and_the_rest_lands(db, files):
    no_code = files.feature(2, "Eastgate") | {"properties": {"WD24CD": "", "WD24NM": "Eastgate"}}
    no_area = files.feature(3, "Westgate") | {"geometry": {"type": "Point", "coordinates": [1, 52]}}
    abroad = files.feature(4, "Far away")
    abroad["geometry"]["coordinates"] = [[[x + 10, y] for x, y in abroad["geometry"]["coordinates"][0]]]
    path = files.geojson([files.feature(1, "Northgate"), no_code, no_area, abroad, files.feature(1, "Northgate")])
    assert import_wards(path, details=DETAILS) == ImportReport(
        added=1,
        bad_rows=[
            BadRow(2, "WD24CD is “”. Expected a ward's ONS code, like E05007117."),
            BadRow(
                3,
                "Expected for E05000003 a Polygon or MultiPolygon in longitude and latitude; found Point.",
            ),
            BadRow(
                4,
                "Expected for E05000004 a Polygon or MultiPolygon in longitude and latitude; "
                "this one does not lie in the United Kingdom.",
            ),
            BadRow(5, "E05000001 stands in the file twice. Expected each ward once."),
        ],
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not GeoJSON"),
        ("[1]", "holds no GeoJSON features"),
        ('{"features": []}', "holds no GeoJSON features"),
        ("{" * 100_000, "is not GeoJSON"),
        ('{"features": [{"properties": {"ward": 1}}]}', "Expected: WD25CD, WD25NM .* Found: ward"),
    ],
)
def test_what_is_no_file_of_wards_is_refused_and_nothing_written(db, files, content, message):
    with pytest.raises(FileRefused, match=message):
        import_wards(files.write("x.geojson", content), details=DETAILS)
    assert (Council.objects.count(), WardSet.objects.count(), Ward.objects.count()) == (0, 0, 0)


def test_national_grid_is_refused_by_its_name_and_by_its_numbers(db, files):
    named = files.geojson(
        [files.feature(1, "Northgate")], crs={"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    )
    with pytest.raises(FileRefused, match=r"not in longitude and latitude \(urn:ogc:def:crs:EPSG::27700\)"):
        import_wards(named, details=DETAILS)
    metres = files.feature(1, "Northgate")
    metres["geometry"]["coordinates"] = [[[616000, 244000], [617000, 244000], [617000, 245000], [616000, 244000]]]
    with pytest.raises(FileRefused, match="British National Grid"):
        import_wards(files.geojson([metres]), details=DETAILS)
    assert WardSet.objects.count() == 0


def test_file_of_several_councils_wants_to_know_whose_and_takes_only_those(db, files):
    both = [files.feature(1, "Northgate"), files.feature(2, "Elsewhere", lad="E07000111")]
    with pytest.raises(FileRefused, match=r"wards of 2 councils \(E07000111, E07000999, …\)"):
        import_wards(files.geojson(both), details=DETAILS)
    details = WardSetDetails(council_code="E07000999", from_date=DETAILS.from_date)
    assert import_wards(files.geojson(both), details=details) == ImportReport(added=1)


def test_crossing_boundary_is_mended_and_ward_called_find_gets_another_address(db, files):
    crossed = files.feature(1, "Find")
    crossed["geometry"]["coordinates"] = [[[1.0, 52.0], [1.1, 52.1], [1.1, 52.0], [1.0, 52.1], [1.0, 52.0]]]
    assert import_wards(files.geojson([crossed]), details=DETAILS).added == 1
    ward = Ward.objects.get()
    assert (ward.boundary["type"], ward.slug) == ("MultiPolygon", "find-e05000001")


def test_command_prints_the_counts_and_refuses_in_one_line(db, files):
    path = files.geojson([files.feature(1, "Northgate")])
    out = StringIO()
    call_command("import_wards", path, "--from", "2024-05-02", stdout=out)
    call_command("import_wards", path, stdout=out)
    assert out.getvalue().splitlines() == [
        "Wards: 1 added, 0 changed, 0 unchanged.",
        "Wards: 0 added, 0 changed, 1 unchanged.",
    ]
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_wards", "/nowhere/wards.geojson")

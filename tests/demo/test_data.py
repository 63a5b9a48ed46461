"""The demonstration council's files are what their README says, and hang together. Needs no Django and no network."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "site" / "wardmote" / "demo" / "data"


def read_json(name: str):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def read_csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def wards() -> dict[str, str]:
    """Ward names by code."""
    features = read_json("wards.geojson")["features"]
    return {f["properties"]["WD13CD"]: f["properties"]["WD13NM"] for f in features}


@pytest.fixture(scope="module")
def consultations() -> dict[str, dict]:
    return {consultation["slug"]: consultation for consultation in read_json("consultations.json")}


@pytest.fixture(scope="module")
def meetings() -> dict[str, dict]:
    return {meeting["slug"]: meeting for meeting in read_json("meeting.json")["meetings"]}


@pytest.fixture(scope="module")
def make_postcodes():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import make_postcodes
    finally:
        sys.path.pop(0)
    return make_postcodes


# Wards and postcodes


def test_there_are_sixteen_wards_and_every_one_has_postcodes(wards):
    rows = read_csv("postcodes.csv")
    assert list(rows[0]) == ["pcds", "oseast1m", "osnrth1m", "doterm", "osward", "oslaua"]
    assert len(wards) == 16
    assert {row["osward"] for row in rows} == set(wards)
    assert min(Counter(row["osward"] for row in rows).values()) == 120


def test_postcodes_are_well_formed_distinct_and_in_order():
    postcodes = [row["pcds"] for row in read_csv("postcodes.csv")]
    assert [p for p in postcodes if not re.fullmatch(r"IP\d{1,2} \d[A-Z]{2}", p)] == []
    assert postcodes == sorted(set(postcodes))


@pytest.mark.parametrize(
    ("postcode", "ward"),
    [
        ("IP1 1DQ", "Alexandra"),  # the middle of the town
        ("IP1 2DE", "Gipping"),  # Portman Road's offices
        ("IP2 8AA", "Bridge"),  # south of Stoke Bridge
        ("IP3 0AQ", "Holywells"),  # Bishops Hill
    ],
)
def test_a_known_postcode_is_in_the_ward_it_stands_in(postcode, ward, wards):
    found = {row["pcds"]: wards[row["osward"]] for row in read_csv("postcodes.csv")}
    assert found[postcode] == ward


def test_every_postcode_point_is_within_its_wards_bounds(make_postcodes):
    """Six metres of latitude, nine of longitude: one Helmert shift is right to about five."""
    bounds = {}
    for feature in read_json("wards.geojson")["features"]:
        ring = [point for polygon in _polygons(feature["geometry"]) for point in polygon[0]]
        xs, ys = [p[0] for p in ring], [p[1] for p in ring]
        bounds[feature["properties"]["WD13CD"]] = (min(xs), min(ys), max(xs), max(ys))
    outside = []
    for row in read_csv("postcodes.csv"):
        x, y = make_postcodes.grid_to_wgs84(int(row["oseast1m"]), int(row["osnrth1m"]))
        west, south, east, north = bounds[row["osward"]]
        if not (west <= x <= east and south <= y <= north):
            outside.append(row["pcds"])
    assert outside == []


def _polygons(geometry: dict) -> list:
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def test_the_grid_is_unprojected_as_the_ordnance_survey_works_its_example(make_postcodes):
    """The guide's worked example: E 651409.903, N 313177.270 is 52°39'27.2531"N 1°43'4.5177"E on OSGB36."""
    import math

    latitude, longitude = (math.degrees(v) for v in make_postcodes._unproject(651_409.903, 313_177.270))
    assert latitude == pytest.approx(52 + 39 / 60 + 27.2531 / 3600, abs=1e-8)
    assert longitude == pytest.approx(1 + 43 / 60 + 4.5177 / 3600, abs=1e-8)


def test_a_grid_point_reaches_wgs84_within_five_metres(make_postcodes):
    """SW1A 1AA is at 529090, 179645 in Code-Point Open and at 51.501009, -0.141588 in the ONS directory."""
    longitude, latitude = make_postcodes.grid_to_wgs84(529_090, 179_645)
    assert (longitude, latitude) == pytest.approx((-0.141588, 51.501009), abs=5e-5)


# The council


def test_forty_six_of_forty_eight_seats_are_held_once_each(wards):
    rows = read_csv("councillors.csv")
    assert list(rows[0]) == ["ward", "name", "party", "email", "term_start", "term_end", "seat"]
    current = {(row["ward"], row["seat"]): row["name"] for row in rows if not row["term_end"]}
    assert set(current) == {(ward, seat) for ward in wards.values() for seat in "123"}
    assert len([row for row in rows if not row["term_end"]]) == 48
    vacant = {place for place, name in current.items() if name == "Vacant"}
    assert vacant == {("Priory Heath", "2"), ("Whitehouse", "3")}


def test_councillors_are_distinct_and_their_addresses_cannot_exist():
    rows = [row for row in read_csv("councillors.csv") if row["name"] != "Vacant"]
    assert len({row["name"] for row in rows}) == len(rows)
    assert len({row["email"] for row in rows}) == len(rows)
    assert [row["email"] for row in rows if not row["email"].endswith("@councillors.example")] == []


def test_the_council_says_that_it_is_a_demonstration():
    council = read_json("council.json")
    assert council["ons_code"] == "E07000202"
    assert council["is_demonstration"] is True
    assert "demonstration" in council["demonstration_notice"]


# Consultations


def test_one_consultation_closes_soon_one_is_to_come_and_one_has_its_outcome(consultations):
    stages = {
        slug: "draft"
        if c.get("is_draft")
        else "closed"
        if c["closes_days"] <= 0
        else "forthcoming"
        if c["opens_days"] > 0
        else "open"
        for slug, c in consultations.items()
    }
    assert stages == {
        "slower-streets": "open",
        "library-hours": "open",
        "next-years-budget": "forthcoming",
        "waterfront-promenade": "closed",
        "living-in-orwell": "open",
        "saturday-market": "closed",
        "road-verges": "draft",
    }
    assert [slug for slug, c in consultations.items() if c["outcome"]] == ["waterfront-promenade"]
    assert consultations["library-hours"]["closes_days"] == 3


def test_questions_have_options_exactly_where_they_offer_choices(consultations):
    for consultation in consultations.values():
        for question in consultation["questions"]:
            choices = question["type"] in {"single_choice", "several_choices", "ranking", "budget"}
            assert bool(question["options"]) == choices, question["key"]
            assert bool(question.get("rows")) == bool(question.get("scale")) == (question["type"] == "matrix")


def test_one_consultation_has_forty_questions_of_every_kind_and_rules_that_look_back(consultations):
    survey = consultations["living-in-orwell"]["questions"]
    asked = [question for question in survey if question["type"] != "page_break"]
    assert len(asked) == 40
    assert len({question["type"] for question in asked}) >= 12
    assert len(survey) - len(asked) == 6
    keys = [question["key"] for question in survey]
    assert len(set(keys)) == len(keys)
    for question in survey:
        for clause in question.get("asked_if", ()):
            assert clause["question"] in keys[: keys.index(question["key"])]


def test_a_translation_is_whole(consultations):
    slower = consultations["slower-streets"]
    welsh = slower["translations"]["cy"]
    shape = [len(section["paragraphs"]) for section in slower["body"]]
    assert [len(section["paragraphs"]) for section in welsh["body"]] == shape
    for question in slower["questions"]:
        translated = welsh["questions"][question["key"]]
        assert set(translated.get("options", {})) == {option["key"] for option in question["options"]}


# Meetings and the stream


def test_one_meeting_is_live_with_eight_items_one_is_to_come_and_one_is_over(meetings):
    assert {slug: m["room"] for slug, m in meetings.items()} == {
        "full-council-live": "in_session",
        "cabinet-next": "waiting",
        "full-council-past": "closed",
    }
    live = meetings["full-council-live"]
    assert [item["number"] for item in live["agenda"]] == list("12345678")
    assert live["starts_minutes"] < 0 < live["starts_minutes"] + live["length_minutes"]


def test_members_and_wards_of_agenda_items_are_there(meetings, wards):
    councillors = {row["name"] for row in read_csv("councillors.csv") if not row["term_end"]}
    members = [member for body in read_json("meeting.json")["bodies"] for member in body["members"]]
    assert {member["councillor"] for member in members if "councillor" in member} <= councillors
    items = [item for meeting in meetings.values() for item in meeting["agenda"]]
    assert {name for item in items for name in item.get("wards", [])} <= set(wards.values())
    assert all(("url" in one) != ("paragraphs" in one) for item in items for one in item.get("documents", []))


def test_the_stream_is_small_and_its_index_is_true():
    index = read_json("stream/index.json")
    files = sorted(path.name for path in (DATA / "stream").glob("*.ts"))
    assert [segment["file"] for segment in index["segments"]] == files
    sizes = {path.name: path.stat().st_size for path in (DATA / "stream").glob("*.ts")}
    assert {segment["file"]: segment["size_bytes"] for segment in index["segments"]} == sizes
    assert sum(sizes.values()) < 2_000_000
    assert index["loop_duration_seconds"] == sum(s["duration_seconds"] for s in index["segments"]) == 24
    assert max(s["duration_seconds"] for s in index["segments"]) <= index["target_duration_seconds"]


def test_every_segment_is_a_whole_number_of_transport_packets():
    for path in sorted((DATA / "stream").glob("*.ts")):
        content = path.read_bytes()
        assert len(content) % 188 == 0
        assert {content[i] for i in range(0, len(content), 188)} == {0x47}


def test_every_ward_has_a_profile_and_no_unsourced_population(wards):
    profiles = read_json("ward_profiles.json")
    assert set(profiles) == set(wards.values())
    assert {profile["population"] for profile in profiles.values()} == {None}


def test_business_is_done_by_sitting_councillors_about_items_on_the_agenda(meetings):
    with (DATA / "councillors.csv").open(encoding="utf-8", newline="") as file:
        sitting = {row["name"]: row["party"] for row in csv.DictReader(file) if not row["term_end"]}
    for slug, business in read_json("business.json").items():
        items = {item["key"] for item in meetings[slug]["agenda"]}
        motions = [one for motion in business["motions"] for one in (motion, *motion["amendments"])]
        assert {
            said["item"] for said in [*business["interests"], *business["motions"], *business["speakers"]]
        } <= items
        people = {one[who] for one in motions for who in ("mover", "seconder")}
        people |= {said["councillor"] for said in business["interests"]}
        people |= {said["name"] for said in business["speakers"] if said["kind"] == "councillor"}
        assert people <= set(sitting)
        assert {party for one in motions for party in one.get("vote", {})} <= set(sitting.values())

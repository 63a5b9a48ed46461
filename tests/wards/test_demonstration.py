"""The demonstration's own files go through the same imports without a bad row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from wards.models import Council, Ward, WardSet
from wards.queries import find_ward, sitting_councillors
from wards.services import (
    ImportReport,
    WardSetDetails,
    import_councillors,
    import_postcodes,
    import_wards,
)

DATA = Path(__file__).parents[2] / "site" / "wardmote" / "demo" / "data"


def load() -> list[ImportReport]:
    facts = json.loads((DATA / "council.json").read_text(encoding="utf-8"))
    details = WardSetDetails(
        council_code=facts["ons_code"],
        council_name=facts["name"],
        from_date=date.fromisoformat(facts["ward_set"]["in_force_from"]),
    )
    wards = import_wards(DATA / "wards.geojson", details=details)
    postcodes = import_postcodes(DATA / "postcodes.csv", ward_set=WardSet.objects.get())
    councillors = import_councillors(
        DATA / "councillors.csv", council=Council.objects.get(), seats_per_ward=facts["seats_per_ward"]
    )
    return [wards, postcodes, councillors]


def test_demonstration_imports_without_a_bad_row_and_twice_without_a_change(db):
    first = load()
    assert [report.bad_rows for report in first] == [[], [], []]
    assert first[0].added == Ward.objects.count() == 16
    again = load()
    assert [(one.added, one.changed, one.removed, one.unchanged) for one in again] == [
        (0, 0, 0, report.added) for report in first
    ]
    today = date(2026, 11, 20)
    for postcode in json.loads((DATA / "council.json").read_text(encoding="utf-8"))["sample_postcodes"]:
        assert sitting_councillors(find_ward(postcode, today).ward, today).count() == 3

"""Loads the demonstration council in one transaction; reading what it says is queued work like any other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from wardmote.accounts.models import User
from wardmote.demo import desk_work, feeds, pages, people, voices
from wardmote.demo.files import DATA_DIR, read_json
from wardmote.home.services import lay_out_site
from wards.models import Council, Ward, WardSet
from wards.services import WardSetDetails, import_councillors, import_postcodes, import_wards

ATTRIBUTION = (
    "Contains National Statistics data © Crown copyright and database right 2013. "
    "Contains OS data © Crown copyright and database right 2013. "
    "Contains Royal Mail data © Royal Mail copyright and database right."
)
"""As ``data/ATTRIBUTION.md`` asks: printed wherever the wards or postcodes are shown."""


def is_loaded() -> bool:
    return Council.objects.filter(code=read_json("council.json")["ons_code"]).exists()


def load(moment: datetime) -> None:
    """Load everything as of ``moment`` (local time). What was said is queued to be read."""
    with translation.override("en"), transaction.atomic():
        _load(moment)


def _load(moment: datetime) -> None:
    council = read_json("council.json")
    wards = load_wards(council)
    site = lay_out_site(
        name=council["name"],
        name_cy=council["name_cy"],
        contact_email=council["contact"]["email"],
        colour=council["colours"]["brand"],
    )
    sign_ins = people.make_people(moment.date())
    officer = User.objects.get(email=sign_ins[0].email)
    consultations = pages.make_consultations(site.consultations, moment)
    meetings = pages.make_meetings(site.meetings, moment, consultations, wards)
    voices.send_answers(consultations, wards, moment)
    voices.ask_questions(meetings, wards, officer)
    desk_work.work_on_questions(meetings, wards, officer)
    feeds.write_feeds(moment)
    feeds.add_sources(wards)


def load_wards(council: dict[str, Any]) -> dict[str, Ward]:
    """Import wards, postcodes and councillors as an officer's commands do; the wards by name."""
    told = council["ward_set"]
    details = WardSetDetails(
        council_code=council["ons_code"],
        council_name=council["name"],
        from_date=date.fromisoformat(told["in_force_from"]),
        name=told["name"],
        attribution=ATTRIBUTION,
    )
    import_wards(DATA_DIR / "wards.geojson", details=details)
    ward_set = WardSet.objects.get(council__code=council["ons_code"])
    import_postcodes(DATA_DIR / "postcodes.csv", ward_set=ward_set)
    import_councillors(
        DATA_DIR / "councillors.csv", council=ward_set.council, seats_per_ward=council["seats_per_ward"]
    )
    Council.objects.filter(code=council["ons_code"]).update(name_cy=council["name_cy"])
    wards = {ward.name: ward for ward in ward_set.wards.all()}
    for name, profile in read_json("ward_profiles.json").items():
        wards[name].profile = profile["summary"]
    Ward.objects.bulk_update(wards.values(), ["profile"])
    return wards

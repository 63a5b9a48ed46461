"""Loads the demonstration council, in one transaction but for the reading, which is queued work like any other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils import translation

from wardmote.accounts.models import User
from wardmote.demo import feeds, pages, people, voices
from wardmote.demo.files import DATA_DIR, read_json
from wardmote.home.services import lay_out_site
from wards.models import Council, Ward

ATTRIBUTION = (
    "Contains National Statistics data © Crown copyright and database right 2013. "
    "Contains OS data © Crown copyright and database right 2013. "
    "Contains Royal Mail data © Royal Mail copyright and database right."
)
"""As ``data/ATTRIBUTION.md`` asks: printed wherever the wards or postcodes are shown."""


def is_loaded() -> bool:
    return Council.objects.filter(code=read_json("council.json")["ons_code"]).exists()


def load(moment: datetime) -> None:
    """Load everything as of ``moment`` (local time), then have it read."""
    with translation.override("en"):
        with transaction.atomic():
            _load(moment)
        # The queue is worked off here, so that the first dashboard a newcomer opens is not empty.
        call_command("worker", until_empty=True)


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
    meetings = pages.make_meetings(site.meetings, moment, consultations)
    voices.send_answers(consultations, wards, moment)
    voices.ask_questions(meetings, wards, officer)
    feeds.write_feeds(moment)
    feeds.add_sources(wards)


def load_wards(council: dict[str, Any]) -> dict[str, Ward]:
    """Import wards, postcodes and councillors by the commands an officer would use; the wards by name."""
    ward_set = council["ward_set"]
    Council.objects.create(code=council["ons_code"], name=council["name"], name_cy=council["name_cy"])
    call_command(
        "import_wards",
        str(DATA_DIR / "wards.geojson"),
        council=council["ons_code"],
        name=ward_set["name"],
        from_date=ward_set["in_force_from"],
        attribution=ATTRIBUTION,
        verbosity=0,
    )
    call_command("import_postcodes", str(DATA_DIR / "postcodes.csv"), verbosity=0)
    call_command("import_councillors", str(DATA_DIR / "councillors.csv"), verbosity=0)
    return {ward.name: ward for ward in Ward.objects.filter(ward_set__council__code=council["ons_code"])}

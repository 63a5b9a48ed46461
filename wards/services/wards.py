"""Import a council's ward boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from wards.models import Council, Ward, WardSet
from wards.readers.geojson import WardRecord, read_wards
from wards.readers.tables import BadRow, FileRefused
from wards.services.reports import ImportReport

RESERVED_SLUGS = frozenset({"find"})
"""Addresses below /wards/ that are pages of their own."""


@dataclass(frozen=True, slots=True)
class WardSetDetails:
    """What the file does not say about its wards. Empty means: as it stands in the house, or as the file has it.

    ``from_date`` is the first day they are in force, ``until_date`` the first on which they no longer are.
    """

    council_code: str = ""
    council_name: str = ""
    from_date: date | None = None
    until_date: date | None = None
    name: str = ""
    attribution: str = ""


@transaction.atomic
def import_wards(
    path: Path,
    *,
    details: WardSetDetails = WardSetDetails(),
    user: AbstractBaseUser | None = None,
) -> ImportReport:
    """Import the wards of one council from a GeoJSON file of the Office for National Statistics.

    A ward set that begins on ``details.from_date`` is brought up to date, else a new one is made and the one in force
    until then is closed: boundaries change, history stays. A ward that the file leaves out is kept and reported; its
    address (slug) stays when its name changes. Raises ``FileRefused`` with nothing written.
    """
    report = ImportReport()
    records = []
    for entry in read_wards(path):
        if isinstance(entry, BadRow):
            report.bad_rows.append(entry)
        else:
            records.append(entry)
    if not records:
        raise FileRefused(
            _("No ward of the file can be read. The first: %(why)s") % {"why": report.bad_rows[0].message}
        )
    council_code = _council_code(records, details)
    records = [record for record in records if record.council_code in ("", council_code)]
    if not records:
        raise FileRefused(_("The file holds no ward of the council %(code)s.") % {"code": council_code})
    ward_set = _ward_set(_council(council_code, records, details), details)
    _bring_up_to_date(ward_set, records, report)
    if report.changes_something:
        ward_set.begin_edition()
    report.write_to_audit(ward_set, "wards.import_wards", path=path, user=user)
    return report


def _council_code(records: list[WardRecord], details: WardSetDetails) -> str:
    """Whose wards are wanted: as told, else the only council of the file, else the only one of the house."""
    if details.council_code:
        return details.council_code
    in_file = {record.council_code for record in records} - {""}
    known = in_file or set(Council.objects.values_list("code", flat=True)[:2])
    if len(known) == 1:
        return known.pop()
    if in_file:
        shown = ", ".join(sorted(in_file)[:5])
        raise FileRefused(
            _("The file holds wards of %(count)s councils (%(shown)s, …). Say which is yours with --council CODE.")
            % {"count": len(in_file), "shown": shown}
        )
    raise FileRefused(_("The file does not say whose wards these are. Say so with --council CODE --name NAME."))


def _council(code: str, records: list[WardRecord], details: WardSetDetails) -> Council:
    council = Council.objects.filter(code=code).first()
    name = details.council_name or next((record.council_name for record in records if record.council_name), "")
    if council is None:
        if not name:
            raise FileRefused(_("The council %(code)s is new here. Give its name with --name.") % {"code": code})
        return Council.objects.create(code=code, name=name)
    if details.council_name and council.name != details.council_name:
        council.name = details.council_name
        council.save(update_fields=["name"])
    return council


def _ward_set(council: Council, details: WardSetDetails) -> WardSet:
    """The set to fill, made when there is none that begins on the day; the one before it is closed."""
    known = list(council.ward_sets.order_by("from_date"))
    from_date = details.from_date or (known[0].from_date if len(known) == 1 else None)
    if from_date is None:
        raise FileRefused(_("Say from when these wards are in force with --from, like --from 2026-05-07."))
    if details.until_date and details.until_date <= from_date:
        raise FileRefused(_("--until must be after --from: it is the first day on which the wards are not in force."))
    for ward_set in known:
        if ward_set.from_date == from_date:
            return _with_details(ward_set, details, known)
    before = [one for one in known if one.from_date < from_date]
    if before and before[-1].until_date is None:
        before[-1].until_date = from_date
        before[-1].save(update_fields=["until_date"])
    _refuse_overlap(known, from_date, details.until_date)
    return WardSet.objects.create(
        council=council,
        name=details.name or _("Wards from %(year)s") % {"year": from_date.year},
        from_date=from_date,
        until_date=details.until_date,
        attribution=details.attribution,
    )


def _with_details(ward_set: WardSet, details: WardSetDetails, known: list[WardSet]) -> WardSet:
    if details.until_date and details.until_date != ward_set.until_date:
        others = [one for one in known if one.pk != ward_set.pk]
        _refuse_overlap(others, ward_set.from_date, details.until_date)
    told = {"name": details.name, "until_date": details.until_date, "attribution": details.attribution}
    changes = {key: value for key, value in told.items() if value and value != getattr(ward_set, key)}
    for key, value in changes.items():
        setattr(ward_set, key, value)
    if changes:
        ward_set.save(update_fields=list(changes))
    return ward_set


def _refuse_overlap(others: list[WardSet], from_date: date, until_date: date | None) -> None:
    for other in others:
        begins_before_the_end = until_date is None or other.from_date < until_date
        ends_after_the_start = other.until_date is None or from_date < other.until_date
        if begins_before_the_end and ends_after_the_start:
            raise FileRefused(
                _("The ward set “%(name)s” is in force from %(from)s. Two cannot be in force at once: use --until.")
                % {"name": other.name, "from": other.from_date.isoformat()}
            )


def _bring_up_to_date(ward_set: WardSet, records: list[WardRecord], report: ImportReport) -> None:
    known = {ward.code: ward for ward in ward_set.wards.all()}
    slugs = {ward.slug for ward in known.values()} | RESERVED_SLUGS
    seen: set[str] = set()
    new, changed = [], []
    for record in records:
        if record.code in seen:
            message = _("%(code)s stands in the file twice. Expected each ward once.") % {"code": record.code}
            report.bad_rows.append(BadRow(record.number, message))
            continue
        seen.add(record.code)
        ward = known.get(record.code)
        if ward is None:
            new.append(_new_ward(ward_set, record, slugs))
        elif (ward.name, ward.name_cy, ward.boundary) == (record.name, record.name_cy, record.boundary):
            report.unchanged += 1
        else:
            ward.name, ward.name_cy, ward.boundary = record.name, record.name_cy, record.boundary
            changed.append(ward)
    Ward.objects.bulk_create(new)
    Ward.objects.bulk_update(changed, ["name", "name_cy", "boundary"], batch_size=50)
    report.added, report.changed = len(new), len(changed)
    for code in sorted(known.keys() - seen):
        report.notices.append(
            _("%(name)s (%(code)s) is in the ward set but not in the file. It was left as it is.")
            % {"name": known[code].name, "code": code}
        )


def _new_ward(ward_set: WardSet, record: WardRecord, slugs: set[str]) -> Ward:
    stem = slugify(record.name)[:110] or record.code.lower()
    slug = stem if stem not in slugs else f"{stem}-{record.code.lower()}"
    slugs.add(slug)
    return Ward(
        ward_set=ward_set,
        code=record.code,
        name=record.name,
        name_cy=record.name_cy,
        slug=slug,
        boundary=record.boundary,
    )

"""Import a council's postcodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from wards.models import Postcode, WardSet
from wards.readers.postcode_directory import DirectoryReading, read_directory
from wards.readers.tables import FileRefused
from wards.services.reports import ImportReport

LEAST_COVERAGE = 0.9
"""Share of the postcodes held that a new file must still have; fewer means a file cut short, not a changed town."""

BATCH = 500


def import_postcodes(
    path: Path,
    *,
    ward_set: WardSet,
    accept_fewer: bool = False,
    progress: Callable[[int], object] = lambda read_bytes: None,
    user: AbstractBaseUser | None = None,
) -> ImportReport:
    """Import the live postcodes of a ward set from an ONS Postcode Directory, read as a stream.

    Terminated postcodes are left out: nobody lives at one. A postcode that stands in the file with several wards is
    split, and keeps them all. The file is read whole before the first write, then the difference to what is held is
    written in one transaction: until then the old postcodes answer. Raises ``FileRefused`` with nothing written.
    """
    ward_of_code = dict(ward_set.wards.values_list("code", "pk"))
    if not ward_of_code:
        raise FileRefused(_("“%(name)s” has no wards yet. Import the wards first.") % {"name": ward_set.name})
    reading = read_directory(
        path, ward_codes=ward_of_code.keys(), council_code=ward_set.council.code, progress=progress
    )
    if not reading.wards:
        raise FileRefused(
            _("No live postcode in the file lies in “%(name)s”. Expected ward codes like %(code)s.")
            % {"name": ward_set.name, "code": min(ward_of_code)}
        )
    report = ImportReport(bad_rows=reading.bad_rows, notices=_notices(reading))
    _write_difference(ward_set, _wanted(reading, ward_of_code), report, accept_fewer=accept_fewer)
    report.write_to_audit(ward_set, "wards.import_postcodes", path=path, user=user)
    return report


def _notices(reading: DirectoryReading) -> list[str]:
    notices = []
    if reading.terminated:
        notices.append(_("%(count)s terminated postcodes were left out.") % {"count": reading.terminated})
    if reading.pseudo:
        notices.append(_("%(count)s postcodes without a real ward were left out.") % {"count": reading.pseudo})
    split = sum(len(codes) > 1 for codes in reading.wards.values())
    if split:
        notices.append(_("%(count)s postcodes are split between wards.") % {"count": split})
    return notices


def _wanted(reading: DirectoryReading, ward_of_code: dict[str, int]) -> dict[tuple[str, int], bool]:
    """Rows as they should be: (postcode, ward key) and whether it is split."""
    return {
        (postcode, ward_of_code[code]): len(codes) > 1
        for postcode, codes in reading.wards.items()
        for code in sorted(codes)
    }


@transaction.atomic
def _write_difference(
    ward_set: WardSet, wanted: dict[tuple[str, int], bool], report: ImportReport, *, accept_fewer: bool
) -> None:
    held = {
        (code, ward): (pk, is_split)
        for pk, code, ward, is_split in ward_set.postcodes.values_list("pk", "code", "ward_id", "is_split")
    }
    if not accept_fewer and len(wanted) < LEAST_COVERAGE * len(held):
        raise FileRefused(
            _(
                "The file has %(new)s of this council's postcodes; %(old)s are held. Nothing was changed. "
                "If that is right, run it again with --accept-fewer."
            )
            % {"new": len(wanted), "old": len(held)}
        )
    gone = [pk for key, (pk, _split) in held.items() if key not in wanted]
    new = [key for key in wanted if key not in held]
    for is_split in (True, False):
        turned = [
            held[key][0] for key, split in wanted.items() if key in held and split is is_split is not held[key][1]
        ]
        for pks in _batches(turned):
            Postcode.objects.filter(pk__in=pks).update(is_split=is_split)
        report.changed += len(turned)
    for pks in _batches(gone):
        Postcode.objects.filter(pk__in=pks).delete()
    Postcode.objects.bulk_create(
        [Postcode(ward_set=ward_set, ward_id=ward, code=code, is_split=wanted[code, ward]) for code, ward in new],
        batch_size=BATCH,
    )
    report.added, report.removed = len(new), len(gone)
    report.unchanged = len(wanted) - len(new) - report.changed


def _batches(pks: list[int]) -> Iterable[list[int]]:
    """Lists short enough for the parameters of one SQL statement."""
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))

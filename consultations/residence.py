"""From what a respondent says about where they live to a ward, or to one plain question back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wards.models import Ward
from wards.queries import PostcodeUnknown, current_wards, find_ward

OUTSIDE, UNSAID, NOT_SURE = "outside", "unsaid", "not-sure"

NO_POSTCODE_CHOICES = [
    (OUTSIDE, gettext_lazy("I live outside the council’s area")),
    (UNSAID, gettext_lazy("I’d rather not say")),
]


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a respondent lives: a ward, outside the area, or (with neither) not known."""

    ward: Ward | None = None
    is_outside_area: bool = False


class ResidenceUnclear(Exception):
    """One thing has to be asked: ``field`` names where, ``wards`` are offered when there are any."""

    def __init__(self, field: str, message: str, wards: Sequence[Ward] = ()) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.wards = wards


def place_resident(*, postcode: str | None, ticked: Sequence[str], ward_choice: str, on: date) -> Residence:
    """The residence of somebody who gave ``postcode`` and ``ticked`` some of ``NO_POSTCODE_CHOICES``.

    ``postcode`` is ``None`` when there is none, or what was typed is not one. ``ward_choice`` is a ward's
    pk or ``NOT_SURE``, and matters only where the postcode does not settle it. Raises ``ResidenceUnclear``.
    """
    if UNSAID in ticked:
        return Residence()
    if OUTSIDE in ticked:
        return _outside(postcode, on)
    if postcode is None:
        raise ResidenceUnclear("postcode", _("Enter your postcode, or tick one of the boxes below it"))
    try:
        match = find_ward(postcode, on)
    except PostcodeUnknown:
        message = _(
            "We do not know the postcode %(postcode)s. Check it. If it is right, choose your ward, "
            "or tick “I live outside the council’s area”"
        ) % {"postcode": postcode}
        return _chosen(ward_choice, list(current_wards(on)), "postcode", message)
    if match.ward:
        return Residence(ward=match.ward)
    message = _("The homes at %(postcode)s are in more than one ward. Choose yours") % {"postcode": postcode}
    return _chosen(ward_choice, match.candidates, "ward", message)


def _outside(postcode: str | None, on: date) -> Residence:
    if postcode:
        try:
            find_ward(postcode, on)
        except PostcodeUnknown:
            return Residence(is_outside_area=True)
        message = _("%(postcode)s is inside the council’s area. Take the tick away, or clear the postcode")
        raise ResidenceUnclear("no_postcode", message % {"postcode": postcode})
    return Residence(is_outside_area=True)


def _chosen(ward_choice: str, offered: Sequence[Ward], field: str, message: str) -> Residence:
    if ward_choice == NOT_SURE:
        return Residence()
    for ward in offered:
        if str(ward.pk) == ward_choice:
            return Residence(ward=ward)
    raise ResidenceUnclear(field, message, offered)

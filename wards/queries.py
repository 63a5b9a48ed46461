"""Reads: the ward of a postcode or a point, the wards in force, and who sits for them.

Every function takes the day it is asked for; periods are half-open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import F, Q, QuerySet

from wards.boundaries import ward_pks_at
from wards.models import Councillor, Postcode, Seat, Term, Ward, WardSet
from wards.postcodes import PostcodeError, PostcodeMalformed, PostcodeUnknown, normalise

__all__ = [
    "PostcodeError",
    "PostcodeMalformed",
    "PostcodeUnknown",
    "SeatHolding",
    "WardMatch",
    "councillor_wards",
    "current_ward_set",
    "current_wards",
    "find_ward",
    "seat_holdings",
    "sitting_councillors",
    "ward_at",
    "ward_by_slug",
    "wards_to_choose",
]


@dataclass(frozen=True, slots=True)
class WardMatch:
    """The ward of a postcode.

    ``ward`` is None when the postcode's homes lie in several of the council's wards: then the resident chooses from
    ``candidates`` (ordered by name). ``is_split`` with one candidate means the other homes lie outside the council.
    """

    ward: Ward | None
    candidates: tuple[Ward, ...]
    is_split: bool


def find_ward(postcode: str, on: date) -> WardMatch:
    """The ward or wards of ``postcode``, however typed, on a day.

    Raises ``PostcodeMalformed`` when it is not a full postcode, and ``PostcodeUnknown`` when it is outside the
    council's area or not known. One query.
    """
    rows = list(
        Postcode.objects.filter(code=normalise(postcode), ward_set__in=WardSet.objects.in_force_on(on))
        .select_related("ward__ward_set")
        .order_by("ward__name", "ward_id")
    )
    if not rows:
        raise PostcodeUnknown
    candidates = tuple(row.ward for row in rows)
    return WardMatch(
        ward=candidates[0] if len(candidates) == 1 else None,
        candidates=candidates,
        is_split=len(candidates) > 1 or rows[0].is_split,
    )


def ward_at(longitude: float, latitude: float, on: date) -> Ward | None:
    """The ward in force on a day at a point in degrees (WGS 84), or None outside all of them.

    On a shared edge, the ward whose code comes first. The tree of boundaries is kept per ward set.
    """
    for ward_set in WardSet.objects.in_force_on(on).order_by("pk"):
        for pk in ward_pks_at(ward_set, longitude, latitude):
            return Ward.objects.select_related("ward_set").get(pk=pk)
    return None


def current_ward_set(on: date) -> WardSet | None:
    """The council's ward set in force on a day; with two councils in one house, the first made."""
    return WardSet.objects.in_force_on(on).select_related("council").order_by("council_id", "-from_date").first()


def current_wards(on: date) -> QuerySet[Ward]:
    """The wards in force on a day, by name."""
    return Ward.objects.in_force_on(on).select_related("ward_set").order_by("name", "pk")


def wards_to_choose(on: date, chosen: Iterable[Ward]) -> QuerySet[Ward]:
    """What a form offers on a day: the wards then in force, and those ``chosen`` before boundaries changed; by name."""
    in_force = Q(ward_set__in=WardSet.objects.in_force_on(on))
    kept = Q(pk__in=[ward.pk for ward in chosen])
    return Ward.objects.filter(in_force | kept).defer("boundary").order_by("name", "pk")


def ward_by_slug(slug: str, on: date) -> Ward | None:
    """The ward called ``slug`` in force on a day, else the latest one that ever was: old addresses keep working."""
    wards = Ward.objects.filter(slug=slug).select_related("ward_set__council")
    in_force = wards.filter(ward_set__in=WardSet.objects.in_force_on(on)).order_by("ward_set__council_id")
    return in_force.first() or wards.order_by("-ward_set__from_date", "pk").first()


def councillor_wards(user: AbstractBaseUser | AnonymousUser, on: date) -> QuerySet[Ward]:
    """The wards in force on a day for which the account ``user`` then holds a seat, by name. Nobody's are none."""
    if not user.is_authenticated:
        return Ward.objects.none()
    held = Term.objects.held_on(on).filter(councillor__user=user.pk)
    return current_wards(on).filter(seats__in=held.values("seat")).distinct()


def sitting_councillors(ward: Ward, on: date) -> QuerySet[Councillor]:
    """Who holds a seat for ``ward`` on a day, by seat; each carries ``party`` and ``seat_number``."""
    running = Q(terms__until_date__isnull=True) | Q(terms__until_date__gt=on)
    return (
        Councillor.objects.filter(running, terms__seat__ward=ward, terms__from_date__lte=on)
        .annotate(party=F("terms__party"), seat_number=F("terms__seat__number"))
        .order_by("seat_number", "pk")
    )


@dataclass(frozen=True, slots=True)
class SeatHolding:
    """A seat on a day, with its councillor, their party and since when; or vacant."""

    seat: Seat
    councillor: Councillor | None = None
    party: str = ""
    from_date: date | None = None

    @property
    def is_vacant(self) -> bool:
        return self.councillor is None


def seat_holdings(wards: list[Ward], on: date) -> dict[int, list[SeatHolding]]:
    """The seats of each ward by ward key, in order of number, with who holds them on a day. Two queries."""
    terms = Term.objects.held_on(on).filter(seat__ward__in=wards).select_related("councillor")
    term_of = {term.seat_id: term for term in terms}
    holdings: dict[int, list[SeatHolding]] = {ward.pk: [] for ward in wards}
    for seat in Seat.objects.filter(ward__in=wards).order_by("number"):
        term = term_of.get(seat.pk)
        holdings[seat.ward_id].append(
            SeatHolding(seat, term.councillor, term.party, term.from_date) if term else SeatHolding(seat)
        )
    return holdings

"""Which ward is it, and who sits for it, on a given day."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from wards.models import Council, Councillor, Postcode, Seat, Term, WardSet
from wards.queries import (
    PostcodeMalformed,
    PostcodeUnknown,
    SeatHolding,
    WardMatch,
    councillor_wards,
    current_ward_set,
    current_wards,
    find_ward,
    seat_holdings,
    sitting_councillors,
    ward_at,
    ward_by_slug,
)

TODAY = date(2026, 11, 20)


def place(code, *wards, is_split=False):
    for ward in wards:
        Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code=code, is_split=is_split or len(wards) > 1)


def test_postcode_finds_its_ward_however_it_is_typed(ward):
    place("IP12DE", ward)
    for typed in ("IP1 2DE", "ip12de", " ip1  2de ", "IP1-2DE"):
        assert find_ward(typed, TODAY) == WardMatch(ward=ward, candidates=(ward,), is_split=False)


def test_split_postcode_offers_its_wards_by_name_and_chooses_none(make_ward):
    westgate, bixley = make_ward("Westgate"), make_ward("Bixley")
    place("IP12DE", westgate, bixley)
    assert find_ward("IP1 2DE", TODAY) == WardMatch(ward=None, candidates=(bixley, westgate), is_split=True)


def test_postcode_split_with_another_council_finds_the_one_ward_and_says_so(ward):
    place("IP12DE", ward, is_split=True)
    assert find_ward("IP1 2DE", TODAY) == WardMatch(ward=ward, candidates=(ward,), is_split=True)


@pytest.mark.parametrize("typed", ["", "IP1", "12345", "IP1 2CE", "QP1 2DE", "IP1 2DE" * 1000, "\x00", "🙂🙂🙂🙂🙂"])
def test_what_is_not_a_postcode_is_called_malformed(ward, typed):
    with pytest.raises(PostcodeMalformed, match="Enter a full UK postcode, like IP1 2DE"):
        find_ward(typed, TODAY)


def test_postcode_outside_the_area_is_called_unknown(ward):
    with pytest.raises(PostcodeUnknown, match="We cannot find this postcode in the council's area"):
        find_ward("SW1A 1AA", TODAY)


def test_ward_of_the_day_changes_with_the_ward_set(council, ward):
    place("IP12DE", ward)
    WardSet.objects.filter(pk=ward.ward_set_id).update(until_date=date(2026, 5, 7))
    later = WardSet.objects.create(council=council, name="Wards from 2026", from_date=date(2026, 5, 7))
    new = later.wards.create(code="E05999999", name="Northgate North", slug="northgate-north", boundary=ward.boundary)
    place("IP12DE", new)
    assert find_ward("IP1 2DE", date(2026, 5, 6)).ward == ward
    assert find_ward("IP1 2DE", date(2026, 5, 7)).ward == new
    assert list(current_wards(date(2026, 5, 6))) == [ward]
    assert list(current_wards(date(2026, 5, 7))) == [new]
    assert current_ward_set(date(2026, 5, 7)) == later
    assert ward_by_slug("northgate", date(2026, 5, 7)) == ward
    assert ward_by_slug("nowhere", date(2026, 5, 7)) is None


def test_point_finds_the_ward_around_it_and_none_outside(make_ward):
    ward, other = make_ward("Alexandra"), make_ward("Bixley")
    west, south = ward.boundary["coordinates"][0][0]
    assert ward_at(west + 0.005, south + 0.005, TODAY) == ward
    assert ward_at(west + 0.015, south + 0.005, TODAY) == other
    assert ward_at(west + 0.005, south - 0.005, TODAY) is None
    assert ward_at(west + 0.005, south + 0.005, date(2020, 5, 6)) is None


def test_tree_of_boundaries_follows_a_ward_that_moves_and_is_asked_for_once(make_ward, django_assert_num_queries):
    ward = make_ward("Alexandra")
    west, south = ward.boundary["coordinates"][0][0]
    assert ward_at(west + 0.005, south + 0.005, TODAY) == ward
    with django_assert_num_queries(2):
        ward_at(west + 0.005, south + 0.005, TODAY)
    ring = [[x + 1, y] for x, y in ward.boundary["coordinates"][0]]
    ward.boundary = {"type": "Polygon", "coordinates": [ring]}
    ward.save()
    assert ward_at(west + 0.005, south + 0.005, TODAY) is None
    assert ward_at(west + 1.005, south + 0.005, TODAY) == ward


def test_councillor_has_the_wards_of_running_terms_only(make_ward, make_councillor, resident):
    ward, past = make_ward("Alexandra"), make_ward("Bixley")
    user = make_councillor(ward)
    seat = Seat.objects.create(ward=past, number=1)
    Term.objects.create(
        seat=seat, councillor=user.councillor, from_date=date(2020, 5, 7), until_date=date(2026, 11, 20)
    )
    assert list(councillor_wards(user, date(2026, 11, 19))) == [ward, past]
    assert list(councillor_wards(user, TODAY)) == [ward]
    assert list(councillor_wards(resident, TODAY)) == []
    assert list(councillor_wards(AnonymousUser(), TODAY)) == []


def test_councillor_of_a_ward_no_longer_in_force_has_none(ward, make_councillor):
    user = make_councillor(ward)
    WardSet.objects.filter(pk=ward.ward_set_id).update(until_date=TODAY)
    assert list(councillor_wards(user, date(2026, 11, 19))) == [ward]
    assert list(councillor_wards(user, TODAY)) == []


def test_seats_show_their_holders_in_order_and_the_vacant_one(ward):
    first, second = (Seat.objects.create(ward=ward, number=number) for number in (1, 2))
    ada = Councillor.objects.create(name="Ada Okafor", email="ada@example.org")
    Term.objects.create(seat=second, councillor=ada, party="Independent", from_date=date(2024, 5, 7))
    held = SeatHolding(second, ada, "Independent", date(2024, 5, 7))
    assert seat_holdings([ward], TODAY) == {ward.pk: [SeatHolding(first), held]}
    assert [holding.is_vacant for holding in seat_holdings([ward], TODAY)[ward.pk]] == [True, False]
    assert [(c, c.party, c.seat_number) for c in sitting_councillors(ward, TODAY)] == [(ada, "Independent", 2)]
    assert list(sitting_councillors(ward, date(2024, 5, 6))) == []


def test_two_councils_without_addresses_for_their_councillors_are_no_trouble(council):
    Councillor.objects.create(name="Ada Okafor")
    Councillor.objects.create(name="Bee Long")
    other = Council.objects.create(code="E07000998", name="Other Borough Council")
    WardSet.objects.create(council=other, name="Other wards", from_date=date(2020, 5, 7))
    assert Councillor.objects.filter(email="").count() == 2

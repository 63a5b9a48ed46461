"""The officers' group "Wards and councillors" in the admin."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from wards.models import Councillor, Seat, Term, Ward, WardSet

MODELS = ("wardset", "ward", "seat", "councillor", "term")
pytestmark = pytest.mark.usefixtures("site")


def address(model, view, *args):
    return reverse(f"wagtailsnippets_wards_{model}:{view}", args=args)


def rows(ward, councillor_user):
    return {
        "wardset": ward.ward_set,
        "ward": ward,
        "seat": Seat.objects.get(),
        "councillor": councillor_user.councillor,
        "term": Term.objects.get(),
    }


@pytest.fixture
def as_officer(client, officer, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(officer)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_officer_sees_and_edits_every_list_but_deletes_nothing(as_officer, ward, make_councillor, model):
    row = rows(ward, make_councillor(ward))[model]
    assert as_officer.get(address(model, "list")).status_code == 200
    assert as_officer.get(address(model, "list"), {"q": "North"}).status_code == 200
    assert as_officer.get(address(model, "edit", row.pk)).status_code == 200
    assert as_officer.get(address(model, "delete", row.pk)).status_code == 302
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("model", "status"), list(zip(MODELS, (302, 302, 200, 200, 200), strict=True)))
def test_wards_and_their_sets_come_by_import_only(as_officer, ward, model, status):
    assert as_officer.get(address(model, "add")).status_code == status


@pytest.mark.parametrize("model", MODELS)
def test_somebody_with_the_admin_but_not_an_officer_is_kept_out(client, make_user, settings, model):
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert client.get(address(model, "list")).status_code == 302


@pytest.mark.parametrize("model", MODELS)
def test_lists_make_as_many_queries_for_three_as_for_one(as_officer, ward, make_ward, make_councillor, model):
    def queries():
        as_officer.get(address(model, "list"))
        with CaptureQueriesContext(connection) as found:
            assert as_officer.get(address(model, "list")).status_code == 200
        return len(found)

    make_councillor(ward)
    with_one = queries()
    for number in (1, 2):
        make_councillor(make_ward())
        WardSet.objects.create(
            council=ward.ward_set.council,
            name=f"Old {number}",
            from_date=date(1990 + number, 1, 1),
            until_date=date(1991 + number, 1, 1),
        )
    assert queries() == with_one


def test_officer_writes_a_wards_profile_and_the_boundary_is_not_asked(as_officer, ward):
    boundary = ward.boundary
    response = as_officer.post(
        address("ward", "edit", ward.pk),
        {
            "name": "Northgate",
            "name_cy": "Porth y Gogledd",
            "profile": "Up the hill.",
            "profile_cy": "",
            "population": "",
        },
    )
    assert response.status_code == 302
    ward = Ward.objects.get()
    assert (ward.name_cy, ward.profile, ward.boundary) == ("Porth y Gogledd", "Up the hill.", boundary)


def test_officer_is_told_when_a_term_runs_into_another(as_officer, ward, make_councillor):
    make_councillor(ward)
    other = Councillor.objects.create(name="Dora Finch")
    response = as_officer.post(
        address("term", "add"),
        {
            "councillor": other.pk,
            "seat": Seat.objects.get().pk,
            "party": "",
            "from_date": "2026-05-07",
            "until_date": "",
        },
    )
    assert response.status_code == 200
    assert "holds this seat from 2020-05-07" in response.content.decode()
    assert Term.objects.count() == 1

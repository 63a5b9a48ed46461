"""Who sits on a body: on which day, in which order, with which ward and party; and how officers say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from meetings.committee import Seated, committee_on
from meetings.enums import MemberRole, RoomState
from meetings.models import Body, CommitteeMember, MeetingPage
from wards.models import Councillor, Seat, Term, Ward

MEETS = date(2026, 11, 5)


@pytest.fixture
def make_member(body: Body) -> Callable[..., CommitteeMember]:
    def make(who: Councillor | str, role: MemberRole = MemberRole.MEMBER, **fields: Any) -> CommitteeMember:
        person = {"name": who} if isinstance(who, str) else {"councillor": who}
        values = {"body": body, "role": role, "from_date": date(2024, 5, 6)}
        return CommitteeMember.objects.create(**values | person | fields)

    return make


@pytest.fixture
def make_holder(ward: Ward) -> Callable[..., Councillor]:
    """Makes a councillor of ``ward`` with a term of their own."""

    def make(name: str, from_date: date = date(2022, 5, 9), until_date: date | None = None) -> Councillor:
        councillor = Councillor.objects.create(name=name)
        seat = Seat.objects.create(ward=ward, number=ward.seats.count() + 1)
        Term.objects.create(
            seat=seat, councillor=councillor, party="Green Quay", from_date=from_date, until_date=until_date
        )
        return councillor

    return make


def test_the_chair_comes_first_and_the_co_opted_last_each_with_ward_and_party(
    body: Body, ward: Ward, make_member: Callable[..., CommitteeMember], make_holder: Callable[..., Councillor]
) -> None:
    make_member("Ida Marsh", MemberRole.CO_OPTED, speaks_for="Parent governors")
    make_member(make_holder("Zed Ample"))
    make_member(make_holder("Bo Wren"))
    make_member(make_holder("Cy Poole"), MemberRole.VICE_CHAIR)
    make_member(make_holder("Di Thorn"), MemberRole.CHAIR)
    assert committee_on(body, MEETS) == [
        Seated("Di Thorn", MemberRole.CHAIR, ward, "Green Quay"),
        Seated("Cy Poole", MemberRole.VICE_CHAIR, ward, "Green Quay"),
        Seated("Bo Wren", MemberRole.MEMBER, ward, "Green Quay"),
        Seated("Zed Ample", MemberRole.MEMBER, ward, "Green Quay"),
        Seated("Ida Marsh", MemberRole.CO_OPTED, speaks_for="Parent governors"),
    ]


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2026, 11, 4), ["Before"]),
        (MEETS, ["After"]),
    ],
)
def test_periods_are_half_open(
    body: Body, make_member: Callable[..., CommitteeMember], day: date, there: list[str]
) -> None:
    make_member("Before", until_date=MEETS)
    make_member("After", from_date=MEETS)
    assert [one.name for one in committee_on(body, day)] == there


def test_the_page_shows_the_members_of_its_day_and_a_term_that_has_ended_no_longer_counts(
    make_meeting: Callable[..., MeetingPage],
    make_member: Callable[..., CommitteeMember],
    make_holder: Callable[..., Councillor],
    ward: Ward,
) -> None:
    make_member(make_holder("Retired Rita", until_date=MEETS))
    make_member("Gone Gus", until_date=MEETS)
    page = Client().get(make_meeting(RoomState.CLOSED).url).content.decode()
    assert ("Retired Rita" in page, "Gone Gus" in page, ward.name in page) == (True, False, False)


def test_of_full_council_every_councillor_of_the_day_is_a_member_once(
    body: Body, make_member: Callable[..., CommitteeMember], make_holder: Callable[..., Councillor]
) -> None:
    body.has_every_councillor = True
    make_holder("Ann Lee")
    make_holder("Left Early", until_date=MEETS)
    make_member(make_holder("Mo Mayor"), MemberRole.CHAIR)
    assert [(one.name, one.role) for one in committee_on(body, MEETS)] == [
        ("Mo Mayor", MemberRole.CHAIR),
        ("Ann Lee", MemberRole.MEMBER),
    ]


@pytest.mark.parametrize("bodys", [False, True], ids=["committee", "full council"])
def test_one_and_three_members_take_two_queries(
    body: Body,
    bodys: bool,
    make_member: Callable[..., CommitteeMember],
    make_holder: Callable[..., Councillor],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    body.has_every_councillor = bodys
    for count in (1, 3):
        while CommitteeMember.objects.count() < count:
            make_member(make_holder(f"Member {CommitteeMember.objects.count()}"))
        with django_assert_num_queries(2):
            assert len([(one.ward.name, one.party) for one in committee_on(body, MEETS) if one.ward]) == count


def test_the_database_refuses_who_is_both_neither_twice_backwards_or_co_opted_and_elected(
    make_member: Callable[..., CommitteeMember], make_holder: Callable[..., Councillor]
) -> None:
    councillor = make_holder("Di Thorn")
    make_member(councillor)
    for fields in (
        {"who": make_holder("Bo Wren"), "name": "Bo Wren"},
        {"who": ""},
        {"who": councillor},
        {"who": "Ida Marsh", "until_date": date(2024, 5, 6)},
        {"who": make_holder("Cy Poole"), "role": MemberRole.CO_OPTED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_member(**fields)
    assert CommitteeMember.objects.count() == 1


def test_an_officer_writes_the_members_and_is_told_of_an_overlap(
    officer: Any, body: Body, make_holder: Callable[..., Councillor], settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    admin = Client()
    admin.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    editor = f"/admin/snippets/meetings/body/edit/{body.pk}/"
    assert "Members" in admin.get(editor).content.decode()
    councillor = make_holder("Di Thorn")

    def row(from_date: str, until_date: str, role: str) -> dict[str, Any]:
        given = {"councillor": councillor.pk, "from_date": from_date, "until_date": until_date, "role": role}
        return {"name": "", "speaks_for": "", **given}

    def send(until_date: str) -> Any:
        rows = [row("2024-05-06", until_date, "member"), row("2026-05-11", "", "chair")]
        told = {"name": body.name, "name_cy": "", "description": "", "members": inline_formset(rows)}
        return admin.post(editor, nested_form_data(told))

    refused = send("2026-05-12")
    assert "Di Thorn is a member from 2024-05-06 already." in refused.content.decode()
    assert CommitteeMember.objects.count() == 0
    assert send("2026-05-11").status_code == 302
    kept = CommitteeMember.objects.order_by("from_date").values_list("role", "until_date")
    assert list(kept) == [("member", date(2026, 5, 11)), ("chair", None)]

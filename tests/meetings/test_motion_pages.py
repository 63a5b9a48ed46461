"""Interests, motions and votes on the pages: by forms alone, hidden while they must be, and to take away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings import services
from meetings.business import Tally
from meetings.business_enums import Choice, VoteMethod
from meetings.enums import ExemptParagraph, RoomChange
from meetings.models import (
    Declaration,
    MeetingPage,
    Motion,
    Room,
    RoomEvent,
    Vote,
)
from meetings.services import Actor
from tests.meetings.test_desk import signed_in
from tests.meetings.test_motions import state_of


def test_what_is_moved_and_voted_on_in_private_stays_inside(
    room: Room, move: Callable[..., Motion], take_vote: Callable[..., Vote], clerk: Actor, moment: datetime
) -> None:
    private = {"room_pk": room.pk, "actor": clerk, "changed_at": moment}
    services.change_room(**private, change=RoomChange.EXCLUDE, paragraph=ExemptParagraph(3))
    motion = move("That the contract be let.")
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    services.close_vote(motion_pk=motion.pk, actor=clerk, hands=Tally(votes_for=3, against=1), closed_at=moment)
    addresses = [f"/room/{room.pk}/", f"/room/{room.pk}/questions.json", f"/room/{room.pk}/screen/"]
    inside = [Client().get(address).content.decode() for address in addresses]
    services.change_room(**private, change=RoomChange.READMIT)
    after = [Client().get(address).content.decode() for address in addresses]
    assert [page for page in inside + after if "contract" in page] == []
    assert not RoomEvent.objects.filter(audience="public", kind__in=["motion", "vote"]).exists()


def test_a_councillor_declares_and_votes_without_javascript(
    room: Room, move: Callable[..., Motion], members: list[Actor], clerk: Actor, moment: datetime, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    clients = [signed_in(member.user) for member in members]
    page, item = f"/room/{room.pk}/", room.meeting.agenda_items.get(number="3").pk
    interest = {"interest-item": item, "interest-kind": "pecuniary", "interest-nature": "Owns a shop"}
    refused = clients[0].post(f"{page}declare/", interest | {"interest-nature": "x" * 501})
    assert (refused.status_code, "x" * 501 in refused.content.decode()) == (422, True)
    assert "Owns a shop" in clients[0].post(f"{page}declare/", interest, follow=True).content.decode()
    motion = move(agenda_item_pk=item, mover_pk=members[2].user.councillor.pk)  # type: ignore[union-attr]
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    pages = [client.get(page).content.decode() for client in (clients[0], clients[1], Client())]
    assert ["Your vote: Motion 1" in text for text in pages] == [True, True, False]
    assert ["cannot vote on it" in text for text in pages] == [True, False, False]
    said = clients[0].post(f"{page}vote/{motion.pk}/", {"choice": "for"}, headers={"X-Requested-With": "fetch"})
    assert (said.status_code, "declared an interest" in said.json()["message"]) == (422, True)
    voted = clients[1].post(f"{page}vote/{motion.pk}/", {"choice": "against"}, follow=True).content.decode()
    assert "You have voted: Against." in voted
    codes = [
        clients[1].post(f"{page}vote/{motion.pk}/", {"choice": "maybe"}).status_code,
        clients[1].post(f"{page}vote/{10**9}/", {"choice": "for"}).status_code,
        Client().post(f"{page}vote/{motion.pk}/", {"choice": "for"}).status_code,
    ]
    assert codes == [404, 404, 403]


def test_the_clerk_does_all_of_it_from_the_desk_without_javascript(
    room: Room, members: list[Actor], officer: Any, make_meeting: Callable[..., MeetingPage], settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client, desk = signed_in(officer), f"/room/{room.pk}/desk/"
    ann, bob, cat, _dan = (member.user.councillor.pk for member in members if member.user)
    item = room.meeting.agenda_items.get(number="3").pk
    interest = {"interest-item": item, "interest-kind": "non_registrable", "interest-nature": "A friend’s shop"}
    client.post(f"{desk}interests/add/", interest | {"interest-councillor": cat})
    motion_fields = {"motion-text": "That it reopen.", "motion-mover": ann, "motion-item": item}
    refused = client.post(f"{desk}motions/add/", motion_fields | {"motion-seconder": ann})
    text = refused.content.decode()
    assert (refused.status_code, "That it reopen." in text, "Choose who seconds it" in text) == (422, True, True)
    client.post(f"{desk}motions/add/", motion_fields)
    motion = Motion.objects.get()
    base = f"{desk}motion/{motion.pk}/"
    client.post(f"{base}second/", {f"second-{motion.pk}-seconder": bob})
    client.post(
        f"{desk}motions/add/",
        {"motion-text": "In May.", "motion-mover": bob, "motion-seconder": cat, "motion-amends": motion.pk},
    )
    amendment = motion.amendments.get()
    client.post(f"{desk}motion/{amendment.pk}/", {"change": "put_show"})
    client.post(
        f"{desk}motion/{amendment.pk}/close/",
        {f"close-{amendment.pk}-votes_for": 5, f"close-{amendment.pk}-against": 2},
    )
    assert state_of(amendment) == "carried"
    words = {f"amend-{motion.pk}-text": "That it reopen in May."}
    unseen = client.post(f"{base}words/", words)
    assert (unseen.status_code, "A colleague was quicker" in unseen.content.decode()) == (422, True)
    assert f'name="carried" value="{amendment.pk}"' in unseen.content.decode()
    client.post(f"{base}words/", words | {"carried": f"{amendment.pk}"})
    client.post(base, {"change": "put_recorded"})
    client.post(f"{base}roll/{ann}/", {"choice": "for"})
    client.post(f"{base}roll/{bob}/", {"choice": "against"})
    equal = client.post(f"{base}close/", {}, headers={"X-Requested-With": "fetch"})
    assert (equal.status_code, equal.json()["field"]) == (422, f"close-{motion.pk}-casting")
    text = client.post(f"{base}close/", {}).content.decode()
    assert "The votes are equal." in text
    client.post(f"{base}close/", {f"close-{motion.pk}-casting": "for", f"close-{motion.pk}-chair": cat})
    motion.refresh_from_db()
    assert (motion.state, motion.words, motion.vote.chair_id) == ("carried", "That it reopen in May.", cat)
    page = Client().get(f"/room/{room.pk}/").content.decode()
    assert "Casting vote of Cat: Casting vote for" in page
    declaration = Declaration.objects.get()
    client.post(f"{desk}interest/{declaration.pk}/")
    assert not Declaration.objects.standing().exists()
    other = f"/room/{make_meeting().room.pk}/desk/"
    posts = [
        (f"{other}motion/{motion.pk}/", {"change": "withdraw"}),
        (f"{other}interest/{declaration.pk}/", {}),
        (f"{base}", {"change": "sing"}),
        (f"{base}roll/{ann}/", {"choice": "sing"}),
        (f"{other}motion/{motion.pk}/close/", {}),
    ]
    assert [client.post(address, fields).status_code for address, fields in posts] == [404] * len(posts)
    for outsider in (Client(), signed_in(members[0].user)):
        assert {outsider.post(address, fields).status_code for address, fields in posts} == {403}


def test_pages_take_the_same_queries_for_one_motion_and_for_three(
    room: Room,
    move: Callable[..., Motion],
    take_vote: Callable[..., Vote],
    declare: Callable[..., Declaration],
    members: list[Actor],
    officer: Any,
    settings: Any,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = signed_in(officer)
    pages = [f"/room/{room.pk}/", f"/room/{room.pk}/questions.json", f"/room/{room.pk}/desk/business/"]
    take_vote(move(), "ffa-")
    declare(members[0])
    [client.get(page) for page in pages]
    with CaptureQueriesContext(connection) as one:
        [client.get(page) for page in pages]
    amended = move("Second")
    take_vote(move("An amendment", amends_pk=amended.pk), "faa-")
    take_vote(amended, "ffff")
    declare(members[1]), declare(members[2])
    with django_assert_num_queries(len(one)):
        [client.get(page) for page in pages]


def test_decisions_go_out_in_three_formats_with_no_formula_and_nothing_of_an_open_vote(
    room: Room,
    move: Callable[..., Motion],
    take_vote: Callable[..., Vote],
    declare: Callable[..., Declaration],
    members: list[Actor],
    clerk: Actor,
    moment: datetime,
) -> None:
    item = room.meeting.agenda_items.get(number="3").pk
    motion = move("=SUM(A1) shall be paid.", agenda_item_pk=item)
    declare(members[3], nature="Owns a shop")
    take_vote(motion, "ffa")
    going_on = move("Still open")
    services.open_vote(motion_pk=going_on.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    services.cast_vote(motion_pk=going_on.pk, actor=members[0], choice=Choice.AGAINST, cast_at=moment)
    csv_, json_, docx = [
        Client().get(f"/room/{room.pk}/decisions-and-votes.{kind}").content for kind in ("csv", "json", "docx")
    ]
    rows = csv_.decode("utf-8-sig").splitlines()
    assert [row.count("'=SUM(A1) shall be paid.") for row in rows[1:]] == [1, 1, 1, 1, 0]
    assert [row.rsplit(",", 3)[-3:-1] for row in rows[1:5]] == [
        ["Ann", "For"],
        ["Bob", "For"],
        ["Cat", "Against"],
        ["Dan", "Declared an interest"],
    ]
    told = json.loads(json_)
    assert [one["nature"] for one in told["interests"]] == ["Owns a shop"]
    assert [(one["name"], one["state"], one["vote"] and one["vote"]["for"]) for one in told["motions"]] == [
        ("Motion 1", "carried", 2),
        ("Motion 2", "voting", None),
    ]
    assert docx[:2] == b"PK"
    assert Client().get(f"/room/{room.pk}/decisions-and-votes.exe").status_code == 404

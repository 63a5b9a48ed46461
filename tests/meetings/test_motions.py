"""Interests, motions, amendments and votes: who may, in which order, what is told, what stands in the record."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from meetings import services
from meetings.business import Tally
from meetings.business_enums import Casting, Choice, InterestKind, MotionState, SpeakerKind, VoteMethod
from meetings.business_queries import entitled_councillors
from meetings.enums import Action, Audience, ExemptParagraph, Role, RoomChange, RoomState
from meetings.models import (
    Body,
    CommitteeMember,
    Declaration,
    Motion,
    RecordEntry,
    RollEntry,
    Room,
    RoomEvent,
    Vote,
)
from meetings.motions_page import latest_vote, motion_rows
from meetings.rules import may
from meetings.services import Actor


def state_of(motion: Motion) -> str:
    return str(Motion.objects.get(pk=motion.pk).state)


def last_told(room: Room, kind: str) -> dict[str, Any]:
    event = RoomEvent.objects.filter(room=room, audience="public", kind=kind).order_by("pk").last()
    assert event
    return dict(event.payload)


def test_a_motion_needs_two_different_councillors_of_the_day(
    move: Callable[..., Motion], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    ann, bob = (member.user.councillor for member in members[:2])
    for wrong in ({"mover_pk": None}, {"mover_pk": 10**9}):
        with pytest.raises(services.MoverMissing):
            move(**wrong)
    with pytest.raises(services.SeconderMissing):
        move(seconder_pk=ann.pk)
    bob.terms.update(until_date=date(2026, 11, 5))
    with pytest.raises(services.SeconderMissing):
        move()
    motion = move(seconder_pk=None)
    assert motion.state == "moved"
    with pytest.raises(services.SeconderMissing):
        services.second_motion(motion_pk=motion.pk, actor=clerk, seconder_pk=ann.pk, seconded_at=moment)
    with pytest.raises(services.NotPossible):
        services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    cat = members[2].user.councillor
    assert services.second_motion(motion_pk=motion.pk, actor=clerk, seconder_pk=cat.pk, seconded_at=moment).state == (
        "seconded"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.update(seconder=ann)
    with pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.update(seconder=None)


def test_an_amendment_is_decided_and_written_in_before_its_motion_and_what_was_moved_is_kept(
    room: Room, move: Callable[..., Motion], take_vote: Callable[..., Vote], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    first, second = (
        move("That it reopen in May.", amends_pk=motion.pk),
        move("That it reopen daily.", amends_pk=motion.pk),
    )
    assert [(one.number, one.amends_id) for one in (motion, first, second)] == [
        (1, None),
        (1, motion.pk),
        (2, motion.pk),
    ]
    put = {"motion_pk": motion.pk, "actor": clerk, "method": VoteMethod.RECORDED, "opened_at": moment}
    with pytest.raises(services.NotAmendable):
        move("An amendment to an amendment", amends_pk=first.pk)
    with pytest.raises(services.AmendmentsFirst):
        services.open_vote(**put)
    take_vote(first, "ffa-")
    services.withdraw_motion(motion_pk=second.pk, actor=clerk, withdrawn_at=moment)
    with pytest.raises(services.TextNotAmended):
        services.open_vote(**put)
    services.amend_motion(motion_pk=motion.pk, actor=clerk, text="That the library reopen in May.", amended_at=moment)
    told = last_told(room, "motion")
    assert (told["text"], told["substantive_text"]) == (
        "That the library reopen.",
        "That the library reopen in May.",
    )
    assert take_vote(motion, "fff-").is_carried
    assert [state_of(one) for one in (motion, first, second)] == ["carried", "carried", "withdrawn"]
    with pytest.raises(services.NotAmendable):
        move("Too late", amends_pk=motion.pk)


def test_a_motion_that_is_withdrawn_takes_its_undecided_amendments_along(
    move: Callable[..., Motion], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    amendment = move("That it reopen in May.", amends_pk=motion.pk)
    services.withdraw_motion(motion_pk=motion.pk, actor=clerk, withdrawn_at=moment)
    assert (state_of(motion), state_of(amendment)) == ("withdrawn", "not_put")


def test_a_motion_cannot_be_withdrawn_while_an_amendment_to_it_is_voted_on(
    room: Room, move: Callable[..., Motion], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    amendment = move("That it reopen in May.", amends_pk=motion.pk)
    services.open_vote(motion_pk=amendment.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    for end in (
        lambda: services.withdraw_motion(motion_pk=motion.pk, actor=clerk, withdrawn_at=moment),
        lambda: services.drop_motion(motion_pk=motion.pk, actor=clerk, dropped_at=moment),
    ):
        with pytest.raises(services.VoteIsOpen):
            end()
    assert (state_of(motion), state_of(amendment)) == ("seconded", "voting")
    (row,) = motion_rows(room, Audience.MODERATORS)
    assert not {"withdraw", "drop"} & row.may


def test_words_as_amended_are_written_knowing_every_amendment_that_was_carried(
    move: Callable[..., Motion], take_vote: Callable[..., Vote], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    first, second = (move(f"Amendment {number}", amends_pk=motion.pk) for number in (1, 2))
    for amendment in (first, second):
        take_vote(amendment, "fff-")
    written = {"motion_pk": motion.pk, "actor": clerk, "text": "As amended", "amended_at": moment}
    with pytest.raises(services.ColleagueWasQuicker):
        services.amend_motion(**written, carried={first.pk})
    assert motion.amendments.filter(written_in_at__isnull=False).count() == 0
    assert services.amend_motion(**written, carried={first.pk, second.pk}).substantive_text == "As amended"


def test_a_motion_of_no_item_is_of_the_meeting_in_general(
    room: Room, move: Callable[..., Motion], clerk: Actor, moment: datetime
) -> None:
    item = room.meeting.agenda_items.get(number="3").pk
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item, changed_at=moment)
    general, other = move("That the meeting adjourn."), move(agenda_item_pk=item)
    assert (general.agenda_item, other.agenda_item_id) == (None, item)
    # While it is voted on, the screen shows that, whatever item is being taken.
    services.open_vote(motion_pk=general.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    shown = latest_vote(motion_rows(room, Audience.PUBLIC), item)
    assert shown is not None
    assert shown.motion == general


def test_who_did_not_raise_a_hand_is_counted_nowhere(
    room: Room, move: Callable[..., Motion], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    services.close_vote(motion_pk=motion.pk, actor=clerk, hands=Tally(votes_for=5, against=2), closed_at=moment)
    assert (last_told(room, "vote")["against"], last_told(room, "vote")["not_voting"]) == (2, None)
    assert "not_voting" not in json.loads(RecordEntry.objects.latest("sequence").content)


def test_a_recorded_vote_is_hidden_while_it_is_open_and_read_out_when_it_is_closed(
    room: Room, move: Callable[..., Motion], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    item = room.meeting.agenda_items.get(number="3").pk
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item, changed_at=moment)
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    ann, bob, cat, _dan = members

    def cast(actor: Actor, choice: Choice, **fields: Any) -> RollEntry:
        return services.cast_vote(motion_pk=motion.pk, actor=actor, choice=choice, cast_at=moment, **fields)

    cast(ann, Choice.AGAINST)
    cast(ann, Choice.FOR)  # another choice takes the place of the first
    cast(bob, Choice.FOR)
    cast(clerk, Choice.AGAINST, councillor_pk=cat.user.councillor.pk)
    events = RoomEvent.objects.filter(room=room, kind="vote").order_by("pk")
    assert [(event.payload["voted"], event.payload["roll"]) for event in events if event.audience == "public"] == [
        (count, []) for count in (0, 1, 1, 2, 3)
    ]
    assert '"choice"' not in json.dumps([event.payload for event in events])
    for page in (f"/room/{room.pk}/", f"/room/{room.pk}/screen/"):
        assert "Vote open: 3 of 4 have voted" in Client().get(page).content.decode()
    services.close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment)
    told = last_told(room, "vote")
    assert [(entry["name"], entry["choice"], entry["is_entered_by_officer"]) for entry in told["roll"]] == [
        ("Ann", "for", False),
        ("Bob", "for", False),
        ("Cat", "against", True),
        ("Dan", "not_voting", False),
    ]
    assert (told["votes_for"], told["against"], told["not_voting"], told["is_carried"]) == (2, 1, 1, True)
    page = Client().get(f"/room/{room.pk}/").content.decode()
    assert ("2 for, 1 against, 0 abstained" in page, "How each councillor voted" in page) == (True, True)


def test_the_record_names_councillors_by_their_public_reference_and_says_who_entered_the_vote(
    move: Callable[..., Motion], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    ann, bob = members[0], members[1].user.councillor.pk
    services.cast_vote(motion_pk=motion.pk, actor=ann, choice=Choice.AGAINST, cast_at=moment)
    services.cast_vote(motion_pk=motion.pk, actor=ann, choice=Choice.FOR, cast_at=moment)
    services.cast_vote(motion_pk=motion.pk, actor=clerk, choice=Choice.FOR, councillor_pk=bob, cast_at=moment)
    services.close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment)
    entries = [json.loads(entry.content) for entry in RecordEntry.objects.order_by("sequence")]
    officer, ann_pk = f"account:{clerk.user.pk}" if clerk.user else "", ann.user.councillor.pk if ann.user else 0
    told = [(e["act"], e["role"], e["who"], e.get("councillor"), e["before"], e["after"]) for e in entries]
    assert told == [
        ("motion.move", "officer", officer, f"councillor:{ann_pk}", "", "seconded"),
        ("vote.open", "officer", officer, None, "seconded", "voting"),
        ("vote.cast", "councillor", "", f"councillor:{ann_pk}", "", "against"),
        ("vote.cast", "councillor", "", f"councillor:{ann_pk}", "against", "for"),
        ("vote.cast", "officer", officer, f"councillor:{bob}", "", "for"),
        ("vote.close", "officer", officer, None, "voting", "carried"),
    ]
    assert [entries[-1][name] for name in ("for", "against", "abstained", "not_voting")] == ["2", "0", "0", "2"]
    assert entries[0]["text_sha256"]
    assert "library" not in json.dumps(entries)


def test_equal_votes_need_the_person_presiding_and_nothing_else_does(
    move: Callable[..., Motion], take_vote: Callable[..., Vote], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    motion, chair = move(), members[3].user.councillor.pk
    with pytest.raises(services.CastingMissing):
        take_vote(motion, "fa")
    close = {"motion_pk": motion.pk, "actor": clerk, "closed_at": moment}
    with pytest.raises(services.ChairMissing):
        services.close_vote(**close, casting=Casting.FOR)
    closed = services.close_vote(**close, casting=Casting.FOR, chair_pk=chair)
    assert (closed.is_carried, closed.casting, closed.chair_id, closed.tally) == (
        True,
        "for",
        chair,
        Tally(votes_for=1, against=1, abstained=0, not_voting=2),
    )
    with pytest.raises(services.CastingOutOfPlace):
        take_vote(move(), "ffa", casting=Casting.AGAINST, chair_pk=chair)


def test_a_budget_is_voted_on_by_name_and_its_amendments_too(
    move: Callable[..., Motion], clerk: Actor, moment: datetime
) -> None:
    budget = move("That council tax be set.", is_budget=True)
    amendment = move("Less.", amends_pk=budget.pk)
    with pytest.raises(services.MustBeRecorded):
        services.open_vote(motion_pk=amendment.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)


def test_hands_are_counted_by_the_clerk(move: Callable[..., Motion], clerk: Actor, moment: datetime) -> None:
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    close = {"motion_pk": motion.pk, "actor": clerk, "closed_at": moment}
    with pytest.raises(services.CountMissing):
        services.close_vote(**close)
    closed = services.close_vote(**close, hands=Tally(votes_for=2, against=7, abstained=1))
    assert (closed.is_carried, state_of(motion), RollEntry.objects.count()) == (False, "lost", 0)


def test_who_has_a_pecuniary_interest_takes_no_part_and_the_roll_says_so(
    room: Room,
    move: Callable[..., Motion],
    declare: Callable[..., Declaration],
    members: list[Actor],
    clerk: Actor,
    moment: datetime,
) -> None:
    item = room.meeting.agenda_items.get(number="3").pk
    _ann, bob, cat, dan = members
    services.ask_to_speak(room_pk=room.pk, actor=cat, agenda_item_pk=item, asked_at=moment)
    declare(cat)
    assert room.speakers.get().state == "left"
    with pytest.raises(services.InterestBars):
        services.ask_to_speak(room_pk=room.pk, actor=cat, agenda_item_pk=item, asked_at=moment)
    with pytest.raises(services.InterestBars):
        move(agenda_item_pk=item, mover_pk=cat.user.councillor.pk if cat.user else None)
    motion = move(agenda_item_pk=item)
    declare(bob, has_dispensation=True)
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)

    def cast(member: Actor) -> RollEntry:
        return services.cast_vote(motion_pk=motion.pk, actor=member, choice=Choice.FOR, cast_at=moment)

    cast(bob)
    with pytest.raises(services.InterestBars):
        cast(cat)
    with pytest.raises(services.InterestBars):
        services.cast_vote(
            motion_pk=motion.pk,
            actor=clerk,
            choice=Choice.FOR,
            councillor_pk=cat.user.councillor.pk if cat.user else None,
            cast_at=moment,
        )
    cast(dan)
    declared = declare(dan, kind=InterestKind.REGISTRABLE, leaves_room=True)
    assert (last_told(room, "vote")["voted"], last_told(room, "vote")["entitled"]) == (1, 2)
    services.withdraw_declaration(declaration_pk=declared.pk, actor=clerk, withdrawn_at=moment)
    cast(dan)
    services.close_vote(motion_pk=motion.pk, actor=clerk, closed_at=moment)
    roll = {entry["name"]: (entry["choice"], entry["is_barred"]) for entry in last_told(room, "vote")["roll"]}
    assert roll == {
        "Ann": ("not_voting", False),
        "Bob": ("for", False),
        "Cat": ("not_voting", True),
        "Dan": ("for", False),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.filter(is_barred=True).update(choice="for")


def test_a_declaration_said_again_is_put_right_and_another_item_is_not_concerned(
    room: Room, declare: Callable[..., Declaration], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    first = declare(members[0])
    assert declare(members[0], nature="Rents the shop next door") == first
    assert last_told(room, "declaration")["nature"] == "Rents the shop next door"
    other = room.meeting.agenda_items.get(number="2").pk
    assert services.ask_to_speak(room_pk=room.pk, actor=members[0], agenda_item_pk=other, asked_at=moment)
    for wrong, error in (
        ({"nature": " "}, services.InterestMissing),
        ({"agenda_item_pk": None}, services.ItemMissing),
        ({"agenda_item_pk": 10**9}, services.NoSuchAgendaItem),
    ):
        with pytest.raises(error):
            declare(members[1], **wrong)
    with pytest.raises(services.NoSuchCouncillor):
        declare(clerk)
    with pytest.raises(services.NotAllowed):
        services.withdraw_declaration(declaration_pk=first.pk, actor=members[0], withdrawn_at=moment)


def test_only_members_of_the_committee_vote_where_somebody_has_said_who_they_are(
    room: Room, body: Body, members: list[Actor], moment: datetime
) -> None:
    on = date(2026, 11, 5)
    names = [member.user.councillor for member in members if member.user]
    assert list(entitled_councillors(room, on)) == names
    CommitteeMember.objects.create(body=body, councillor=names[1], from_date=date(2026, 5, 1))
    CommitteeMember.objects.create(body=body, councillor=names[2], from_date=date(2026, 11, 6))
    assert list(entitled_councillors(room, on)) == [names[1]]
    # Memberships that have run out make nobody else a member.
    CommitteeMember.objects.filter(from_date__lt=on).update(until_date=on)
    assert list(entitled_councillors(room, on)) == []
    body.has_every_councillor = True
    body.save()
    assert list(entitled_councillors(Room.objects.get(pk=room.pk), on)) == names


def test_one_vote_at_a_time_and_none_is_left_open_when_the_meeting_stops(
    room: Room, move: Callable[..., Motion], clerk: Actor, members: list[Actor], moment: datetime
) -> None:
    motion, other = move(), move("Another")
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    with pytest.raises(services.VoteIsOpen):
        services.open_vote(motion_pk=other.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)
    for change in (RoomChange.ADJOURN, RoomChange.CLOSE, RoomChange.EXCLUDE):
        with pytest.raises(services.VoteIsOpen):
            services.change_room(
                room_pk=room.pk,
                actor=clerk,
                change=change,
                changed_at=moment,
                paragraph=ExemptParagraph(3),
            )
    services.call_off_vote(motion_pk=motion.pk, actor=clerk, called_off_at=moment)
    assert (state_of(motion), Vote.objects.count(), last_told(room, "vote_removed")["id"]) == (
        "seconded",
        0,
        motion.pk,
    )
    with pytest.raises(services.VoteNotOpen):
        services.cast_vote(motion_pk=motion.pk, actor=members[0], choice=Choice.FOR, cast_at=moment)
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.ADJOURN, changed_at=moment)
    with pytest.raises(services.RoomClosed):
        services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.SHOW, opened_at=moment)


@pytest.mark.django_db(transaction=True)
def test_every_councillor_votes_once_however_fast_they_click(
    room: Room, move: Callable[..., Motion], members: list[Actor], clerk: Actor, moment: datetime
) -> None:
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)

    def cast(number: int) -> None:
        member, choice = members[number % 4], (Choice.FOR, Choice.AGAINST)[number % 2]
        try:
            services.cast_vote(motion_pk=motion.pk, actor=member, choice=choice, cast_at=moment)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(cast, range(24)))
    closed = services.close_vote(motion_pk=motion.pk, actor=clerk, casting=Casting.NOT_USED, closed_at=moment)
    assert (closed.tally, RollEntry.objects.count()) == (Tally(votes_for=2, against=2), 4)
    assert RecordEntry.objects.filter(content__contains="vote.cast").count() == 4


def test_somebody_who_is_no_councillor_votes_for_nobody(
    move: Callable[..., Motion], clerk: Actor, members: list[Actor], resident: Any, guest: Actor, moment: datetime
) -> None:
    motion = move()
    services.open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
    for actor in (guest, Actor(role=Role.RESIDENT, user=resident)):
        with pytest.raises(services.NotAllowed):
            services.cast_vote(motion_pk=motion.pk, actor=actor, choice=Choice.FOR, cast_at=moment)
        with pytest.raises(services.NotAllowed):
            services.move_motion(room_pk=motion.room_id, actor=actor, text="x", mover_pk=1, moved_at=moment)
    stranger = Actor(role=Role.COUNCILLOR, user=resident)
    with pytest.raises(services.NotOnTheRoll):
        services.cast_vote(motion_pk=motion.pk, actor=stranger, choice=Choice.FOR, cast_at=moment)
    assert MotionState(state_of(motion)) is MotionState.VOTING
    assert services.add_speaker(
        room_pk=motion.room_id, actor=clerk, kind=SpeakerKind.OFFICER, name="Planning officer", added_at=moment
    )


def test_every_act_is_done_for_whom_and_when_the_table_says_and_what_is_refused_leaves_no_trace(
    room: Room,
    move: Callable[..., Motion],
    members: list[Actor],
    clerk: Actor,
    guest: Actor,
    resident: Any,
    moment: datetime,
) -> None:
    put, voting = move("To be put"), move("Being voted on")
    item = room.meeting.agenda_items.get(number="3").pk
    ann, bob = (member.user.councillor.pk for member in members[:2] if member.user)
    where, on = {"room_pk": room.pk}, {"method": VoteMethod.SHOW, "opened_at": moment}
    interest = {"agenda_item_pk": item, "kind": InterestKind.REGISTRABLE, "nature": "x", "declared_at": moment}
    moved = {"text": "x", "mover_pk": ann, "seconder_pk": bob, "moved_at": moment}
    queued = {"kind": SpeakerKind.OFFICER, "name": "x", "added_at": moment}
    acts: dict[Action, Callable[[Actor], object]] = {
        Action.SPEAK: lambda actor: services.ask_to_speak(actor=actor, asked_at=moment, **where),
        Action.RUN_SPEAKERS: lambda actor: services.add_speaker(actor=actor, **where, **queued),
        Action.DECLARE: lambda actor: services.declare_interest(actor=actor, councillor_pk=ann, **where, **interest),
        Action.RUN_MOTIONS: lambda actor: services.move_motion(actor=actor, **where, **moved),
        Action.TAKE_VOTE: lambda actor: services.open_vote(actor=actor, motion_pk=put.pk, **on),
        Action.VOTE: lambda actor: services.cast_vote(
            actor=actor, motion_pk=voting.pk, choice=Choice.FOR, councillor_pk=ann, cast_at=moment
        ),
    }
    actors = [guest, Actor(role=Role.RESIDENT, user=resident), members[0], clerk]
    before = RoomEvent.objects.count(), RecordEntry.objects.count()
    for state, actor, (action, act) in itertools.product(RoomState, actors, acts.items()):
        is_done, refusals = False, (services.NotAllowed, services.RoomClosed, services.InPrivate)
        try:
            with transaction.atomic():
                if action is Action.VOTE:
                    services.open_vote(motion_pk=voting.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=moment)
                private = ExemptParagraph(3) if state is RoomState.EXEMPT else None
                Room.objects.filter(pk=room.pk).update(state=state, exempt_paragraph=private)
                act(actor)
                is_done = True
                raise _Undo
        except _Undo:
            pass
        except refusals:
            is_done = False
        assert is_done == may(actor.role, state, action), (actor.role, state, action)
    assert (RoomEvent.objects.count(), RecordEntry.objects.count()) == before


class _Undo(Exception):
    """Ends a transaction whose act has been tried."""

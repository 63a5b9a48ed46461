"""What councillors said, moved and decided, put in through the services by which the clerk enters it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from meetings.business_enums import Choice, InterestKind, SpeakerChange, SpeakerKind, VoteMethod
from meetings.models import MeetingPage, Motion
from meetings.services import (
    Actor,
    add_speaker,
    amend_motion,
    cast_vote,
    change_speaker,
    close_vote,
    declare_interest,
    move_motion,
    open_vote,
)
from wardmote.demo.files import read_json
from wards.models import Councillor, Term


def hold_business(page: MeetingPage, agenda: dict[str, int], clerk: Actor) -> None:
    """Interests, motions with their amendments and votes, and speakers of one meeting; ``agenda`` is items by key."""
    told = read_json("business.json").get(page.slug)
    if told is None:
        return
    for said in told["interests"]:
        declare_interest(
            room_pk=page.pk,
            actor=clerk,
            councillor_pk=_named(said["councillor"]).pk,
            agenda_item_pk=agenda[said["item"]],
            kind=InterestKind(said["kind"]),
            nature=said["nature"],
            leaves_room=said.get("leaves_room", False),
            declared_at=_at(page, said["minute"]),
        )
    for said in told["motions"]:
        _deal_with(page, said, agenda[said["item"]], clerk)
    for said in told["speakers"]:
        _hear(page, said, agenda[said["item"]], clerk)


def _deal_with(page: MeetingPage, said: dict[str, Any], item_pk: int, clerk: Actor) -> None:
    motion = _move(page, said, item_pk, clerk)
    for amendment in said["amendments"]:
        moved = _move(page, amendment, item_pk, clerk, amends=motion)
        _vote(page, moved, amendment, clerk)
    if "as_amended" in said:
        amended_at = _at(page, said["amendments"][-1]["minute"] + 3)
        amend_motion(motion_pk=motion.pk, actor=clerk, text=said["as_amended"], amended_at=amended_at)
    _vote(page, motion, said, clerk)


def _move(
    page: MeetingPage, said: dict[str, Any], item_pk: int, clerk: Actor, amends: Motion | None = None
) -> Motion:
    return move_motion(
        room_pk=page.pk,
        actor=clerk,
        text=said["text"],
        mover_pk=_named(said["mover"]).pk,
        seconder_pk=_named(said["seconder"]).pk,
        agenda_item_pk=item_pk,
        amends_pk=amends.pk if amends else None,
        moved_at=_at(page, said["minute"]),
    )


def _vote(page: MeetingPage, motion: Motion, said: dict[str, Any], clerk: Actor) -> None:
    """Take a recorded vote in which each councillor votes as their party does."""
    if "vote" not in said:
        return
    at = _at(page, said["minute"] + 25)
    vote = open_vote(motion_pk=motion.pk, actor=clerk, method=VoteMethod.RECORDED, opened_at=at)
    parties = dict(Term.objects.held_on(timezone.localdate(at)).values_list("councillor", "party"))
    for entry in vote.roll.filter(is_barred=False):
        choice = said["vote"].get(parties[entry.councillor_id])
        if choice:
            cast_vote(
                motion_pk=motion.pk, actor=clerk, choice=Choice(choice), councillor_pk=entry.councillor_id, cast_at=at
            )
    close_vote(motion_pk=motion.pk, actor=clerk, closed_at=at + timedelta(minutes=1))


def _hear(page: MeetingPage, said: dict[str, Any], item_pk: int, clerk: Actor) -> None:
    """Put somebody into the queue and, when it is told for how long they spoke, let them speak."""
    kind, at = SpeakerKind(said["kind"]), _at(page, said["minute"])
    speaker = add_speaker(
        room_pk=page.pk,
        actor=clerk,
        kind=kind,
        name=said["name"],
        councillor_pk=_named(said["name"]).pk if kind is SpeakerKind.COUNCILLOR else None,
        agenda_item_pk=item_pk,
        allotted_seconds=said["seconds"],
        added_at=at,
    )
    if "spoken_seconds" in said:
        spoke_until = at + timedelta(seconds=said["spoken_seconds"])
        for change, moment in ((SpeakerChange.START, at), (SpeakerChange.STOP, spoke_until)):
            change_speaker(speaker_pk=speaker.pk, actor=clerk, change=change, changed_at=moment)


def _named(name: str) -> Councillor:
    return Councillor.objects.get(name=name)


def _at(page: MeetingPage, minute: int) -> datetime:
    return page.starts_at + timedelta(minutes=minute)

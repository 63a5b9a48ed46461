"""What a meeting's interests, motions and votes look like on its pages: read once, in the order they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from meetings.business import MOTION_CHANGES, SETTLED
from meetings.business_contents import motions_of, open_to, votes_of
from meetings.business_enums import Choice, MotionChange, MotionState, VoteMethod
from meetings.business_forms import (
    AmendedForm,
    BusinessForm,
    ClerksInterestForm,
    CloseVoteForm,
    MotionForm,
    SecondForm,
)
from meetings.enums import Audience
from meetings.models import Declaration, Motion, RollEntry, Room, Vote
from wards.models import Councillor


@dataclass(slots=True)
class MotionRow:
    """A motion or amendment as a page shows it, with its vote and, for a motion, its amendments in order."""

    motion: Motion
    vote: Vote | None
    amendments: list[MotionRow] = field(default_factory=list)
    forms: dict[str, BusinessForm] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return motion_name(self.motion)

    @property
    def roll(self) -> list[RollEntry]:
        """Who is on the roll, by name."""
        return list(self.vote.roll.all()) if self.vote else []

    @property
    def voted(self) -> int:
        return sum(1 for entry in self.roll if entry.choice and not entry.is_barred)

    @property
    def entitled(self) -> int:
        return sum(1 for entry in self.roll if not entry.is_barred)

    @property
    def is_recorded(self) -> bool:
        return self.vote is not None and self.vote.method == VoteMethod.RECORDED

    @property
    def may(self) -> set[str]:
        """What can become of it now; its amendments come first, and are written in before it is put."""
        changes = {change.value for change in MOTION_CHANGES[MotionState(self.motion.state)]}
        if MotionChange.PUT in changes and (self.waits_for_amendments or self.waits_for_words):
            changes.discard(MotionChange.PUT)
        if any(row.motion.state == MotionState.VOTING for row in self.amendments):
            changes -= {MotionChange.WITHDRAW, MotionChange.DROP}
        return changes

    @property
    def waits_for_amendments(self) -> bool:
        return any(row.motion.state not in SETTLED for row in self.amendments)

    @property
    def waits_for_words(self) -> bool:
        """Whether a carried amendment is not written in yet."""
        return any(
            row.motion.state == MotionState.CARRIED and row.motion.written_in_at is None for row in self.amendments
        )

    @property
    def carried(self) -> list[int]:
        """The keys of its carried amendments."""
        return [row.motion.pk for row in self.amendments if row.motion.state == MotionState.CARRIED]

    @property
    def methods(self) -> list[VoteMethod]:
        """How it can be put to the vote: a budget by name alone."""
        return [VoteMethod.RECORDED] if self.motion.is_budget else list(VoteMethod)


def motion_name(motion: Motion) -> str:
    """``Motion 2``, or ``Amendment 1 to motion 2`` (its motion must be selected with it)."""
    if motion.amends:
        return _("Amendment %(number)s to motion %(motion)s") % {
            "number": motion.number,
            "motion": motion.amends.number,
        }
    return _("Motion %(number)s") % {"number": motion.number}


def motion_rows(room: Room, audience: Audience) -> list[MotionRow]:
    """The motions of a room, each with its amendments and votes, as an audience may see them. Three queries."""
    votes = {vote.pk: vote for vote in votes_of(room, audience)}
    rows = {motion.pk: MotionRow(motion, votes.get(motion.pk)) for motion in motions_of(room, audience)}
    for row in rows.values():
        if row.motion.amends_id in rows:
            rows[row.motion.amends_id].amendments.append(row)
    return [row for row in rows.values() if not row.motion.amends_id]


def latest_vote(rows: list[MotionRow], item_pk: int | None) -> MotionRow | None:
    """The vote to be read from the back row: one that is open, else the last on the agenda item being taken."""
    every = [each for row in rows for each in (row, *row.amendments) if each.vote]
    voted = [row for row in every if row.vote and row.vote.is_open]
    voted = voted or [row for row in every if item_pk and row.motion.agenda_item_id == item_pk]
    return max(voted, key=lambda row: (row.vote.opened_at, row.motion.pk) if row.vote else (), default=None)


def public_motions(room: Room, audience: Audience = Audience.PUBLIC) -> dict[str, Any]:
    """What everybody may see of a room's interests, motions and votes."""
    declared: list[Declaration] = list(
        open_to(room, audience, "declarations", room.declarations.standing().order_by("declared_at", "pk"))
    )
    return {"declarations": declared, "motions": motion_rows(room, audience)}


def desk_motions(room: Room, on: date, refused: dict[str, Any]) -> dict[str, Any]:
    """The same for the clerk, with the forms to run it by; a form that was refused comes back as it was filled in."""
    context = public_motions(room, Audience.MODERATORS)
    for row in context["motions"]:
        for each in (row, *row.amendments):
            _give_forms(each, room, on, refused)
    return context | {
        "interest_form": refused.get("interest") or ClerksInterestForm(room=room, on=on),
        "motion_form": refused.get("motion") or MotionForm(room=room, on=on),
        "choices": list(Choice),
    }


def _give_forms(row: MotionRow, room: Room, on: date, refused: dict[str, Any]) -> None:
    pk = row.motion.pk
    if row.motion.state == MotionState.MOVED:
        row.forms["second"] = refused.get(f"second-{pk}") or SecondForm(prefix=f"second-{pk}", room=room, on=on)
    if row.carried and row.motion.state not in {*SETTLED, MotionState.VOTING}:
        row.forms["amend"] = refused.get(f"amend-{pk}") or AmendedForm(
            prefix=f"amend-{pk}", initial={"text": row.motion.words}, room=room, on=on
        )
    if row.vote and row.vote.is_open:
        row.forms["close"] = refused.get(f"close-{pk}") or CloseVoteForm(
            prefix=f"close-{pk}", is_recorded=row.is_recorded, room=room, on=on
        )


@dataclass(frozen=True, slots=True)
class YourVote:
    """A councillor's own line on the roll of a vote that is open."""

    motion: Motion
    entry: RollEntry

    @property
    def name(self) -> str:
        return motion_name(self.motion)

    @property
    def choices(self) -> list[Choice]:
        return [Choice.FOR, Choice.AGAINST, Choice.ABSTAIN]


def your_vote(room: Room, councillor: Councillor) -> YourVote | None:
    """What a councillor can vote on now."""
    entry = (
        RollEntry.objects.filter(vote__motion__room=room, vote__closed_at__isnull=True, councillor=councillor)
        .select_related("vote__motion__amends")
        .first()
    )
    return YourVote(entry.vote.motion, entry) if entry else None

"""What everybody sees of interests, motions and votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings.business_enums import Casting, Choice, InterestKind, MotionState, VoteMethod
from meetings.messages.frames import Frame
from meetings.models import Declaration, Motion, RollEntry, Vote


class DeclarationView(Frame):
    """An interest that a councillor has declared."""

    id: int
    councillor: int
    name: str
    agenda_item: int | None
    kind: InterestKind
    nature: str
    leaves_room: bool
    has_dispensation: bool
    bars: bool
    declared_at: datetime


class MotionView(Frame):
    """A motion, or an amendment to the one that it ``amends``. ``substantive_text`` is empty until it is amended."""

    id: int
    number: int
    amends: int | None
    agenda_item: int | None
    text: str
    substantive_text: str
    mover: str
    seconder: str
    is_budget: bool
    state: MotionState
    moved_at: datetime


class RollView(Frame):
    """What one councillor did in a recorded vote."""

    councillor: int
    name: str
    choice: Choice
    is_barred: bool
    is_entered_by_officer: bool


class VoteView(Frame):
    """The vote on the motion with the same ``id``. While it is open: how many of how many have voted, no more."""

    id: int
    method: VoteMethod
    is_open: bool
    voted: int
    entitled: int
    opened_at: datetime
    closed_at: datetime | None = None
    votes_for: int | None = None
    against: int | None = None
    abstained: int | None = None
    not_voting: int | None = None
    casting: Casting | None = None
    chair: str = ""
    is_carried: bool | None = None
    roll: tuple[RollView, ...] = ()


def declaration_view(declaration: Declaration) -> DeclarationView:
    """What everybody sees of a declaration (its councillor must be selected with it)."""
    return DeclarationView(
        id=declaration.pk,
        councillor=declaration.councillor_id,
        name=declaration.councillor.name,
        agenda_item=declaration.agenda_item_id,
        kind=InterestKind(declaration.kind),
        nature=declaration.nature,
        leaves_room=declaration.leaves_room,
        has_dispensation=declaration.has_dispensation,
        bars=declaration.bars,
        declared_at=declaration.declared_at,
    )


def motion_view(motion: Motion) -> MotionView:
    """What everybody sees of a motion (its mover and seconder must be selected with it)."""
    return MotionView(
        id=motion.pk,
        number=motion.number,
        amends=motion.amends_id,
        agenda_item=motion.agenda_item_id,
        text=motion.text,
        substantive_text=motion.substantive_text,
        mover=motion.mover.name,
        seconder=motion.seconder.name if motion.seconder else "",
        is_budget=motion.is_budget,
        state=MotionState(motion.state),
        moved_at=motion.moved_at,
    )


def vote_view(vote: Vote, roll: Sequence[RollEntry]) -> VoteView:
    """What everybody sees of a vote: of its ``roll``, each with its councillor, only the count until it is closed."""
    may_vote = [entry for entry in roll if not entry.is_barred]
    running = VoteView(
        id=vote.pk,
        method=VoteMethod(vote.method),
        is_open=vote.is_open,
        voted=sum(1 for entry in may_vote if entry.choice),
        entitled=len(may_vote),
        opened_at=vote.opened_at,
    )
    if vote.is_open:
        return running
    result = {
        "closed_at": vote.closed_at,
        "votes_for": vote.votes_for,
        "against": vote.against,
        "abstained": vote.abstained,
        "not_voting": vote.known_not_voting,
        "casting": Casting(vote.casting) if vote.casting else None,
        "chair": vote.chair.name if vote.chair else "",
        "is_carried": vote.is_carried,
        "roll": tuple(_roll_view(entry) for entry in roll),
    }
    return running.model_copy(update=result)


def _roll_view(entry: RollEntry) -> RollView:
    return RollView(
        councillor=entry.councillor_id,
        name=entry.councillor.name,
        choice=Choice(entry.choice),
        is_barred=entry.is_barred,
        is_entered_by_officer=entry.is_entered_by_officer,
    )

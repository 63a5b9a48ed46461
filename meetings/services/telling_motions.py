"""What everybody is told of motions and votes."""

from __future__ import annotations

from datetime import datetime

from meetings import messages
from meetings.enums import Audience, EventKind
from meetings.models import Motion, Room, Vote
from meetings.services.acting import tell


def tell_motion(room: Room, motion: Motion, moment: datetime) -> None:
    """A motion is new or has changed."""
    tell(room, moment, dict.fromkeys(Audience, (EventKind.MOTION, messages.motion_view(motion))))


def tell_vote(room: Room, vote: Vote, moment: datetime) -> None:
    """A vote is open, goes on or is closed: while it is open, only how many have voted."""
    roll = list(vote.roll.select_related("councillor").order_by("councillor__name", "pk"))
    tell(room, moment, dict.fromkeys(Audience, (EventKind.VOTE, messages.vote_view(vote, roll))))

"""Frames about raised hands and reactions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from meetings.enums import Reaction
from meetings.messages.frames import Command, Frame, RowId
from meetings.models import Hand
from meetings.models.questions import MAX_NAME_LENGTH


class React(Frame):
    """A gesture: not acknowledged, not kept."""

    type: Literal["react"]
    reaction: Reaction


class RaiseHand(Command):
    """Raise one's own hand, or put it down. The name is for officers."""

    type: Literal["raise_hand"]
    raised: bool
    name: Annotated[str, Field(max_length=MAX_NAME_LENGTH)] = ""


class SettleHand(Command):
    """An officer puts somebody's hand down, or all of them."""

    type: Literal["settle_hand"]
    hand: RowId | None


class TakePart(Command):
    """An officer says whether the room takes reactions and raised hands."""

    type: Literal["take_part"]
    reactions: bool
    hands: bool


class HandView(Frame):
    """A raised hand as moderators see it."""

    id: int
    name: str
    raised_at: datetime


class OwnHand(Frame):
    """Whether one's own hand is up, to whoever raised it."""

    type: Literal["own_hand"] = "own_hand"
    raised: bool


def hand_view(hand: Hand) -> HandView:
    return HandView(id=hand.pk, name=hand.name, raised_at=hand.raised_at)

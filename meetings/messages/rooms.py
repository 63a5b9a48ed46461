"""Frames about the room itself."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

from meetings.enums import INSIDE_AUDIENCES, ExemptParagraph, RoomChange, RoomState
from meetings.messages.frames import Command, Frame, RowId
from meetings.models import Room


class ChangeRoom(Command):
    type: Literal["room"]
    change: RoomChange
    paragraph: ExemptParagraph | None = None
    until: time | None = None


class SetAgenda(Command):
    type: Literal["agenda"]
    item: RowId | None


class RoomView(Frame):
    """Where the room stands. What is not given says nothing: readers of a private session learn only that it is one."""

    state: RoomState
    agenda_item: int | None = None
    exempt_paragraph: ExemptParagraph | None = None
    resumes_at: datetime | None = None
    question: int | None = None
    """Which is being answered."""
    reactions: bool = False
    hands: bool = False
    """Whether reactions and raised hands are taken."""


class AgendaView(Frame):
    agenda_item: int | None


class Reset(Frame):
    """Has nothing to say but that a snapshot is due."""


def room_view(room: Room, audience: str) -> RoomView:
    """The room as an audience may know it."""
    seen = RoomView(
        state=RoomState(room.state),
        exempt_paragraph=ExemptParagraph(room.exempt_paragraph) if room.exempt_paragraph else None,
        resumes_at=room.resumes_at,
    )
    if room.is_private and audience not in INSIDE_AUDIENCES:
        return seen
    return seen.model_copy(
        update={
            "agenda_item": None if room.is_closed else room.current_agenda_item_id,
            "question": None if room.is_closed else room.current_question_id,
            "reactions": room.takes_reactions,
            "hands": room.takes_hands,
        }
    )

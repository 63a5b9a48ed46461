"""Frames from a client that ask for nothing to be done."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from meetings.messages.frames import MAX_KEYS, Frame


class Hello(Frame):
    """Says what the client has; the answer is what it missed. ``mine`` are keys of its own questions."""

    type: Literal["hello"]
    protocol: Annotated[int, Field(ge=1, le=1_000)]
    epoch: UUID | None = None
    sequence: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    mine: Annotated[tuple[UUID, ...], Field(max_length=MAX_KEYS)] = ()
    hand: bool = False
    """Whether the page takes the reader's own hand to be up: it is told when that is wrong."""


class Seen(Frame):
    """How many frames the client has received on this socket: what it has seen may leave the server's account."""

    type: Literal["seen"]
    frames: Annotated[int, Field(ge=0, le=2**63 - 1)]

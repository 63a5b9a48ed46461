"""The doorbell: tells every server process, after commit, that a room has something new.

The database is the truth. What is lost here is found within half a second by each process's poll, so nothing that
goes wrong in Redis may reach the caller.
"""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

RING_TIMEOUT_SECONDS = 1.0
"""How long a commit waits for the channel layer before it leaves the news to the poll."""

REST_SECONDS = 3.0
"""How long nobody rings after it failed: commits must not queue up behind a dead Redis, and the poll tells all."""

ROOM_CHANGED = "room.changed"

COUNTS_REST_SECONDS = 0.5
"""How long nobody rings again for a room's counts: they go out at most twice a second, whoever rings how often."""

_rests_until = 0.0
_counts_rung_at: dict[int, float] = {}


def group_of(room_pk: int) -> str:
    """The channel-layer group on which a room's doorbell rings."""
    return f"room.{room_pk}"


def tell_room(room_pk: int) -> None:
    """Ring the room's doorbell once the current transaction is committed."""
    transaction.on_commit(partial(ring, room_pk))


def tell_counts(room_pk: int) -> None:
    """Ring once the current transaction is committed, for what goes out with the next tick: once for a storm of it."""
    transaction.on_commit(partial(_ring_for_counts, room_pk))


def _ring_for_counts(room_pk: int) -> None:
    now = time.monotonic()
    if now - _counts_rung_at.get(room_pk, -COUNTS_REST_SECONDS) >= COUNTS_REST_SECONDS:
        _counts_rung_at[room_pk] = now
        ring(room_pk)


def ring(room_pk: int) -> None:
    """Ring the doorbell now, unless it has just failed. Never raises."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    try:
        async_to_sync(_send)(room_pk)
    except Exception:
        _rests_until = time.monotonic() + REST_SECONDS
        logger.warning("The doorbell of room %s did not ring; processes will find out by polling.", room_pk)
        logger.debug("Why it did not ring", exc_info=True)


async def _send(room_pk: int) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    message = {"type": ROOM_CHANGED, "room": room_pk}
    await asyncio.wait_for(layer.group_send(group_of(room_pk), message), RING_TIMEOUT_SECONDS)

"""Whether what the house stands on answers."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """``True`` for each part that answered."""

    database: bool
    channel_layer: bool

    @property
    def is_well(self) -> bool:
        return all(asdict(self).values())


def check_health() -> Health:
    """Ask the database for a row and the channel layer to take a message. A part that fails is logged."""
    return Health(database=_database_answers(), channel_layer=_channel_layer_answers())


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        logger.exception("The database does not answer")
        return False


def _channel_layer_answers() -> bool:
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)("health", {"type": "health.asked"})
    except Exception:  # each kind of layer has its own errors, and a health check must name none of them
        logger.exception("The channel layer does not answer")
        return False
    return True

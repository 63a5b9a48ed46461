"""The threads behind sockets keep their connection to the database, and give it back when it has grown old."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections

from meetings.database_threads import DatabaseThreads


def link() -> Any:
    """The thread's connection as its driver has it."""
    connection.ensure_connection()
    return connection.connection


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("seconds", "is_kept"), [(60, True), (0, False)])
async def test_a_connection_is_kept_between_commands_for_its_time(settings: Any, seconds: int, is_kept: bool) -> None:
    settings.ROOM_CONNECTION_SECONDS = seconds
    before = connection.settings_dict["CONN_MAX_AGE"]
    threads = DatabaseThreads(1, "kept")
    try:
        first, second = await threads.run(link), await threads.run(link)
    finally:
        await threads.run(connections.close_all)
    assert (first is second) is is_kept
    assert connection.settings_dict["CONN_MAX_AGE"] == before

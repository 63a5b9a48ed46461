"""Threads in which the sockets of a process wait for the database, apart from the pages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connections


class DatabaseThreads:
    """A few threads that keep their connection from one call to the next, for ``ROOM_CONNECTION_SECONDS``.

    Opening one for each command, as is done for pages, costs more than the command itself.
    """

    def __init__(self, count: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name, initializer=_keep_connections)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a blocking function in one of the threads."""
        run = database_sync_to_async(function, thread_sensitive=False, executor=self._pool)
        return await run(*arguments)


def _keep_connections() -> None:
    # Settings of a connection are shared by all threads: this one has its own from here on.
    for connection in connections.all():
        kept = {"CONN_MAX_AGE": settings.ROOM_CONNECTION_SECONDS}
        connection.settings_dict = connection.settings_dict | kept

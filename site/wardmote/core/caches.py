"""The cache of a site with several processes: in Redis, and in each process's own memory while Redis is away."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from wardmote.core.config import MOST_IN_MEMORY

logger = logging.getLogger(__name__)

REST_SECONDS = 3.0
"""How long Redis is left alone after it failed: a page asks the cache many times, and must not wait each time."""


class SteadyRedisCache(RedisCache):
    """Redis, until it fails or refuses: its disk or memory is full, or it may only be read. Then memory for
    ``REST_SECONDS``, after which it is tried again.

    Pages go on without it, and what is counted to limit somebody goes on being counted, by each process for itself.
    """

    _rests_until = 0.0
    """By ``time.monotonic``; of the process, since Django makes a cache for each thread."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._stand_in = LocMemCache("redis-away", {"OPTIONS": {"MAX_ENTRIES": MOST_IN_MEMORY}})

    def _steadily(self, name: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= self._rests_until:
            try:
                return getattr(RedisCache, name)(self, *arguments, **options)
            except RedisError as fault:
                logger.warning(
                    "Redis does not answer as it should; each process keeps its own cache meanwhile: %s", fault
                )
                SteadyRedisCache._rests_until = time.monotonic() + REST_SECONDS
        return getattr(self._stand_in, name)(*arguments, **options)

    def add(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("add", *arguments, **options)

    def get(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("get", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("set", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("touch", *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("delete", *arguments, **options)

    def get_many(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("get_many", *arguments, **options)

    def has_key(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("has_key", *arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("incr", *arguments, **options)

    def set_many(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("set_many", *arguments, **options)

    def delete_many(self, *arguments: Any, **options: Any) -> Any:
        return self._steadily("delete_many", *arguments, **options)

    def clear(self, *arguments: Any, **options: Any) -> Any:
        self._stand_in.clear()
        return self._steadily("clear", *arguments, **options)

"""A Redis that dies takes the cache's contents with it, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import Redis as Client

from benchmarks.rooms.house import Redis
from wardmote.core import caches, limits
from wardmote.core.caches import SteadyRedisCache
from wardmote.core.config import caches as cache_settings
from wardmote.core.config import read_config
from wardmote.core.limits import Limit, is_within


@pytest.fixture
def cache(own_redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SteadyRedisCache:
    monkeypatch.setattr(caches, "REST_SECONDS", 0.2)
    monkeypatch.setattr(SteadyRedisCache, "_rests_until", 0.0)
    config = read_config({"WARDMOTE_REDIS_URL": own_redis.url}, default_data_dir=tmp_path)
    settings = cache_settings(config)["default"]
    assert settings["BACKEND"] == "wardmote.core.caches.SteadyRedisCache"
    return SteadyRedisCache(settings["LOCATION"], {"OPTIONS": settings["OPTIONS"]})


def test_while_redis_is_away_each_process_keeps_count_for_itself(cache: SteadyRedisCache, own_redis: Redis) -> None:
    cache.set("tries", 7)
    own_redis.kill()
    started = time.monotonic()
    assert cache.get("tries", "unknown") == "unknown"
    assert (cache.add("tries", 0), cache.add("tries", 0)) == (True, False)
    assert [cache.incr("tries") for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("nothing")
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert (cache.has_key("a"), cache.touch("a"), cache.delete("a"), cache.get("a")) == (True, True, True, None)
    cache.delete_many(["b"])
    assert cache.get("b") is None
    assert time.monotonic() - started < 10  # nothing waits for it


def test_once_redis_is_back_it_is_used_again(cache: SteadyRedisCache, own_redis: Redis) -> None:
    own_redis.kill()
    cache.set("greeting", "from memory")
    own_redis.start()
    time.sleep(0.25)
    assert cache.get("greeting") is None
    cache.set("greeting", "from Redis")
    assert RedisCache(own_redis.url, {}).get("greeting") == "from Redis"
    cache.clear()
    own_redis.kill()
    assert cache.get("greeting") is None


def test_a_redis_that_is_full_is_away(cache: SteadyRedisCache, own_redis: Redis) -> None:
    Client.from_url(own_redis.url).config_set("maxmemory", "1")
    assert (cache.add("tries", 0), cache.incr("tries")) == (True, 1)


def test_a_limit_ends_though_redis_forgets_its_key_while_it_counts(
    cache: SteadyRedisCache, own_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "cache", cache)
    is_there = Client.exists

    def then_over(client: Client, *names: str) -> int:
        found = is_there(client, *names)
        client.delete(*names)
        return found

    monkeypatch.setattr(Client, "exists", then_over)
    assert is_within(Limit("letters", 5, 600), "somebody")
    (key,) = Client.from_url(own_redis.url).keys()
    assert 0 < Client.from_url(own_redis.url).ttl(key) <= 600


def test_memory_keeps_count_of_a_crowd(cache: SteadyRedisCache, own_redis: Redis, tmp_path: Path) -> None:
    own_redis.kill()
    settings = cache_settings(read_config({}, default_data_dir=tmp_path))["default"]
    for memory in (cache, LocMemCache("alone", settings)):
        memory.set("first", 1)
        memory.set_many({str(number): 1 for number in range(1_000)})
        assert memory.get("first") == 1

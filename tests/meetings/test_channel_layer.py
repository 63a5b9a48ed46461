"""The doorbell's connections to a real Redis: none is lost by being idle, and a crowd of them is let in.

The layer in use shares one connection among its channels. Channels' other Redis layer takes one for each, and shows what
the options of a host are worth: each promise is seen to break there without its option.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import MaxConnectionsError
from redis.exceptions import TimeoutError as RedisTimeout

from benchmarks.rooms.house import Redis
from wardmote.core.config import channel_layers, read_config

BELL = {"type": "room.changed", "room": 1}
LAYERS = pytest.mark.parametrize("layer", [RedisPubSubChannelLayer, RedisChannelLayer])


def host(redis: Redis, tmp_path: Path) -> dict[str, Any]:
    """The options that the house gives for its Redis."""
    config = read_config({"WARDMOTE_REDIS_URL": redis.url}, default_data_dir=tmp_path)
    (found,) = channel_layers(config)["default"]["CONFIG"]["hosts"]
    return dict(found)


async def heard(layer: Any, *, channels: int, idle_seconds: float) -> int:
    """Open ``channels`` at once, let them be idle, ring once: how many heard it. Raises what the first of them raised."""
    names = await asyncio.gather(*(layer.new_channel() for _ in range(channels)))
    await asyncio.gather(*(layer.group_add("room.1", name) for name in names))
    waiting = [asyncio.ensure_future(layer.receive(name)) for name in names]
    try:
        await asyncio.wait(waiting, timeout=idle_seconds, return_when=asyncio.FIRST_EXCEPTION)
        if not any(each.done() for each in waiting):
            await layer.group_send("room.1", BELL)
        return [await asyncio.wait_for(each, 10) for each in waiting].count(BELL)
    finally:
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await layer.flush()


@LAYERS
async def test_an_idle_connection_stays_open(layer: Any, own_redis: Redis, tmp_path: Path) -> None:
    # A second stands for the evening: what ends an idle connection is a timeout, and none is set.
    assert host(own_redis, tmp_path)["socket_timeout"] is None
    assert await heard(layer(hosts=[host(own_redis, tmp_path)]), channels=1, idle_seconds=1) == 1


async def test_with_a_timeout_an_idle_connection_would_be_lost(own_redis: Redis, tmp_path: Path) -> None:
    impatient = host(own_redis, tmp_path) | {"socket_timeout": 0.2}
    with pytest.raises(RedisTimeout):
        await heard(RedisChannelLayer(hosts=[impatient]), channels=1, idle_seconds=1)


@LAYERS
async def test_three_hundred_join_at_once(layer: Any, own_redis: Redis, tmp_path: Path) -> None:
    assert await heard(layer(hosts=[host(own_redis, tmp_path)]), channels=300, idle_seconds=0.2) == 300


async def test_with_a_small_pool_a_crowd_would_be_refused(own_redis: Redis, tmp_path: Path) -> None:
    narrow = host(own_redis, tmp_path) | {"max_connections": 100}  # redis-py's own default
    with pytest.raises(MaxConnectionsError):
        await heard(RedisChannelLayer(hosts=[narrow]), channels=300, idle_seconds=0.5)

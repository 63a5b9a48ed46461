"""The doorbell may fail: nobody waits for it, and nobody hears of it twice."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rooms.house import free_port
from meetings import broadcast
from wardmote.core.config import channel_layers, read_config


def test_a_doorbell_that_failed_is_left_alone_for_a_while(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    settings.CHANNEL_LAYERS = channel_layers(read_config({"WARDMOTE_REDIS_URL": nobody}, default_data_dir=tmp_path))
    monkeypatch.setattr(broadcast, "_rests_until", 0.0)
    caplog.set_level(logging.WARNING, logger="meetings.broadcast")
    started = time.monotonic()
    for _ in range(100):
        broadcast.ring(1)
    assert time.monotonic() - started < broadcast.REST_SECONDS
    assert [record.getMessage() for record in caplog.records] == [
        "The doorbell of room 1 did not ring; processes will find out by polling."
    ]
    monkeypatch.setattr(broadcast, "_rests_until", time.monotonic())
    broadcast.ring(1)
    assert len(caplog.records) == 2

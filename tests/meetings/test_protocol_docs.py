"""The documented frames are frames: every transcript line in docs/protocol.md is read by the protocol's own types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meetings import messages
from meetings.limits import COMMANDS, FRAMES, MAX_BAD_FRAMES, OFFICER_COMMANDS
from meetings.outbox import MAX_OUTSTANDING_BYTES, RESUME_BYTES, STALL_SECONDS

PROTOCOL = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SCRIPT = Path(__file__).resolve().parents[2] / "site/wardmote/static/wardmote/js/room-connection.js"
KEY, MOMENT = "0b9f3a52-8a0e-4f57-9d53-6a1c0f7b2d11", "2026-11-05T18:30:00Z"
PAYLOAD = f"""{{"id": 7, "text": "Why?", "name": "", "ward": "", "agenda_item": null, "state": "published", "answer": "",
"asked_at": "{MOMENT}", "published_at": "{MOMENT}", "answered_at": null}}"""


def transcript_lines() -> list[tuple[str, str]]:
    """Every frame of a transcript: its direction, and its text with what is cut short filled in."""
    blocks = re.findall(r"```\n(.*?)```", PROTOCOL, re.DOTALL)
    found = []
    for block in blocks:
        for direction, text in re.findall(r"^([<>]) (\{.*?\})[^{}]*?(?=^[<>]|\Z)", block, re.DOTALL | re.MULTILINE):
            whole = re.sub(r'"(?:6f1c|0b9f)…"', f'"{KEY}"', text).replace('"payload": {…}', f'"payload": {PAYLOAD}')
            found.append((direction, re.sub(r'("\w+_at"): "…"', rf'\1: "{MOMENT}"', whole)))
    return found


@pytest.mark.parametrize(("direction", "text"), transcript_lines())
def test_a_documented_frame_is_one_that_the_protocol_knows(direction: str, text: str) -> None:
    (messages.client_frames if direction == ">" else messages.server_frames).validate_json(text)


def test_the_documented_limits_are_those_that_hold() -> None:
    limits = [
        messages.MAX_FRAME_BYTES,
        FRAMES.count,
        COMMANDS.count,
        OFFICER_COMMANDS.count,
        MAX_OUTSTANDING_BYTES,
        RESUME_BYTES,
        int(STALL_SECONDS),
    ]
    assert [limit for limit in limits if f"{limit:,}" not in PROTOCOL] == []
    assert (MAX_BAD_FRAMES, "The tenth bad frame closes it" in PROTOCOL) == (10, True)
    assert set(re.findall(r"^\| `(\w+)` \| .* \| (?:yes|no|frames)", PROTOCOL, re.MULTILINE)) == set(messages.Reason)


def test_the_script_measures_frames_and_speaks_the_protocol_as_the_server_does() -> None:
    constants = dict(re.findall(r"^export const (\w+) = (\d+)\b", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))
    told = (int(constants["MAX_FRAME_BYTES"]), int(constants["PROTOCOL"]))
    assert told == (messages.MAX_FRAME_BYTES, messages.PROTOCOL)

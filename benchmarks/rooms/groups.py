"""What the hub is measured against: the way Channels' own tutorial does it, one group membership per socket.

No database, no numbers, no moderation: only a group message to every socket, encoded for each of them.
"""

from __future__ import annotations

import json
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import URLRouter
from django.urls import path

GROUP = "everybody"


class GroupConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def receive_json(self, content: dict[str, Any], **_options: Any) -> None:
        if content["type"] == "hello":
            await self.send_json({"type": "ready"})
        elif content["type"] == "publish":
            await self.channel_layer.group_send(GROUP, {"type": "told", "frame": content["frame"]})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def told(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["frame"])


def application_of() -> URLRouter:
    return URLRouter([path("ws/room/<int:pk>/", GroupConsumer.as_asgi())])


def example_frame(question: int) -> str:
    """A frame of the size the room itself sends for one new question."""
    payload = {
        "id": question,
        "text": "When will the library on Nacton Road open on Saturdays again? My children can only go then.",
        "name": "",
        "ward": "Alexandra",
        "agenda_item": None,
        "state": "published",
        "answer": "",
        "asked_at": "2026-11-05T18:30:00Z",
        "published_at": "2026-11-05T18:30:00Z",
        "answered_at": None,
    }
    event = {"sequence": question, "kind": "question", "payload": payload}
    frame = {"type": "events", "epoch": "0" * 36, "prev": question - 1, "events": [event]}
    return json.dumps(frame, separators=(",", ":"))

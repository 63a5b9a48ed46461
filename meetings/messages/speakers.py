"""What everybody sees of the queue of speakers."""

from __future__ import annotations

from datetime import datetime

from meetings.business_enums import Side, SpeakerKind, SpeakerState
from meetings.messages.frames import Frame
from meetings.models import Speaker


class SpeakerView(Frame):
    """One turn to speak. Seconds spoken: ``spoken_ms`` / 1000, and while ``running_since`` is set, since then too."""

    id: int
    kind: SpeakerKind
    name: str
    councillor: int | None
    side: Side | None
    agenda_item: int | None
    is_point_of_order: bool
    place: int
    state: SpeakerState
    allotted_seconds: int
    spoken_ms: int
    running_since: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


def speaker_view(speaker: Speaker) -> SpeakerView:
    """What everybody sees of a turn."""
    return SpeakerView(
        id=speaker.pk,
        kind=SpeakerKind(speaker.kind),
        name=speaker.name,
        councillor=speaker.councillor_id,
        side=Side(speaker.side) if speaker.side else None,
        agenda_item=speaker.agenda_item_id,
        is_point_of_order=speaker.is_point_of_order,
        place=speaker.place,
        state=SpeakerState(speaker.state),
        allotted_seconds=speaker.allotted_seconds,
        spoken_ms=speaker.spoken_ms,
        running_since=speaker.running_since,
        started_at=speaker.started_at,
        ended_at=speaker.ended_at,
    )

"""Adding to a meeting's record, and handing it out. What the chain does and does not prove: ``docs/adr``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.db import transaction

from meetings.check_record import FORMAT, START, VERSION, canonical, hash_of
from meetings.enums import Act, Role
from meetings.models import Record, RecordEntry, Room

EXPORT_CHUNK = 1_000
"""Entries held in memory at once while a record is handed out."""


def locked(room: Room) -> Record:
    """The room's record, locked until the transaction ends; made when the room has none yet.

    Take it last of all locks, so that nobody waits long and nobody waits in a circle.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A record is written in the transaction of the act.")
    found = Record.objects.select_for_update().filter(room=room).first()
    if found is None:
        Record.objects.get_or_create(room=room)
        found = Record.objects.select_for_update().get(room=room)
    return found


def append(
    record: Record,
    *,
    room: Room,
    act: Act,
    role: Role,
    who: str,
    moment: datetime,
    subject: str,
    before: str | int,
    after: str | int,
    reason: str = "",
    more: Mapping[str, str] | None = None,
) -> int:
    """Add an act to a room's record, which is ``locked``; returns the entry's number.

    ``who`` is the account of an officer, and empty for everybody else: a record names no asker and no supporter.
    ``subject`` is what was acted on, by its public reference; ``more`` is for fingerprints of published words.
    """
    content = {
        "sequence": record.length + 1,
        "meeting": str(room.meeting.translation_key),
        "at": moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "act": act.value,
        "subject": subject,
        "role": str(role),
        "who": who,
        "before": before,
        "after": after,
        "reason": reason,
        **(more or {}),
    }
    written = hash_of(record.fingerprint, content)
    RecordEntry.objects.create(
        record=record,
        sequence=record.length + 1,
        previous_id=record.fingerprint if record.length else None,
        hash=written,
        content=canonical(content),
    )
    record.length, record.fingerprint = record.length + 1, written
    record.save(update_fields=["length", "fingerprint"])
    return record.length


def fingerprint_of_words(text: str) -> str:
    """SHA-256 of published words, so that a record says which words they were."""
    return hashlib.sha256(text.encode()).hexdigest()


def export_lines(room: Room) -> Iterator[str]:
    """The record as JSON Lines, as ``check_record.py`` reads it: a head, the entries, an end.

    An entry that is added while this runs is left for the next export. The end says what the record's own row says,
    so that rows taken out of the table are missed.
    """
    record = Record.objects.filter(room=room).first() or Record(room=room)
    meeting = room.meeting
    head = {"record": FORMAT, "version": VERSION, "meeting": str(meeting.translation_key), "title": meeting.title}
    yield f"{canonical(head)}\n"
    entries = RecordEntry.objects.filter(record=room.pk, sequence__lte=record.length).order_by("sequence")
    for entry in entries.iterator(EXPORT_CHUNK):
        # Content goes out as it stands in its row: what was changed there must not be tidied up on its way.
        yield f'{{"content":{entry.content},"hash":"{entry.hash}","previous":"{entry.previous_id or START}"}}\n'
    yield f"{canonical({'end': True, 'entries': record.length, 'fingerprint': record.fingerprint})}\n"

"""The record of a meeting: what stands in it, that the database keeps it, and that its checker finds every change."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from django.test import Client

from meetings import check_record, record, services
from meetings.enums import Decision, QuestionState, Role, RoomChange
from meetings.models import PublicQuestion, Record, RecordEntry, Room
from meetings.services import Actor
from wards.models import Ward

KEY = uuid.UUID("22222222-2222-4222-8222-222222222222")


@pytest.fixture
def meeting_held(
    room: Room, ward: Ward, guest: Actor, clerk: Actor, resident: Any, moment: datetime
) -> PublicQuestion:
    """A question asked, published, supported twice, once no longer, answered and taken away; then the end."""
    at = iter(moment + timedelta(seconds=second) for second in range(20))
    item = room.meeting.agenda_items.get(number="2")
    services.set_agenda_item(room_pk=room.pk, actor=clerk, agenda_item_pk=item.pk, changed_at=next(at))
    question = services.ask_question(
        room_pk=room.pk,
        actor=guest,
        key=KEY,
        text="When will the library reopen?",
        name="Ada Okafor",
        ward=ward,
        asked_at=next(at),
    )
    decide = {"question_pk": question.pk, "actor": clerk}
    services.decide_question(**decide, decision=Decision.PUBLISH, decided_at=next(at))
    services.support_question(question_pk=question.pk, actor=guest, given_at=next(at))
    neighbour = Actor(role=Role.RESIDENT, user=resident)
    services.support_question(question_pk=question.pk, actor=neighbour, given_at=next(at))
    services.support_question(question_pk=question.pk, actor=neighbour, given_at=next(at))  # again: no act
    services.withdraw_support(question_pk=question.pk, actor=guest, withdrawn_at=next(at))
    services.decide_question(**decide, decision=Decision.ANSWER, decided_at=next(at), answer="In May.")
    services.decide_question(**decide, decision=Decision.WITHHOLD, decided_at=next(at), reason="It names a child")
    services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=next(at))
    return PublicQuestion.objects.get(pk=question.pk)


def exported(room: Room) -> list[str]:
    return list(record.export_lines(Room.objects.select_related("meeting").get(pk=room.pk)))


def verdict(lines: list[str], tmp_path: Path, *options: str) -> tuple[int, str]:
    file = tmp_path / "record.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    out = io.StringIO()
    with redirect_stdout(out):
        code = check_record.main([str(file), *options])
    return code, out.getvalue().strip()


def test_every_act_stands_in_the_record_with_who_role_before_after_reason_and_moment(
    meeting_held: PublicQuestion, room: Room, clerk: Actor
) -> None:
    contents = [json.loads(line)["content"] for line in exported(room)[1:-1]]
    assert clerk.user
    officer, question = f"account:{clerk.user.pk}", f"question:{meeting_held.pk}"
    told = [
        (c["sequence"], c["act"], c["subject"], c["role"], c["who"], c["before"], c["after"], c["reason"])
        for c in contents
    ]
    assert told == [
        (1, "room.agenda", "agenda", "officer", officer, "", "2. Questions from the public", ""),
        (2, "question.ask", question, "guest", "", "", "held", ""),
        (3, "question.publish", question, "officer", officer, "held", "published", ""),
        (4, "support.give", question, "guest", "", 0, 1, ""),
        (5, "support.give", question, "resident", "", 1, 2, ""),
        (6, "support.withdraw", question, "guest", "", 2, 1, ""),
        (7, "question.answer", question, "officer", officer, "published", "answered", ""),
        (8, "question.withhold", question, "officer", officer, "answered", "withheld", "It names a child"),
        (9, "room.change", "room", "officer", officer, "in_session", "closed", ""),
    ]
    assert [c["at"] for c in contents][:2] == ["2026-11-05T18:30:00.000000Z", "2026-11-05T18:30:01.000000Z"]
    assert {c["meeting"] for c in contents} == {str(room.meeting.translation_key)}
    assert contents[6]["text_sha256"] == record.fingerprint_of_words("When will the library reopen?")
    assert contents[6]["answer_sha256"] == record.fingerprint_of_words("In May.")
    assert "text_sha256" not in contents[7]


def test_no_asker_and_no_supporter_can_be_read_from_it(
    meeting_held: PublicQuestion, room: Room, guest: Actor, resident: Any
) -> None:
    text = "".join(exported(room))
    secrets = ["Ada", "Okafor", guest.guest, KEY.hex, str(KEY), resident.email, f"user:{resident.pk}", "library"]
    assert [secret for secret in secrets if secret in text] == []


def test_a_refused_act_leaves_no_entry(room: Room, clerk: Actor, moment: datetime) -> None:
    with pytest.raises(services.NotPossible):
        services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.START, changed_at=moment)
    assert (Record.objects.count(), RecordEntry.objects.count()) == (0, 0)


def test_an_act_that_is_rolled_back_takes_its_entry_with_it(room: Room, clerk: Actor, moment: datetime) -> None:
    with transaction.atomic():
        services.change_room(room_pk=room.pk, actor=clerk, change=RoomChange.CLOSE, changed_at=moment)
        assert RecordEntry.objects.count() == 1
        transaction.set_rollback(True)
    assert RecordEntry.objects.count() == 0


def test_the_checker_finds_a_record_whole_and_knows_a_noted_fingerprint(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    lines = exported(room)
    fourth, last = json.loads(lines[4])["hash"], json.loads(lines[-1])["fingerprint"]
    assert last == Record.objects.get().fingerprint
    assert verdict(lines, tmp_path) == (0, f"WHOLE: 9 entries, fingerprint {last}")
    code, said = verdict(lines, tmp_path, "--noted", fourth.upper())
    assert (code, "that of entry 4" in said) == (0, True)
    assert verdict(lines, tmp_path, "--noted", "ab" * 32)[0] == 1


def test_the_record_of_a_meeting_at_which_nothing_was_done_is_whole(room: Room, tmp_path: Path) -> None:
    assert verdict(exported(room), tmp_path) == (0, f"WHOLE: 0 entries, fingerprint {'0' * 64}")


def rehash(lines: list[str]) -> list[str]:
    """The lines chained anew: what somebody would do who can write to the file but not to what others noted."""
    head, *entries, _end = (json.loads(line) for line in lines)
    last = check_record.START
    for number, entry in enumerate(entries, start=1):
        entry["content"]["sequence"] = number
        entry["previous"], last = last, check_record.hash_of(last, entry["content"])
        entry["hash"] = last
    end = {"end": True, "entries": len(entries), "fingerprint": last}
    return [f"{check_record.canonical(value)}\n" for value in (head, *entries, end)]


CHANGES: dict[str, tuple[Callable[[list[str]], list[str]], int]] = {
    "a reason is changed": (lambda ls: [line.replace("a child", "a councillor") for line in ls], 9),
    "a count is changed": (lambda ls: [*ls[:5], ls[5].replace('"after":2', '"after":3'), *ls[6:]], 6),
    "a moment is changed": (lambda ls: [*ls[:3], ls[3].replace("18:30:02", "18:29:02"), *ls[4:]], 4),
    "a name is added to an entry": (lambda ls: [ls[0], ls[1].replace('"act"', '"a":1,"act"'), *ls[2:]], 2),
    "a name stands twice": (lambda ls: [ls[0], ls[1].replace('"act"', '"act":"","act"'), *ls[2:]], 2),
    "something beside the content": (lambda ls: [ls[0], ls[1].replace('"hash"', '"b":1,"hash"'), *ls[2:]], 2),
    "an entry is dropped": (lambda ls: [*ls[:4], *ls[5:]], 5),
    "the first entry is dropped": (lambda ls: [ls[0], *ls[2:]], 2),
    "the last entry is dropped": (lambda ls: [*ls[:9], ls[10]], 10),
    "the end is cut off": (lambda ls: ls[:-1], 11),
    "half is cut off": (lambda ls: ls[:5], 6),
    "two entries are swapped": (lambda ls: [*ls[:3], ls[4], ls[3], *ls[5:]], 4),
    "an entry stands twice": (lambda ls: [*ls[:4], ls[3], *ls[4:]], 5),
    "an entry is added before the end": (
        lambda ls: [*ls[:10], ls[9].replace('"sequence":9', '"sequence":10'), ls[10]],
        11,
    ),
    "an entry follows the end": (lambda ls: [*ls, ls[9]], 12),
    "another meeting's name": (lambda ls: [ls[0].replace('"meeting":"', '"meeting":"x'), *ls[1:]], 2),
    "the end says another number": (lambda ls: [*ls[:10], ls[10].replace('"entries":9', '"entries":8')], 11),
    "a line that is no JSON": (lambda ls: [*ls[:2], "{\n", *ls[3:]], 3),
    "an empty line": (lambda ls: [*ls[:2], "\n", *ls[2:]], 3),
    "half a letter": (lambda ls: [*ls[:2], ls[2].replace("guest", "\\ud800"), *ls[3:]], 3),
    "a number that is none": (lambda ls: [*ls[:2], ls[2].replace('"held"', "NaN"), *ls[3:]], 3),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_checker_names_the_line_at_which_a_changed_record_breaks(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path, name: str
) -> None:
    change, line = CHANGES[name]
    lines = exported(room)
    changed = change(lines)
    assert changed != lines
    code, said = verdict(changed, tmp_path)
    assert (code, said.split(":")[0]) == (1, f"BROKEN at line {line}")


def test_every_single_changed_byte_of_an_entry_is_found(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    lines = [line.encode() for line in exported(room)]
    for place in range(len(lines[3]) - 1):
        changed = bytearray(lines[3])
        changed[place] ^= 1
        with pytest.raises(check_record.Broken, match=r"^line [45]: "):
            check_record.check([*lines[:3], bytes(changed), *lines[4:]])


def test_a_record_made_up_anew_is_whole_in_itself_and_only_a_noted_fingerprint_tells(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    lines = exported(room)
    noted = json.loads(lines[-1])["fingerprint"]
    made_up = rehash([*lines[:4], *lines[5:]])
    assert verdict(made_up, tmp_path)[0] == 0
    code, said = verdict(made_up, tmp_path, "--noted", noted)
    assert (code, said.startswith("NOT THE SAME")) == (1, True)


@pytest.mark.parametrize("lines", [[], ["[1]\n"], ['{"record":"other"}\n'], ["\x00"], ["[" * 100_000]])
def test_a_file_that_is_no_record_is_called_so(lines: list[str], tmp_path: Path) -> None:
    code, said = verdict(lines, tmp_path)
    assert (code, said.startswith("NO RECORD")) == (2, True)


def test_a_file_that_cannot_be_read_is_called_so(tmp_path: Path) -> None:
    with redirect_stdout(io.StringIO()):
        assert check_record.main([str(tmp_path / "none.jsonl")]) == 2


def test_the_checker_runs_by_itself_with_the_standard_library_only(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    (tmp_path / "record.jsonl").write_text("".join(exported(room)), encoding="utf-8")
    (tmp_path / "check_record.py").write_bytes(Path(check_record.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", "check_record.py", "record.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("WHOLE: 9 entries")) == (0, True)


def test_what_is_changed_in_the_database_shows_in_the_export(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    entry = RecordEntry.objects.get(sequence=8)
    RecordEntry.objects.filter(pk=entry.pk).update(content=entry.content.replace("a child", "nobody"))
    assert verdict(exported(room), tmp_path)[1].startswith("BROKEN at line 9: entry 8 was changed")


def test_a_last_entry_taken_out_of_the_database_is_missed(
    meeting_held: PublicQuestion, room: Room, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM meetings_recordentry WHERE sequence = 9")
    assert verdict(exported(room), tmp_path)[1].startswith("BROKEN at line 10: the end speaks of 9 entries, 8")


def test_the_database_refuses_a_second_follower_a_second_number_and_a_beginning_in_the_middle(
    meeting_held: PublicQuestion,
) -> None:
    third, last = RecordEntry.objects.get(sequence=3), RecordEntry.objects.get(sequence=9)
    refused: list[dict[str, Any]] = [
        {"sequence": 10, "previous_id": third.previous_id},
        {"sequence": 9, "previous_id": last.hash},
        {"sequence": 10, "previous_id": None},
        {"sequence": 1, "previous_id": last.hash},
        {"sequence": 10, "previous_id": last.hash, "hash": third.hash},
    ]
    for values in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordEntry.objects.create(**{"record": last.record, "hash": "cd" * 32, "content": "{}", **values})
    assert RecordEntry.objects.count() == 9


def test_the_database_refuses_a_hash_that_no_entry_has(meeting_held: PublicQuestion) -> None:
    @transaction.atomic
    def add_after_nothing() -> None:
        unknown = {"sequence": 10, "previous_id": "ef" * 32, "hash": "cd" * 32, "content": "{}"}
        RecordEntry.objects.create(record=Record.objects.get(), **unknown)
        connection.check_constraints()

    with pytest.raises(IntegrityError):
        add_after_nothing()
    assert RecordEntry.objects.count() == 9


def test_an_entry_is_neither_saved_again_nor_deleted_and_its_meeting_stays(
    meeting_held: PublicQuestion, room: Room
) -> None:
    entry = RecordEntry.objects.get(sequence=1)
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(ProtectedError):
        room.meeting.delete()


def test_officers_take_the_record_and_its_checker_from_the_desk(
    officer: Any, meeting_held: PublicQuestion, room: Room, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    desk = client.get(f"/room/{room.pk}/desk/").content.decode()
    assert Record.objects.get().fingerprint in desk
    given = client.get(f"/room/{room.pk}/desk/record.jsonl")
    assert given["Content-Disposition"] == f'attachment; filename="record-{room.meeting.slug}.jsonl"'
    assert b"".join(given.streaming_content).decode() == "".join(exported(room))  # type: ignore[attr-defined]
    checker = client.get(f"/room/{room.pk}/desk/check_record.py")
    assert b"".join(checker.streaming_content) == Path(check_record.__file__).read_bytes()  # type: ignore[attr-defined]


def test_a_closed_meeting_shows_everybody_its_fingerprint(meeting_held: PublicQuestion, room: Room) -> None:
    page = Client().get(f"/room/{room.pk}/").content.decode()
    assert ("9 entries." in page, Record.objects.get().fingerprint in page) == (True, True)


def test_states_a_meeting_passes_through_are_all_in_its_record(
    make_question: Callable[..., PublicQuestion], room: Room
) -> None:
    make_question(QuestionState.ANSWERED)
    make_question(QuestionState.WITHHELD)
    acts = [
        json.loads(content)["act"]
        for content in RecordEntry.objects.order_by("sequence").values_list("content", flat=True)
    ]
    assert acts == ["question.ask", "question.publish", "question.answer", "question.ask", "question.withhold"]

"""Meetings and agendas from ModernGov: what is read, what a second import changes, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from meetings import moderngov
from meetings.agendas import AgendaReport, import_agenda
from meetings.enums import RoomState
from meetings.models import AgendaItem, Body, ImportedMeeting, MeetingIndexPage, MeetingPage, PublicQuestion, Room
from meetings.moderngov import FileRefused
from meetings.services import ask_question


def item(number: int, title: str, more: str = "") -> str:
    named = f"<agendaitemid>{number}</agendaitemid><agendaitemtitle>{title}</agendaitemtitle>"
    return f"<agendaitem>{named}{more}</agendaitem>"


APOLOGIES = item(9001, "Apologies", "<agendatext>&lt;p&gt;Who is &lt;b&gt;not&lt;/b&gt; here&lt;/p&gt;</agendatext>")
LIBRARIES = item(9002, "Libraries &amp; their hours", "<ispubliccanspeak>True</ispubliccanspeak>")
EXEMPT = item(9003, "Land sale", "<isrestricted>True</isrestricted><agendatext>CANARY price</agendatext>")


def meeting_file(*items: str, day: str = "05/11/2026", clock: str = "6.30 pm", more: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
    <getmeeting>
      <meetingid>512</meetingid>
      <committeeid>77</committeeid><committeetitle>Planning Committee</committeetitle>
      <meetingdate>{day}</meetingdate><meetingtime>{clock}</meetingtime><meetinglocation>Town Hall</meetinglocation>
      <iswebcast>True</iswebcast>{more}
      <agendaitems>{"".join(items)}</agendaitems>
      <attendees><attendee memberid="3" name="Cllr CANARY" politicalparty="X" ward="Y"/></attendees>
    </getmeeting>""".encode()


WHOLE = meeting_file(APOLOGIES, LIBRARIES, EXEMPT)


def agenda(meeting: MeetingPage) -> list[tuple[Any, ...]]:
    items = AgendaItem.objects.filter(meeting=meeting).order_by("sort_order")
    return list(
        items.values_list("moderngov_id", "number", "title", "description", "takes_questions", "is_withdrawn")
    )


@pytest.fixture
def imported(meeting_index: MeetingIndexPage) -> MeetingPage:
    """The file's meeting, as an officer has published it."""
    import_agenda(WHOLE)
    page = ImportedMeeting.objects.get(moderngov_id=512).meeting
    page.get_latest_revision_as_object().save_revision().publish()
    return MeetingPage.objects.get(pk=page.pk)


def test_a_meeting_becomes_a_draft_with_its_agenda_and_a_room(meeting_index: MeetingIndexPage) -> None:
    report = import_agenda(WHOLE)
    meeting = ImportedMeeting.objects.get(moderngov_id=512).meeting
    assert (report.bodies_added, report.meetings_added, report.items_added, report.problems) == (1, 1, 3, [])
    assert (meeting.title, meeting.live, meeting.venue) == (
        "Planning Committee, Thursday 5 November 2026",
        False,
        "Town Hall",
    )
    assert meeting.starts_at == datetime(2026, 11, 5, 18, 30, tzinfo=timezone.get_default_timezone())
    assert (meeting.body.name, meeting.body.moderngov_id) == ("Planning Committee", 77)
    assert Room.objects.filter(meeting=meeting).count() == 1
    draft = meeting.get_latest_revision_as_object()
    assert [
        (each.number, each.title, each.description, each.takes_questions) for each in draft.agenda_items.all()
    ] == [
        ("1", "Apologies", "Who is not here", True),
        ("2", "Libraries & their hours", "", True),
        ("3", "Land sale", "", False),
    ]


def test_attendees_and_exempt_words_are_not_read(meeting_index: MeetingIndexPage) -> None:
    import_agenda(WHOLE)
    kept = [str(revision.content) for revision in Revision.objects.all()]
    assert kept
    assert "CANARY" not in "".join(kept)


def test_the_same_file_again_changes_nothing(imported: MeetingPage) -> None:
    before = agenda(imported), Revision.objects.count(), MeetingPage.objects.values().get(), Body.objects.count()
    keys = set(AgendaItem.objects.values_list("pk", flat=True))
    report = import_agenda(WHOLE)
    assert (report.meetings_unchanged, report.meetings_changed, report.meetings_added) == (1, 0, 0)
    assert (report.items_added, report.items_changed, report.items_withdrawn) == (0, 0, 0)
    after = agenda(imported), Revision.objects.count(), MeetingPage.objects.values().get(), Body.objects.count()
    assert after == before
    assert set(AgendaItem.objects.values_list("pk", flat=True)) == keys


def test_a_draft_imported_twice_is_unchanged_too(meeting_index: MeetingIndexPage) -> None:
    import_agenda(WHOLE)
    revisions = Revision.objects.count()
    assert import_agenda(WHOLE).meetings_unchanged == 1
    assert Revision.objects.count() == revisions


def test_a_changed_file_updates_by_number_and_keeps_what_is_gone_marked(
    imported: MeetingPage, guest: Any, ward: Any
) -> None:
    libraries = AgendaItem.objects.get(moderngov_id=9002)
    asked = ask_question(
        room_pk=imported.pk,
        actor=guest,
        key=uuid.uuid4(),
        text="Why?",
        name="Ada",
        ward=ward,
        agenda_item_pk=libraries.pk,
        asked_at=timezone.now(),
    )
    changed = meeting_file(item(9004, "Minutes"), item(9001, "Apologies for absence"), EXEMPT, clock="19:00")
    report = import_agenda(changed)
    assert (report.meetings_changed, report.items_added, report.items_changed, report.items_withdrawn) == (1, 1, 1, 1)
    assert agenda(imported) == [
        (9004, "1", "Minutes", "", True, False),
        (9001, "2", "Apologies for absence", "", True, False),
        (9003, "3", "Land sale", "", False, False),
        (9002, "2", "Libraries & their hours", "", True, True),
    ]
    assert PublicQuestion.objects.get(pk=asked.pk).agenda_item == libraries
    meeting = MeetingPage.objects.get(pk=imported.pk)
    assert timezone.localtime(meeting.starts_at).hour == 19
    page = Client().get(f"/room/{imported.pk}/").content.decode()
    assert page.count(">Withdrawn</strong>") == 1
    assert f'<option value="{libraries.pk}">' not in page
    back = import_agenda(WHOLE)
    assert (back.items_withdrawn, back.items_changed) == (1, 2)


def test_what_officers_added_and_decided_stays(imported: MeetingPage) -> None:
    draft = imported.get_latest_revision_as_object()
    first, *others = draft.agenda_items.all()
    first.takes_questions = False
    own = AgendaItem(number="A", title="Questions from the public", locale=imported.locale, sort_order=9)
    draft.agenda_items.set([first, *others, own])
    draft.save_revision().publish()
    report = import_agenda(WHOLE)
    assert (report.meetings_unchanged, report.items_withdrawn) == (1, 0)
    assert [(row[2], row[4]) for row in agenda(imported)] == [
        ("Apologies", False),
        ("Libraries & their hours", True),
        ("Land sale", False),
        ("Questions from the public", True),
    ]


def test_a_draft_in_the_making_is_not_published_by_an_import(imported: MeetingPage) -> None:
    draft = imported.get_latest_revision_as_object()
    draft.venue = "A secret place"
    draft.save_revision()
    report = import_agenda(meeting_file(APOLOGIES))
    assert (report.meetings_changed, len(report.notices)) == (1, 1)
    assert (MeetingPage.objects.get().venue, len(agenda(imported))) == ("Town Hall", 3)
    assert not any(row[5] for row in agenda(imported))


def test_a_meeting_made_by_hand_is_taken_over_with_its_items(
    make_meeting: Callable[..., MeetingPage], body: Body
) -> None:
    meeting = make_meeting(RoomState.WAITING, agenda=("apologies", "Own item"))
    Body.objects.filter(pk=body.pk).update(name="planning committee")
    report = import_agenda(WHOLE)
    assert (report.meetings_added, report.meetings_changed, report.bodies_added) == (0, 1, 0)
    assert [row[:3] for row in agenda(meeting)] == [
        (9001, "1", "Apologies"),
        (9002, "2", "Libraries & their hours"),
        (9003, "3", "Land sale"),
        (None, "2", "Own item"),
    ]


LISTS = b"""<getmeetings xmlns="http://example.org/x"><committee><committeeid>77</committeeid>
  <committeetitle>Planning Committee</committeetitle></committee><meetings>
  <meeting><meetingid>512</meetingid><meetingdate>05/11/2026</meetingdate><meetingtime>6.30 pm</meetingtime></meeting>
  <meeting><meetingid>513</meetingid><meetingdate>03/12/2026</meetingdate><meetingtime>10.00 am</meetingtime></meeting>
  <meeting><meetingid>514</meetingid><meetingdate>31/02/2026</meetingdate><meetingtime>10.00 am</meetingtime></meeting>
  <meeting><meetingid>x</meetingid><meetingdate>03/12/2026</meetingdate><meetingtime>noon</meetingtime></meeting>
</meetings></getmeetings>"""


def test_a_committees_list_brings_its_meetings_leaves_agendas_and_names_bad_rows(imported: MeetingPage) -> None:
    before = agenda(imported)
    report = import_agenda(LISTS)
    assert (report.meetings_added, report.meetings_unchanged, report.bodies_added) == (1, 1, 0)
    assert agenda(imported) == before
    assert report.problems == [
        "Meeting 514: “31/02/2026 10.00 am” is not a day and time.",
        "A meeting has no number: “x”.",
    ]


def test_a_list_of_committees_makes_bodies_once(db: None) -> None:
    content = b"""<getcommittees><committees>
      <committee><committeeid>1</committeeid><committeetitle>Full Council</committeetitle></committee>
      <committee><committeeid>2</committeeid><committeetitle>Audit</committeetitle></committee>
      <committee><committeeid>3</committeeid><committeetitle>Old</committeetitle><committeedeleted>True</committeedeleted></committee>
      <committee><committeeid>four</committeeid><committeetitle>Bad</committeetitle></committee>
    </committees></getcommittees>"""
    first, again = import_agenda(content), import_agenda(content)
    assert list(Body.objects.order_by("moderngov_id").values_list("moderngov_id", "name")) == [
        (1, "Full Council"),
        (2, "Audit"),
    ]
    assert (first.bodies_added, again.bodies_added) == (2, 0)
    assert first.problems == ["A committee has no title or no number: “Bad”."]


def test_bad_items_are_named_and_the_others_land(meeting_index: MeetingIndexPage) -> None:
    no_number = "<agendaitem><agendaitemtitle>No number</agendaitemtitle></agendaitem>"
    report = import_agenda(meeting_file(no_number, APOLOGIES, APOLOGIES, item(9, " "), LIBRARIES))
    assert report.items_added == 2
    assert report.problems == [
        "Meeting 512, item 1 in the file has no number of its own.",
        "Meeting 512, item 3 in the file stands there twice.",
        "Meeting 512, item 4 in the file has no title.",
    ]


def test_a_meeting_without_a_committee_waits_for_its_committees_list(meeting_index: MeetingIndexPage) -> None:
    content = WHOLE.replace(b"<committeeid>77</committeeid><committeetitle>Planning Committee</committeetitle>", b"")
    report = import_agenda(content)
    assert (MeetingPage.objects.count(), len(report.problems)) == (0, 1)
    import_agenda(LISTS)
    assert import_agenda(content).meetings_changed == 1


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "a bomb of entities": BOMB + b"<getmeeting><meetingid>&b;</meetingid></getmeeting>",
    "a file from outside": b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m><meetingid>&x;</meetingid></m>',
    "a document type elsewhere": b'<!DOCTYPE m SYSTEM "http://example.org/m.dtd"><m><meetingid>1</meetingid></m>',
    "an unknown entity": b"<m><meetingid>&x;</meetingid></m>",
    "no XML": b"PK\x03\x04",
    "nothing": b"",
    "half a file": WHOLE[:200],
    "an unknown encoding": b'<?xml version="1.0" encoding="utf-7"?><m/>',
    "another file": b"<rss><channel/></rss>",
    "too large": b"<m>" + b" " * moderngov.MAX_BYTES + b"</m>",
    "as deep as a well": b"<m>" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_foreign_files_are_refused_whole(meeting_index: MeetingIndexPage, name: str) -> None:
    with pytest.raises(FileRefused):
        import_agenda(HOSTILE[name])
    assert (MeetingPage.objects.count(), Body.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("clock", "hour", "minute"),
    [
        ("10.00 am", 10, 0),
        ("6.30 pm", 18, 30),
        ("18:30", 18, 30),
        ("12.00 noon", 12, 0),
        ("12.15 am", 0, 15),
        ("7pm", 19, 0),
    ],
)
def test_times_are_read_as_clerks_write_them(clock: str, hour: int, minute: int) -> None:
    meeting = moderngov.read(meeting_file(clock=clock)).meetings[0]
    assert (meeting.starts_at.hour, meeting.starts_at.minute) == (hour, minute)


@pytest.mark.parametrize(
    ("day", "clock"),
    [("2026-11-05", "10.00 am"), ("05/11/2026", "25:00"), ("05/11/2026", "tbc"), ("05/11/2026", "13 pm")],
)
def test_what_is_no_day_and_time_is_named(day: str, clock: str) -> None:
    contents = moderngov.read(meeting_file(day=day, clock=clock))
    assert (contents.meetings, contents.problems) == ((), (f"Meeting 512: “{day} {clock}” is not a day and time.",))


def test_html_of_an_item_becomes_words_and_stays_escaped(meeting_index: MeetingIndexPage) -> None:
    evil = "&lt;p&gt;One&lt;br/&gt;two&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; 3 &amp;lt; 4"
    contents = moderngov.read(meeting_file(item(1, "T", f"<agendatext>{evil}</agendatext>")))
    assert contents.meetings[0].items is not None
    assert contents.meetings[0].items[0].text == "One\ntwo\nalert(1) 3 < 4"


def test_a_number_is_imported_once(imported: MeetingPage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.create(
            meeting=imported, moderngov_id=9001, number="9", title="Twice", locale=imported.locale
        )


def test_the_command_says_what_it_did_and_refuses_with_a_reason(
    meeting_index: MeetingIndexPage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "meeting.xml"
    file.write_bytes(meeting_file(APOLOGIES, item(9, "")))
    call_command("import_agenda", str(file))
    out, err = capsys.readouterr()
    assert out.startswith("Meetings: 1 added, 0 changed, 0 unchanged. Agenda items: 1 added")
    assert "item 2 in the file has no title" in err
    file.write_bytes(HOSTILE["a bomb of entities"])
    with pytest.raises(CommandError, match="document type"):
        call_command("import_agenda", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_agenda", str(tmp_path / "none.xml"))


def test_officers_upload_a_file_and_others_may_not(
    officer: Any, resident: Any, meeting_index: MeetingIndexPage, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client, other = Client(), Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    other.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
    assert other.get("/admin/meetings/import/").status_code in {302, 403}
    assert "Import from ModernGov" in client.get("/admin/meetings/import/").content.decode()
    given = client.post("/admin/meetings/import/", {"file": SimpleUploadedFile("m.xml", WHOLE)})
    page = given.content.decode()
    meeting = ImportedMeeting.objects.get().meeting
    assert (given.status_code, f"/admin/pages/{meeting.pk}/edit/" in page) == (200, True)
    for content, words in ((HOSTILE["a bomb of entities"], "declares a document type"), (b"", "The file is empty.")):
        refused = client.post("/admin/meetings/import/", {"file": SimpleUploadedFile("m.xml", content)})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert client.post("/admin/meetings/import/").status_code == 422


def test_a_report_says_everything_in_one_sentence() -> None:
    report = AgendaReport(meetings_added=1, items_withdrawn=2, bodies_added=3)
    assert report.summary == (
        "Meetings: 1 added, 0 changed, 0 unchanged. Agenda items: 0 added, 0 changed, 2 withdrawn. "
        "Documents: 0 added, 0 changed, 0 removed. Bodies: 3 added."
    )

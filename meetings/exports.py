"""A meeting's questions and answers as CSV, JSON and Word: for everybody, and for officers with what only they see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.docx import Paragraph, Style, document
from meetings.enums import AnsweredHow, QuestionState
from meetings.models import MeetingPage, PublicQuestion
from sentiment.nlp.exports import safe_cell
from wardmote.core.moments import say_moment

WORD_LANGUAGES = {"en": "en-GB", "cy": "cy-GB"}
"""What Word calls the site's languages."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Questions of one meeting as they go out: the officers' version has every question and who asked it."""

    meeting: MeetingPage
    questions: Sequence[PublicQuestion]
    agenda: Mapping[int, str]
    """An agenda item's number and title in the reader's language, by the key it has in the room."""
    is_officers: bool
    language: str
    made_at: datetime

    def item_of(self, question: PublicQuestion) -> str:
        return self.agenda.get(question.agenda_item_id or 0, "")


def as_csv(sheet: Sheet) -> bytes:
    """A row for each question. No cell can start a formula; the first bytes tell Excel that it is UTF-8."""
    headings = {
        "reference": _("Reference"),
        "agenda_item": _("Agenda item"),
        "question": _("Question"),
        "name": _("Name shown"),
        "ward": _("Ward"),
        "support": _("Supporters"),
        "state": _("State"),
        "on_notice": _("On notice"),
        "councillor": _("Councillor asked"),
        "supplementary_to": _("Supplementary to"),
        "edited": _("Edited by the council"),
        "answer": _("Answer"),
        "asked_at": _("Asked"),
        "published_at": _("Published"),
        "answered_at": _("Answered"),
        "answered_by": _("Who answered"),
        "answered_how": _("Where"),
        "asker_name": _("Name given"),
        "asker_email": _("E-mail address"),
        "reason": _("Why it is not published"),
        "original": _("As it was asked"),
        "joined_to": _("Joined to"),
        "assigned_to": _("Assigned to"),
        "proposed_answer": _("Proposed answer"),
    }
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    columns = list(_columns(sheet))
    rows.writerow([safe_cell(headings[column]) for column in columns])
    for row in _rows(sheet):
        row["state"] = QuestionState(row["state"]).label
        row["answered_how"] = AnsweredHow(row["answered_how"]).label if row["answered_how"] else ""
        for column in ("on_notice", "edited"):
            row[column] = _("yes") if row[column] else ""
        rows.writerow([_cell(row[column]) for column in columns])
    return file.getvalue().encode("utf-8-sig")


def as_json(sheet: Sheet) -> bytes:
    """The questions with fixed names; moments are ISO 8601 with their offset."""
    meeting = sheet.meeting
    whole = {
        "meeting": {
            "title": meeting.title,
            "body": meeting.body.name,
            "starts_at": timezone.localtime(meeting.starts_at).isoformat(),
            "venue": meeting.venue,
        },
        "version": "officers" if sheet.is_officers else "public",
        "made_at": timezone.localtime(sheet.made_at).isoformat(timespec="seconds"),
        "questions": [{key: _value(value) for key, value in row.items()} for row in _rows(sheet)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_docx(sheet: Sheet) -> bytes:
    """A document to read or to put into minutes: questions under their agenda items, in the order given."""
    meeting = sheet.meeting
    when = say_moment(meeting.starts_at, sheet.made_at)
    title = _("Questions and answers: %(title)s") % {"title": meeting.title}
    opening = [Paragraph(f"{meeting.body.name}, {when}, {meeting.venue}")]
    if sheet.is_officers:
        opening.append(Paragraph(_("For officers only: names and unpublished questions are in it."), Style.NOTE))
    if not sheet.questions:
        opening.append(Paragraph(_("Nobody asked a question at this meeting.")))
    return document(
        title=title,
        language=WORD_LANGUAGES.get(sheet.language, sheet.language),
        made_at=sheet.made_at,
        paragraphs=(*opening, *_sections(sheet)),
    )


def _sections(sheet: Sheet) -> Iterator[Paragraph]:
    places = {title: place for place, title in enumerate(sheet.agenda.values())}
    in_order = sorted(sheet.questions, key=lambda question: places.get(sheet.item_of(question), -1))
    heading = None
    for question in in_order:
        item = sheet.item_of(question)
        if item != heading:
            heading = item
            yield Paragraph(item or _("The meeting in general"), Style.HEADING)
        yield from _paragraphs(sheet, question)


def _paragraphs(sheet: Sheet, question: PublicQuestion) -> Iterator[Paragraph]:
    yield Paragraph(_("Question %(number)d") % {"number": question.pk}, Style.SUBHEADING)
    yield Paragraph(question.text)
    facts = [
        question.shown_name,
        question.ward.name if question.ward else "",
        _("Supporters: %(count)d") % {"count": question.support},  # type: ignore[attr-defined]
        question.get_state_display(),
        _("edited by the council") if question.edited_at else "",
    ]
    yield Paragraph(" · ".join(fact for fact in facts if fact), Style.NOTE)
    if sheet.is_officers:
        yield Paragraph(question.asker_name or "–", Style.NOTE, label=_("Name given:"))
    if sheet.is_officers and question.withheld_reason:
        yield Paragraph(question.withheld_reason, Style.NOTE, label=_("Why it is not published:"))
    if sheet.is_officers and question.original_text:
        yield Paragraph(question.original_text, Style.NOTE, label=_("As it was asked:"))
    if question.is_answered:
        label = _("%(name)s answers:") % {"name": question.answered_by} if question.answered_by else _("Answer:")
        yield Paragraph(question.answer or _("Answered at the meeting."), label=label)


def _columns(sheet: Sheet) -> Iterator[str]:
    yield from ("reference", "agenda_item", "question", "name", "ward", "support", "state")
    yield from ("on_notice", "councillor", "supplementary_to", "edited", "answer", "answered_by", "answered_how")
    yield from ("asked_at", "published_at", "answered_at")
    if sheet.is_officers:
        yield from ("asker_name", "asker_email", "reason", "original", "joined_to", "assigned_to", "proposed_answer")


def _rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for question in sheet.questions:
        row = {
            "reference": question.pk,
            "agenda_item": sheet.item_of(question),
            "question": question.text,
            "name": question.shown_name,
            "ward": question.ward.name if question.ward else "",
            "support": question.support,  # type: ignore[attr-defined]
            "state": question.state,
            "answer": question.answer if sheet.is_officers else question.shown_answer,
            "asked_at": question.asked_at,
            "published_at": question.published_at,
            "answered_at": question.answered_at,
            "on_notice": question.on_notice,
            "councillor": question.addressed_to.name if question.addressed_to else "",
            "supplementary_to": question.supplementary_to_id,
            "edited": question.edited_at is not None,
            "answered_by": question.answered_by if sheet.is_officers else question.shown_answered_by,
            "answered_how": question.answered_how,
            "asker_email": question.asker_email,
            "original": question.original_text,
            "joined_to": question.merged_into_id,
            "assigned_to": question.assigned_to.name if question.assigned_to else "",
            "proposed_answer": question.proposed_answer,
            "asker_name": question.asker_name,
            "reason": question.withheld_reason,
        }
        yield {column: row[column] for column in _columns(sheet)}


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return safe_cell(value) if isinstance(value, str) else value


def _value(value: Any) -> Any:
    return timezone.localtime(value).isoformat() if isinstance(value, datetime) else value

"""A meeting's polls as CSV, JSON and Word: for everybody what everybody may see, for officers every poll."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.docx import Paragraph, Style, document
from meetings.exports import WORD_LANGUAGES
from meetings.models import MeetingPage
from meetings.poll_cards import Card
from sentiment.nlp.exports import safe_cell


@dataclass(frozen=True, slots=True)
class PollSheet:
    """Polls of one meeting as they go out; how one stands is in it only where its reader may see that."""

    meeting: MeetingPage
    cards: Sequence[Card]
    language: str
    made_at: datetime


def as_csv(sheet: PollSheet) -> bytes:
    """A row for each option of each poll. No cell can start a formula; the first bytes tell Excel that it is UTF-8."""
    headings = [
        _("Reference"),
        _("Poll"),
        _("Kind"),
        _("State"),
        _("People who answered"),
        _("Answer"),
        _("People"),
        _("Points"),
        _("Place"),
    ]
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow([safe_cell(heading) for heading in headings])
    for card in sheet.cards:
        poll = card.poll
        head = [poll.pk, poll.question, poll.get_kind_display(), poll.get_state_display()]
        people = card.people if card.standing else ""
        told = [[row.text, row.bar.count, row.bar.points, row.bar.place] for row in card.rows]
        for one in told or [["", "", "", ""]]:
            rows.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in (*head, people, *one)])
    return file.getvalue().encode("utf-8-sig")


def as_json(sheet: PollSheet) -> bytes:
    """The polls with fixed names; ``people`` and ``answers`` are null where how a poll stands is not shown."""
    whole = {
        "meeting": {
            "title": sheet.meeting.title,
            "starts_at": timezone.localtime(sheet.meeting.starts_at).isoformat(),
        },
        "made_at": timezone.localtime(sheet.made_at).isoformat(timespec="seconds"),
        "note": _note(),
        "polls": [_told(card) for card in sheet.cards],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_docx(sheet: PollSheet) -> bytes:
    """A document to read or to put into minutes: each poll with its figures."""
    return document(
        title=_("Polls: %(title)s") % {"title": sheet.meeting.title},
        language=WORD_LANGUAGES.get(sheet.language, sheet.language),
        made_at=sheet.made_at,
        paragraphs=(Paragraph(_note(), Style.NOTE), *_paragraphs(sheet)),
    )


def _paragraphs(sheet: PollSheet) -> Iterator[Paragraph]:
    if not sheet.cards:
        yield Paragraph(_("There was no poll at this meeting."))
    for card in sheet.cards:
        yield Paragraph(card.poll.question, Style.HEADING)
        facts = [card.poll.get_kind_display(), card.poll.get_state_display()]
        if card.standing:
            facts.append(_("People who answered: %(count)d") % {"count": card.people})
        yield Paragraph(" · ".join(facts), Style.NOTE)
        for row in card.rows:
            yield Paragraph(row.figure, label=f"{row.text}:")


def _told(card: Card) -> dict[str, Any]:
    poll, is_shown = card.poll, card.standing is not None
    return {
        "reference": poll.pk,
        "question": poll.question,
        "kind": poll.kind,
        "state": poll.state,
        "opened_at": _moment(poll.opened_at),
        "closed_at": _moment(poll.closed_at),
        "people": card.people if is_shown else None,
        "mean": card.mean,
        "answers": [_answer(row.text, row.bar) for row in card.rows] if is_shown else None,
    }


def _answer(text: str, bar: Any) -> dict[str, Any]:
    ranked = {} if bar.points is None else {"points": bar.points, "place": bar.place}
    return {"answer": text, "people": bar.count, **ranked}


def _note() -> str:
    return _(
        "A poll shows what the people who take part think. It is not representative, "
        "and it is not a vote of the council."
    )


def _moment(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None

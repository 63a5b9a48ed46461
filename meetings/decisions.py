"""What a meeting decided, and how each councillor voted, as CSV, JSON and Word. Everybody may read all of it."""

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

from meetings.business_enums import Choice
from meetings.business_queries import Spoken
from meetings.docx import Paragraph, Style, document
from meetings.exports import WORD_LANGUAGES
from meetings.models import Declaration, MeetingPage, RollEntry
from meetings.motions_page import MotionRow
from sentiment.nlp.exports import safe_cell
from wardmote.core.moments import say_moment


@dataclass(frozen=True, slots=True)
class Decisions:
    """The interests, motions and speakers of one meeting as they go out."""

    meeting: MeetingPage
    declarations: Sequence[Declaration]
    motions: Sequence[MotionRow]
    spoken: Sequence[Spoken]
    agenda: Mapping[int, str]
    """An agenda item's number and title in the reader's language, by the key it has in the room."""
    language: str
    made_at: datetime

    @property
    def in_order(self) -> Iterator[MotionRow]:
        """Each motion, its amendments after it."""
        for row in self.motions:
            yield row
            yield from row.amendments

    def item_of(self, thing: Any) -> str:
        return self.agenda.get(thing.agenda_item_id or 0, "")


def as_csv(decisions: Decisions) -> bytes:
    """A row for each motion, and one for each councillor on its roll. No cell can start a formula."""
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    headings = [
        _("Reference"),
        _("Motion"),
        _("Agenda item"),
        _("Text as moved"),
        _("Text as amended"),
        _("Mover"),
        _("Seconder"),
        _("State"),
        _("Method"),
        _("For"),
        _("Against"),
        _("Abstained"),
        _("Not present or not voting"),
        _("Casting vote"),
        _("Presiding"),
        _("Closed"),
        _("Councillor"),
        _("Vote"),
        _("Entered by the clerk"),
    ]
    rows.writerow([safe_cell(heading) for heading in headings])
    for row in decisions.in_order:
        about = [_cell(value) for value in _facts(decisions, row)]
        rolled = _rolled(row)
        rows.writerows([*about, *_vote_cells(entry)] for entry in rolled)
        if not rolled:
            rows.writerow([*about, "", "", ""])
    return file.getvalue().encode("utf-8-sig")


def as_json(decisions: Decisions) -> bytes:
    """Interests, motions with their votes, and speaking times, with fixed names; moments are ISO 8601."""
    meeting = decisions.meeting
    whole = {
        "meeting": {
            "title": meeting.title,
            "body": meeting.body.name,
            "starts_at": _iso(meeting.starts_at),
            "venue": meeting.venue,
        },
        "made_at": timezone.localtime(decisions.made_at).isoformat(timespec="seconds"),
        "interests": [
            {
                "councillor": {"reference": declaration.councillor_id, "name": declaration.councillor.name},
                "agenda_item": decisions.item_of(declaration),
                "kind": declaration.kind,
                "nature": declaration.nature,
                "leaves_room": declaration.leaves_room,
                "has_dispensation": declaration.has_dispensation,
                "declared_at": _iso(declaration.declared_at),
            }
            for declaration in decisions.declarations
        ],
        "motions": [_motion(decisions, row) for row in decisions.in_order],
        "speakers": [
            {"name": spoken.name, "times": spoken.times, "seconds": spoken.seconds} for spoken in decisions.spoken
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_docx(decisions: Decisions) -> bytes:
    """A document to read or to put into minutes: interests, then what was decided, under its agenda items."""
    meeting = decisions.meeting
    opening = [Paragraph(f"{meeting.body.name}, {say_moment(meeting.starts_at, decisions.made_at)}, {meeting.venue}")]
    return document(
        title=_("Decisions and votes: %(title)s") % {"title": meeting.title},
        language=WORD_LANGUAGES.get(decisions.language, decisions.language),
        made_at=decisions.made_at,
        paragraphs=(*opening, *_interests(decisions), *_sections(decisions)),
    )


def _interests(decisions: Decisions) -> Iterator[Paragraph]:
    if not decisions.declarations:
        return
    yield Paragraph(_("Declarations of interest"), Style.HEADING)
    for declaration in decisions.declarations:
        facts = [decisions.item_of(declaration), declaration.get_kind_display()]
        if declaration.has_dispensation:
            facts.append(_("has a dispensation"))
        if declaration.leaves_room:
            facts.append(_("leaves the room for this item"))
        yield Paragraph(declaration.nature, label=f"{declaration.councillor.name}:")
        yield Paragraph(" · ".join(fact for fact in facts if fact), Style.NOTE)


def _sections(decisions: Decisions) -> Iterator[Paragraph]:
    if not decisions.motions:
        yield Paragraph(_("Nothing was moved at this meeting."))
    places = {title: place for place, title in enumerate(decisions.agenda.values())}
    heading = None
    for motion in sorted(decisions.motions, key=lambda row: places.get(decisions.item_of(row.motion), -1)):
        item = decisions.item_of(motion.motion)
        if item != heading:
            heading = item
            yield Paragraph(item or _("The meeting in general"), Style.HEADING)
        for row in (motion, *motion.amendments):
            yield from _paragraphs(row)


def _paragraphs(row: MotionRow) -> Iterator[Paragraph]:
    motion = row.motion
    yield Paragraph(f"{row.name}: {motion.get_state_display()}", Style.SUBHEADING)
    yield Paragraph(motion.words)
    if motion.substantive_text:
        yield Paragraph(motion.text, label=_("As it was moved:"))
    people = [_("Moved by %(name)s") % {"name": motion.mover.name}]
    if motion.seconder:
        people.append(_("seconded by %(name)s") % {"name": motion.seconder.name})
    yield Paragraph(", ".join(people), Style.NOTE)
    if row.vote is None or row.vote.is_open:
        return
    yield Paragraph(_result(row))
    for choice in Choice:
        names = [entry.councillor.name for entry in _rolled(row) if entry.choice == choice and not entry.is_barred]
        if names:
            yield Paragraph(", ".join(names), label=f"{choice.label}:")
    barred = [entry.councillor.name for entry in _rolled(row) if entry.is_barred]
    if barred:
        yield Paragraph(", ".join(barred), label=_("Declared an interest:"))


def _result(row: MotionRow) -> str:
    vote = row.vote
    if vote is None:
        return ""
    counts = {"for": vote.votes_for, "against": vote.against, "abstained": vote.abstained}
    result = _("%(for)s for, %(against)s against, %(abstained)s abstained") % counts
    if vote.chair:
        casting = {"name": vote.chair.name, "choice": vote.get_casting_display()}
        return f"{result}. {_('Casting vote of %(name)s: %(choice)s') % casting}"
    return f"{result}. {vote.get_casting_display()}" if vote.casting else result


def _rolled(row: MotionRow) -> list[RollEntry]:
    """The roll of a vote that is closed; of one that is open nothing goes out."""
    return row.roll if row.vote and not row.vote.is_open else []


def _facts(decisions: Decisions, row: MotionRow) -> list[Any]:
    motion, vote = row.motion, row.vote
    about = [
        motion.reference,
        row.name,
        decisions.item_of(motion),
        motion.text,
        motion.substantive_text,
        motion.mover.name,
        motion.seconder.name if motion.seconder else "",
        motion.get_state_display(),
    ]
    if vote is None or vote.is_open:
        return [*about, *[""] * 8]
    return [
        *about,
        vote.get_method_display(),
        vote.votes_for,
        vote.against,
        vote.abstained,
        "" if vote.known_not_voting is None else vote.known_not_voting,
        vote.get_casting_display() if vote.casting else "",
        vote.chair.name if vote.chair else "",
        vote.closed_at,
    ]


def _vote_cells(entry: RollEntry) -> list[Any]:
    said = _("Declared an interest") if entry.is_barred else entry.get_choice_display()
    return [safe_cell(entry.councillor.name), safe_cell(said), _("yes") if entry.is_entered_by_officer else ""]


def _motion(decisions: Decisions, row: MotionRow) -> dict[str, Any]:
    motion, vote = row.motion, row.vote
    return {
        "reference": motion.reference,
        "name": row.name,
        "amends": motion.amends.reference if motion.amends else None,
        "agenda_item": decisions.item_of(motion),
        "text": motion.text,
        "text_as_amended": motion.substantive_text,
        "mover": motion.mover.name,
        "seconder": motion.seconder.name if motion.seconder else None,
        "decides_budget": motion.is_budget,
        "state": motion.state,
        "moved_at": _iso(motion.moved_at),
        "vote": None
        if vote is None or vote.is_open
        else {
            "method": vote.method,
            "closed_at": _iso(vote.closed_at),
            "for": vote.votes_for,
            "against": vote.against,
            "abstained": vote.abstained,
            "not_voting": vote.known_not_voting,
            "casting": vote.casting or None,
            "presiding": vote.chair.name if vote.chair else None,
            "roll": [
                {
                    "councillor": {"reference": entry.councillor_id, "name": entry.councillor.name},
                    "choice": entry.choice,
                    "declared_an_interest": entry.is_barred,
                    "entered_by_the_clerk": entry.is_entered_by_officer,
                }
                for entry in row.roll
            ],
        },
    }


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return safe_cell(value) if isinstance(value, str) else value


def _iso(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None

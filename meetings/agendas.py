"""Takes committees, meetings and agendas from a file of ModernGov. The same file again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale

from meetings import moderngov
from meetings.models import AgendaDocument, AgendaItem, Body, ImportedMeeting, MeetingIndexPage, MeetingPage
from meetings.moderngov import FileRefused
from wardmote.core.moments import say_day

UNKNOWN_VENUE = "–"


@dataclass(slots=True)
class AgendaReport:
    """What an import did: meetings and items by what became of them, and what could not be taken, each by name."""

    bodies_added: int = 0
    meetings_added: int = 0
    meetings_changed: int = 0
    meetings_unchanged: int = 0
    items_added: int = 0
    items_changed: int = 0
    items_withdrawn: int = 0
    documents_added: int = 0
    documents_changed: int = 0
    documents_removed: int = 0
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    drafts: list[MeetingPage] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return _(
            "Meetings: %(meetings_added)d added, %(meetings_changed)d changed, %(meetings_unchanged)d unchanged. "
            "Agenda items: %(items_added)d added, %(items_changed)d changed, %(items_withdrawn)d withdrawn. "
            "Documents: %(documents_added)d added, %(documents_changed)d changed, %(documents_removed)d removed. "
            "Bodies: %(bodies_added)d added."
        ) % {name: getattr(self, name) for name in self.__slots__ if isinstance(getattr(self, name), int)}


@transaction.atomic
def import_agenda(content: bytes, *, user: AbstractBaseUser | None = None) -> AgendaReport:
    """Take what a file holds, by ModernGov's own numbers.

    A new meeting is a draft until an officer publishes it; a published one that has no draft in the making is
    published with its changes. An item that is gone from the file stays, marked as withdrawn, since questions may
    have been asked about it. Number, title and text of an imported item are ModernGov's; whether it takes questions is
    taken over once and is the officers' from then on. Raises ``FileRefused``, and then nothing was taken.
    """
    contents = moderngov.read(content)
    report = AgendaReport(problems=list(contents.problems))
    bodies = {committee.moderngov_id: _body(committee, report) for committee in contents.committees}
    for told in contents.meetings:
        committee = told.committee
        if committee and committee.moderngov_id not in bodies:
            bodies[committee.moderngov_id] = _body(committee, report)
        _take(told, bodies[committee.moderngov_id] if committee else None, user, report)
    return report


def _body(committee: moderngov.Committee, report: AgendaReport) -> Body:
    """The committee of that number, or of that name when it came here by another way; made when there is none."""
    body = Body.objects.filter(moderngov_id=committee.moderngov_id).first()
    if body is None:
        body = Body.objects.filter(name__iexact=committee.title, moderngov_id=None).first()
        if body is not None:
            body.moderngov_id = committee.moderngov_id
            body.save(update_fields=["moderngov_id"])
    if body is None:
        taken = Body.objects.filter(name__iexact=committee.title).exists()
        name = f"{committee.title[:100]} ({committee.moderngov_id})" if taken else committee.title
        body = Body.objects.create(name=name, moderngov_id=committee.moderngov_id)
        report.bodies_added += 1
    return body


def _take(told: moderngov.Meeting, body: Body | None, user: AbstractBaseUser | None, report: AgendaReport) -> None:
    known = ImportedMeeting.objects.select_related("meeting").filter(moderngov_id=told.moderngov_id).first()
    meeting = known.meeting if known else _same_sitting(told, body)
    if meeting is None and body is None:
        report.problems.append(
            _("Meeting %(id)s names no committee, and it is not here yet: import its committee's meetings first.")
            % {"id": told.moderngov_id}
        )
        return
    if meeting is None and body is not None:
        meeting = _draft(told, body)
        ImportedMeeting.objects.create(meeting=meeting, moderngov_id=told.moderngov_id)
        report.meetings_added += 1
        report.drafts.append(meeting)
        _update(meeting, told, user, report)
        return
    assert meeting is not None  # noqa: S101  one of the two branches above has returned
    if known is None:
        ImportedMeeting.objects.create(meeting=meeting, moderngov_id=told.moderngov_id)
    if _update(meeting, told, user, report):
        report.meetings_changed += 1
    else:
        report.meetings_unchanged += 1


def _same_sitting(told: moderngov.Meeting, body: Body | None) -> MeetingPage | None:
    """A meeting of the same body at the same time, which officers have made by hand."""
    if body is None:
        return None
    starts_at = timezone.make_aware(told.starts_at)
    found = MeetingPage.objects.filter(body=body, starts_at=starts_at, locale=Locale.get_default(), imported=None)
    return found.first()


def _draft(told: moderngov.Meeting, body: Body) -> MeetingPage:
    index = MeetingIndexPage.objects.filter(locale=Locale.get_default()).order_by("path").first()
    if index is None:
        raise FileRefused(_("There is no list of meetings on the site to put them into."))
    day = say_day(told.starts_at.date(), told.starts_at.date().replace(year=1, day=1))
    page = MeetingPage(
        title=f"{body.name}, {day}",
        slug=slugify(f"{body.name[:80]}-{told.starts_at:%Y-%m-%d}-{told.moderngov_id}"),
        body=body,
        starts_at=timezone.make_aware(told.starts_at),
        venue=told.venue or UNKNOWN_VENUE,
        live=False,
    )
    index.add_child(instance=page)
    return page


def _update(
    meeting: MeetingPage, told: moderngov.Meeting, user: AbstractBaseUser | None, report: AgendaReport
) -> bool:
    """Bring a meeting's newest draft up to the file; whether anything had to be changed."""
    was_in_step = meeting.live and not meeting.has_unpublished_changes
    draft: MeetingPage = meeting.get_latest_revision_as_object()
    changed = _update_sitting(draft, told)
    if told.items is not None:
        changed |= _update_items(draft, told.items, report)
    if not changed:
        return False
    revision = draft.save_revision(user=user, changed=True)
    if was_in_step:
        revision.publish(user=user)
    elif meeting.live:
        report.notices.append(
            _("“%(title)s” has a draft in the making: the changes are in it, publish them there.")
            % {"title": meeting.title}
        )
    return True


def _update_sitting(draft: MeetingPage, told: moderngov.Meeting) -> bool:
    wanted: dict[str, Any] = {"starts_at": timezone.make_aware(told.starts_at)}
    if told.venue:
        wanted["venue"] = told.venue
    changed = {name: value for name, value in wanted.items() if getattr(draft, name) != value}
    if "starts_at" in changed and draft.ends_at:
        draft.ends_at += changed["starts_at"] - draft.starts_at
    for name, value in changed.items():
        setattr(draft, name, value)
    if draft.ends_at and draft.ends_at - draft.starts_at <= timedelta(0):
        draft.ends_at = None
    return bool(changed)


def _update_items(draft: MeetingPage, told: Sequence[moderngov.Item], report: AgendaReport) -> bool:
    existing = list(draft.agenda_items.all())
    by_id = {item.moderngov_id: item for item in existing if item.moderngov_id is not None}
    by_title = {item.title.casefold(): item for item in existing if item.moderngov_id is None}
    in_order: list[AgendaItem] = []
    any_change = False
    for number, one in enumerate(told, start=1):
        item = by_id.get(one.moderngov_id) or by_title.pop(one.title.casefold(), None)
        wanted = {
            "moderngov_id": one.moderngov_id,
            "number": str(number),
            "title": one.title,
            "description": one.text,
            "is_withdrawn": False,
        }
        if item is None:
            item = AgendaItem(locale=draft.locale, takes_questions=one.takes_questions, **wanted)
            report.items_added += 1
            any_change = True
        elif any(getattr(item, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(item, name, value)
            report.items_changed += 1
            any_change = True
        if one.documents is not None:
            any_change |= _update_documents(item, one.documents, report)
        in_order.append(item)
    for item in existing:
        if item in in_order:
            continue
        if item.moderngov_id is not None and not item.is_withdrawn:
            item.is_withdrawn = True
            report.items_withdrawn += 1
            any_change = True
        in_order.append(item)
    if any_change:
        for place, item in enumerate(in_order):
            item.sort_order = place
        draft.agenda_items.set(in_order)
    return any_change


def _update_documents(item: AgendaItem, told: Sequence[moderngov.Document], report: AgendaReport) -> bool:
    """Bring an item's imported documents up to the file: new ones last, the others where officers have put them."""
    existing = list(item.documents.all())
    gone = {each.moderngov_id: each for each in existing if each.moderngov_id is not None}
    added: list[AgendaDocument] = []
    changed = 0
    for one in told:
        document = gone.pop(one.moderngov_id, None)
        if document is None:
            added.append(AgendaDocument(moderngov_id=one.moderngov_id, title=one.title, url=one.url))
        elif (document.title, document.url) != (one.title, one.url):
            document.title, document.url = one.title, one.url
            changed += 1
    report.documents_added += len(added)
    report.documents_changed += changed
    report.documents_removed += len(gone)
    if not (added or changed or gone):
        return False
    kept = [each for each in existing if each.moderngov_id not in gone] + added
    for place, document in enumerate(kept):
        document.sort_order = place
    item.documents.set(kept)
    return True

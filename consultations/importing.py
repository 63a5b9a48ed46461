"""Verbs on files of responses: hold one, import its rows, undo that. The same row is never counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from consultations import import_columns as columns_of
from consultations.entering import change_standing, clean_reason
from consultations.enums import Channel, Standing
from consultations.import_columns import Column
from consultations.import_rows import BadRow, Plan, ReadRow, RowReader
from consultations.import_tables import Table, TableRow
from consultations.models import Answer, Batch, ConsultationPage, ImportedRow, ImportFile, ImportMapping, Response
from consultations.places import say_wards
from consultations.services import answer_rows, file_texts, make_reference
from wardmote.core.text import clean_text

IMPORT_ACTION = "consultations.import_responses"
UNDO_ACTION = "consultations.undo_import"

AT_ONCE = 500
"""Responses written to the database together."""

MOST_TOLD = 500
"""Bad rows that a report keeps; it says how many more there were."""

MAX_SOURCE = 80

KEPT_FOR = timedelta(days=1)
"""How long an uploaded file waits for its import."""

Progress = Callable[[Iterable[TableRow]], Iterable[TableRow]]
"""Passes rows on, telling how many are done."""


class ImportRefused(Exception):
    """Nothing was imported. The message says why."""


@dataclass(slots=True)
class ImportReport:
    """What became of the rows. ``known`` were imported before, ``changed`` of them say something else now."""

    file: str
    rows: int = 0
    added: int = 0
    late: int = 0
    known: int = 0
    changed: list[int] = field(default_factory=list)
    without_ward: int = 0
    bad: list[BadRow] = field(default_factory=list)
    batch: Batch | None = None

    def as_json(self) -> dict[str, Any]:
        """To be kept: counts, lines, columns and what was expected; nothing anybody said."""
        return {
            "file": self.file,
            "rows": self.rows,
            "added": self.added,
            "late": self.late,
            "known": self.known,
            "changed": self.changed[:MOST_TOLD],
            "without_ward": self.without_ward,
            "bad_rows": len({row.line for row in self.bad}),
            "bad": [[row.line, row.column, row.expected] for row in self.bad[:MOST_TOLD]],
        }


@transaction.atomic
def hold_file(
    *, consultation: ConsultationPage, name: str, content: bytes, uploaded_by: AbstractBaseUser, uploaded_at: datetime
) -> ImportFile:
    """Keep an uploaded file until it is imported or thrown away, for a day at most; older ones go."""
    ImportFile.objects.filter(uploaded_at__lt=uploaded_at - KEPT_FOR).delete()
    return ImportFile.objects.create(
        consultation=consultation.canonical(),
        name=clean_text(name, limit=200),
        content=content,
        uploaded_by_id=uploaded_by.pk,
        uploaded_at=uploaded_at,
    )


def throw_away(*, held: ImportFile) -> None:
    """Forget an uploaded file."""
    held.delete()


def saved_targets(consultation: ConsultationPage, table: Table) -> tuple[str, dict[str, str]]:
    """The source and mapping that an officer last used for a file with these headings; empty where there is none."""
    for mapping in ImportMapping.objects.filter(consultation=consultation).order_by("-saved_at"):
        if set(mapping.targets) == set(table.headers):
            return mapping.source, mapping.targets
    return "", {}


def import_table(
    *,
    consultation: ConsultationPage,
    table: Table,
    plan: Plan,
    imported_by: AbstractBaseUser | None,
    imported_at: datetime,
    progress: Progress = iter,
) -> ImportReport:
    """Import every good row of ``table`` in one transaction; bad ones are left out and told by line.

    A row that was imported from the same source before adds nothing. Rows that came at or after the closing moment are
    kept as late and not counted. The mapping is saved for the next file with the same headings. Raises
    ``ImportRefused`` for a source without a name, two columns with one target, or questions or dates that were changed
    while the rows were read: they are read before the transaction begins, since nobody can answer SQLite meanwhile.
    """
    source = clean_text(plan.source, limit=MAX_SOURCE).strip()
    if not source:
        raise ImportRefused(_("Say where the file comes from."))
    if columns_of.taken_twice(plan.columns):
        raise ImportRefused(_("Two columns are to be the same thing."))
    page = ConsultationPage.objects.get(pk=consultation.canonical().pk)
    reader = RowReader(page, table, plan, imported_at)
    read = [reader.read(row) for row in progress(table.rows)]
    return _import(page, table, plan, source, reader, read, imported_by, imported_at)


@transaction.atomic
def _import(
    page: ConsultationPage,
    table: Table,
    plan: Plan,
    source: str,
    reader: RowReader,
    rows: Sequence[ReadRow | list[BadRow]],
    imported_by: AbstractBaseUser | None,
    imported_at: datetime,
) -> ImportReport:
    # Held until the end, so that two officers who import one file take turns. Its key is not: residents' answers, which
    # refer to it, wait for nothing.
    held = ConsultationPage.objects.select_for_update(of=("self",), no_key=True).get(pk=page.pk)
    if (held.opens_at, held.closes_at, held.survey) != (page.opens_at, page.closes_at, page.survey):
        raise ImportRefused(_("The questions have changed meanwhile. Look at the columns again."))
    known = dict(
        ImportedRow.objects.filter(consultation=page, source=source, undone_at=None).values_list("identity", "digest")
    )
    report, new = ImportReport(table.name, rows=len(rows)), list[ReadRow]()
    for row in rows:
        if isinstance(row, list):
            report.bad += row
        elif row.identity in known:
            report.known += 1
            if known[row.identity] != row.digest:
                report.changed.append(row.line)
        else:
            known[row.identity] = row.digest
            new.append(row)
            report.added += 1
            report.late += row.standing == Standing.LATE
            report.without_ward += row.lost_ward
    for start in range(0, len(new), AT_ONCE):
        _store(new[start : start + AT_ONCE], reader, report, page, source, imported_by, imported_at)
    _save_mapping(page, source, plan.columns, imported_by, imported_at)
    if report.batch:
        report.batch.report = report.as_json()
        report.batch.save(update_fields=["report"])
        counts = {"source": source, "file": table.name, "added": report.added, "late": report.late}
        log(instance=page, action=IMPORT_ACTION, user=imported_by, data=counts)
    return report


@transaction.atomic
def undo_import(*, batch: Batch, reason: str, undone_by: AbstractBaseUser, undone_at: datetime) -> int:
    """Leave out every response of an import, with a reason; how many that were. None is deleted.

    Their rows may be imported again afterwards, mapped better. Raises ``ReasonMissing``, and ``ImportRefused`` for a
    batch that was not imported or of which nothing counts any more.
    """
    if batch.channel != Channel.IMPORTED:
        raise ImportRefused(_("This batch was not imported."))
    reason = clean_reason(reason)
    locked = Response.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("pk")
    counted = list(
        locked.filter(standing__in=(Standing.COUNTED, Standing.LATE)).select_related("consultation__locale", "ward")
    )
    if not counted:
        raise ImportRefused(_("Nothing of this import counts any more."))
    change_standing(counted, Standing.LEFT_OUT, reason)
    ImportedRow.objects.filter(response__batch=batch).update(undone_at=undone_at)
    data = {"source": batch.source, "batch": batch.name, "responses": len(counted), "reason": reason}
    log(instance=batch.consultation, action=UNDO_ACTION, user=undone_by, data=data)
    return len(counted)


def _store(
    rows: Sequence[ReadRow],
    reader: RowReader,
    report: ImportReport,
    page: ConsultationPage,
    source: str,
    imported_by: AbstractBaseUser | None,
    imported_at: datetime,
) -> None:
    officer = imported_by.pk if imported_by else None
    if report.batch is None:
        report.batch = _open_batch(page, source, report.file, officer, imported_at)
    first = report.batch.responses.count() + 1
    responses = Response.objects.bulk_create(
        Response(
            consultation=page,
            key=row.answers.key,
            reference=reference,
            submitted_at=row.received_at,
            ward=row.answers.ward,
            is_outside_area=row.answers.is_outside_area,
            language=row.answers.language,
            standing=row.standing,
            channel=Channel.IMPORTED,
            batch=report.batch,
            number=number,
            entered_by_id=officer,
            entered_at=imported_at,
        )
        for number, (row, reference) in enumerate(zip(rows, _free_references(len(rows)), strict=True), start=first)
    )
    made = list(zip(rows, responses, strict=True))
    ImportedRow.objects.bulk_create(
        ImportedRow(response=response, consultation=page, source=source, identity=row.identity, digest=row.digest)
        for row, response in made
    )
    kept: list[Answer] = []
    for row, response in made:
        rows_kept = answer_rows(reader.page(row.answers.language), row.answers.given)
        for answer in say_wards(rows_kept, row.received_at):
            answer.response = response
            kept.append(answer)
    by_response = defaultdict[int, list[Answer]](list)
    for answer in Answer.objects.bulk_create(kept):
        by_response[answer.response_id].append(answer)
    for row, response in made:
        if response.is_counted:
            file_texts(by_response[response.pk], response=response, page=reader.page(row.answers.language))


def _open_batch(page: ConsultationPage, source: str, file: str, officer: int | None, imported_at: datetime) -> Batch:
    base = clean_text(f"{source}: {file}", limit=90)
    taken = set(Batch.objects.filter(consultation=page, name__startswith=base).values_list("name", flat=True))
    name = next(
        name
        for number in range(1, len(taken) + 2)
        if (name := f"{base} ({number})" if number > 1 else base) not in taken
    )
    return Batch.objects.create(
        consultation=page,
        name=name,
        channel=Channel.IMPORTED,
        source=source,
        made_by_id=officer,
        made_at=imported_at,
    )


def _free_references(count: int) -> list[str]:
    free: set[str] = set()
    while len(free) < count:
        made = {make_reference() for _try in range(count - len(free))} - free
        made -= set(Response.objects.filter(reference__in=made).values_list("reference", flat=True))
        free |= made
    return sorted(free)


def _save_mapping(
    page: ConsultationPage,
    source: str,
    columns: Iterable[Column],
    saved_by: AbstractBaseUser | None,
    saved_at: datetime,
) -> None:
    ImportMapping.objects.update_or_create(
        consultation=page,
        source=source,
        defaults={
            "targets": {column.header: column.target for column in columns},
            "saved_by_id": saved_by.pk if saved_by else None,
            "saved_at": saved_at,
        },
    )

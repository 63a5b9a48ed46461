"""Verbs on files of responses: hold one, read its rows, import it, undo that. The same row is never counted twice."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from consultations import import_columns as columns_of
from consultations.cells import read_cell
from consultations.entering import change_standing, clean_reason, standing_by_time
from consultations.enums import Channel, Standing
from consultations.import_columns import Column
from consultations.import_tables import Shape, Table, TableRow
from consultations.import_values import (
    CellUnfit,
    fold,
    given_by,
    is_month_first,
    read_moment,
    read_part,
    read_tick,
    read_whole,
)
from consultations.kinds import MAIN, AnswerGiven, Question, Unfit
from consultations.models import (
    Answer,
    Batch,
    ConsultationPage,
    ImportedRow,
    ImportFile,
    ImportMapping,
    Response,
)
from consultations.places import say_wards
from consultations.services import AnswerRefused, Answers, answer_rows, file_texts, make_reference
from wardmote.core.text import MAX_TEXT_LENGTH, clean_text
from wards.models import Ward
from wards.postcodes import PostcodeError, normalise
from wards.queries import current_wards, find_ward

IMPORT_ACTION = "consultations.import_responses"
UNDO_ACTION = "consultations.undo_import"

AT_ONCE = 500
"""Responses written to the database together."""

MOST_TOLD = 500
"""Bad rows that a report keeps; it says how many more there were."""

MAX_SOURCE = 80
MAX_REFERENCE = 120

KEPT_FOR = timedelta(days=1)
"""How long an uploaded file waits for its import."""

PREVIEWS = frozenset({"survey preview", "survey test", "spam"})
"""What Qualtrics writes under Status for what nobody answered in earnest."""

Progress = Callable[[Iterable[TableRow]], Iterable[TableRow]]
"""Passes rows on, telling how many are done."""


class ImportRefused(Exception):
    """Nothing was imported. The message says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row left out: its line, the column at fault (empty for the row as a whole), and what was expected there.

    ``found`` is what stood there instead, for the officer's eyes alone: it is never stored.
    """

    line: int
    column: str
    expected: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as the response that it would become. ``lost_ward``: its postcode or place gave no ward."""

    line: int
    identity: str
    digest: str
    answers: Answers
    received_at: datetime
    standing: Standing
    lost_ward: bool = False


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


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is to be read: its columns, its source, and what holds where no column says it."""

    columns: Sequence[Column]
    source: str
    received_at: datetime
    language: str


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


class RowReader:
    """Reads rows of one file as responses to one consultation. Makes no query a row, but one for each new postcode."""

    def __init__(self, consultation: ConsultationPage, table: Table, plan: Plan, now: datetime) -> None:
        self._consultation, self._table, self._plan, self._now = consultation, table, plan, now
        self._pages: dict[str, ConsultationPage] = {}
        self._questions: dict[str, dict[str, Question]] = {}
        self._wards: dict[tuple[str, Any], Ward | None] = {}
        self._places: dict[Any, dict[str, Ward]] = {}
        self._seen: Counter[str] = Counter()
        self._hashed = [
            place
            for place, (header, label) in enumerate(zip(table.headers, table.labels, strict=True))
            if fold(header) not in columns_of.NEVER_HASHED and not columns_of.PERSONAL.search(f"{header} {label}")
        ]
        received = [column for column in plan.columns if column.target == columns_of.RECEIVED]
        self._is_month_first = any(
            is_month_first(row.cells[column.place] for row in table.rows) for column in received
        )
        self._by_target = defaultdict[str, list[Column]](list)
        for column in plan.columns:
            self._by_target[column.target.partition(":")[0]].append(column)

    def read(self, row: TableRow) -> ReadRow | list[BadRow]:
        """The response that ``row`` would become, or everything that is wrong with it."""
        digest = self._digest(row)
        self._seen[digest] += 1
        if reason := self._is_no_answer(row):
            return [BadRow(row.line, "", reason)]
        bad: list[BadRow] = []
        received_at = self._received(row, bad)
        language = self._language(row)
        ward, is_outside, lost_ward = self._residence(row, received_at, bad)
        given = self._given(row, language, bad)
        if bad:
            return bad
        answers = Answers(key=uuid4(), language=language, ward=ward, is_outside_area=is_outside, given=given)
        try:
            answer_rows(self.page(language), given)
        except AnswerRefused:
            return [BadRow(row.line, "", _("answers that the questions take"))]
        return ReadRow(
            line=row.line,
            identity=self._identity(row, digest),
            digest=digest,
            answers=answers,
            received_at=received_at,
            standing=standing_by_time(self._consultation, received_at),
            lost_ward=lost_ward,
        )

    def page(self, language: str) -> ConsultationPage:
        if language not in self._pages:
            page = self._consultation.in_language(language)
            self._pages[language] = page
            self._questions[language] = {question.id: question for question in page.question_list}
        return self._pages[language]

    def _cell(self, row: TableRow, column: Column) -> str:
        cell = row.cells[column.place]
        cell = read_cell(cell) if self._table.shape is Shape.WARDMOTE else cell
        return clean_text(cell, limit=len(cell))

    def _first(self, row: TableRow, target: str) -> tuple[Column | None, str]:
        columns = self._by_target.get(target, [])
        return (columns[0], self._cell(row, columns[0]).strip()) if columns else (None, "")

    def _digest(self, row: TableRow) -> str:
        told = sorted((self._table.headers[place], row.cells[place]) for place in self._hashed)
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()

    def _identity(self, row: TableRow, digest: str) -> str:
        """Their own reference, or the row's hash and how often it has come in this file: two people may say the same."""
        _column, reference = self._first(row, columns_of.REFERENCE)
        return f"id:{reference[:MAX_REFERENCE]}" if reference else f"row:{digest}:{self._seen[digest]}"

    def _is_no_answer(self, row: TableRow) -> str:
        named = {fold(header): cell for header, cell in zip(self._table.headers, row.cells, strict=True)}
        if self._table.shape is Shape.QUALTRICS:
            if fold(named.get("status", "")) in PREVIEWS:
                return _("an answer given in earnest, not a preview or test")
            if fold(named.get("finished", "true")) in ("false", "0"):
                return _("a finished answer")
        counted = {fold(str(Standing.COUNTED.label)), Standing.COUNTED.value, ""}
        if self._table.shape is Shape.WARDMOTE and fold(named.get("standing", "")) not in counted:
            return _("a response that counted where it came from")
        return ""

    def _received(self, row: TableRow, bad: list[BadRow]) -> datetime:
        column, cell = self._first(row, columns_of.RECEIVED)
        moment: datetime | None = self._plan.received_at
        if column and cell:
            moment = read_moment(cell, is_month_first=self._is_month_first)
            if moment is None:
                bad.append(BadRow(row.line, column.header, _("a day and time like 20/11/2026 16:30"), cell))
                return self._plan.received_at
        header = column.header if column else ""
        moment = moment or self._plan.received_at
        if moment > self._now:
            bad.append(BadRow(row.line, header, _("a moment that has come"), cell))
        elif moment < self._consultation.opens_at:
            opened = date_format(timezone.localtime(self._consultation.opens_at), "j F Y H:i")
            bad.append(
                BadRow(row.line, header, _("a moment after the opening, %(opened)s") % {"opened": opened}, cell)
            )
        return moment

    def _language(self, row: TableRow) -> str:
        _column, cell = self._first(row, columns_of.LANGUAGE)
        said = fold(cell)
        if said in ("cy", "welsh", "cymraeg") or said.startswith("cy-"):
            return "cy"
        return "en" if said in ("en", "english", "saesneg") or said.startswith("en-") else self._plan.language

    def _residence(self, row: TableRow, received_at: datetime, bad: list[BadRow]) -> tuple[Ward | None, bool, bool]:
        day = timezone.localdate(received_at)
        column, postcode = self._first(row, columns_of.POSTCODE)
        if column and postcode:
            ward = self._ward_of(postcode, day)
            return ward, False, ward is None
        column, place = self._first(row, columns_of.FROM)
        if not (column and place) or fold(place) in columns_of.NOT_SAID:
            return None, False, False
        if fold(place) in columns_of.OUTSIDE_AREA:
            return None, True, False
        if day not in self._places:
            wards = current_wards(day)
            self._places[day] = {fold(name): ward for ward in wards for name in (ward.local_name, ward.name)}
        found = self._places[day].get(fold(place))
        if found is None:
            bad.append(BadRow(row.line, column.header, _("the name of a ward"), place))
        return found, False, False

    def _ward_of(self, postcode: str, day: Any) -> Ward | None:
        try:
            code = normalise(postcode)
            if (code, day) not in self._wards:
                self._wards[code, day] = find_ward(code, day).ward
        except PostcodeError:
            return None
        return self._wards[code, day]

    def _given(self, row: TableRow, language: str, bad: list[BadRow]) -> tuple[AnswerGiven, ...]:
        self.page(language)
        questions = self._questions[language]
        parts: dict[str, dict[str, str | list[str]]] = defaultdict(dict)
        last: dict[str, tuple[Column, str]] = {}
        wrong: set[str] = set()
        for kind in (columns_of.QUESTION, columns_of.OPTION, columns_of.PART):
            for column in self._by_target.get(kind, []):
                question_id, _colon, part = column.target.partition(":")[2].partition(":")
                question, cell = questions.get(question_id), self._cell(row, column)
                if question is None or not cell.strip():
                    continue
                last[question_id] = (column, cell)
                try:
                    _merge(parts[question_id], _read(kind, question, part, cell))
                except CellUnfit as unfit:
                    bad.append(BadRow(row.line, column.label, str(unfit), cell))
                    wrong.add(question_id)
        given = []
        for question_id, values in parts.items():
            if question_id in wrong or not values:
                continue
            question, (column, cell) = questions[question_id], last[question_id]
            try:
                given.append(_fitting(question, values))
            except CellUnfit as unfit:
                bad.append(BadRow(row.line, column.label, str(unfit), cell))
        return tuple(given)


def _read(kind: str, question: Question, part: str, cell: str) -> dict[str, str | list[str]]:
    if kind == columns_of.QUESTION:
        return read_whole(question, cell)
    return read_tick(question, part, cell) if kind == columns_of.OPTION else read_part(question, part, cell)


def _merge(parts: dict[str, str | list[str]], more: Mapping[str, str | list[str]]) -> None:
    for part, value in more.items():
        earlier = parts.get(part)
        if isinstance(value, list):
            before = earlier if isinstance(earlier, list) else [earlier] if earlier else []
            parts[part] = list(dict.fromkeys([*before, *value]))
        elif not (part in parts and part == MAIN and isinstance(earlier, list)):
            parts[part] = value


def _fitting(question: Question, values: Mapping[str, str | list[str]]) -> AnswerGiven:
    """The answer, as the question keeps it. Raises ``CellUnfit``."""
    given = given_by(replace(question, is_required=False), values)
    if len(given.text) > MAX_TEXT_LENGTH:
        said = {"most": MAX_TEXT_LENGTH, "found": len(given.text)}
        raise CellUnfit(_("at most %(most)d characters, not %(found)d") % said)
    if given.is_blank:
        return AnswerGiven(question.id)
    try:
        question.keep_text(given)
        question.keep(given)
    except Unfit as unfit:
        raise CellUnfit(_("an answer that fits its question. %(hint)s") % {"hint": question.hint}) from unfit
    return given


def read_rows(
    consultation: ConsultationPage, table: Table, plan: Plan, *, now: datetime, rows: Iterable[TableRow] | None = None
) -> Iterator[ReadRow | list[BadRow]]:
    """What each row would become, in order; nothing is stored."""
    reader = RowReader(consultation.canonical(), table, plan, now)
    for row in table.rows if rows is None else rows:
        yield reader.read(row)


@transaction.atomic
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
    ``ImportRefused`` for a source without a name or two columns with one target.
    """
    source = clean_text(plan.source, limit=MAX_SOURCE).strip()
    if not source:
        raise ImportRefused(_("Say where the file comes from."))
    if columns_of.taken_twice(plan.columns):
        raise ImportRefused(_("Two columns are to be the same thing."))
    # Held until the end, so that two officers who import one file take turns.
    page = ConsultationPage.objects.select_for_update(of=("self",)).get(pk=consultation.canonical().pk)
    known = dict(
        ImportedRow.objects.filter(consultation=page, source=source, undone_at=None).values_list("identity", "digest")
    )
    report, waiting = ImportReport(table.name), list[ReadRow]()
    reader = RowReader(page, table, plan, imported_at)
    for row in progress(table.rows):
        report.rows += 1
        read = reader.read(row)
        if isinstance(read, list):
            report.bad += read
        elif read.identity in known:
            report.known += 1
            if known[read.identity] != read.digest:
                report.changed.append(read.line)
        else:
            known[read.identity] = read.digest
            waiting.append(read)
            report.added += 1
            report.late += read.standing == Standing.LATE
            report.without_ward += read.lost_ward
        if len(waiting) == AT_ONCE:
            _store(waiting, reader, report, page, source, imported_by, imported_at)
            waiting.clear()
    _store(waiting, reader, report, page, source, imported_by, imported_at)
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
    if not rows:
        return
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

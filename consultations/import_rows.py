"""Rows of a file as the responses that they would become, or with everything that is wrong with them. Stores nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations import import_columns as columns_of
from consultations.cells import read_cell
from consultations.entering import standing_by_time
from consultations.enums import Standing
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
from consultations.models import ConsultationPage
from consultations.services import AnswerRefused, Answers, answer_rows
from wardmote.core.text import MAX_TEXT_LENGTH, clean_text
from wards.models import Ward
from wards.postcodes import PostcodeError, normalise
from wards.queries import current_wards, find_ward

MAX_REFERENCE = 120

PREVIEWS = frozenset({"survey preview", "survey test", "spam"})
"""What Qualtrics writes under Status for what nobody answered in earnest."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is to be read: its columns, its source, and what holds where no column says it."""

    columns: Sequence[Column]
    source: str
    received_at: datetime
    language: str


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

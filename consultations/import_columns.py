"""What each column of a file holds: guessed from its heading, and chosen by an officer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from consultations.import_tables import Shape, Table
from consultations.import_values import fold
from consultations.kinds import MAIN, Question
from consultations.kinds.choices import OTHER, SeveralChoices, SingleChoice
from consultations.kinds.dates import DateAsked
from consultations.kinds.files import Files
from consultations.kinds.lists import Budget, Matrix, Ranking
from consultations.kinds.ratings import WHY, Rating

SKIP, RECEIVED, POSTCODE, FROM, LANGUAGE, REFERENCE = "skip", "received", "postcode", "from", "language", "reference"
"""Columns that answer no question. ``FROM`` is a ward's name; ``REFERENCE`` is the response's own in its source."""

QUESTION, PART, OPTION = "question", "part", "option"
"""Begin the targets ``question:ID``, ``part:ID:PART`` (one field of it) and ``option:ID:OPTION`` (a box of its own)."""

LIKE_ENOUGH = 0.86
"""Likeness of a heading and a question from which they are taken for the same (our own line: one slip in seven)."""

LONGEST_COMPARED = 300

PERSONAL = re.compile(
    r"\b(first|last|full|sur|given|family|your)?[ _]?name\b|e-?mail|\bip\b|ip ?address|\b(tele)?phone\b|\bmobile\b"
    r"|\baddress\b|latitude|longitude|date of birth|\bdob\b|recipientlastname|recipientfirstname",
    re.IGNORECASE,
)
"""Headings of columns about who somebody is. They are skipped unless an officer says otherwise."""

_KNOWN: Mapping[str, tuple[str, ...]] = {
    RECEIVED: (
        "completion time", "recordeddate", "recorded date", "enddate", "end date", "date submitted", "submission date",
        "submitted", "submitted at", "submitted on", "sent", "received", "date received", "response date", "date",
        "timestamp",
    ),
    POSTCODE: ("postcode", "post code", "your postcode", "what is your postcode?", "home postcode", "cod post"),
    FROM: ("ward", "from", "which ward do you live in?"),
    LANGUAGE: ("language", "userlanguage", "iaith"),
    REFERENCE: ("response id", "responseid", "reference", "id", "respondent id", "response number", "unique id"),
}  # fmt: skip
"""Headings that stand for something other than an answer, the likeliest first, folded."""

NEVER_HASHED = frozenset({*_KNOWN[POSTCODE]})
"""Headings that take no part in telling rows apart: no trace of a postcode is kept, not even a hash."""

NOT_SAID = frozenset({"not said", "", "unknown", "prefer not to say", "heb ei ddweud"})
OUTSIDE_AREA = frozenset({"outside the area", "outside area", "y tu allan i’r ardal", "y tu allan i'r ardal"})
"""What stands in a column of wards for those who have none, folded."""

_BETWEEN = (" - ", " – ", ": ", " – ", ". ", " / ")
"""What programs put between a question and an option, row or part of it in one heading."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its target, and why it is skipped where it is for a reason."""

    place: int
    header: str
    label: str
    target: str
    is_personal: bool = False


def is_imported(question: Question) -> bool:
    """Whether a spreadsheet can hold its answers: a file's name is no file."""
    return question.is_asked and not isinstance(question, Files)


def targets_for(survey: Sequence[Question]) -> dict[str, str]:
    """Every target that a column may have, with its name for an officer."""
    found = {
        SKIP: _("Skip this column"),
        RECEIVED: _("When it was received"),
        POSTCODE: _("Postcode (becomes the ward, and is forgotten)"),
        FROM: _("Ward, by name"),
        LANGUAGE: _("Language"),
        REFERENCE: _("Its reference there"),
    }
    for question in survey:
        if not is_imported(question):
            continue
        found[f"{QUESTION}:{question.id}"] = question.wording
        for part, label in _parts(question).items():
            found[f"{PART}:{question.id}:{part}"] = f"{question.wording} – {label}"
        if isinstance(question, SeveralChoices | SingleChoice):
            for option in question.options:
                found[f"{OPTION}:{question.id}:{option.id}"] = _("%(question)s – ticked: %(option)s") % {
                    "question": question.wording,
                    "option": option.label,
                }
    return found


def guess(table: Table, survey: Sequence[Question], saved: Mapping[str, str] | None = None) -> list[Column]:
    """A target for each column: as ``saved`` by heading, else by likeness. No target but skipping is given twice."""
    headings = headings_of(survey)
    taken: set[str] = set()
    columns = []
    offered = targets_for(survey)
    for place, (header, label) in enumerate(zip(table.headers, table.labels, strict=True)):
        is_personal = is_about_a_person(header, label, headings)
        target = (saved or {}).get(header, "")
        if target not in offered:
            target = SKIP if is_personal else _guess_one(header, label, headings, table.shape)
        if target in taken and target != SKIP:
            target = SKIP
        taken.add(target)
        columns.append(Column(place, header, label, target, is_personal and target == SKIP))
    return columns if saved else _best_moment(columns)


def headings_of(survey: Sequence[Question]) -> dict[str, str]:
    """Folded headings as programs write them, with their targets."""
    found: dict[str, str] = {}
    for question in survey:
        if not is_imported(question):
            continue
        whole = f"{QUESTION}:{question.id}"
        found.setdefault(fold(question.wording), whole)
        found.setdefault(fold(f"{question.wording} - Selected Choice"), whole)  # Qualtrics
        for part, label in _parts(question).items():
            target = f"{PART}:{question.id}:{part}"
            names = [label, "Other - Text", f"{label} - Text", "Other"] if part == OTHER else [label]
            if isinstance(question, Matrix):
                found.setdefault(fold(label), target)  # Microsoft Forms names such a column by its row alone
            for name in names:
                for between in _BETWEEN:
                    found.setdefault(fold(f"{question.wording}{between}{name}"), target)
        if isinstance(question, SeveralChoices | SingleChoice):
            for option in question.options:
                for between in _BETWEEN:
                    target = f"{OPTION}:{question.id}:{option.id}"
                    found.setdefault(fold(f"{question.wording}{between}{option.label}"), target)
    return found


def is_about_a_person(header: str, label: str, headings: Mapping[str, str]) -> bool:
    """Whether a column tells who somebody is: a name, an address, a number. What a question asks for is no such."""
    if fold(header) in headings or fold(label) in headings:
        return False
    known = {name for names in _KNOWN.values() for name in names}
    return fold(header) not in known and bool(PERSONAL.search(header) or PERSONAL.search(label))


def _parts(question: Question) -> dict[str, str]:
    """The fields of a question that a file may hold in columns of their own, with their labels."""
    if isinstance(question, Matrix):
        return {row.id: row.label for row in question.rows}
    if isinstance(question, Ranking | Budget):
        return {option.id: option.label for option in question.options}
    if isinstance(question, SingleChoice | SeveralChoices) and question.has_other:
        return {OTHER: _("Other, please say")}
    if isinstance(question, Rating) and question.asks_why:
        return {WHY: _("Tell us why")}
    if isinstance(question, DateAsked):
        return {}
    fields = question.fields()
    return {} if set(fields) <= {MAIN} else {part: str(field.label) for part, field in fields.items() if part != MAIN}


def _guess_one(header: str, label: str, headings: Mapping[str, str], shape: Shape) -> str:
    for name in (fold(header), fold(label)):
        if name in headings:
            return headings[name]
    folded = fold(header)
    for target, names in _KNOWN.items():
        if folded in names or fold(label) in names:
            return target
    return _likest(fold(label) or folded, headings)


def _likest(name: str, headings: Mapping[str, str]) -> str:
    name = name[:LONGEST_COMPARED]
    best, likeness = SKIP, LIKE_ENOUGH
    for heading, target in headings.items():
        matcher = SequenceMatcher(None, name, heading[:LONGEST_COMPARED], autojunk=False)
        if matcher.real_quick_ratio() >= likeness and matcher.quick_ratio() >= likeness:
            ratio = matcher.ratio()
            if ratio >= likeness:
                best, likeness = target, ratio
    return best


def _best_moment(columns: list[Column]) -> list[Column]:
    """Where several columns could be the moment of receipt, the likeliest is taken and not the first."""
    names = _KNOWN[RECEIVED]
    could = [column for column in columns if fold(column.header) in names]
    if not could or not any(column.target == RECEIVED for column in columns):
        return columns
    best = min(could, key=lambda column: names.index(fold(column.header)))
    return [
        Column(column.place, column.header, column.label, _moved(column, best), column.is_personal)
        for column in columns
    ]


def _moved(column: Column, best: Column) -> str:
    if column is best:
        return RECEIVED
    return SKIP if column.target == RECEIVED else column.target


def choose(table: Table, targets: Iterable[str], survey: Sequence[Question]) -> list[Column]:
    """The columns with ``targets`` as an officer chose them, in order. Raises ``ValueError`` for one not offered."""
    offered, headings = targets_for(survey), headings_of(survey)
    chosen = list(targets)
    if len(chosen) != len(table.headers) or any(target not in offered for target in chosen):
        raise ValueError("not a target for each column")
    return [
        Column(place, header, label, target, target == SKIP and is_about_a_person(header, label, headings))
        for place, (header, label, target) in enumerate(zip(table.headers, table.labels, chosen, strict=True))
    ]


def taken_twice(columns: Iterable[Column]) -> list[Column]:
    """Columns with a target that an earlier one has already."""
    seen: set[str] = set()
    twice = []
    for column in columns:
        if column.target != SKIP and column.target in seen:
            twice.append(column)
        seen.add(column.target)
    return twice

"""Who is asked what: rules such as "only if an earlier answer is Yes", judged from plain values.

Nothing here knows Django. The browser judges the same rules (``asked-if.js``) from the JSON that ``as_json`` writes,
and ``tests/consultations/conditions.json`` holds both to the same answers.

An answer is what was chosen or entered, by question id: option ids, a number's shortest writing (``12.5``), or a text
as its one value. A question without an answer has no entry, or an empty one. An answer to a question that is not
asked counts as none, and a clause about a question without an answer is never met, whatever its operator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

Said = Mapping[str, Sequence[str]]
"""Answers by question id."""


class Operator(StrEnum):
    """How a clause compares. Stored in pages: a value is never given another meaning."""

    IS = "is"
    IS_NOT = "is_not"
    INCLUDES = "includes"
    EXCLUDES = "excludes"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"


class Level(StrEnum):
    """How far a rule reaches: one question; a section, until the next or a page's end; a page, until the next."""

    QUESTION = "question"
    SECTION = "section"
    PAGE = "page"


class Fault(StrEnum):
    """Why a clause cannot be judged."""

    GONE = "gone"
    NOT_EARLIER = "not_earlier"
    OPERATOR = "operator"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison with the answer to ``question_id``. ``answer`` is an option's id or a number."""

    question_id: str
    operator: Operator
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Met when every clause is, or (``needs_any``) when one of them is."""

    clauses: tuple[Clause, ...]
    needs_any: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One block of a survey, in its order.

    ``operators`` is what a clause about it may use, empty where it takes no answer. ``answers`` are the ids that may
    be compared with; None stands for any number.
    """

    id: str
    rule: Rule | None = None
    level: Level = Level.QUESTION
    operators: frozenset[Operator] = frozenset()
    answers: frozenset[str] | None = frozenset()


@dataclass(frozen=True, slots=True)
class Asking:
    """A block with every rule that holds for it: its own, its section's and its page's. All must be met."""

    id: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Faulty:
    """The clause at ``place`` (from 0) in the rule of the step ``step_id`` cannot be judged."""

    step_id: str
    place: int
    clause: Clause
    fault: Fault


def faults(steps: Sequence[Step]) -> tuple[Faulty, ...]:
    """Every clause that cannot be judged, in the order of the survey."""
    everywhere, earlier = {step.id for step in steps}, dict[str, Step]()
    found = []
    for step in steps:
        for place, clause in enumerate(step.rule.clauses if step.rule else ()):
            fault = _fault(clause, earlier.get(clause.question_id), is_there=clause.question_id in everywhere)
            if fault:
                found.append(Faulty(step.id, place, clause, fault))
        earlier[step.id] = step
    return tuple(found)


def _fault(clause: Clause, target: Step | None, *, is_there: bool) -> Fault | None:
    if target is None:
        return Fault.NOT_EARLIER if is_there else Fault.GONE
    if not target.operators:
        return Fault.GONE
    if clause.operator not in target.operators:
        return Fault.OPERATOR
    if clause.operator == Operator.ANSWERED:
        return None
    if target.answers is None:
        return Fault.ANSWER if read_decimal(clause.answer) is None else None
    return None if clause.answer in target.answers else Fault.ANSWER


def askings(steps: Sequence[Step]) -> tuple[Asking, ...]:
    """Each step with the rules that hold for it.

    A clause that cannot be judged is left out: a question whose rule lost its target is asked of more people rather
    than of nobody.
    """
    faulty = {(each.step_id, each.place) for each in faults(steps)}
    section: Rule | None = None
    page: Rule | None = None
    made = []
    for step in steps:
        own = _sound(step, faulty)
        if step.level == Level.PAGE:
            page, section = own, None
        elif step.level == Level.SECTION:
            section = own
        holding = (page, section, own if step.level == Level.QUESTION else None)
        made.append(Asking(step.id, tuple(rule for rule in holding if rule)))
    return tuple(made)


def _sound(step: Step, faulty: set[tuple[str, int]]) -> Rule | None:
    if step.rule is None:
        return None
    kept = tuple(clause for place, clause in enumerate(step.rule.clauses) if (step.id, place) not in faulty)
    return Rule(kept, step.rule.needs_any) if kept else None


def asked(survey: Iterable[Asking], said: Said) -> frozenset[str]:
    """Ids of what is asked of somebody who ``said`` this."""
    found, counted = set[str](), dict[str, Sequence[str]]()
    for each in survey:
        if all(is_met(rule, counted) for rule in each.rules):
            found.add(each.id)
            counted[each.id] = said.get(each.id, ())
    return frozenset(found)


def is_met(rule: Rule, said: Said) -> bool:
    met = (is_clause_met(clause, said) for clause in rule.clauses)
    return any(met) if rule.needs_any else all(met)


def is_clause_met(clause: Clause, said: Said) -> bool:
    values = said.get(clause.question_id, ())
    if not values:
        return False
    match clause.operator:
        case Operator.IS | Operator.INCLUDES:
            return clause.answer in values
        case Operator.IS_NOT | Operator.EXCLUDES:
            return clause.answer not in values
        case Operator.AT_LEAST | Operator.AT_MOST:
            value, limit = read_decimal(values[0]), read_decimal(clause.answer)
            if value is None or limit is None:
                return False
            return value >= limit if clause.operator == Operator.AT_LEAST else value <= limit
        case Operator.ANSWERED:
            return True


def read_decimal(text: str) -> Decimal | None:
    """A finite number in plain writing, or None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def as_json(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as the browser reads them."""
    return [
        {
            "needs": "any" if rule.needs_any else "all",
            "clauses": [
                {"question": clause.question_id, "operator": clause.operator.value, "answer": clause.answer}
                for clause in rule.clauses
            ],
        }
        for rule in rules
    ]


def from_json(rules: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """What ``as_json`` wrote."""
    return tuple(
        Rule(
            tuple(
                Clause(clause["question"], Operator(clause["operator"]), clause["answer"])
                for clause in rule["clauses"]
            ),
            needs_any=rule["needs"] == "any",
        )
        for rule in rules
    )

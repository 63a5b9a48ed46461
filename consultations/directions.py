"""Rules as directions on paper: who should answer a question, by the printed numbers of the ones before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.conditions import Clause, Level, Operator, Rule, askings
from consultations.kinds import Question

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_CLAUSES: Mapping[Operator, StrPromise] = {
    Operator.IS: gettext_lazy("you chose %(answer)s at question %(number)s"),
    Operator.IS_NOT: gettext_lazy("you gave another answer than %(answer)s at question %(number)s"),
    Operator.INCLUDES: gettext_lazy("you chose %(answer)s at question %(number)s"),
    Operator.EXCLUDES: gettext_lazy("you answered question %(number)s without choosing %(answer)s"),
    Operator.AT_LEAST: gettext_lazy("your answer to question %(number)s is %(answer)s or more"),
    Operator.AT_MOST: gettext_lazy("your answer to question %(number)s is %(answer)s or less"),
    Operator.ANSWERED: gettext_lazy("you answered question %(number)s"),
}

_REACH: Mapping[Level, StrPromise] = {
    Level.QUESTION: gettext_lazy("Answer this only if %(clauses)s."),
    Level.SECTION: gettext_lazy("Answer the questions under this heading only if %(clauses)s."),
    Level.PAGE: gettext_lazy("Answer this part, up to the next one, only if %(clauses)s."),
}


def say_directions(survey: Sequence[Question], numbers: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Sentences by the id of the question, text or page break that has a rule; ``numbers`` are those printed."""
    by_id = {question.id: question for question in survey}
    holding = {each.id: each.rules for each in askings([question.step for question in survey])}
    said: dict[str, tuple[str, ...]] = {}
    for place, question in enumerate(survey):
        if question.rule and _own_is_sound(question, holding[question.id]):
            line = _REACH[question.level] % {"clauses": _say(holding[question.id][-1], by_id, numbers)}
            reached = [numbers[each.id] for each in _reach(survey, place) if each.id in numbers]
            if reached:
                line += " " + _("If not, go to question %(number)s.") % {"number": reached[-1] + 1}
            said[question.id] = (line,)
    return said


def _reach(survey: Sequence[Question], place: int) -> Sequence[Question]:
    """The blocks for which the rule of the block at ``place`` holds: itself, or what its section or page holds."""
    own = survey[place]
    if own.level == Level.QUESTION:
        return survey[place : place + 1]
    ends = (Level.PAGE,) if own.level == Level.PAGE else (Level.PAGE, Level.SECTION)
    below = survey[place + 1 :]
    end = next((nth for nth, question in enumerate(below) if question.level in ends), len(below))
    return below[:end]


def _own_is_sound(question: Question, rules: Sequence[Rule]) -> bool:
    """Whether something is left of a question's own rule once clauses that cannot be judged are out of it."""
    own = question.rule.clauses if question.rule else ()
    return bool(rules) and set(rules[-1].clauses) <= set(own)


def _say(rule: Rule, by_id: Mapping[str, Question], numbers: Mapping[str, int]) -> str:
    joined = _(" or ") if rule.needs_any else _(" and ")
    return joined.join(_say_clause(clause, by_id, numbers) for clause in rule.clauses)


def _say_clause(clause: Clause, by_id: Mapping[str, Question], numbers: Mapping[str, int]) -> str:
    words = {"answer": by_id[clause.question_id].say_compared(clause.answer), "number": numbers[clause.question_id]}
    return _CLAUSES[clause.operator] % words

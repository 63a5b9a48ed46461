"""Rules and what is wrong with them, in sentences for officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.conditions import Clause, Fault, Faulty, Operator, Rule
from consultations.enums import Agreement, QuestionKind, YesNoAnswer
from consultations.kinds import KINDS, Question

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OPERATOR_LABELS: Mapping[Operator, StrPromise] = {
    Operator.IS: gettext_lazy("is"),
    Operator.IS_NOT: gettext_lazy("is not"),
    Operator.INCLUDES: gettext_lazy("includes"),
    Operator.EXCLUDES: gettext_lazy("does not include"),
    Operator.AT_LEAST: gettext_lazy("is at least"),
    Operator.AT_MOST: gettext_lazy("is at most"),
    Operator.ANSWERED: gettext_lazy("was answered"),
}

_CLAUSES: Mapping[Operator, StrPromise] = {
    Operator.IS: gettext_lazy("the answer to “%(question)s” is %(answer)s"),
    Operator.IS_NOT: gettext_lazy("the answer to “%(question)s” is given and is not %(answer)s"),
    Operator.INCLUDES: gettext_lazy("the answer to “%(question)s” includes %(answer)s"),
    Operator.EXCLUDES: gettext_lazy("the answer to “%(question)s” is given and does not include %(answer)s"),
    Operator.AT_LEAST: gettext_lazy("the answer to “%(question)s” is at least %(answer)s"),
    Operator.AT_MOST: gettext_lazy("the answer to “%(question)s” is at most %(answer)s"),
    Operator.ANSWERED: gettext_lazy("“%(question)s” was answered"),
}

FIELD_AT_FAULT = {
    Fault.GONE: "question",
    Fault.NOT_EARLIER: "question",
    Fault.OPERATOR: "operator",
    Fault.ANSWER: "answer",
}
"""The part of a clause that an editor has to change."""


def say_rule(rule: Rule, questions: Sequence[Question]) -> str:
    """A rule as one sentence, such as "Asked only if the answer to “Do you cycle?” is “Yes”."."""
    by_id = {question.id: question for question in questions}
    joined = (_(" or ") if rule.needs_any else _(" and ")).join(_say_clause(each, by_id) for each in rule.clauses)
    return _("Asked only if %(clauses)s.") % {"clauses": joined}


def _say_clause(clause: Clause, by_id: Mapping[str, Question]) -> str:
    target = by_id.get(clause.question_id)
    if target is None:
        return _("a question that is no longer here was answered in some way")
    return _CLAUSES[clause.operator] % {
        "question": target.wording,
        "answer": target.say_compared(clause.answer) or _("(no answer chosen yet)"),
    }


def say_fault(faulty: Faulty, questions: Sequence[Question]) -> str:
    """What is wrong with a clause and what would mend it; names the question that has the rule."""
    by_id = {question.id: question for question in questions}
    target = by_id.get(faulty.clause.question_id)
    said = {"question": by_id[faulty.step_id].wording, "target": target.wording if target else ""}
    match faulty.fault:
        case Fault.GONE if not faulty.clause.question_id:
            wrong = _("Choose the question that the rule of “%(question)s” looks at, or take the rule away")
        case Fault.GONE if target is None:
            wrong = _(
                "The rule of “%(question)s” looks at a question that is no longer here. "
                "Choose another question, or take the rule away"
            )
        case Fault.GONE:
            wrong = _("The rule of “%(question)s” looks at “%(target)s”, which takes no answer. Choose a question")
        case Fault.NOT_EARLIER if target and target.id == faulty.step_id:
            wrong = _("The rule of “%(question)s” looks at its own answer. Choose an earlier question")
        case Fault.NOT_EARLIER:
            wrong = _(
                "The rule of “%(question)s” looks at “%(target)s”, which comes later. "
                "Move “%(target)s” up, or choose an earlier question"
            )
        case Fault.OPERATOR:
            wrong = _(
                "The rule of “%(question)s” compares with “%(target)s” in a way it cannot. Choose: %(operators)s"
            )
            if target:
                said["operators"] = ", ".join(str(OPERATOR_LABELS[each]) for each in target.operators)
        case Fault.ANSWER if target and target.compared_with is None:
            wrong = _("The rule of “%(question)s” must compare “%(target)s” with a number, like 12")
        case Fault.ANSWER:
            wrong = _(
                "The rule of “%(question)s” names an answer that “%(target)s” does not offer. Choose one it does"
            )
    return wrong % said


def offered_to_rules() -> dict[str, Any]:
    """What an editor's form of a rule offers: comparisons by kind, the answers of kinds that have fixed ones, words."""
    return {
        "operators": {
            kind.value: [[each.value, str(OPERATOR_LABELS[each])] for each in question.operators]
            for kind, question in KINDS.items()
            if question.takes_answers
        },
        "answers": {
            QuestionKind.YES_NO.value: [[each.value, str(each.label)] for each in YesNoAnswer],
            QuestionKind.AGREE_SCALE.value: [[each.value, str(each.label)] for each in Agreement],
        },
        "words": {
            "choose": _("Choose a question above"),
            "gone": _("A question that is no longer here"),
            "choose_answer": _("Choose an answer"),
            "other": _("Other"),
        },
    }

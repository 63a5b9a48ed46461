"""What publishing a changed survey does to the answers already given: nothing is lost, nothing silently re-read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.kinds import Question


class ChangeKind(StrEnum):
    """What was done to a question that people have answered, or to what they were offered."""

    TAKEN_OUT = "taken_out"
    ADDED = "added"
    REWORDED = "reworded"
    OTHER_KIND = "other_kind"
    OPTION_TAKEN_OUT = "option_taken_out"
    OPTION_REWORDED = "option_reworded"
    OPTION_ADDED = "option_added"
    NOW_REQUIRED = "now_required"
    ASKED_OF_OTHERS = "asked_of_others"
    OTHER_LIMITS = "other_limits"


@dataclass(frozen=True, slots=True)
class Change:
    """One change and how many answers it touches. ``was`` and ``now`` are words, empty where there are none."""

    kind: ChangeKind
    question_id: str
    wording: str
    answers: int
    was: str = ""
    now: str = ""

    @property
    def what(self) -> str:
        """What is changed, in a sentence."""
        said = {"was": self.was, "now": self.now}
        return {
            ChangeKind.TAKEN_OUT: _("The question is taken out."),
            ChangeKind.ADDED: _("The question is new."),
            ChangeKind.REWORDED: _("Its wording was “%(was)s”."),
            ChangeKind.OTHER_KIND: _("It is asked in another way: “%(was)s” becomes “%(now)s”."),
            ChangeKind.OPTION_TAKEN_OUT: _("The option “%(was)s” is taken out."),
            ChangeKind.OPTION_REWORDED: _("The option “%(was)s” becomes “%(now)s”."),
            ChangeKind.OPTION_ADDED: _("The option “%(now)s” is new."),
            ChangeKind.NOW_REQUIRED: _("It must now be answered."),
            ChangeKind.ASKED_OF_OTHERS: _("It is asked of other people than before."),
            ChangeKind.OTHER_LIMITS: _("What may be answered has other limits."),
        }[self.kind] % said

    @property
    def effect(self) -> str:
        """What that does to the answers there are, in a sentence."""
        kept = {
            ChangeKind.TAKEN_OUT: ngettext(
                "The %(count)s answer to it is kept, and counted apart among the retired questions.",
                "The %(count)s answers to it are kept, and counted apart among the retired questions.",
                self.answers,
            ),
            ChangeKind.ADDED: ngettext(
                "The %(count)s person who has answered so far was not asked it.",
                "The %(count)s people who have answered so far were not asked it.",
                self.answers,
            ),
            ChangeKind.REWORDED: ngettext(
                "The %(count)s answer stays tied to the words its writer saw; counts name both wordings.",
                "The %(count)s answers stay tied to the words their writers saw; counts name both wordings.",
                self.answers,
            ),
            ChangeKind.OTHER_KIND: ngettext(
                "The %(count)s answer stays as it was given and is counted apart.",
                "The %(count)s answers stay as they were given and are counted apart.",
                self.answers,
            ),
            ChangeKind.OPTION_TAKEN_OUT: ngettext(
                "%(count)s person chose it: kept, and counted as no longer offered.",
                "%(count)s people chose it: kept, and counted as no longer offered.",
                self.answers,
            ),
            ChangeKind.OPTION_REWORDED: ngettext(
                "%(count)s person chose it under its earlier words and stays counted with it. "
                "If it now means something else, make a new option instead.",
                "%(count)s people chose it under its earlier words and stay counted with it. "
                "If it now means something else, make a new option instead.",
                self.answers,
            ),
            ChangeKind.OPTION_ADDED: ngettext(
                "The %(count)s person who has answered so far could not choose it.",
                "The %(count)s people who have answered so far could not choose it.",
                self.answers,
            ),
            ChangeKind.NOW_REQUIRED: ngettext(
                "The %(count)s response there is stays as it is, also if it was left empty.",
                "The %(count)s responses there are stay as they are, also where it was left empty.",
                self.answers,
            ),
            ChangeKind.ASKED_OF_OTHERS: ngettext(
                "The %(count)s answer there is stays counted as it was given.",
                "The %(count)s answers there are stay counted as they were given.",
                self.answers,
            ),
            ChangeKind.OTHER_LIMITS: ngettext(
                "The %(count)s answer there is stays as it was given, also if it would not be taken now.",
                "The %(count)s answers there are stay as they were given, also those that would not be taken now.",
                self.answers,
            ),
        }[self.kind]
        return kept % {"count": self.answers}


@dataclass(frozen=True, slots=True)
class Given:
    """How much was said so far: responses in all, answers by question id, and by question and option id."""

    responses: int = 0
    answers: Mapping[str, int] | None = None
    chosen: Mapping[tuple[str, str], int] | None = None

    def to_question(self, question_id: str) -> int:
        return (self.answers or {}).get(question_id, 0)

    def to_option(self, question_id: str, option_id: str) -> int:
        return (self.chosen or {}).get((question_id, option_id), 0)


def compare(before: Sequence[Question], after: Sequence[Question], given: Given) -> tuple[Change, ...]:
    """The changes from the survey people have answered to the one about to be published, in its order.

    Nothing where nobody has answered. A changed order, hint or translation touches no answer and is not told.
    """
    if not given.responses:
        return ()
    old = {question.id: question for question in before if question.is_asked}
    new = {question.id: question for question in after if question.is_asked}
    found = [
        Change(ChangeKind.TAKEN_OUT, question.id, question.wording, given.to_question(question.id))
        for question in old.values()
        if question.id not in new
    ]
    for question in new.values():
        if question.id in old:
            found.extend(_changes_of(old[question.id], question, given))
        else:
            found.append(Change(ChangeKind.ADDED, question.id, question.wording, given.responses))
    return tuple(found)


def _changes_of(old: Question, new: Question, given: Given) -> Iterable[Change]:
    answers = given.to_question(new.id)

    def change(kind: ChangeKind, count: int = answers, *, was: str = "", now: str = "") -> Change:
        return Change(kind, new.id, new.wording, count, was, now)

    if old.wording != new.wording:
        yield change(ChangeKind.REWORDED, was=old.wording, now=new.wording)
    if old.kind != new.kind:
        yield change(ChangeKind.OTHER_KIND, was=str(old.kind.label), now=str(new.kind.label))
        return
    before, after = ({option.id: option.label for option in each.options} for each in (old, new))
    for option_id, label in before.items():
        chosen = given.to_option(new.id, option_id)
        if option_id not in after:
            yield change(ChangeKind.OPTION_TAKEN_OUT, chosen, was=label)
        elif label != after[option_id]:
            yield change(ChangeKind.OPTION_REWORDED, chosen, was=label, now=after[option_id])
    for option_id, label in after.items():
        if option_id not in before:
            yield change(ChangeKind.OPTION_ADDED, given.responses, now=label)
    if new.is_required and not old.is_required:
        yield change(ChangeKind.NOW_REQUIRED, given.responses)
    if new.rule != old.rule:
        yield change(ChangeKind.ASKED_OF_OTHERS)
    if _limits(old) != _limits(new):
        yield change(ChangeKind.OTHER_LIMITS)


def _limits(question: Question) -> dict[str, object]:
    """What a kind adds to a question, but for words and options."""
    told = {"id", "wording", "help", "is_required", "options", "rows", "scale", "rule", "low", "high"}
    return {name: getattr(question, name) for name in question.__dataclass_fields__ if name not in told}


def mark_of(changes: Iterable[Change]) -> str:
    """What stands for these changes in a form, so that one sees what one publishes."""
    told = "\n".join(f"{one.kind}|{one.question_id}|{one.was}|{one.now}" for one in changes)
    return hashlib.sha256(told.encode()).hexdigest()[:32]

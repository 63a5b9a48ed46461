"""Questions answered by choosing from what is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from consultations.enums import Agreement, QuestionKind, YesNoAnswer
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Option, Question, Unfit, no_format


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChoice(Question):
    """What questions have in common whose answer is one of their options."""

    def fields(self) -> dict[str, forms.Field]:
        return {
            MAIN: forms.ChoiceField(
                **self.common,
                choices=[(option.id, option.label) for option in self.options],
                widget=forms.RadioSelect,
                error_messages=choice_messages(self),
            )
        }

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        return AnswerGiven(self.id, choices=(parts[MAIN],) if parts[MAIN] else ())

    def keep(self, given: AnswerGiven) -> list[Choice]:
        return keep_options(self, given.choices, most=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice(OneChoice):
    kind = QuestionKind.SINGLE_CHOICE

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"options": read_options(value["options"])}

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeScale(OneChoice):
    kind = QuestionKind.AGREE_SCALE

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"options": tuple(Option(point.value, str(point.label)) for point in Agreement)}


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(OneChoice):
    kind = QuestionKind.YES_NO

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"options": tuple(Option(one.value, str(one.label)) for one in YesNoAnswer)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralChoices(Question):
    kind = QuestionKind.SEVERAL_CHOICES

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"options": read_options(value["options"])}

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options

    def fields(self) -> dict[str, forms.Field]:
        return {
            MAIN: forms.MultipleChoiceField(
                **self.common | {"help_text": self.help or _("Choose all that apply.")},
                choices=[(option.id, option.label) for option in self.options],
                widget=forms.CheckboxSelectMultiple,
                error_messages=choice_messages(self),
            )
        }

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        return AnswerGiven(self.id, choices=tuple(parts[MAIN]))

    def keep(self, given: AnswerGiven) -> list[Choice]:
        return keep_options(self, given.choices, most=len(self.options))


def read_options(value: Any) -> tuple[Option, ...]:
    """The options of an ``OptionsBlock``'s value."""
    return tuple(Option(child.id, child.value) for child in value.bound_blocks)


def choice_messages(question: Question) -> dict[str, str]:
    return {
        "required": _("Choose an answer to “%(question)s”") % {"question": question.wording},
        # Django fills in this one a second time, with the value that was sent.
        "invalid_choice": _("Choose one of the answers offered to “%(question)s”")
        % {"question": no_format(question.wording)},
    }


def keep_options(question: Question, ids: tuple[str, ...], *, most: int) -> list[Choice]:
    """The chosen options with the labels seen. Raises ``Unfit`` for more than ``most``, repeats and strangers."""
    if len(ids) > most or len(set(ids)) < len(ids):
        raise Unfit(f"Question {question.id!r}: too many options, or one chosen twice")
    chosen = []
    for option_id in ids:
        option = question.option(option_id)
        if option is None:
            raise Unfit(f"Question {question.id!r} has no option {option_id!r}")
        chosen.append({"id": option.id, "label": option.label})
    return chosen

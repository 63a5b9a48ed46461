"""Questions answered by choosing from what is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations.conditions import Operator
from consultations.enums import Agreement, QuestionKind, YesNoAnswer
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Option, Question, Unfit, no_format
from consultations.kinds.fields import PlainTextField, as_part
from consultations.kinds.texts import too_long

OTHER = "other"
"""Id of the option "Other" and name of the part that says what it is; editors' options have ids of their own."""

MAX_OTHER = 300
"""Characters: another answer, in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChoice(Question):
    """What questions have in common whose answer is one of their options."""

    operators: ClassVar[tuple[Operator, ...]] = (Operator.IS, Operator.IS_NOT, Operator.ANSWERED)

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
    has_other: bool = False

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return read_choices(value)

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options

    @property
    def takes_text(self) -> bool:
        return self.has_other

    def fields(self) -> dict[str, forms.Field]:
        return OneChoice.fields(self) | other_field(self, has_other=self.has_other)

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        chosen, said = parts[MAIN], parts.get(OTHER, "")
        if said and chosen not in ("", OTHER):
            raise ValidationError(
                {
                    OTHER: _(
                        "You wrote another answer to “%(question)s” but chose “%(chosen)s”. "
                        "Choose “Other”, or clear what you wrote"
                    )
                    % {"question": self.wording, "chosen": getattr(self.option(chosen), "label", "")}
                }
            )
        return with_other(self, (chosen,) if chosen else (), said)

    def keep_text(self, given: AnswerGiven) -> str:
        return keep_other(self, given)


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
    operators: ClassVar[tuple[Operator, ...]] = (Operator.INCLUDES, Operator.EXCLUDES, Operator.ANSWERED)
    has_other: bool = False
    at_least: int = 0
    at_most: int = 0
    """0 sets no limit. A question that need not be answered may still be left empty."""

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return read_choices(value) | {"at_least": value["at_least"] or 0, "at_most": value["at_most"] or 0}

    @property
    def hint(self) -> str:
        return f"{self.help} {self._how_many()}" if self.help and self._has_limits else self.help or self._how_many()

    @property
    def _has_limits(self) -> bool:
        return bool(self.at_least or self.at_most)

    def _how_many(self) -> str:
        said = {"least": self.at_least, "most": self.at_most}
        if not self._has_limits:
            return _("Choose all that apply.")
        if self.at_least == self.at_most:
            return _("Choose %(most)d.") % said
        if not self.at_least:
            return _("Choose up to %(most)d.") % said
        if not self.at_most:
            return _("Choose at least %(least)d.") % said
        return _("Choose %(least)d to %(most)d.") % said

    @property
    def shown_beforehand(self) -> tuple[Option, ...]:
        return self.options

    @property
    def takes_text(self) -> bool:
        return self.has_other

    def fields(self) -> dict[str, forms.Field]:
        main = forms.MultipleChoiceField(
            **self.common,
            choices=[(option.id, option.label) for option in self.options],
            widget=forms.CheckboxSelectMultiple,
            error_messages=choice_messages(self),
        )
        return {MAIN: main} | other_field(self, has_other=self.has_other)

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        given = with_other(self, tuple(parts[MAIN]), parts.get(OTHER, ""))
        said = {"question": self.wording, "count": len(given.choices), "least": self.at_least, "most": self.at_most}
        if given.choices and len(given.choices) < self.at_least:
            wrong = _("Choose at least %(least)d answers to “%(question)s”: you chose %(count)d")
            raise ValidationError({MAIN: wrong % said})
        if self.at_most and len(given.choices) > self.at_most:
            wrong = _("Choose no more than %(most)d answers to “%(question)s”: you chose %(count)d")
            raise ValidationError({MAIN: wrong % said})
        return given

    def keep(self, given: AnswerGiven) -> list[Choice]:
        if len(given.choices) < self.at_least:
            raise Unfit(f"Question {self.id!r}: fewer than {self.at_least} options")
        return keep_options(self, given.choices, most=self.at_most or len(self.options))

    def keep_text(self, given: AnswerGiven) -> str:
        return keep_other(self, given)


def read_choices(value: Any) -> dict[str, Any]:
    """The options of a ``ChoiceQuestionBlock``'s value, with "Other" last where it is offered."""
    has_other = bool(value["has_other"])  # None in questions saved before it could be offered
    other = (Option(OTHER, _("Other")),) if has_other else ()
    return {"options": read_options(value["options"]) + other, "has_other": has_other}


def other_field(question: Question, *, has_other: bool) -> dict[str, forms.Field]:
    if not has_other:
        return {}
    field = PlainTextField(
        label=_("Other, please say"),
        required=False,
        max_length=MAX_OTHER,
        widget=forms.TextInput(),
        error_messages={"max_length": too_long(question)},
    )
    return {OTHER: as_part(field)}


def with_other(question: Question, chosen: tuple[str, ...], said: str) -> AnswerGiven:
    """The answer with what was said under "Other". Whoever writes there need not choose "Other" as well."""
    if OTHER in chosen and not said:
        wrong = _("You chose “Other” for “%(question)s”: say what it is") % {"question": question.wording}
        raise ValidationError({OTHER: wrong})
    if said and OTHER not in chosen:
        chosen = (*chosen, OTHER)
    return AnswerGiven(question.id, text=said, choices=chosen)


def keep_other(question: Question, given: AnswerGiven) -> str:
    text = Question.keep_text(question, given)
    if bool(text.strip()) != (OTHER in given.choices):
        raise Unfit(f"Question {question.id!r}: “Other” and its text go together")
    return text


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

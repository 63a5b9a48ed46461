"""Questions answered in people's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from consultations.enums import QuestionKind
from consultations.kinds.base import MAIN, AnswerGiven, Question, no_format
from consultations.kinds.fields import PlainTextField
from wardmote.core.text import MAX_TEXT_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText(Question):
    kind = QuestionKind.FREE_TEXT
    max_characters: int
    """Longest text that is taken."""

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {"max_characters": value["max_characters"] or MAX_TEXT_LENGTH}

    @property
    def takes_text(self) -> bool:
        return True

    def fields(self) -> dict[str, forms.Field]:
        widget = forms.Textarea(attrs={"rows": 6})
        return {MAIN: text_field(self, max_length=self.max_characters, widget=widget)}

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        return AnswerGiven(self.id, text=parts[MAIN])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(FreeText):
    """A fact in a few words, on one line. It is not filed for reading: it may be a name, and holds no view."""

    kind = QuestionKind.SHORT_TEXT

    @property
    def is_text_read(self) -> bool:
        return False

    def fields(self) -> dict[str, forms.Field]:
        return {MAIN: text_field(self, max_length=self.max_characters, widget=forms.TextInput())}


def text_field(question: Question, *, max_length: int, widget: forms.Widget) -> PlainTextField:
    """The field of a question that is answered by a text and nothing else."""
    return PlainTextField(
        **question.common,
        max_length=max_length,
        widget=widget,
        error_messages={
            "required": _("Write an answer to “%(question)s”") % {"question": question.wording},
            "max_length": too_long(question),
        },
    )


def too_long(question: Question) -> str:
    """What a text field says of a text that is too long."""
    return _(
        "Your answer to “%(question)s” is too long: it may have up to %%(limit_value)d characters, "
        "and it has %%(show_value)d"
    ) % {"question": no_format(question.wording)}

"""Text between questions, which asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms

from consultations.conditions import Level
from consultations.enums import QuestionKind
from consultations.kinds.base import AnswerGiven, Question, read_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionText(Question):
    """A heading and what people should know before the questions that follow. Its rule holds for those as well."""

    kind = QuestionKind.SECTION_TEXT
    template: ClassVar[str] = "consultations/kinds/section.html"
    level: ClassVar[Level] = Level.SECTION
    takes_answers: ClassVar[bool] = False
    text: str = ""
    """Rich text, as Wagtail stores it."""

    @classmethod
    def read(cls, block_id: str, value: Any) -> Self:
        return cls(id=block_id, wording=value["heading"], text=value["text"].source, rule=read_rule(value))

    def fields(self) -> dict[str, forms.Field]:
        return {}

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        return AnswerGiven(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak(SectionText):
    """Begins a page: its heading and what people should know first. Its rule holds for the whole page."""

    kind = QuestionKind.PAGE_BREAK
    level: ClassVar[Level] = Level.PAGE

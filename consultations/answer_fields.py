"""The fields of a form of answers: their names, what stands in them, and how a question is drawn with its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django import forms
from django.forms.boundfield import BoundField

from consultations import conditions
from consultations.kinds import MAIN, Question
from consultations.kinds.files import FileHeld, HeldFilesField

QUESTION_PREFIX = "q-"
"""Begins the names of the fields that hold answers; a question's id follows."""

SHOWN = "shown"
"""Name of the hidden field with the ids, apart by commas, of the questions with a rule that the form showed."""

PRINTED = "printed"
"""Name of the hidden field with the names, apart by commas, of the fields that the page printed: a survey may be edited
while its page is open."""

RESIDENCE_FIELDS = ("postcode", "no_postcode", "ward")

DRAFT_FIELDS = ("key", "draft", "revision", "writer", "sequence")
"""Hidden: the one-use key, the secret of the draft's link, the revision seen, the name of this open form, and the number
that it was last sent under (autosave.js)."""

NEVER_DRAFTED = frozenset({"postcode", "email", "code"})
"""A postcode is looked up and forgotten; it is typed again rather than stored. So is what says who somebody is."""


class NotRefilled(forms.HiddenInput):
    """A hidden field that a browser leaves as it was printed when somebody goes back to its page."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off"})


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """A question as its template draws it, with its fields by part."""

    question: Question
    parts: dict[str, BoundField]
    rules: tuple[conditions.Rule, ...] = ()
    """Every rule that holds for it: its own and its section's."""
    is_asked: bool = True
    """Whether what is answered so far meets the rules. What is not asked is drawn all the same, and hidden."""

    @property
    def field(self) -> BoundField:
        return self.parts[MAIN]

    @property
    def html_id(self) -> str:
        return f"id_{field_name(self.question)}-group"

    @property
    def files_held(self) -> list[FileHeld]:
        """Files of the answer that were taken in already."""
        values = self.field.value() or [] if MAIN in self.parts else []
        return [held for value in values if (held := FileHeld.read(value))]

    @property
    def rules_json(self) -> str:
        return json.dumps(conditions.as_json(self.rules))

    @property
    def has_errors(self) -> bool:
        return any(part.errors for part in self.parts.values())

    @property
    def described_by(self) -> str:
        """Ids of the hint and of every message, for the fieldset."""
        hint = [f"{self.html_id}_helptext"] if self.question.hint else []
        return " ".join([*hint, *(f"{part.auto_id}_error" for part in self.parts.values() if part.errors)])


def field_name(question: Question, part: str = MAIN) -> str:
    return f"{QUESTION_PREFIX}{question.id}-{part}" if part else f"{QUESTION_PREFIX}{question.id}"


def done_name(page_id: str) -> str:
    """The field that says that somebody went on from a page."""
    return f"done-{page_id}"


def said_in_field(field: BoundField) -> str:
    """What stands in a field, as people read it: the labels of what was chosen, or the text."""
    if isinstance(field.field, HeldFilesField):
        return field.field.say(field.data or [])
    if isinstance(field.field, forms.ChoiceField):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        offered = cast(Iterable[tuple[str, str]], field.field.choices)
        return "; ".join(str(label) for value, label in offered if value and value in chosen)
    return field.data if isinstance(field.data, str) and field.data.strip() else ""

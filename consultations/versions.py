"""Where two versions of the same answers differ, and what a draft holds that is asked no longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.forms.boundfield import BoundField

from consultations.answer_fields import QUESTION_PREFIX, said_in_field
from consultations.drafts import MAX_DRAFT_CHARACTERS
from consultations.forms import AnswerForm
from consultations.kinds.fields import PlainTextField
from wardmote.core.text import clean_text


@dataclass(frozen=True, slots=True)
class Difference:
    """One question whose answer differs between two versions of the same form; ``names`` are its fields."""

    id: str
    wording: str
    names: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    can_keep_both: bool
    choice: str = ""
    """What was chosen so far, on a page that is shown again."""


def differences(form: AnswerForm, saved: Mapping[str, list[str]], *, printed_only: bool = True) -> list[Difference]:
    """Where what was sent in ``form`` differs from a draft's ``saved`` fields, question by question.

    ``printed_only`` leaves out questions that were not on the page yet when it was printed.
    """
    typed = form.typed("")
    sent, asked = typed.fields, typed.asked | typed.fields.keys()
    theirs = type(form).holding(saved, on=form.on)
    found = []
    for (label, mine_fields), (_same, their_fields) in zip(form.by_question(), theirs.by_question(), strict=True):
        names = tuple(field.name for field in mine_fields)
        if printed_only and asked.isdisjoint(names):
            continue
        if all(_values(sent, name) == _values(saved, name) for name in names):
            continue
        mine_said, their_said = _all_said(mine_fields), _all_said(their_fields)
        is_text = len(names) == 1 and isinstance(mine_fields[0].field, PlainTextField)
        found.append(
            Difference(
                id=names[0],
                wording=label,
                names=names,
                mine=mine_said,
                theirs=their_said,
                can_keep_both=is_text and bool(mine_said and their_said),
                choice=form.data.get(f"choose-{names[0]}", ""),
            )
        )
    return found


def _values(fields: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [clean_text(value, limit=MAX_DRAFT_CHARACTERS) for value in fields.get(name, ()) if value]


def _all_said(fields: Sequence[BoundField]) -> tuple[str, ...]:
    return tuple(said for field in fields if (said := said_in_field(field)))


def left_over_in(fields: Mapping[str, list[str]], form: AnswerForm) -> list[str]:
    """Texts that a draft holds to questions which are no longer asked."""
    return [
        text
        for name, values in fields.items()
        if name.startswith(QUESTION_PREFIX) and name not in form.fields
        for text in values
        if text.strip()
    ]

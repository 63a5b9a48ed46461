"""Form fields that several kinds of question share."""

from __future__ import annotations

from typing import Any

from django import forms

from wardmote.core.text import clean_text


class PlainTextField(forms.CharField):
    """People's own words: kept as typed, made storable, never cut."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        # Before the length is taken, so that a line end counts as one character, as it does in the browser.
        text = clean_text(text, limit=len(text))
        return text if text.strip() else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # ``maxlength`` cuts what somebody pastes without a word; the form refuses it aloud.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


def as_part(field: forms.Field) -> forms.Field:
    """Mark a field whose question says whether it must be answered, so that its own label does not."""
    field.is_part = True  # type: ignore[attr-defined]
    return field

"""Forms that ask where somebody lives."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wards.postcodes import PostcodeError, PostcodeMalformed, normalise, printed
from wards.queries import WardMatch, find_ward


class PostcodeField(forms.CharField):
    """A full UK postcode, however typed; cleaned to how it is printed (``"IP1 2DE"``), or ``""`` when not required.

    Checks the shape only: whether the council knows it is for ``wards.queries.find_ward`` on the day that counts.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Postcode"))
        super().__init__(**kwargs)
        self.error_messages["required"] = PostcodeMalformed().message

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return printed(normalise(typed))
        except PostcodeError as error:
            raise forms.ValidationError(error.message, code="malformed") from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "postal-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "class": "govuk-input--width-10",
        }


class WardSearchForm(forms.Form):
    """A postcode that leads to a ward on a day. ``match`` is there once the form is valid."""

    postcode = PostcodeField()

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        self.match: WardMatch | None = None

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        try:
            self.match = find_ward(postcode, self._on)
        except PostcodeError as error:
            raise forms.ValidationError(error.message, code="unknown") from error
        return postcode

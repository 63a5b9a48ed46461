"""What is asked beside a draft's link."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CopyForm(forms.Form):
    """Where to write a copy of what was sent."""

    use_required_attribute = False

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the address to which we write the copy"),
            "invalid": _("Enter an e-mail address, like name@example.org"),
        },
    )


class LetterForm(forms.Form):
    """Where to write a draft's link, and whether to write once more. ``draft`` is the link's secret."""

    use_required_attribute = False

    draft = forms.CharField(widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the address to which we write the link"),
            "invalid": _("Enter an e-mail address, like name@example.org"),
        },
    )
    is_to_remind = forms.BooleanField(label=_("Remind me once before it closes"), required=False)

    def __init__(self, *args: object, can_remind: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not can_remind:
            del self.fields["is_to_remind"]

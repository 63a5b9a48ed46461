"""The officers' forms: a source, and a correction of how a text was read."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from sentiment.enums import ToneLabel
from sentiment.sources.fetching import AddressRefused, check_address


class SourceForm(WagtailAdminModelForm):
    """A source. Its address is looked at as far as it can be without asking the network."""

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        try:
            check_address(address, private_addresses=settings.CONFIG.may_fetch_private_addresses)
        except AddressRefused as error:
            raise ValidationError(str(error)) from error
        return address


class FlagForm(forms.Form):
    """A councillor's word that a text was read wrongly."""

    reason = forms.CharField(
        label=_("What is wrong with how it was read?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: sarcasm; the machine took a street’s name for praise."),
    )


class CheckForm(forms.Form):
    """The tone of a text drawn at random, as a person hears it who has not seen what the machine said."""

    feedback = forms.IntegerField(widget=forms.HiddenInput)
    label = forms.ChoiceField(
        label=_("What is the tone of this text?"),
        choices=[
            (label.value, label.label if label != ToneLabel.UNSURE else _("I cannot tell"))
            for label in ToneLabel
            if label != ToneLabel.UNREAD
        ],
        widget=forms.RadioSelect,
        help_text=_("The tone, not whether they are for or against something."),
    )


class CorrectionForm(forms.Form):
    """What the tone of a text is, in the judgement of a person."""

    label = forms.ChoiceField(
        label=_("What is the tone of this text?"),
        choices=[(label.value, label.label) for label in ToneLabel if label != ToneLabel.UNREAD],
        widget=forms.RadioSelect,
        help_text=_("The tone, not whether they are for or against something."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: sarcasm; the machine took a street's name for praise."),
    )

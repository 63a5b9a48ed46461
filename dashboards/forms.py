"""What a list of texts may be narrowed to. Anything else asked for is refused."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.figures import PERIODS_DAYS

PERIOD_CHOICES = [(days, _("Last %d days") % days) for days in PERIODS_DAYS]


class SaidForm(forms.Form):
    """Filters of the list of what was said. ``about`` and ``phrase`` come from links of the dashboard."""

    days = forms.TypedChoiceField(label=_("Period"), choices=PERIOD_CHOICES, coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *FeedbackKind.choices], required=False)
    label = forms.ChoiceField(
        label=_("Tone"),
        choices=[("", _("All tones")), *ToneLabel.choices, ("waiting", _("Waiting to be read"))],
        required=False,
    )
    about = forms.CharField(max_length=255, required=False, widget=forms.HiddenInput)
    phrase = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)

"""What residents and officers fill in around a room."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from meetings.enums import Decision, Role
from meetings.models import AgendaItem
from meetings.models.questions import (
    MAX_ANSWER_LENGTH,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
    MAX_REASON_LENGTH,
)
from wards.forms import PostcodeField
from wards.models import Ward
from wards.queries import PostcodeError, find_ward


class AskForm(forms.Form):
    """A question to the meeting. A guest gives a name and a postcode; both stay private unless they choose otherwise.

    When homes at the postcode lie in several wards, the form comes back with the choice between them.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your question"),
        max_length=MAX_QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Enter your question."),
            "max_length": _("Your question must be 500 characters or fewer."),
        },
    )
    agenda_item = forms.ModelChoiceField(
        label=_("About"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=_("The meeting in general"),
        error_messages={"invalid_choice": _("Choose an item on the agenda.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=MAX_NAME_LENGTH,
        help_text=_("Officers see it. Others see it only if you choose so below."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": _("Your name must be shorter.")},
    )
    name_is_public = forms.BooleanField(label=_("Show my name with the question"), required=False)
    postcode = PostcodeField(
        help_text=_("It tells us your ward, and is not kept. Your ward is shown with the question."),
    )
    ward = forms.ModelChoiceField(
        label=_("Your ward"),
        queryset=Ward.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Homes at this postcode lie in more than one ward."),
        error_messages={"invalid_choice": _("Choose your ward.")},
    )

    def __init__(self, *args: Any, items: Any, role: Role, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        cast("forms.ModelChoiceField", self.fields["agenda_item"]).queryset = items
        self.fields["key"].initial = uuid.uuid4
        if role is not Role.GUEST:
            self.fields["name"].required = False
            self.fields["postcode"].required = False
        candidates = self._candidates()
        if len(candidates) > 1:
            choice = cast("forms.ModelChoiceField", self.fields["ward"])
            choice.queryset = Ward.objects.filter(pk__in=[ward.pk for ward in candidates])
            choice.required, choice.empty_label = True, None
            choice.error_messages["required"] = _("Choose your ward.")
        else:
            del self.fields["ward"]

    def _candidates(self) -> tuple[Ward, ...]:
        """The wards of the postcode that was sent, if it is one."""
        try:
            return find_ward(self.data.get(self.add_prefix("postcode"), ""), self._on).candidates
        except PostcodeError:
            return ()

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        if postcode:
            try:
                match = find_ward(postcode, self._on)
            except PostcodeError as error:
                raise forms.ValidationError(error.message, code="unknown") from error
            self.found_ward = match.ward
        return postcode

    found_ward: Ward | None = None

    @property
    def chosen_ward(self) -> Ward | None:
        """The ward of a valid form: the postcode's, or the one chosen among several."""
        return self.cleaned_data.get("ward") or self.found_ward


class SupportForm(forms.Form):
    question = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    withdraw = forms.BooleanField(required=False)


class DecisionForm(forms.Form):
    """An officer's decision about one question."""

    decision = forms.ChoiceField(choices=Decision.choices)
    reason = forms.CharField(
        label=_("Why it is not published"),
        required=False,
        max_length=MAX_REASON_LENGTH,
        help_text=_("The person who asked reads this."),
    )
    answer = forms.CharField(
        label=_("The answer, in short"),
        required=False,
        validators=[MaxLengthValidator(MAX_ANSWER_LENGTH)],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgendaForm(forms.Form):
    item = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

"""What residents and officers fill in around a room."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from meetings.enums import AnsweredHow, Decision, ExemptParagraph, ForgetReason, Role, RoomChange
from meetings.models import AgendaItem, MeetingPage
from meetings.models.questions import (
    MAX_ANSWER_LENGTH,
    MAX_ANSWERED_BY_LENGTH,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
    MAX_REASON_LENGTH,
)
from meetings.words import ANSWER_TOO_LONG
from wards.forms import PostcodeField
from wards.models import Councillor, Ward
from wards.queries import PostcodeError, find_ward


class AskForm(forms.Form):
    """A question to the meeting. A guest gives a name and a postcode; both stay private unless they choose otherwise.

    When homes at the postcode lie in several wards, the form comes back with the choice between them.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    supplementary_to = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
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
    on_notice = forms.BooleanField(label=_("Ask on notice"), required=False)
    councillor = forms.ModelChoiceField(
        label=_("Who shall answer"),
        queryset=Councillor.objects.none(),
        required=False,
        empty_label=_("No councillor in particular"),
        help_text=_("For a question on notice."),
        error_messages={
            "required": _("Choose the councillor who shall answer."),
            "invalid_choice": _("Choose a councillor who sits on the council."),
        },
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=MAX_NAME_LENGTH,
        help_text=_("Officers see it. Others see it only if you choose so below."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": _("Your name must be shorter.")},
    )
    name_is_public = forms.BooleanField(label=_("Show my name with the question"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address. Only officers see it."),
            "invalid": _("Enter an e-mail address like name@example.org."),
        },
    )
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

    def __init__(
        self,
        *args: Any,
        items: Any,
        role: Role,
        on: date,
        meeting: MeetingPage,
        councillors: Any,
        takes_live: bool,
        takes_notice: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        self._offer_notice(meeting, councillors, takes_live=takes_live, takes_notice=takes_notice)
        if role is Role.GUEST:
            self.fields["email"].required = meeting.wants_email
            self.fields["email"].help_text = _how_long_an_address_is_kept()
        else:
            del self.fields["email"]
        if meeting.must_show_name:
            del self.fields["name_is_public"]
            self.fields["name"].help_text = _("It is shown with the question.")
        cast("forms.ModelChoiceField", self.fields["agenda_item"]).queryset = items
        self.fields["key"].initial = uuid.uuid4
        if role is not Role.GUEST:
            self.fields["name"].required = meeting.must_show_name
            self.fields["postcode"].required = False
        candidates = self._candidates()
        if len(candidates) > 1:
            choice = cast("forms.ModelChoiceField", self.fields["ward"])
            choice.queryset = Ward.objects.filter(pk__in=[ward.pk for ward in candidates])
            choice.required, choice.empty_label = True, None
            choice.error_messages["required"] = _("Choose your ward.")
        else:
            del self.fields["ward"]

    def _offer_notice(self, meeting: MeetingPage, councillors: Any, *, takes_live: bool, takes_notice: bool) -> None:
        """Ask on notice or not where both are possible; ask nothing where only one is."""
        if not takes_notice:
            del self.fields["on_notice"], self.fields["councillor"]
            return
        cast("forms.ModelChoiceField", self.fields["councillor"]).queryset = councillors
        if not takes_live:
            self.fields["on_notice"].widget = forms.HiddenInput()
            self.fields["on_notice"].initial = True
            self.fields["councillor"].required = meeting.notice_names_councillor
            self.fields["councillor"].help_text = ""
        if meeting.notice_names_councillor:
            cast("forms.ModelChoiceField", self.fields["councillor"]).empty_label = _("Choose a councillor")

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


def _how_long_an_address_is_kept() -> str:
    days = settings.CONFIG.asker_email_days
    told = ngettext(
        "Only officers see it, to write back to you. It is deleted %(days)d day after your question was answered.",
        "Only officers see it, to write back to you. It is deleted %(days)d days after your question was answered.",
        days,
    )
    return told % {"days": days}


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
        validators=[MaxLengthValidator(MAX_ANSWER_LENGTH, ANSWER_TOO_LONG)],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    how = forms.TypedChoiceField(
        choices=[("", ""), *AnsweredHow.choices], coerce=AnsweredHow, empty_value=None, required=False
    )
    answered_by = forms.CharField(label=_("Who answers"), required=False, max_length=MAX_ANSWERED_BY_LENGTH)


class EditForm(forms.Form):
    """A question in other words; ``seen`` are those it had when the officer began."""

    text = forms.CharField(
        label=_("The question, as everybody shall read it"),
        max_length=MAX_QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The words it was asked in are kept for officers. Readers see that the council has edited it."),
        error_messages={
            "required": _("Enter your question."),
            "max_length": _("Your question must be 500 characters or fewer."),
        },
    )
    seen = forms.CharField(required=False, max_length=2 * MAX_QUESTION_LENGTH, widget=forms.HiddenInput)


class MergeForm(forms.Form):
    into = forms.IntegerField(
        label=_("Number of the other question"),
        min_value=1,
        max_value=2**63 - 1,
        error_messages={
            "required": _("Enter the number of the other question."),
            "invalid": _("Enter the number of the other question."),
        },
    )


class AssignForm(forms.Form):
    councillor = forms.ModelChoiceField(
        label=_("Councillor"),
        queryset=Councillor.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("They see the question, and may propose a written answer."),
        error_messages={"invalid_choice": _("Choose a councillor who sits on the council.")},
    )

    def __init__(self, *args: Any, councillors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["councillor"]).queryset = councillors


class ForgetForm(forms.Form):
    """Why an officer forgets who asked a question."""

    why = forms.TypedChoiceField(
        label=_("Forget who asked"),
        choices=[("", _("Choose a reason")), *ForgetReason.choices],
        coerce=ForgetReason,
        help_text=_(
            "Name, e-mail address and device go at once, a name that was shown too. This cannot be undone. Words that "
            "were published stay, and those of a question joined to another; those of one that you withheld go. The "
            "reason stands in the record."
        ),
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )


class ShortlistForm(forms.Form):
    is_shortlisted = forms.BooleanField(required=False)


class TakeForm(forms.Form):
    is_taken = forms.BooleanField(required=False)


class ProposeForm(forms.Form):
    """A councillor's written answer to a question assigned to them."""

    answer = forms.CharField(
        label=_("Your answer, in writing"),
        validators=[MaxLengthValidator(MAX_ANSWER_LENGTH, ANSWER_TOO_LONG)],
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("An officer reads it and publishes it."),
        error_messages={"required": _("Enter the answer.")},
    )


class RoomForm(forms.Form):
    """What an officer does to a room; why the public is excluded, and until when they wait."""

    change = forms.ChoiceField(choices=RoomChange.choices)
    paragraph = forms.TypedChoiceField(
        label=_("Why the public is excluded"),
        choices=ExemptParagraph.choices,
        coerce=lambda value: ExemptParagraph(int(value)),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose why the public is excluded.")},
    )
    until = forms.TimeField(
        label=_("Until about (optional)"),
        required=False,
        error_messages={"invalid": _("Enter the time as hours and minutes, for example 19:15.")},
    )


class DiscloseForm(forms.Form):
    collection = forms.CharField(max_length=20)
    thing = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class AgendaForm(forms.Form):
    item = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

"""The form of a consultation, made from the questions of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.enums import QuestionKind
from consultations.questions import Question
from consultations.residence import NO_POSTCODE_CHOICES, NOT_SURE, Residence, ResidenceUnclear, place_resident
from consultations.services import AnswerGiven, Answers
from wardmote.core.text import clean_text
from wards.forms import PostcodeField

QUESTION_PREFIX = "q-"
"""Begins the names of the fields that hold answers; a question's id follows."""

RESIDENCE_FIELDS = ("postcode", "no_postcode", "ward")


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


class AnswerForm(forms.Form):
    """Everything one respondent says. ``make_answer_form`` adds a field for each question.

    ``on`` is the day on which the postcode is looked up. Once valid, ``answers(language)`` is what the service takes.
    """

    questions: Sequence[Question] = ()
    use_required_attribute = False  # what is missing is said in the page's words, by the error summary

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid4)
    postcode = PostcodeField(
        label=gettext_lazy("What is your postcode?"),
        help_text=gettext_lazy(
            "It tells us your ward, so that your councillors hear what people near them think. "
            "Only the ward is kept: your postcode is not."
        ),
    )
    no_postcode = forms.MultipleChoiceField(
        label=gettext_lazy("Or, instead of a postcode"),
        required=False,
        template_name="consultations/includes/no_postcode.html",  # type: ignore[call-arg]  # the stubs lack it
        choices=NO_POSTCODE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        self._residence = Residence()
        self.fields["postcode"].error_messages["required"] = _(
            "Enter your postcode, or tick one of the boxes below it"
        )
        self.order_fields(["key", *(field_name(question) for question in self.questions), *RESIDENCE_FIELDS])

    def question_fields(self) -> Iterator[BoundField]:
        return (self[field_name(question)] for question in self.questions)

    def residence_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in RESIDENCE_FIELDS if name in self.fields)

    def clean_key(self) -> UUID:
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            # A key that was tampered with protects nobody but its sender: give a new one.
            return uuid4()

    def clean(self) -> None:
        if "no_postcode" not in self.cleaned_data:
            return
        try:
            self._residence = place_resident(
                # One that is missing or malformed has its error already, which a ticked box takes away.
                postcode=self.cleaned_data.get("postcode"),
                ticked=self.cleaned_data["no_postcode"],
                ward_choice=self.data.get("ward", ""),
                on=self._on,
            )
        except ResidenceUnclear as unclear:
            if unclear.wards:
                self._ask_ward(unclear)
            if unclear.field not in self.errors:
                self.add_error(unclear.field, unclear.message)
            return
        # A box was ticked, so what stands in the postcode's place does not matter.
        self.errors.pop("postcode", None)

    def _ask_ward(self, unclear: ResidenceUnclear) -> None:
        choices = [(str(ward.pk), ward.local_name) for ward in unclear.wards]
        self.fields["ward"] = forms.ChoiceField(
            label=_("Which ward do you live in?"),
            required=unclear.field == "ward",
            choices=[*choices, (NOT_SURE, _("I am not sure"))],
            widget=forms.RadioSelect,
        )

    def answers(self, language: str) -> Answers:
        return Answers(
            key=self.cleaned_data["key"],
            language=language,
            ward=self._residence.ward,
            is_outside_area=self._residence.is_outside_area,
            given=tuple(self._given(question) for question in self.questions),
        )

    def _given(self, question: Question) -> AnswerGiven:
        value = self.cleaned_data[field_name(question)]
        match question.kind:
            case QuestionKind.FREE_TEXT:
                return AnswerGiven(question.id, text=value)
            case QuestionKind.SEVERAL_CHOICES:
                return AnswerGiven(question.id, choices=tuple(value))
            case _:
                return AnswerGiven(question.id, choices=(value,) if value else ())

    def left_over_texts(self) -> list[str]:
        """Texts typed into questions that have since been taken out: theirs to keep, though no longer asked."""
        sent = cast(QueryDict, self.data)
        return [
            text
            for name in sent
            if name.startswith(QUESTION_PREFIX) and name not in self.fields
            for text in sent.getlist(name)
            if text.strip()
        ]


def field_name(question: Question) -> str:
    return f"{QUESTION_PREFIX}{question.id}"


def make_answer_form(questions: Sequence[Question]) -> type[AnswerForm]:
    """A form class that asks ``questions`` in their order, and then where the respondent lives."""
    fields: dict[str, Any] = {field_name(question): _field(question) for question in questions}
    return type("AnswerForm", (AnswerForm,), {"questions": tuple(questions), **fields})


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.wording, "help_text": question.help, "required": question.is_required}
    choices = [(option.id, option.label) for option in question.options]
    match question.kind:
        case QuestionKind.FREE_TEXT:
            return PlainTextField(
                **common,
                max_length=question.max_characters,
                widget=forms.Textarea(attrs={"rows": 6}),
                error_messages={
                    "required": _("Write an answer to “%(question)s”") % {"question": question.wording},
                    "max_length": _(
                        "Your answer to “%(question)s” is too long: it may have up to %%(limit_value)d characters, "
                        "and it has %%(show_value)d"
                    )
                    % {"question": question.wording.replace("%", "%%")},
                },
            )
        case QuestionKind.SEVERAL_CHOICES:
            return forms.MultipleChoiceField(
                **common | {"help_text": question.help or _("Choose all that apply.")},
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages=_choice_messages(question),
            )
        case _:
            return forms.ChoiceField(
                **common, choices=choices, widget=forms.RadioSelect, error_messages=_choice_messages(question)
            )


def _choice_messages(question: Question) -> dict[str, str]:
    return {
        "required": _("Choose an answer to “%(question)s”") % {"question": question.wording},
        # Django fills in this one a second time, with the value that was sent.
        "invalid_choice": _("Choose one of the answers offered to “%(question)s”")
        % {"question": question.wording.replace("%", "%%")},
    }

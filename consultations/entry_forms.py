"""The form in which officers type a response in: the codes of the printed form, one short field after another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.answer_fields import field_name
from consultations.contents import Content
from consultations.enums import ENTERED_CHANNELS, Channel
from consultations.kinds import MAIN, AnswerGiven, Choice, Question
from consultations.kinds.files import Files
from consultations.kinds.lists import Budget, Matrix, Ranking
from consultations.kinds.places import AT, Place
from consultations.models import Batch, ConsultationPage
from consultations.models.responses import MAX_REASON
from consultations.paper import number_questions, short_codes
from consultations.residence import NO_POSTCODE_CHOICES, NOT_SURE, UNSAID, Residence, ResidenceUnclear, place_resident
from consultations.services import Answers
from wards.forms import PostcodeField
from wards.models import Ward

WARD_KEPT = "kept"
"""In a correction: the ward stays as it is, since the postcode that gave it was not kept."""


@dataclass(frozen=True, slots=True)
class Legend:
    """One code that may be typed, and what it stands for."""

    code: str
    label: str


class CodeField(forms.CharField):
    """One choice, by its code on the printed form: ``b``, ``4b`` or ``2`` for the second. Cleaned to the option's id.

    Points of a rating and places of a ranking are their own codes.
    """

    def __init__(self, *, number: int, choices: Iterable[Any], label: str) -> None:
        self.number = number
        self.offered = [(str(value), str(shown)) for value, shown in choices if value != ""]
        self.codes = short_codes([value for value, _shown in self.offered])
        super().__init__(label=label, required=False, max_length=200, strip=True)

    @property
    def legend(self) -> list[Legend]:
        return [Legend(self.codes[value], shown) for value, shown in self.offered]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        known = {code: shown for value, shown in self.offered for code in self._writings(value)}
        return {
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "data-codes": json.dumps(known),
            "data-number": self.number,
        }

    def _writings(self, value: str) -> list[str]:
        """Every way in which an option may be typed, without the question's number before it."""
        code = self.codes[value]
        if code.isdecimal():
            return [code]
        place = next(place for place, (each, _shown) in enumerate(self.offered, start=1) if each == value)
        return [code, str(place)]

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return self.find(typed) if typed else ""

    def find(self, token: str) -> str:
        """The id of the option that ``token`` names. Raises ``ValidationError``."""
        plain = token.strip().casefold().rstrip(".)")
        prefixed = re.fullmatch(r"(\d+)([a-z]+)", plain)
        if prefixed:
            if int(prefixed[1]) != self.number:
                wrong = _("“%(typed)s” belongs to question %(theirs)s, and this is question %(ours)s")
                raise ValidationError(wrong % {"typed": token, "theirs": prefixed[1], "ours": self.number})
            plain = prefixed[2]
        for value, _shown in self.offered:
            if plain in self._writings(value):
                return value
        raise ValidationError(self._unknown(token))

    def _unknown(self, typed: str) -> str:
        codes = ", ".join(each.code for each in self.legend)
        return _("“%(typed)s” is no code of question %(number)s. Its codes are %(codes)s") % {
            "typed": typed,
            "number": self.number,
            "codes": codes,
        }

    def write(self, value: str) -> str:
        """What is typed for the option ``value``."""
        return self.codes.get(value, "")


class CodesField(CodeField):
    """Several choices: ``a c``, ``a,c`` or ``ac``. Cleaned to a list of ids, in the order of the options."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"data-several": ""}

    def clean(self, value: Any) -> Any:
        typed = forms.CharField.clean(self, value)
        found = {self.find(token) for token in self._tokens(typed or "")}
        return [option for option, _shown in self.offered if option in found]

    def _tokens(self, typed: str) -> Iterator[str]:
        for token in re.split(r"[\s,;+/&]+", typed.strip()):
            plain = token.casefold()
            known = any(plain in self._writings(value) for value, _shown in self.offered)
            # Letters, or digits where no option has two: each is a code of its own.
            one_by_one = plain.isalpha() or (plain.isdecimal() and len(self.offered) < 10)
            if known or not one_by_one:
                yield from [token] if token else []
            else:
                yield from token

    def write_all(self, values: Sequence[str]) -> str:
        return " ".join(self.codes[value] for value in values if value in self.codes)


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """A question as it is typed in: its number on paper, its fields, and the codes of those that are chosen from."""

    number: int
    question: Question
    parts: list[BoundField]

    @property
    def legend(self) -> list[Legend]:
        """The codes that all the question's fields share; a ranking's are its places and need no telling."""
        if isinstance(self.question, Ranking):
            return []
        coded = [part.field for part in self.parts if isinstance(part.field, CodeField)]
        return coded[0].legend if coded else []

    @property
    def row_codes(self) -> list[tuple[str, BoundField]]:
        """The fields with the codes of their rows, where the question has rows."""
        if not isinstance(self.question, Matrix | Ranking | Budget):
            return [("", part) for part in self.parts]
        rows = self.question.rows if isinstance(self.question, Matrix) else self.question.options
        codes = short_codes([row.id for row in rows])
        return [(f"{self.number}{codes[row.id]}", part) for row, part in zip(rows, self.parts, strict=True)]


class EntryForm(forms.Form):
    """One response, typed from paper, a call or a letter. ``make_entry_form`` adds the fields of each question.

    Nothing has to be answered: what somebody left blank on paper stays blank. Once valid, ``answers()`` and
    ``received_at`` are what the services take.
    """

    questions: Sequence[Question] = ()
    numbers: dict[str, int] = {}
    consultation: ConsultationPage
    use_required_attribute = False

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid4)
    received_date = forms.DateField(
        label=gettext_lazy("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Enter the day on which it was received")},
    )
    received_time = forms.CharField(
        label=gettext_lazy("at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Needed only for the day on which the consultation closed."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the form"), choices=settings.LANGUAGES)
    postcode = PostcodeField(label=gettext_lazy("Postcode"), required=False)

    def __init__(self, *args: Any, keeps_residence: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._residence = Residence()
        self._given: list[AnswerGiven] = []
        self.received_at: datetime | None = None
        self.keeps_residence = keeps_residence
        place = len(self.numbers) + 1
        unanswered = CodeField(number=place, choices=NO_POSTCODE_CHOICES, label=_("Or, instead of a postcode"))
        self.fields["no_postcode"] = unanswered
        if keeps_residence or (self.is_bound and self.data.get("ward")):
            self._offer_wards()
        for field in ("received_date", "received_time", "postcode"):
            self.fields[field].widget.attrs["autocomplete"] = "off"

    def _offer_wards(self, wards: Sequence[Ward] = ()) -> None:
        """Ask for the ward where the postcode does not settle it. What was chosen is judged by ``place_resident``."""
        choices = [("", _("From the postcode")), *((str(ward.pk), ward.name) for ward in wards)]
        if self.keeps_residence:
            choices.insert(0, (WARD_KEPT, self.keeps_residence))
        if wards:
            choices.append((NOT_SURE, _("Not clear from the postcode")))
        self.fields["ward"] = forms.CharField(
            label=_("Ward"), required=False, max_length=20, widget=forms.Select(choices=choices)
        )

    def groups(self) -> Iterator[EntryGroup]:
        for question in self.questions:
            parts = [self[field_name(question, part)] for part in question.fields()]
            if parts:
                yield EntryGroup(self.numbers[question.id], question, parts)

    @property
    def postcode_number(self) -> int:
        return len(self.numbers) + 1

    def residence_legend(self) -> list[Legend]:
        return cast(CodeField, self.fields["no_postcode"]).legend

    def clean_key(self) -> UUID:
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    def clean_received_time(self) -> time | None:
        typed = self.cleaned_data["received_time"]
        if not typed:
            return None
        try:
            read = parse_time(typed)
        except ValueError:
            read = None
        if read is None:
            raise ValidationError(_("Enter a time like 16:30"))
        return read

    def clean(self) -> None:
        for question in self.questions:
            if question.is_asked:
                self._clean_question(question)
        self._clean_moment()
        self._clean_residence()

    def _clean_question(self, question: Question) -> None:
        names = {part: field_name(question, part) for part in question.fields()}
        if not self.errors.keys().isdisjoint(names.values()):
            return
        try:
            # On paper nobody is stopped from leaving a question out.
            asked = replace(question, is_required=False)
            self._given.append(asked.given({part: self.cleaned_data[name] for part, name in names.items()}))
        except ValidationError as wrong:
            for part, messages in wrong.message_dict.items():
                for message in messages:
                    self.add_error(names[part], message)

    def _clean_moment(self) -> None:
        day, at = self.cleaned_data.get("received_date"), self.cleaned_data.get("received_time")
        if day is None or "received_time" not in self.cleaned_data:
            return
        closes_at = timezone.localtime(self.consultation.closes_at)
        if at is None and day == closes_at.date():
            wrong = _("The consultation closed on that day at %(time)s: enter the time at which it was received")
            self.add_error("received_time", wrong % {"time": f"{closes_at:%H:%M}"})
            return
        opens_at = timezone.localtime(self.consultation.opens_at)
        if at is None and day == opens_at.date():
            self.received_at = opens_at
            return
        self.received_at = timezone.make_aware(datetime.combine(day, at or time()))

    def _clean_residence(self) -> None:
        if not self.errors.keys().isdisjoint({"postcode", "no_postcode"}):
            return
        postcode, ticked = self.cleaned_data.get("postcode") or None, self.cleaned_data.get("no_postcode")
        chosen = self.data.get("ward", "")
        if chosen == WARD_KEPT and not postcode and not ticked:
            return
        day = self.cleaned_data.get("received_date") or timezone.localdate()
        try:
            self._residence = place_resident(
                postcode=postcode,
                ticked=[ticked] if ticked else [] if postcode else [UNSAID],
                ward_choice=chosen,
                on=day,
            )
        except ResidenceUnclear as unclear:
            if unclear.wards:
                self._offer_wards(unclear.wards)
            self.add_error(unclear.field, unclear.message)

    @property
    def keeps_ward(self) -> bool:
        """Whether a correction leaves the ward as it is."""
        typed = self.cleaned_data.get("postcode") or self.cleaned_data.get("no_postcode")
        return self.data.get("ward") == WARD_KEPT and not typed

    def answers(self) -> Answers:
        return Answers(
            key=self.cleaned_data["key"],
            language=self.cleaned_data["language"],
            ward=self._residence.ward,
            is_outside_area=self._residence.is_outside_area,
            given=tuple(self._given),
        )

    def read_back(self) -> list[tuple[str, list[str]]]:
        """What the codes typed so far stand for, with the wording of each question, to check before saving."""
        wordings = {question.id: question for question in self.questions}
        said = []
        for given in self._given:
            question = wordings[given.question_id]
            lines = [label for label in _labels(question, given) if label]
            if given.text:
                lines.append(given.text)
            if lines:
                said.append((question.wording, lines))
        return said


def _labels(question: Question, given: AnswerGiven) -> list[str]:
    choices: list[Choice] = question.keep(given) if given.choices else []
    return question.lines(choices)


def make_entry_form(page: ConsultationPage) -> type[EntryForm]:
    """A form class for ``page``: choices become codes, everything else keeps its field."""
    numbers = number_questions(page.survey)
    fields: dict[str, Any] = {}
    # Copies that came with a paper stay with it.
    typed = tuple(question for question in page.survey if not isinstance(question, Files))
    for question in typed:
        for part, field in question.fields().items():
            fields[field_name(question, part)] = _as_typed(field, numbers.get(question.id, 0))
    made: type[EntryForm] = type(
        "EntryForm",
        (EntryForm,),
        {"questions": typed, "numbers": numbers, "consultation": page.canonical(), **fields},
    )
    return made


def _as_typed(field: forms.Field, number: int) -> forms.Field:
    label = str(field.label or "")
    if isinstance(field, forms.MultipleChoiceField):
        return CodesField(number=number, choices=list(field.choices), label=label)  # type: ignore[arg-type]
    if isinstance(field, forms.ChoiceField):
        return CodeField(number=number, choices=list(field.choices), label=label)  # type: ignore[arg-type]
    field.required = False
    field.help_text = ""
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3
    return field


def initial_of(page: ConsultationPage, content: Content, received_at: datetime) -> dict[str, Any]:
    """What ``make_entry_form``'s fields show to correct a response that was entered before."""
    form = make_entry_form(page)
    kept = {answer["question_id"]: answer for answer in content["answers"]}
    local = timezone.localtime(received_at)
    initial: dict[str, Any] = {
        "received_date": local.date(),
        "received_time": f"{local:%H:%M}",
        "language": content["language"],
    }
    for question in page.survey:
        if question.id in kept:
            parts = _parts_of(question, kept[question.id])
            for part, value in parts.items():
                name = field_name(question, part)
                field = form.base_fields.get(name)
                if isinstance(field, CodesField):
                    initial[name] = field.write_all(value)
                elif isinstance(field, CodeField):
                    initial[name] = field.write(value)
                elif field is not None:
                    initial[name] = value
    return initial


def _parts_of(question: Question, answer: dict[str, Any]) -> dict[str, Any]:
    """A kept answer as the values of its question's fields, by part."""
    ids = [choice["id"] for choice in answer["choices"]]
    parts = list(question.fields())
    match question:
        case Ranking():
            return {option_id: str(place) for place, option_id in enumerate(ids, start=1)}
        case Matrix():
            return dict(option_id.split(":", 1) for option_id in ids)
        case Place():
            return {MAIN: answer["text"], AT: ids[0].replace(",", ", ") if ids else ""}
        case Budget():
            return {choice["id"]: choice["value"] for choice in answer["choices"]}
    if {"day", "month", "year"} <= set(parts) and ids:
        year, month, day = ids[0].split("-")
        return {"day": str(int(day)), "month": str(int(month)), "year": year}
    values: dict[str, Any] = {}
    texts = [part for part in parts if part != MAIN]
    if ids:
        several = isinstance(question.fields()[MAIN], forms.MultipleChoiceField)
        values[MAIN] = ids if several else ids[0]
    if answer["text"]:
        values[texts[0] if texts else MAIN] = answer["text"]
    return values


class BatchForm(forms.ModelForm):
    """What a new batch is called and how its responses came."""

    class Meta:
        model = Batch
        fields = ["name", "channel", "is_entered_twice"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(each.value, each.label) for each in ENTERED_CHANNELS]  # type: ignore[attr-defined]

    def clean_channel(self) -> Channel:
        return Channel(self.cleaned_data["channel"])


class ReasonForm(forms.Form):
    """Why a late response counts, why one is left out or taken back in."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Write the reason: it is what the council relies on if it is asked.")
        },
    )


class CorrectionForm(ReasonForm):
    """Why a response is corrected, and the version of it that the officer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NumberForm(forms.Form):
    """Which paper of a batch is typed in for the second time."""

    number = forms.IntegerField(
        label=gettext_lazy("Number on the paper"),
        min_value=1,
        max_value=10_000_000,
        error_messages={"required": gettext_lazy("Enter the number that stands on the paper")},
        widget=forms.NumberInput(attrs={"autocomplete": "off"}),
    )


def today_and_language(moment: datetime, language: str) -> dict[str, Any]:
    """What a fresh form shows: today, and the language of the last form."""
    day: date = timezone.localdate(moment)
    return {"received_date": day, "language": language}

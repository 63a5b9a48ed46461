"""The form of a consultation, made from the questions of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Self, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import conditions
from consultations.answer_fields import (
    DRAFT_FIELDS,
    NEVER_DRAFTED,
    PRINTED,
    QUESTION_PREFIX,
    RESIDENCE_FIELDS,
    SHOWN,
    NotRefilled,
    QuestionGroup,
    field_name,
    said_in_field,
)
from consultations.drafts import Typed, hash_token, is_token, make_token
from consultations.kinds import AnswerGiven, Question, asked_of, said_in
from consultations.kinds.files import Files
from consultations.paging import CHECK, SurveyPage, is_paged
from consultations.residence import NO_POSTCODE_CHOICES, NOT_SURE, Residence, ResidenceUnclear, place_resident
from consultations.services import Answers
from wards.forms import PostcodeField

MAX_DIGITS = 16
"""Below which a number fits the database, and every number of JavaScript."""


class AnswerForm(forms.Form):
    """Everything one respondent says. ``make_answer_form`` adds a field for each question.

    ``on`` is the day on which the postcode is looked up. Once valid, ``answers(language)`` is what the service takes.
    """

    questions: Sequence[Question] = ()
    """What stands on this form."""
    survey: Sequence[Question] = ()
    """Everything that the consultation asks."""
    whole: type[AnswerForm]
    """The form of everything; a form of one page judges earlier answers by it."""
    page: SurveyPage | None = None
    """The page of the survey that the form asks, if it asks one."""
    step: str = ""
    """What the form is of: a page's id, ``CHECK``, or nothing for the form of everything."""
    use_required_attribute = False  # what is missing is said in the page's words, by the error summary

    key = forms.CharField(required=False, widget=NotRefilled, initial=uuid4)
    draft = forms.CharField(required=False, widget=NotRefilled, initial=make_token)
    revision = forms.CharField(required=False, widget=NotRefilled, initial="0")
    writer = forms.CharField(required=False, widget=NotRefilled, initial=uuid4)
    sequence = forms.CharField(required=False, widget=NotRefilled)
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

    def __init__(
        self,
        *args: Any,
        on: date,
        elsewhere: Mapping[str, list[str]] | None = None,
        refused: Mapping[str, list[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        """``elsewhere`` holds what was typed on other pages, ``refused`` what was wrong with files, by field name."""
        super().__init__(*args, **kwargs)
        self.on = on
        self.refused = {name: messages for name, messages in (refused or {}).items() if name in self.fields}
        self._before = dict(elsewhere or {})
        self._moved_here = self._take_moved()
        self.elsewhere = {
            name: values
            for name, values in self._before.items()
            if name not in self.fields or name in self._moved_here
        }
        self._residence = Residence()
        if "postcode" in self.fields:
            self.fields["postcode"].error_messages["required"] = _(
                "Enter your postcode, or tick one of the boxes below it"
            )
        self.given: list[AnswerGiven] = []
        """Every answer that is well formed, on this form and elsewhere."""
        self._rules = {
            each.id: each.rules for each in conditions.askings([question.step for question in self.survey])
        }
        self.asked = asked_of(self.survey, ())
        """Ids of the blocks of the survey that are put to the writer, by what is known of their answers."""
        self.newly_asked: tuple[Question, ...] = ()
        asked = (field_name(question, part) for question in self.questions for part in question.fields())
        self.order_fields([*DRAFT_FIELDS, *asked, *RESIDENCE_FIELDS])

    def question_groups(self) -> Iterator[QuestionGroup]:
        for question in self.questions:
            names = {part: field_name(question, part) for part in question.fields()}
            yield QuestionGroup(
                question,
                {part: self[name] for part, name in names.items()},
                rules=self._rules[question.id],
                is_asked=question.id in self.asked,
            )

    @property
    def shown(self) -> str:
        """The value of the hidden field ``SHOWN``: the questions with a rule that are asked now."""
        asked = (question.id for question in self.questions if question.id in self.asked)
        return ",".join(question_id for question_id in asked if self._rules[question_id])

    @property
    def printed(self) -> str:
        """The value of the hidden field ``PRINTED``."""
        names = frozenset(self.fields).difference(DRAFT_FIELDS, NEVER_DRAFTED)
        if self.is_of_pages and self.page is None:  # the last page shows answers, and asks none
            names = frozenset(name for name in names if not name.startswith(QUESTION_PREFIX))
        return ",".join(sorted(names))

    @property
    def known(self) -> dict[str, list[str]]:
        """Everything that was typed, here and elsewhere, by field name."""
        return {**self.elsewhere, **self.typed("").fields} if self.is_bound else self._before

    @property
    def said_elsewhere(self) -> str:
        """Answers on other pages, as JSON for asked-if.js: those asked, as rules see them."""
        here = {question.id for question in self.questions}
        said = said_in(each for each in self.given if each.question_id in self.asked and each.question_id not in here)
        return json.dumps(said)

    def why_asked(self) -> list[tuple[Question, str]]:
        """The questions that follow from what was just answered, each with the reason why it is asked."""
        said = said_in(self.given)
        return [
            (question, _say_why(question, self._rules[question.id], said, self.survey))
            for question in self.newly_asked
        ]

    @property
    def takes_files(self) -> bool:
        return any(isinstance(question, Files) for question in self.questions)

    @property
    def is_of_pages(self) -> bool:
        """Whether the survey is answered on several pages."""
        return is_paged(self.survey)

    def residence_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in RESIDENCE_FIELDS if name in self.fields)

    @property
    def sent_key(self) -> UUID | None:
        """The key as it was sent, whatever else is wrong."""
        return _uuid(self.data.get("key", ""))

    def draft_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in DRAFT_FIELDS)

    def clean_key(self) -> UUID:
        # A key that was tampered with protects nobody but its sender: give a new one.
        return _uuid(self.cleaned_data["key"]) or uuid4()

    @classmethod
    def resumed(cls, fields: Mapping[str, list[str]], *, on: date, hidden: Mapping[str, str]) -> Self:
        """The form filled in as a draft holds it, right or wrong, and not judged yet. ``hidden``: ``DRAFT_FIELDS``."""
        initial: dict[str, Any] = {
            name: values if isinstance(cls.base_fields[name], forms.MultipleChoiceField) else values[-1]
            for name, values in fields.items()
            if name in cls.base_fields and values
        }
        form = cls(initial={**initial, **hidden}, on=on, elsewhere=fields)
        judged = cls.whole.holding(fields, on=on)
        judged.is_valid()
        form.asked, form.given = judged.asked, judged.given
        return form

    @classmethod
    def holding(cls, fields: Mapping[str, list[str]], *, on: date) -> Self:
        """The form as if a draft's ``fields`` had just been sent in it, with every question in view."""
        sent = QueryDict(mutable=True)
        sent[SHOWN] = ",".join(question.id for question in cls.questions)
        for name, values in fields.items():
            sent.setlist(name, list(values))
        return cls(sent, on=on)

    @classmethod
    def judged(cls, fields: Mapping[str, list[str]], *, on: date, hidden: Mapping[str, str], shown: str) -> Self:
        """The form as if what a draft holds of it had just been sent, with the questions ``shown`` in view."""
        sent = QueryDict(mutable=True)
        for name, values in fields.items():
            if name in cls.base_fields:
                sent.setlist(name, list(values))
        sent.update({**hidden, SHOWN: shown})
        return cls(sent, initial=dict(hidden), on=on, elsewhere=fields)

    def as_typed(self, instead: Mapping[str, list[str]] | None = None) -> Self:
        """This form with what was sent in it, not judged; ``instead`` are values by field name in place of those sent."""
        sent = cast(QueryDict, self.data)
        fields = {**self.elsewhere, **{name: sent.getlist(name) for name in sent}, **(instead or {})}
        return self.resumed(
            fields, on=self.on, hidden={name: str(sent[name]) for name in DRAFT_FIELDS if name in sent}
        )

    def typed(self, language: str) -> Typed:
        """What was sent, valid or not, as a draft keeps it."""
        sent = cast(QueryDict, self.data)
        asked = self._asked_on_page()
        return Typed(
            fields={
                name: sent.getlist(name)
                for name in sent
                if name not in self._moved_here
                and (name in asked or name == "ward" or name.startswith(QUESTION_PREFIX))
            },
            asked=asked,
            writer=_uuid(sent.get("writer", "")) or uuid4(),
            sequence=_whole_number(sent.get("sequence", "")),
            language=language,
        )

    def _asked_on_page(self) -> frozenset[str]:
        """The fields that stood on the page that was sent, of those that a draft keeps; others may stand there now."""
        sent = cast(QueryDict, self.data)
        if PRINTED in sent:
            known = frozenset([*self.whole.base_fields, *self.fields])
            asked = known.intersection(str(sent[PRINTED]).split(","))
        elif sent.get("step", self.step) != self.step:  # nobody knows any more what stood there
            asked = frozenset(self.fields).intersection(sent)
        else:
            asked = frozenset(self.fields)
        return asked.difference(DRAFT_FIELDS, NEVER_DRAFTED)

    def _take_moved(self) -> frozenset[str]:
        """Answer questions that came to the page after it was printed as the draft does: which fields."""
        sent = cast(QueryDict, self.data)
        if PRINTED not in sent:
            return frozenset()
        printed = str(sent[PRINTED]).split(",")
        moved = [name for name in self._before if name in self.fields and name not in printed and name not in sent]
        if moved:
            together = sent.copy()
            for name in moved:
                together.setlist(name, self._before[name])
            self.data = together
        return frozenset(moved)

    def by_question(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The fields that a draft keeps, by what they ask."""
        for group in self.question_groups():
            if group.parts:
                yield group.question.wording, list(group.parts.values())
        if "no_postcode" in self.fields:
            yield _("Where you live"), [self["no_postcode"]]

    @property
    def expected_revision(self) -> int:
        """The draft's revision that the sender saw; 0 where there was none yet."""
        return _whole_number(self.data.get("revision", ""))

    @property
    def draft_token(self) -> str:
        """The secret of the draft's link; empty when it was tampered with."""
        token = self.data.get("draft", "")
        return token if is_token(token) else ""

    def clean(self) -> None:
        if self.elsewhere:
            others = self.whole.holding(self.elsewhere, on=self.on)
            others.is_valid()
            here = {question.id for question in self.questions}
            self.given.extend(each for each in others.given if each.question_id not in here)
        for name, messages in self.refused.items():
            self.errors.pop(name, None)  # that nothing came is said better by why it did not
            self.add_error(name, messages)  # type: ignore[arg-type]
        for question in self.questions:
            if question.is_asked:
                self._clean_question(question)
        self._clean_rules()
        self._clean_residence()

    def _clean_rules(self) -> None:
        """Forgive what is wrong with questions that are not asked, or that could not be seen until now."""
        self.asked = asked_of(self.survey, self.given)
        shown = set(self.data.get(SHOWN, "").split(","))
        self.newly_asked = tuple(
            question
            for question in self.questions
            if question.is_asked
            and question.id in self.asked
            and self._rules[question.id]
            and question.id not in shown
            and not self._is_begun(question)
        )
        for question in self.questions:
            if question.id not in self.asked or question in self.newly_asked:
                for part in question.fields():
                    self.errors.pop(field_name(question, part), None)

    def _is_begun(self, question: Question) -> bool:
        sent = cast(QueryDict, self.data)
        return any(said.strip() for part in question.fields() for said in sent.getlist(field_name(question, part)))

    def _clean_question(self, question: Question) -> None:
        names = {part: field_name(question, part) for part in question.fields()}
        if not self.errors.keys().isdisjoint(names.values()):
            return
        try:
            self.given.append(question.given({part: self.cleaned_data[name] for part, name in names.items()}))
        except ValidationError as wrong:
            for part, messages in wrong.message_dict.items():
                for message in messages:
                    self.add_error(names[part], message)

    def _clean_residence(self) -> None:
        if "no_postcode" not in self.cleaned_data:
            return
        try:
            self._residence = place_resident(
                # One that is missing or malformed has its error already, which a ticked box takes away.
                postcode=self.cleaned_data.get("postcode"),
                ticked=self.cleaned_data["no_postcode"],
                ward_choice=self.data.get("ward", ""),
                on=self.on,
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
            given=tuple(self.given),
            token_hash=hash_token(self.draft_token) if self.draft_token else "",
        )

    def typed_texts(self) -> Iterator[tuple[str, str]]:
        """What was typed or chosen so far, valid or not, with the wording of its question."""
        for group in self.question_groups():
            for field in group.parts.values():
                if said := said_in_field(field):
                    yield group.question.wording, said

    def left_over_texts(self) -> list[str]:
        """Texts typed into questions that have since been taken out: theirs to keep, though no longer asked."""
        sent = cast(QueryDict, self.data)
        return [
            text
            for name in sent
            if name.startswith(QUESTION_PREFIX) and name not in self.whole.base_fields
            for text in sent.getlist(name)
            if text.strip()
        ]


def make_answer_form(survey: Sequence[Question]) -> type[AnswerForm]:
    """A form class that asks ``survey`` in its order, and then where the respondent lives."""
    made: type[AnswerForm] = type("AnswerForm", (AnswerForm,), _asking(survey, survey))
    made.whole = made
    return made


def make_page_form(survey: Sequence[Question], page: SurveyPage) -> type[AnswerForm]:
    """A form class that asks what stands on one page of ``survey``."""
    own = _asking(survey, page.questions) | {"postcode": None, "no_postcode": None}
    return type("PageForm", (AnswerForm,), own | {"whole": make_answer_form(survey), "page": page, "step": page.id})


def make_last_form(survey: Sequence[Question]) -> type[AnswerForm]:
    """A form class that asks where the respondent lives, once every page of ``survey`` was gone through."""
    return type("LastForm", (AnswerForm,), _asking(survey, ()) | {"whole": make_answer_form(survey), "step": CHECK})


def _asking(survey: Sequence[Question], questions: Sequence[Question]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        field_name(question, part): field for question in questions for part, field in question.fields().items()
    }
    return {"survey": tuple(survey), "questions": tuple(questions), **fields}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else 0


def _say_why(
    question: Question, rules: Sequence[conditions.Rule], said: conditions.Said, questions: Sequence[Question]
) -> str:
    """Why ``question`` is asked of somebody who ``said`` this: the first clause of ``rules`` they met."""
    by_id = {each.id: each for each in questions}
    met = next((each for rule in rules for each in rule.clauses if conditions.is_clause_met(each, said)), None)
    target = by_id.get(met.question_id) if met else None
    if met is None or target is None:
        return question.wording
    chosen = [option.label for value in said[target.id] if (option := target.option(value))]
    words = {"question": target.wording, "asked": question.wording, "answer": "; ".join(chosen)}
    if not chosen:
        return _("Because you answered “%(question)s”, we also ask: %(asked)s") % words
    return _("Because you answered “%(answer)s” to “%(question)s”, we also ask: %(asked)s") % words

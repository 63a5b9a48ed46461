"""Stream blocks: what an editor fills in for each kind of question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from consultations import conditions
from consultations.blocks import RICH_TEXT_FEATURES, OptionsBlock
from consultations.condition_words import FIELD_AT_FAULT, OPERATOR_LABELS, say_fault
from consultations.file_types import Family
from consultations.kinds import read_questions
from consultations.kinds.files import FAMILY_LABELS, MAX_FILES
from consultations.kinds.ratings import DEFAULT_POINTS, POINTS_FROM_ZERO
from wardmote.core.text import MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DEFAULT_MAX_CHARACTERS = 2_000
"""About 350 words: more than nine in ten free-text answers need."""

MAX_SHORT_TEXT = 300

MAX_TOTAL = 1_000_000_000
"""Pounds, when a whole council's budget is shared out."""


MAX_CLAUSES = 8
"""More comparisons than anybody can keep in mind at once."""


class ClauseBlock(blocks.StructBlock):
    """One comparison with an earlier answer. ``asked-if-editor.js`` offers the questions and answers by name."""

    question = blocks.CharBlock(label=_("Question"), max_length=36)
    operator = blocks.ChoiceBlock(
        label=_("Comparison"),
        choices=[(operator.value, label) for operator, label in OPERATOR_LABELS.items()],
        default=conditions.Operator.IS.value,
    )
    answer = blocks.CharBlock(label=_("Answer"), required=False, max_length=80)

    class Meta:
        icon = "help"
        label = _("Only if")
        form_attrs = {"data-controller": "wm-asked-if"}


class AskedIfBlock(blocks.StructBlock):
    """What every block of the survey has: of whom it is asked. Stands last in its form."""

    asked_if = blocks.ListBlock(
        ClauseBlock(),
        label=_("Only if"),
        default=[],
        max_num=MAX_CLAUSES,
        help_text=_("Leave this empty to ask everybody. A rule can look at earlier questions only."),
    )
    asked_if_any = blocks.BooleanBlock(
        label=_("One of them is enough"),
        required=False,
        help_text=_("Without this tick, all of them must hold."),
    )

    def get_form_layout(self) -> BlockGroup:
        rule = ("asked_if", "asked_if_any")
        own = [name for name in self.child_blocks if name not in rule]
        heading = _("Who is asked")
        group = BlockGroup([*rule], heading=heading, icon="group", classname="collapsed", label_format="")
        return BlockGroup([*own, group])


class QuestionBlock(AskedIfBlock):
    """What every question has."""

    wording = blocks.CharBlock(
        label=_("Question"), max_length=300, help_text=_("As you would say it aloud. Ask one thing only.")
    )
    help = blocks.TextBlock(
        label=_("Hint"),
        required=False,
        max_length=500,
        rows=2,
        help_text=_(
            "What people need in order to answer, in a sentence or two. Leave it empty if the question says it."
        ),
    )
    is_required = blocks.BooleanBlock(
        label=_("Must be answered"),
        required=False,
        help_text=_("Ask for as little as you can: each required question loses people."),
    )


class FreeTextBlock(QuestionBlock):
    max_characters = blocks.IntegerBlock(
        label=_("Longest answer, in characters"),
        min_value=100,
        max_value=MAX_TEXT_LENGTH,
        default=DEFAULT_MAX_CHARACTERS,
        help_text=_("A longer text is never cut: its writer is told by how much it is too long."),
    )

    class Meta:
        icon = "pilcrow"
        label = _("Free text")
        label_format = "{wording}"


class ShortTextBlock(QuestionBlock):
    max_characters = blocks.IntegerBlock(
        label=_("Longest answer, in characters"),
        min_value=10,
        max_value=MAX_SHORT_TEXT,
        default=100,
        help_text=_("For a fact, such as a street or an organisation. Ask for views by free text: they are read."),
    )

    class Meta:
        icon = "minus"
        label = _("Short text")
        label_format = "{wording}"


class ChoiceQuestionBlock(QuestionBlock):
    options = OptionsBlock()
    has_other = blocks.BooleanBlock(
        label=_("Offer “Other, please say”"),
        required=False,
        help_text=_("Adds an option with a line to write on. What is written there is read with the free text."),
    )


class SingleChoiceBlock(ChoiceQuestionBlock):
    class Meta:
        icon = "radio-full"
        label = _("Single choice")
        label_format = "{wording}"


class SeveralChoicesBlock(ChoiceQuestionBlock):
    at_least = blocks.IntegerBlock(label=_("Choose at least"), required=False, min_value=2)
    at_most = blocks.IntegerBlock(label=_("Choose at most"), required=False, min_value=2)

    class Meta:
        icon = "tasks"
        label = _("Several choices")
        label_format = "{wording}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        refuse_unless_in_order(cleaned, "at_least", "at_most", _("This is below “Choose at least”."))
        offered = len(cleaned["options"]) + cleaned["has_other"]
        for limit in ("at_least", "at_most"):
            if (cleaned[limit] or 0) > offered:
                raise StructBlockValidationError({limit: ValidationError(_("There are not so many options."))})
        return cleaned


class AgreeScaleBlock(QuestionBlock):
    wording = blocks.CharBlock(
        label=_("Question"),
        max_length=300,
        help_text=_("For example: “How far do you agree that the market should open on Sundays?”"),
    )

    class Meta:
        icon = "bars"
        label = _("Agree or disagree")
        label_format = "{wording}"


class YesNoBlock(QuestionBlock):
    class Meta:
        icon = "check"
        label = _("Yes, no or don’t know")
        label_format = "{wording}"


class RatingBlock(QuestionBlock):
    points = blocks.IntegerBlock(
        label=_("Points"),
        min_value=2,
        max_value=POINTS_FROM_ZERO,
        default=DEFAULT_POINTS,
        help_text=_("Eleven points run from 0 to 10, fewer from 1."),
    )
    low = blocks.CharBlock(label=_("What the lowest point means"), max_length=60)
    high = blocks.CharBlock(label=_("What the highest point means"), max_length=60)
    asks_why = blocks.BooleanBlock(
        label=_("Ask people to tell us why"),
        required=False,
        help_text=_("Adds a text box that may be left empty. What is written there is read with the free text."),
    )

    class Meta:
        icon = "pick"
        label = _("Rating")
        label_format = "{wording}"


class RankingBlock(QuestionBlock):
    options = OptionsBlock()

    class Meta:
        icon = "order"
        label = _("Ranking")
        label_format = "{wording}"


class MatrixBlock(QuestionBlock):
    rows = OptionsBlock(label=_("What is asked about, one a row"))
    scale = OptionsBlock(label=_("The answers to choose from, the same for every row"))

    class Meta:
        icon = "table"
        label = _("Several on one scale")
        label_format = "{wording}"


class BudgetBlock(QuestionBlock):
    options = OptionsBlock()
    total = blocks.IntegerBlock(label=_("Total to share out"), min_value=1, max_value=MAX_TOTAL, default=100)
    unit = blocks.CharBlock(
        label=_("Unit"), required=False, max_length=20, help_text=_("For example “points”, “%” or “£”.")
    )

    class Meta:
        icon = "decimal"
        label = _("Budget to share out")
        label_format = "{wording}"


class SectionTextBlock(AskedIfBlock):
    """Its rule holds for the questions below it as well, as far as the next text or page break."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), required=False, features=RICH_TEXT_FEATURES)

    class Meta:
        icon = "pilcrow"
        label = _("Text that asks nothing")
        label_format = "{heading}"


class PlaceBlock(QuestionBlock):
    is_rough = blocks.BooleanBlock(
        label=_("Only roughly"),
        required=False,
        help_text=_(
            "Keeps points to about 100 metres instead of 10: enough for a neighbourhood, too little for a front door."
        ),
    )

    class Meta:
        icon = "site"
        label = _("Place")
        label_format = "{wording}"


class FilesBlock(QuestionBlock):
    accepts = blocks.MultipleChoiceBlock(
        label=_("What may be sent"),
        choices=[(family.value, label) for family, label in FAMILY_LABELS.items()],
        default=[Family.PICTURES.value, Family.PDF.value],
        widget=forms.CheckboxSelectMultiple,
    )
    at_most = blocks.IntegerBlock(
        label=_("Files at most"), min_value=1, max_value=MAX_FILES, default=1, help_text=_("Officers alone see them.")
    )

    class Meta:
        icon = "doc-empty"
        label = _("Files")
        label_format = "{wording}"


class PageBreakBlock(SectionTextBlock):
    """What follows, up to the next one, is a page of its own; its rule holds for all of it."""

    heading = blocks.CharBlock(label=_("Name of the page"), max_length=120)

    class Meta:
        icon = "horizontalrule"
        label = _("Page break")
        label_format = "{heading}"


class NumberBlock(QuestionBlock):
    minimum = blocks.DecimalBlock(label=_("Smallest number"), required=False, max_digits=16, decimal_places=4)
    maximum = blocks.DecimalBlock(label=_("Largest number"), required=False, max_digits=16, decimal_places=4)
    is_whole = blocks.BooleanBlock(label=_("Whole numbers only"), required=False, default=True)
    unit = blocks.CharBlock(
        label=_("Unit"), required=False, max_length=20, help_text=_("For example “miles”, “%” or “£”.")
    )

    class Meta:
        icon = "decimal"
        label = _("Number")
        label_format = "{wording}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        refuse_unless_in_order(cleaned, "minimum", "maximum", _("The largest number is below the smallest."))
        return cleaned


class DateBlock(QuestionBlock):
    earliest = blocks.DateBlock(label=_("Earliest day"), required=False)
    latest = blocks.DateBlock(label=_("Latest day"), required=False)

    class Meta:
        icon = "date"
        label = _("Date")
        label_format = "{wording}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        refuse_unless_in_order(cleaned, "earliest", "latest", _("The latest day is before the earliest."))
        return cleaned


def refuse_unless_in_order(value: Any, low: str, high: str, message: StrOrPromise) -> None:
    if value[low] is not None and value[high] is not None and value[high] < value[low]:
        raise StructBlockValidationError({high: ValidationError(message)})


def _tidy_answers(stream: Any) -> None:
    """Write the answers that rules compare with as they are kept, so that "1,200" is found again as 1200."""
    by_id = {question.id: question for question in read_questions(stream)}
    for block in stream:
        for clause in block.value["asked_if"]:
            target = by_id.get(clause["question"])
            if target:
                clause["answer"] = target.read_compared(clause["answer"] or "")


class QuestionsBlock(blocks.StreamBlock):
    """The questions, in the order in which they are asked. The names are ``QuestionKind``'s values."""

    free_text = FreeTextBlock()
    short_text = ShortTextBlock()
    single_choice = SingleChoiceBlock()
    several_choices = SeveralChoicesBlock()
    yes_no = YesNoBlock()
    agree_scale = AgreeScaleBlock()
    rating = RatingBlock()
    ranking = RankingBlock()
    matrix = MatrixBlock()
    budget = BudgetBlock()
    number = NumberBlock()
    date = DateBlock()
    place = PlaceBlock()
    files = FilesBlock()
    section_text = SectionTextBlock()
    page_break = PageBreakBlock()

    def clean(self, value: Any) -> Any:
        """Refuse rules that cannot be judged, each at the field to change.

        A draft may hold a rule whose question or answer is not chosen yet: the editor saves drafts by itself.
        """
        cleaned = super().clean(value)
        _tidy_answers(cleaned)
        survey = read_questions(cleaned)
        places = {question.id: place for place, question in enumerate(survey)}
        errors: dict[int, dict[int, ValidationError]] = {}
        for each in conditions.faults([question.step for question in survey]):
            if self.is_deferred_validation and not (each.clause.question_id and each.clause.answer):
                continue
            wrong = {FIELD_AT_FAULT[each.fault]: ValidationError(say_fault(each, survey))}
            errors.setdefault(places[each.step_id], {})[each.place] = StructBlockValidationError(wrong)
        if errors:
            raise StreamBlockValidationError(
                block_errors={
                    place: StructBlockValidationError({"asked_if": ListBlockValidationError(block_errors=clauses)})
                    for place, clauses in errors.items()
                }
            )
        return cleaned

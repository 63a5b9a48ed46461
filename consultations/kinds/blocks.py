"""Stream blocks: what an editor fills in for each kind of question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from consultations.blocks import RICH_TEXT_FEATURES, OptionsBlock
from wardmote.core.text import MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DEFAULT_MAX_CHARACTERS = 2_000
"""About 350 words: more than nine in ten free-text answers need."""

MAX_SHORT_TEXT = 300

MAX_TOTAL = 1_000_000_000
"""Pounds, when a whole council's budget is shared out."""


class QuestionBlock(blocks.StructBlock):
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
        max_value=11,
        default=5,
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


class SectionTextBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), required=False, features=RICH_TEXT_FEATURES)

    class Meta:
        icon = "pilcrow"
        label = _("Text that asks nothing")
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
    section_text = SectionTextBlock()

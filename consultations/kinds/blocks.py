"""Stream blocks: what an editor fills in for each kind of question."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from consultations.blocks import OptionsBlock
from wardmote.core.text import MAX_TEXT_LENGTH

DEFAULT_MAX_CHARACTERS = 2_000
"""About 350 words: more than nine in ten free-text answers need."""


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


class ChoiceQuestionBlock(QuestionBlock):
    options = OptionsBlock()


class SingleChoiceBlock(ChoiceQuestionBlock):
    class Meta:
        icon = "radio-full"
        label = _("Single choice")
        label_format = "{wording}"


class SeveralChoicesBlock(ChoiceQuestionBlock):
    class Meta:
        icon = "tasks"
        label = _("Several choices")
        label_format = "{wording}"


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


class QuestionsBlock(blocks.StreamBlock):
    """The questions, in the order in which they are asked. The names are ``QuestionKind``'s values."""

    free_text = FreeTextBlock()
    single_choice = SingleChoiceBlock()
    several_choices = SeveralChoicesBlock()
    agree_scale = AgreeScaleBlock()

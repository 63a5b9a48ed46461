"""Stream blocks: what a consultation's body is made of, and the options of its questions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

RICH_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]

MAX_OPTIONS = 50


class CallOutBlock(blocks.StructBlock):
    """A passage set apart, for what must not be missed."""

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "link"])

    class Meta:
        icon = "warning"
        label = _("Call-out")
        template = "consultations/blocks/call_out.html"


class DocumentBlock(blocks.StructBlock):
    """A document to read, with a line saying why."""

    document = DocumentChooserBlock(label=_("Document"))
    description = blocks.CharBlock(
        label=_("What it says"),
        required=False,
        max_length=250,
        help_text=_("One line, so people know if they need it."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "consultations/blocks/document.html"


class BodyBlock(blocks.StreamBlock):
    """The body of a consultation: why it is held, what is proposed, what else was thought of."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=120, template="consultations/blocks/heading.html"
    )
    paragraph = blocks.RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=["h3", *RICH_TEXT_FEATURES],
        template="consultations/blocks/paragraph.html",
    )
    image = ImageBlock(label=_("Picture"), template="consultations/blocks/image.html")
    document = DocumentBlock()
    call_out = CallOutBlock()


class OptionsBlock(blocks.ListBlock):
    """What may be chosen. Each option keeps its id when its wording is changed or translated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            blocks.CharBlock(label=_("Option"), max_length=200),
            min_num=2,
            max_num=MAX_OPTIONS,
            **{"label": _("Options")} | kwargs,
        )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        seen: set[str] = set()
        errors: dict[int, ValidationError] = {}
        for index, label in enumerate(cleaned):
            folded = label.strip().casefold()
            if folded in seen:
                errors[index] = ValidationError(_("This option is there already. Give each option its own words."))
            seen.add(folded)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        # Its child and limits are its own: migrations name this class and nothing else.
        return ("consultations.blocks.OptionsBlock", [], {})

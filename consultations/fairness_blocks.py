"""Stream blocks: the options that were thought of and set aside."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class OptionSetAsideBlock(blocks.StructBlock):
    """One thing that could be done and is not proposed. The fairness check asks for ``why``; a draft may lack it."""

    option = blocks.CharBlock(label=_("Option"), max_length=200)
    why = blocks.TextBlock(label=_("Why it is not proposed"), required=False, max_length=1_000, rows=3)

    class Meta:
        icon = "minus"
        label = _("Option set aside")
        label_format = "{option}"
        template = "consultations/blocks/option_set_aside.html"


class OptionsSetAsideBlock(blocks.StreamBlock):
    option = OptionSetAsideBlock()

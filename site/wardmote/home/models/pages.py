"""The front page and plain pages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from wardmote.core.models import BasePage


class HomePage(BasePage):
    """The front page: where you live, what is open, what meets next, what changed."""

    heading = models.CharField(
        _("heading"), max_length=120, blank=True, help_text=_("Above the postcode box. Empty: the house's own words.")
    )
    lede = models.CharField(
        _("introduction"), max_length=300, blank=True, help_text=_("One or two sentences under the heading.")
    )

    content_panels = [*BasePage.content_panels, FieldPanel("heading"), FieldPanel("lede")]
    template = "home/home_page.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("front page")


class StandardPage(BasePage):
    """A plain page of text, such as the accessibility statement."""

    body = StreamField(
        [("text", blocks.RichTextBlock(features=["h2", "h3", "bold", "italic", "link", "ol", "ul"]))],
        blank=True,
        verbose_name=_("text"),
    )

    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    template = "home/standard_page.html"
    parent_page_types = ["home.HomePage", "home.StandardPage"]

    class Meta:
        verbose_name = _("plain page")

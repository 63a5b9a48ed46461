"""The front page and plain pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from wardmote.core.models import BasePage
from wardmote.home.queries import front_page


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
    max_count_per_parent = 2  # one for each language

    class Meta:
        verbose_name = _("front page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context(request, *args, **kwargs) | {"front": front_page(now), "now": now}


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

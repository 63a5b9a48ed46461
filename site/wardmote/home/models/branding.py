"""How the council names and colours its site, set by officers in Wagtail's settings."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from wardmote.home.colours import Brand, brand_from, is_hex_colour


def validate_colour(value: str) -> None:
    if not is_hex_colour(value):
        raise ValidationError(_("Enter a colour as # and six digits or letters a to f, for example #14345c."))


@register_setting(icon="home")
class CouncilBranding(BaseSiteSetting):
    """The council's name, crest and colour, and the pages every page's foot leads to."""

    name = models.CharField(_("council's name"), max_length=120, blank=True)
    name_cy = models.CharField(_("council's name in Welsh"), max_length=120, blank=True)
    crest = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("crest"),
        help_text=_("Shown beside the council's name; a drawing with a clear ground looks best."),
    )
    colour = models.CharField(
        _("brand colour"),
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("As #rrggbb. Words on it turn white or black, and links darker, until they can be read."),
    )
    accessibility_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accessibility statement"),
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("privacy notice"),
    )
    contact_email = models.EmailField(_("e-mail address for help"), blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("name_cy")], heading=_("Name")),
        MultiFieldPanel([FieldPanel("crest"), FieldPanel("colour")], heading=_("Look")),
        MultiFieldPanel(
            [FieldPanel("accessibility_page"), FieldPanel("privacy_page"), FieldPanel("contact_email")],
            heading=_("At the foot of every page"),
        ),
    ]

    class Meta:
        verbose_name = _("Name and look")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The council's name in the reader's language."""
        return self.name_cy if get_language() == "cy" and self.name_cy else self.name

    @property
    def brand(self) -> Brand | None:
        """The colours made from the council's own; ``None`` for the house's."""
        return brand_from(self.colour) if is_hex_colour(self.colour) else None

"""The reports and other papers that an agenda item rests on."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable

MAX_DOCUMENT_TITLE_LENGTH = 255
MAX_DOCUMENT_URL_LENGTH = 500


class AgendaDocument(Orderable):
    """A file in the document library, or a link to one elsewhere. Whatever stands here is the public's to read."""

    item = ParentalKey("meetings.AgendaItem", on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=MAX_DOCUMENT_TITLE_LENGTH)
    document = models.ForeignKey(
        get_document_model_string(),
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
        help_text=_("Only what everybody may read: never an exempt report."),
    )
    url = models.URLField(_("or its address elsewhere"), max_length=MAX_DOCUMENT_URL_LENGTH, blank=True)
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_(
            "It is listed from then on, with this day. Empty: as soon as the meeting is published, with no day."
        ),
    )
    moderngov_id = models.PositiveIntegerField(_("number in ModernGov"), null=True, blank=True, editable=False)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("document"), FieldPanel("url")]),
        FieldPanel("published_at"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("document of an agenda item")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, url="")
                | (models.Q(document__isnull=True) & ~models.Q(url="")),
                name="agenda_document_is_a_file_or_a_link",
                violation_error_message=_("Choose a file or give an address, one of the two."),
            ),
            models.UniqueConstraint(fields=["item", "moderngov_id"], name="imported_document_once_on_an_item"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.url and urlsplit(self.url).scheme not in {"http", "https"}:
            raise ValidationError({"url": _("The address must start with https:// or http://.")})

    def is_public_at(self, moment: datetime) -> bool:
        return self.published_at is None or self.published_at <= moment

    @property
    def address(self) -> str:
        """Where it is read. The file must be at hand, or a query is made."""
        return self.document.url if self.document else self.url

    @property
    def host(self) -> str:
        """Whose site a link leads to; empty for a file of our own."""
        return urlsplit(self.url).hostname or "" if self.url else ""

    @property
    def file_kind(self) -> str:
        """``PDF``; empty for a link."""
        return self.document.file_extension.upper() if self.document else ""

"""Meetings and their agenda, as officers edit them in Wagtail. Pages read; the room's services write."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page, PageManager, PageQuerySet, TranslatableMixin
from wagtail.search import index

from meetings.enums import StreamKind
from meetings.models.bodies import Body
from wardmote.core.models import BasePage

RICH_TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ul", "ol", "link", "document-link"]


class MeetingIndexPage(BasePage):
    """The list of meetings: what is live, what comes next, what has been."""

    intro = RichTextField(_("introduction"), features=RICH_TEXT_FEATURES, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    subpage_types = ["meetings.MeetingPage"]

    class Meta:
        verbose_name = _("list of meetings")
        verbose_name_plural = _("lists of meetings")


class MeetingPageQuerySet(PageQuerySet):
    def starting_from(self, moment: datetime) -> MeetingPageQuerySet:
        """Meetings that start at ``moment`` or later."""
        return self.filter(starts_at__gte=moment)


class MeetingPage(BasePage):
    """One sitting of a body: its agenda, when and where it is, and where its picture comes from."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings", verbose_name=_("body"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(
        _("ends at"), null=True, blank=True, help_text=_("As planned; leave empty when nobody can say.")
    )
    venue = models.CharField(_("where"), max_length=200, help_text=_("Room and building, or “online only”."))
    access = models.TextField(_("getting in"), blank=True, help_text=_("Steps, hearing loop, public gallery."))
    intro = RichTextField(_("what it is about"), features=RICH_TEXT_FEATURES, blank=True)
    stream_kind = models.CharField(
        _("picture and sound"), max_length=16, choices=StreamKind.choices, default=StreamKind.NONE
    )
    stream_url = models.URLField(
        _("address of the stream"),
        max_length=500,
        blank=True,
        help_text=_("For HLS: the playlist (.m3u8). For an embedded provider: the address it gives for embedding."),
    )

    objects = PageManager.from_queryset(MeetingPageQuerySet)()

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldPanel("venue"),
                FieldPanel("access"),
            ],
            heading=_("When and where"),
        ),
        FieldPanel("intro"),
        InlinePanel("agenda_items", heading=_("Agenda"), label=_("Agenda item")),
        MultiFieldPanel([FieldPanel("stream_kind"), FieldPanel("stream_url")], heading=_("Picture and sound")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("venue"),
        index.FilterField("starts_at"),
    ]
    parent_page_types = ["meetings.MeetingIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("meeting")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_starts",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        errors: dict[str, Any] = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = _("The meeting must end after it starts.")
        if self.stream_kind in {StreamKind.HLS, StreamKind.EMBED}:
            if not self.stream_url:
                errors["stream_url"] = _("Give the address of the stream.")
            elif urlsplit(self.stream_url).scheme not in {"http", "https"}:
                errors["stream_url"] = _("The address must start with https:// or http://.")
            elif self.stream_kind == StreamKind.HLS and not urlsplit(self.stream_url).path.endswith(".m3u8"):
                errors["stream_url"] = _("The address of an HLS stream ends in .m3u8.")
        if errors:
            raise ValidationError(errors)


class ImportedMeeting(models.Model):
    """A meeting's number in ModernGov, by which an import finds it again."""

    meeting = models.OneToOneField(MeetingPage, models.CASCADE, primary_key=True, related_name="imported")
    moderngov_id = models.PositiveIntegerField(_("number in ModernGov"), unique=True)

    class Meta:
        verbose_name = _("imported meeting")

    def __str__(self) -> str:
        return str(self.moderngov_id)


class AgendaItem(TranslatableMixin, Orderable):
    """One numbered piece of a meeting's business. Its Welsh twin shares its translation key."""

    meeting = ParentalKey(MeetingPage, on_delete=models.CASCADE, related_name="agenda_items")
    number = models.CharField(_("number"), max_length=10)
    title = models.CharField(_("title"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    takes_questions = models.BooleanField(
        _("takes questions"), default=True, help_text=_("Residents can ask about this item.")
    )
    about_page = models.ForeignKey(
        Page,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page it is about"),
        help_text=_("For example the consultation whose result is discussed."),
    )
    moderngov_id = models.PositiveIntegerField(_("number in ModernGov"), null=True, blank=True, editable=False)
    is_withdrawn = models.BooleanField(
        _("withdrawn from the agenda"),
        default=False,
        help_text=_("It stays to read, for what was asked about it, and takes no more questions."),
    )

    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("title")]),
        FieldPanel("description"),
        FieldPanel("takes_questions"),
        FieldPanel("is_withdrawn"),
        FieldPanel("about_page"),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("agenda item")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "moderngov_id"], name="imported_agenda_item_once_in_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

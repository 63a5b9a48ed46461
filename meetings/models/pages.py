"""Meetings and their agenda, as officers edit them in Wagtail. Pages read; the room's services write."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page, PageManager, PageQuerySet, TranslatableMixin
from wagtail.search import index

from meetings.enums import Moderation, StreamKind
from meetings.models.bodies import Body
from meetings.panels import AgendaPanel, TickInColumns
from wardmote.core.models import BasePage

if TYPE_CHECKING:
    from meetings.models.documents import AgendaDocument
    from wards.models import Ward

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
    contact_name = models.CharField(
        _("who helps"), max_length=120, blank=True, help_text=_("A person or a team whom people can ask about it.")
    )
    contact_email = models.EmailField(_("their e-mail address"), blank=True)
    contact_telephone = models.CharField(_("their telephone number"), max_length=40, blank=True)
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
    moderation = models.CharField(
        _("moderation"),
        max_length=8,
        choices=Moderation.choices,
        default=Moderation.BEFORE,
        help_text=_("Questions on notice are always read first."),
    )
    must_show_name = models.BooleanField(
        _("names are shown"),
        default=False,
        help_text=_("Everybody who asks gives a name, and it is shown. Otherwise each person chooses."),
    )
    wants_email = models.BooleanField(
        _("guests give an e-mail address"),
        default=False,
        help_text=_("Only officers see it, to write back. Otherwise guests may give one."),
    )
    questions_open_at = models.DateTimeField(
        _("questions open"),
        null=True,
        blank=True,
        help_text=_("The first moment at which questions are taken. Leave empty to take them at once."),
    )
    questions_close_at = models.DateTimeField(
        _("questions stay open until"),
        null=True,
        blank=True,
        help_text=_("Also after the meeting is closed. Leave empty to take them until it is closed."),
    )
    notice_deadline_at = models.DateTimeField(
        _("deadline for questions on notice"),
        null=True,
        blank=True,
        help_text=_("The first moment at which they are refused. Leave empty to take none."),
    )
    notice_names_councillor = models.BooleanField(
        _("a question on notice names a councillor"), default=False, help_text=_("The one who shall answer it.")
    )
    allows_supplementary = models.BooleanField(
        _("one supplementary question"),
        default=True,
        help_text=_("Whoever asked on notice may ask once more when the answer is given."),
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
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_telephone")]),
            ],
            heading=_("Contact"),
            help_text=_("Empty: the address for help of the whole site."),
        ),
        FieldPanel("intro"),
        AgendaPanel("agenda_items", heading=_("Agenda"), label=_("Agenda item")),
        MultiFieldPanel(
            [
                FieldPanel("moderation"),
                FieldRowPanel([FieldPanel("questions_open_at"), FieldPanel("questions_close_at")]),
                FieldPanel("must_show_name"),
                FieldPanel("wants_email"),
            ],
            heading=_("Questions from the public"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("notice_deadline_at"),
                FieldPanel("notice_names_councillor"),
                FieldPanel("allows_supplementary"),
            ],
            heading=_("Questions on notice"),
        ),
        InlinePanel(
            "planned_polls",
            heading=_("Polls"),
            label=_("Poll"),
            help_text=_("They are drafts on the desk once the page is published; there they are opened and closed."),
        ),
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
            models.CheckConstraint(
                condition=models.Q(questions_open_at__isnull=True)
                | models.Q(questions_close_at__isnull=True)
                | models.Q(questions_close_at__gt=models.F("questions_open_at")),
                name="meeting_questions_close_after_they_open",
            ),
            models.CheckConstraint(
                condition=models.Q(moderation__in=Moderation.values), name="meeting_moderation_is_known"
            ),
        ]

    def clean(self) -> None:
        super().clean()
        errors: dict[str, Any] = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = _("The meeting must end after it starts.")
        if self.questions_open_at and self.questions_close_at and self.questions_close_at <= self.questions_open_at:
            errors["questions_close_at"] = _("Questions must close after they open.")
        if self.starts_at and self.notice_deadline_at and self.notice_deadline_at > self.starts_at:
            errors["notice_deadline_at"] = _("The deadline must lie before the meeting.")
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


class AgendaItem(TranslatableMixin, Orderable, ClusterableModel):
    """One numbered piece of a meeting's business. Its Welsh twin shares its translation key.

    Its wards are those of the item in the site's first language; documents are, like words, its own in each language.
    """

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
    wards = ParentalManyToManyField(
        "wards.Ward",
        blank=True,
        related_name="agenda_items",
        verbose_name=_("wards it concerns"),
        help_text=_("Choose none if it concerns the whole council area."),
    )
    resolution = models.TextField(
        _("what was decided"), blank=True, help_text=_("Shown on the meeting's page once the meeting is over.")
    )
    moderngov_id = models.PositiveIntegerField(_("number in ModernGov"), null=True, blank=True, editable=False)
    is_withdrawn = models.BooleanField(
        _("withdrawn from the agenda"),
        default=False,
        help_text=_("It stays to read, for what was asked about it, and takes no more questions."),
    )

    listed_documents: list[AgendaDocument]
    """What ``agenda_queries`` found to be public."""
    listed_wards: list[Ward]

    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("title")]),
        FieldPanel("description"),
        FieldPanel("takes_questions"),
        FieldPanel("is_withdrawn"),
        FieldPanel("about_page"),
        InlinePanel("documents", heading=_("Documents"), label=_("Document")),
        FieldPanel("wards", widget=TickInColumns),
        FieldPanel("resolution"),
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

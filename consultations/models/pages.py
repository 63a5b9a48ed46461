"""The page types of consultations. Pages read; every answer goes through ``consultations.services``."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, PageManager
from wagtail.rich_text import get_text_for_indexing
from wagtail.search import index

from consultations import rules
from consultations.blocks import RICH_TEXT_FEATURES, BodyBlock
from consultations.enums import IdentityLevel, Route, Stage
from consultations.fairness_blocks import OptionsSetAsideBlock
from consultations.finding import FindForm
from consultations.kinds import Question, read_questions
from consultations.kinds.blocks import QuestionsBlock
from consultations.models.querysets import ConsultationQuerySet, progress_of
from consultations.panels import (
    AskedIfPanel,
    ConsultationPageForm,
    EqualityPanel,
    FairnessPanel,
    IdentityPanel,
    ResponsesPanel,
)
from wardmote.core.models import BasePage
from wardmote.core.roles import is_officer

CLOSED_PER_PAGE = 20

OUTCOME_WORDS = 36
"""Words of an outcome shown in lists."""


class ConsultationIndexPage(BasePage):
    """The list of what is forthcoming, open and closed."""

    intro = models.TextField(_("introduction"), blank=True, max_length=500)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]

    subpage_types = ["consultations.ConsultationPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of consultations")
        verbose_name_plural = _("lists of consultations")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        now, language = timezone.now(), Locale.get_active().language_code
        form = FindForm(request.GET, on=timezone.localdate(now))
        consultations = form.narrow(ConsultationPage.objects.canonical().for_public())
        closed = consultations.closed_at(now).order_by("-closes_at", "-pk")
        closed_page = Paginator(closed, CLOSED_PER_PAGE).get_page(request.GET.get("p"))
        first = max(closed_page.start_index() - 1, 0)
        return super().get_context(request, *args, **kwargs) | {
            "now": now,
            "form": form,
            "open": consultations.open_at(now).order_by("closes_at", "pk").in_language(language),
            "forthcoming": consultations.forthcoming_at(now).order_by("opens_at", "pk").in_language(language),
            "closed": closed[first : closed_page.end_index()].in_language(language),
            "closed_page": closed_page,
            "found_count": consultations.count(),
        }

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The list; what cannot be looked for is said beside its field, with status 400."""
        response = super().serve(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and not form.is_valid():
            response.status_code = HTTPStatus.BAD_REQUEST
        return response


class ConsultationPage(BasePage):
    """A matter the council puts to the public between two moments.

    Dates, wards, responses and the outcome's moment belong to the page in the site's first language
    (``canonical()``); its translations carry their own words and follow it in everything else.
    """

    intro = models.TextField(
        _("in short"),
        max_length=400,
        help_text=_("What is asked and why it matters, in two or three plain sentences. Shown in lists."),
    )
    body = StreamField(
        BodyBlock(),
        blank=True,
        verbose_name=_("the proposal"),
        help_text=_("What is proposed, and what it would change. Reasons and other options have their own places."),
    )
    is_formative = models.BooleanField(
        _("nothing is decided yet"),
        default=False,
        help_text=_("Tick this if the answers can still change what is done. Only then is it a consultation."),
    )
    reasons = RichTextField(
        _("reasons"),
        blank=True,
        features=RICH_TEXT_FEATURES,
        help_text=_("Why it is proposed, what that rests on, and whom it touches."),
    )
    options_set_aside = StreamField(
        OptionsSetAsideBlock(),
        blank=True,
        verbose_name=_("options set aside"),
        help_text=_("What else could be done, also doing nothing, and why it is not proposed."),
    )
    opens_at = models.DateTimeField(_("opens"), help_text=_("The first moment at which people can answer."))
    closes_at = models.DateTimeField(
        _("closes"),
        help_text=_("The first moment at which answers are refused. People are shown this date and time."),
    )
    wards = ParentalManyToManyField(
        "wards.Ward",
        blank=True,
        related_name="consultations",
        verbose_name=_("wards"),
        help_text=_("The wards it is about. Choose none if it is about the whole council area."),
    )
    topics = ParentalManyToManyField(
        "consultations.Topic",
        blank=True,
        related_name="consultations",
        verbose_name=_("topics"),
        help_text=_("One or two. People narrow the list of consultations by them."),
    )
    way_through = models.CharField(
        _("way through the pages"),
        max_length=20,
        choices=Route.choices,
        default=Route.LINEAR,
        help_text=_(
            "Only for questions with page breaks. A list suits a long consultation of which many answer a part."
        ),
    )
    questions = StreamField(
        QuestionsBlock(),
        verbose_name=_("questions"),
        help_text=_("People see them in this order. A question keeps its answers when you change its wording."),
    )
    answers_may_change = models.BooleanField(
        _("people may change their answers"),
        default=False,
        help_text=_("Until it closes, by the link on their receipt. What they said before is kept beside it."),
    )
    identity_level = models.CharField(
        _("what is asked before answers count"),
        max_length=10,
        choices=IdentityLevel.choices,
        default=IdentityLevel.OPEN,
        db_default=IdentityLevel.OPEN,
    )
    equality_questions = models.JSONField(
        _("questions of equality monitoring"),
        default=list,
        blank=True,
        help_text=_("Asked on a page of their own once the answers were sent. Ask only what you will act on."),
    )
    privacy_notice = RichTextField(
        _("privacy notice"),
        blank=True,
        features=RICH_TEXT_FEATURES,
        help_text=_("What you do with the answers, on what legal ground, and for how long you keep them."),
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True, help_text=_("A person or a team."))
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    alternative_formats = models.TextField(
        _("other formats"),
        blank=True,
        max_length=500,
        help_text=_("For example: large print, Easy Read, audio, sign language or paper, and how to get them."),
    )
    return_address = models.TextField(
        _("return address"),
        blank=True,
        max_length=300,
        help_text=_("Where paper forms are sent or handed in. Printed on the form."),
    )
    we_asked = RichTextField(_("we asked"), blank=True, features=RICH_TEXT_FEATURES)
    you_said = RichTextField(_("you said"), blank=True, features=RICH_TEXT_FEATURES)
    we_did = RichTextField(
        _("we did"),
        blank=True,
        features=RICH_TEXT_FEATURES,
        help_text=_("What changes because of the answers, what does not, and why."),
    )
    outcome_published_at = models.DateTimeField(
        _("show the outcome from"),
        null=True,
        blank=True,
        help_text=_("The outcome is public from this moment on, and never before the consultation has closed."),
    )

    objects = PageManager.from_queryset(ConsultationQuerySet)()
    base_form_class = ConsultationPageForm

    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
        index.SearchField("reasons"),
    ]
    parent_page_types = ["consultations.ConsultationIndexPage"]
    subpage_types: list[str] = []

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("wards", widget=forms.CheckboxSelectMultiple),
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("When, where and what about"),
            help_text=_("A translation follows the dates, wards and topics of the page it was made from."),
        ),
        FieldPanel("body"),
        FieldPanel("reasons"),
        FieldPanel("options_set_aside"),
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
                FieldPanel("alternative_formats"),
                FieldPanel("return_address"),
            ],
            heading=_("Whom to ask"),
            help_text=_("For help, for another format, or for a paper copy."),
        ),
        FieldPanel("privacy_notice"),
    ]
    fairness_panels = [FieldPanel("is_formative"), FairnessPanel(heading=_("What the check finds"))]
    question_panels = [
        ResponsesPanel(),
        AskedIfPanel(),
        FieldPanel("way_through"),
        FieldPanel("questions"),
        FieldPanel("answers_may_change"),
    ]
    identity_panels = [IdentityPanel(), FieldPanel("identity_level", widget=forms.RadioSelect)]
    equality_panels = [EqualityPanel(), FieldPanel("equality_questions")]
    outcome_panels = [
        MultiFieldPanel(
            [
                FieldPanel("we_asked"),
                FieldPanel("you_said"),
                FieldPanel("we_did"),
                FieldPanel("outcome_published_at"),
            ],
            heading=_("We asked, you said, we did"),
        )
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("The matter")),
            ObjectList(question_panels, heading=_("Questions")),
            ObjectList(identity_panels, heading=_("Who may answer")),
            ObjectList(equality_panels, heading=_("Equality")),
            ObjectList(fairness_panels, heading=_("Fairness check")),
            ObjectList(outcome_panels, heading=_("Outcome")),
            ObjectList(BasePage.promote_panels, heading=_("Promote")),
            ObjectList(BasePage.settings_panels, heading=_("Settings")),
        ]
    )

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="consultation_closes_after_it_opens",
                violation_error_message=_("A consultation must close after it opens."),
            ),
        ]

    def clean(self) -> None:
        """Refuse with a message by field; a translation takes its dates from the page it was made from."""
        super().clean()
        canonical = self.canonical() if self.locale_id else self
        if canonical.pk != self.pk:
            self.opens_at, self.closes_at = canonical.opens_at, canonical.closes_at
            self.outcome_published_at = canonical.outcome_published_at
        errors: dict[str, Any] = {}
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            errors["closes_at"] = _("The consultation must close after it opens. Choose a later date or time.")
        if self.outcome_published_at and self.closes_at and self.outcome_published_at < self.closes_at:
            errors["outcome_published_at"] = _("The outcome can be shown from the closing moment on, not before it.")
        if self.outcome_published_at and not (self.you_said and self.we_did):
            errors.setdefault(
                "outcome_published_at", _("Fill in “You said” and “We did” before you set when the outcome is shown.")
            )
        if canonical is self and self._slug_is_used_elsewhere():
            errors["slug"] = _("Another consultation has this address already. Choose another one.")
        if errors:
            raise ValidationError(errors)

    def _slug_is_used_elsewhere(self) -> bool:
        # The answering form's address holds the slug alone, whichever list the consultation stands in.
        others = ConsultationPage.objects.canonical().filter(slug=self.slug)
        return others.exclude(translation_key=self.translation_key).exists()

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, with an id given to each question and option that has none, so that answers stay tied to them."""
        for block in self.questions:
            block.value  # noqa: B018  an unread block keeps its raw data, in which options may lack ids
        return super().save(*args, **kwargs)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        canonical = self.canonical()
        now = timezone.now()
        seen_by_officer = canonical.pk and is_officer(getattr(request, "user", AnonymousUser()))
        return super().get_context(request, *args, **kwargs) | {
            "progress": progress_of(canonical.responses.counted(), now) if seen_by_officer else None,
            "canonical": canonical,
            "parent": self.get_parent(),
            "now": now,
            "stage": canonical.stage_at(now),
            "wards": sorted(canonical.wards.all(), key=lambda ward: ward.local_name),
            "topics": sorted(canonical.topics.all(), key=lambda topic: topic.local_name),
            "response_count": rules.public_count(canonical.responses.counted().count()) if canonical.pk else None,
        }

    def stage_at(self, moment: datetime) -> Stage:
        return rules.stage_at(
            moment,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            outcome_published_at=self.outcome_published_at,
        )

    def is_open_at(self, moment: datetime) -> bool:
        return self.stage_at(moment) == Stage.OPEN

    @property
    def holds_to_one(self) -> bool:
        """Whether everybody can answer once (``IdentityLevel``)."""
        return self.identity_level in (IdentityLevel.EMAIL, IdentityLevel.CODE, IdentityLevel.RESIDENT)

    @cached_property
    def survey(self) -> tuple[Question, ...]:
        """The questions with the text between them, as the form shows them."""
        return read_questions(self.questions)

    @cached_property
    def question_list(self) -> tuple[Question, ...]:
        """What takes an answer."""
        return tuple(question for question in self.survey if question.is_asked)

    @property
    def outcome_in_short(self) -> str:
        """The first words of what the council did, without markup."""
        return Truncator(" ".join(get_text_for_indexing(self.we_did).split())).words(OUTCOME_WORDS)

    def in_language(self, language_code: str) -> ConsultationPage:
        """The published page with this consultation's words in ``language_code``, or this one where there is none."""
        if self.locale.language_code == language_code:
            return self
        translations = ConsultationPage.objects.live().filter(
            translation_key=self.translation_key, locale__language_code=language_code
        )
        return translations.first() or self

"""Public questions and the support readers give them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.enums import PUBLIC_STATES, AnsweredHow, QuestionState
from meetings.models.pages import AgendaItem
from meetings.models.rooms import Room
from wards.models import Councillor, Ward

MAX_QUESTION_LENGTH = 500
"""Characters of a question: what a chair can read out in half a minute."""

MAX_NAME_LENGTH = 80
MAX_REASON_LENGTH = 300
MAX_ANSWER_LENGTH = 2_000
MAX_ANSWERED_BY_LENGTH = 120

ERASED_WORDS = "[…]"
"""What stands in every language where a question's words were."""


class PublicQuestionQuerySet(models.QuerySet["PublicQuestion"]):
    def public(self) -> PublicQuestionQuerySet:
        """Questions a reader may see."""
        return self.filter(state__in=PUBLIC_STATES)

    def with_support(self) -> PublicQuestionQuerySet:
        """Each with ``support``: how many people support it."""
        return self.annotate(support=models.Count("upvotes"))

    def from_ward(self, ward: Ward) -> PublicQuestionQuerySet:
        """Questions asked from ``ward``, and those to which one from there was joined."""
        joined = PublicQuestion.objects.filter(merged_into=models.OuterRef("pk"), ward=ward.pk)
        return self.filter(models.Q(ward=ward.pk) | models.Exists(joined))

    def with_people(self) -> PublicQuestionQuerySet:
        """Each with its ward, its councillors and the question it was joined to: what a view of it names."""
        return self.select_related("ward", "addressed_to", "assigned_to", "merged_into")


class PublicQuestion(models.Model):
    """A question from the public to a meeting, held until an officer publishes it."""

    key = models.UUIDField(
        _("key"),
        unique=True,
        help_text=_("Made by the asker's browser, so that a repeated ask is the same question."),
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="questions")
    text = models.TextField(_("question"), validators=[MaxLengthValidator(MAX_QUESTION_LENGTH)])
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="public_questions"
    )
    asker_key = models.CharField(
        _("asker"),
        max_length=64,
        blank=True,
        help_text=_("Account or device that asked; never shown. Empty once it is forgotten."),
    )
    asker_name = models.CharField(_("name of the asker"), max_length=MAX_NAME_LENGTH, blank=True)
    name_is_public = models.BooleanField(_("the name is shown with the question"), default=False)
    asker_email = models.EmailField(_("e-mail address of the asker"), blank=True, help_text=_("Officers only."))
    ward = models.ForeignKey(Ward, models.SET_NULL, null=True, blank=True, related_name="public_questions")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=QuestionState.choices, default=QuestionState.HELD)
    on_notice = models.BooleanField(_("on notice"), default=False)
    addressed_to = models.ForeignKey(
        Councillor,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("councillor asked"),
    )
    supplementary_to = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplementary",
        verbose_name=_("supplementary to"),
        help_text=_("The question on notice after whose answer this one is asked: one each."),
    )
    findings = models.JSONField(
        _("what the word check found"),
        default=list,
        blank=True,
        help_text=_("Places in the text, each with its kind. Moderators only."),
    )
    original_text = models.TextField(
        _("question as it was asked"), blank=True, help_text=_("Kept when an officer has edited it. Moderators only.")
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("joined to")
    )
    state_before_merge = models.CharField(
        _("state before it was joined"), max_length=12, choices=QuestionState.choices, blank=True
    )
    assigned_to = models.ForeignKey(
        Councillor,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_questions",
        verbose_name=_("assigned to"),
    )
    proposed_answer = models.TextField(
        _("proposed answer"),
        blank=True,
        validators=[MaxLengthValidator(MAX_ANSWER_LENGTH)],
        help_text=_("By the councillor it is assigned to; public only once an officer has made it the answer."),
    )
    is_shortlisted = models.BooleanField(_("on the shortlist"), default=False)
    taken_at = models.DateTimeField(
        _("taken at"), null=True, blank=True, help_text=_("When the meeting began to answer it.")
    )
    withheld_reason = models.CharField(_("why it is not published"), max_length=MAX_REASON_LENGTH, blank=True)
    answer = models.TextField(_("answer"), blank=True, validators=[MaxLengthValidator(MAX_ANSWER_LENGTH)])
    answered_how = models.CharField(_("answered"), max_length=8, choices=AnsweredHow.choices, blank=True)
    answered_by = models.CharField(_("who answered"), max_length=MAX_ANSWERED_BY_LENGTH, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    forgotten_at = models.DateTimeField(
        _("asker forgotten at"), null=True, blank=True, help_text=_("Since then nobody can tell who asked it.")
    )

    objects = PublicQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("public question")
        indexes = [
            models.Index(fields=["room", "state"], name="question_room_state"),
            models.Index(fields=["ward", "state"], name="question_ward_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=QuestionState.values), name="question_state_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=PUBLIC_STATES) | models.Q(published_at__isnull=False),
                name="public_question_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state=QuestionState.ANSWERED) | models.Q(answered_at__isnull=True),
                name="only_answered_question_has_answered_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=QuestionState.ANSWERED) | models.Q(answered_at__isnull=False),
                name="answered_question_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=QuestionState.WITHHELD) | ~models.Q(withheld_reason=""),
                name="withheld_question_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state=QuestionState.MERGED, merged_into__isnull=False)
                | (~models.Q(state=QuestionState.MERGED) & models.Q(merged_into__isnull=True)),
                name="merged_question_has_the_other",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="question_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(edited_at__isnull=True, original_text="")
                | (models.Q(edited_at__isnull=False) & ~models.Q(original_text=""))
                | models.Q(forgotten_at__isnull=False, original_text=""),
                name="edited_question_keeps_its_original",
            ),
            models.CheckConstraint(
                condition=models.Q(forgotten_at__isnull=True)
                | models.Q(asker__isnull=True, asker_key="", asker_email="", original_text=""),
                name="forgotten_asker_is_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_how="")
                | models.Q(answered_how__in=AnsweredHow.values, state=QuestionState.ANSWERED),
                name="only_answered_question_says_how",
            ),
            models.CheckConstraint(
                condition=models.Q(supplementary_to__isnull=True) | models.Q(on_notice=False),
                name="supplementary_question_is_not_on_notice",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def reference(self) -> str:
        """The question as everybody may name it, in the record for one."""
        return f"question:{self.pk}"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_merged(self) -> bool:
        return self.state == QuestionState.MERGED

    @property
    def is_answered(self) -> bool:
        return self.state == QuestionState.ANSWERED

    @property
    def is_forgotten(self) -> bool:
        return self.forgotten_at is not None

    @property
    def has_words(self) -> bool:
        """Whether it still has words to publish."""
        return not (self.is_forgotten and self.text == ERASED_WORDS)

    @property
    def may_be_forgotten(self) -> bool:
        """Whether an officer can forget who asked it: it is decided, and something is still known."""
        is_kept = self.state == QuestionState.WITHHELD and self.has_words
        return self.state != QuestionState.HELD and (not self.is_forgotten or bool(self.asker_name) or is_kept)

    @property
    def shown_answer(self) -> str:
        """The answer, while the question is answered: one that was taken back is officers' alone."""
        return self.answer if self.is_answered else ""

    @property
    def shown_answered_by(self) -> str:
        """Who answered, likewise."""
        return self.answered_by if self.is_answered else ""

    @property
    def shown_name(self) -> str:
        """The asker's name, if they chose to show it."""
        return self.asker_name if self.name_is_public else ""


class Upvote(models.Model):
    """One reader's support for a question: once, whatever is clicked, sent or retried."""

    question = models.ForeignKey(PublicQuestion, models.CASCADE, related_name="upvotes")
    voter = models.CharField(_("voter"), max_length=64, help_text=_("Account or device; never shown."))
    given_at = models.DateTimeField(_("given at"))
    came_from = models.ForeignKey(
        PublicQuestion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("came from"),
        help_text=_("The question whose supporter or asker this was, before it was joined to this one."),
    )

    class Meta:
        verbose_name = _("upvote")
        constraints = [
            models.UniqueConstraint(fields=["question", "voter"], name="one_upvote_per_voter_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.voter}"

"""Public questions and the support readers give them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.enums import PUBLIC_STATES, QuestionState
from meetings.models.pages import AgendaItem
from meetings.models.rooms import Room
from wards.models import Ward

MAX_QUESTION_LENGTH = 500
"""Characters of a question: what a chair can read out in half a minute."""

MAX_NAME_LENGTH = 80
MAX_REASON_LENGTH = 300
MAX_ANSWER_LENGTH = 2_000


class PublicQuestionQuerySet(models.QuerySet["PublicQuestion"]):
    def public(self) -> PublicQuestionQuerySet:
        """Questions a reader may see."""
        return self.filter(state__in=PUBLIC_STATES)

    def with_support(self) -> PublicQuestionQuerySet:
        """Each with ``support``: how many people support it."""
        return self.annotate(support=models.Count("upvotes"))


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
    asker_key = models.CharField(_("asker"), max_length=64, help_text=_("Account or device that asked; never shown."))
    asker_name = models.CharField(_("name of the asker"), max_length=MAX_NAME_LENGTH, blank=True)
    name_is_public = models.BooleanField(_("the name is shown with the question"), default=False)
    ward = models.ForeignKey(Ward, models.SET_NULL, null=True, blank=True, related_name="public_questions")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=QuestionState.choices, default=QuestionState.HELD)
    withheld_reason = models.CharField(_("why it is not published"), max_length=MAX_REASON_LENGTH, blank=True)
    answer = models.TextField(_("answer"), blank=True, validators=[MaxLengthValidator(MAX_ANSWER_LENGTH)])
    asked_at = models.DateTimeField(_("asked at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_answered(self) -> bool:
        return self.state == QuestionState.ANSWERED

    @property
    def shown_name(self) -> str:
        """The asker's name, if they chose to show it."""
        return self.asker_name if self.name_is_public else ""


class Upvote(models.Model):
    """One reader's support for a question: once, whatever is clicked, sent or retried."""

    question = models.ForeignKey(PublicQuestion, models.CASCADE, related_name="upvotes")
    voter = models.CharField(_("voter"), max_length=64, help_text=_("Account or device; never shown."))
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("upvote")
        constraints = [
            models.UniqueConstraint(fields=["question", "voter"], name="one_upvote_per_voter_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.voter}"

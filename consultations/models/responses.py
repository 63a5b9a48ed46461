"""Responses and their answers. A respondent's postcode, name and network address are never stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.enums import QuestionKind, Standing
from consultations.kinds import KINDS
from consultations.models.pages import ConsultationPage


class ResponseQuerySet(models.QuerySet["Response"]):
    def counted(self) -> ResponseQuerySet:
        """Those that count (``Standing``)."""
        return self.filter(standing=Standing.COUNTED)


class Response(models.Model):
    """One respondent's whole submission, tied to the consultation's page in the site's first language.

    Where it comes from is one of three: a ward; outside the area (``is_outside_area``); or, with neither, the
    respondent would rather not say.
    """

    consultation = models.ForeignKey(
        ConsultationPage, models.PROTECT, related_name="responses", verbose_name=_("consultation")
    )
    key = models.UUIDField(_("one-use key"), help_text=_("Printed in the form, so that a retry adds nothing."))
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    submitted_at = models.DateTimeField(_("sent"))
    ward = models.ForeignKey(
        "wards.Ward", models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("ward")
    )
    is_outside_area = models.BooleanField(_("outside the area"), default=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing.choices, default=Standing.COUNTED, db_default=Standing.COUNTED
    )

    objects = models.Manager.from_queryset(ResponseQuerySet)()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "key"], name="response_once_per_key"),
            models.CheckConstraint(
                condition=models.Q(ward__isnull=True) | models.Q(is_outside_area=False),
                name="response_from_a_ward_is_not_from_outside",
            ),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="response_standing_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "submitted_at"], name="response_by_consultation"),
            models.Index(fields=["consultation", "standing", "ward"], name="response_by_ward"),
        ]

    def __str__(self) -> str:
        return self.reference


class Answer(models.Model):
    """A respondent's reply to one question, with the wording they saw."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers", verbose_name=_("response"))
    question_id = models.CharField(
        _("question"), max_length=36, help_text=_("Id of the question's block, the same in every language.")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("Place of the question in the form, from 0.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=QuestionKind.choices)
    wording = models.CharField(_("wording seen"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    choices = models.JSONField(
        _("choices"), default=list, blank=True, help_text=_("A list of {id, label}; the label is the wording seen.")
    )
    is_asked = models.BooleanField(
        _("asked"),
        default=True,
        help_text=_("Off for an answer kept aside: other answers changed, so its question no longer applied."),
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["response", "question_id"], name="answer_once_per_question"),
        ]
        indexes = [models.Index(fields=["question_id", "kind"], name="answer_by_question")]

    def __str__(self) -> str:
        return self.wording

    @property
    def labels(self) -> list[str]:
        """What was chosen or entered, in the words its respondent saw."""
        return KINDS[QuestionKind(self.kind)].lines(self.choices)

    @property
    def in_one_line(self) -> str:
        """The whole answer, as a cell of a spreadsheet holds it."""
        return ": ".join(filter(None, ["; ".join(self.labels), self.text]))

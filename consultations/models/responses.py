"""Responses and their answers. A respondent's postcode, name and network address are never stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, QuestionKind, Standing
from consultations.kinds import KINDS
from consultations.models.batches import Batch
from consultations.models.pages import ConsultationPage

MAX_REASON = 500
"""Characters of an officer's reason."""


class ResponseQuerySet(models.QuerySet["Response"]):
    def counted(self) -> ResponseQuerySet:
        """Those that count (``Standing``)."""
        return self.filter(standing=Standing.COUNTED)


class Response(models.Model):
    """One respondent's whole submission, tied to the consultation's page in the site's first language.

    Whoever holds the secret that was printed in the form may withdraw the response, and change it where the
    consultation lets them; only the secret's SHA-256 is kept. ``version`` grows by one with every change.

    Where it comes from is one of three: a ward; outside the area (``is_outside_area``); or, with neither, the
    respondent would rather not say.
    """

    consultation = models.ForeignKey(
        ConsultationPage, models.PROTECT, related_name="responses", verbose_name=_("consultation")
    )
    key = models.UUIDField(_("one-use key"), help_text=_("Printed in the form, so that a retry adds nothing."))
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    submitted_at = models.DateTimeField(
        _("sent"), help_text=_("When it reached the council, on whatever channel: this is held against the closing.")
    )
    ward = models.ForeignKey(
        "wards.Ward", models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("ward")
    )
    is_outside_area = models.BooleanField(_("outside the area"), default=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing.choices, default=Standing.COUNTED, db_default=Standing.COUNTED
    )
    token_hash = models.CharField(_("hash of the link's secret"), max_length=64, blank=True, db_index=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    standing_reason = models.CharField(
        _("reason"), max_length=MAX_REASON, blank=True, help_text=_("Why a late one counts, or one is left out.")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("batch")
    )
    number = models.PositiveIntegerField(
        _("number in the batch"), null=True, blank=True, help_text=_("From 1, as officers write it on the paper.")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=models.Q(version=1, changed_at__isnull=True)
                | models.Q(version__gt=1, changed_at__isnull=False),
                name="response_has_a_version_for_each_change",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(standing=Standing.WITHDRAWN),
                name="response_withdrawn_at_a_moment_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    channel=Channel.ONLINE, batch__isnull=True, number__isnull=True, entered_at__isnull=True
                )
                | (
                    ~models.Q(channel=Channel.ONLINE)
                    & models.Q(batch__isnull=False, number__isnull=False, entered_at__isnull=False)
                ),
                name="response_not_sent_online_is_in_a_batch",
            ),
            models.CheckConstraint(
                condition=models.Q(entered_at__isnull=True) | models.Q(entered_at__gte=models.F("submitted_at")),
                name="response_is_entered_after_it_came",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing=Standing.LEFT_OUT) | ~models.Q(standing_reason=""),
                name="response_is_left_out_for_a_reason",
            ),
            models.UniqueConstraint(fields=["batch", "number"], name="response_number_once_per_batch"),
        ]
        indexes = [
            models.Index(fields=["consultation", "submitted_at"], name="response_by_consultation"),
            models.Index(fields=["consultation", "standing", "ward"], name="response_by_ward"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_counted(self) -> bool:
        return self.standing == Standing.COUNTED

    @property
    def is_withdrawn(self) -> bool:
        return self.standing == Standing.WITHDRAWN


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


class ResponseVersion(models.Model):
    """A response as it stood before it was changed: what officers may have read already is not lost."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="versions", verbose_name=_("response"))
    version = models.PositiveIntegerField(_("version"))
    said_at = models.DateTimeField(_("said"), help_text=_("When this version was sent."))
    replaced_at = models.DateTimeField(_("replaced"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    answers = models.JSONField(
        _("answers"),
        default=list,
        help_text=_("A list of {question_id, position, kind, wording, text, choices, is_asked}."),
    )
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    ward = models.ForeignKey(
        "wards.Ward", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ward")
    )
    is_outside_area = models.BooleanField(_("outside the area"), default=False)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("replaced by"),
        help_text=_("The officer who corrected what was typed in; nobody where its writer changed it."),
    )
    reason = models.CharField(_("reason for the correction"), max_length=MAX_REASON, blank=True)

    class Meta:
        verbose_name = _("earlier version of a response")
        verbose_name_plural = _("earlier versions of responses")
        constraints = [
            models.UniqueConstraint(fields=["response", "version"], name="response_version_once"),
            models.CheckConstraint(
                condition=models.Q(replaced_at__gte=models.F("said_at")), name="response_version_replaced_once_said"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} ({self.version})"

    @property
    def answers_then(self) -> list[Answer]:
        """Its answers as unsaved rows, to be shown like those of today."""
        return [Answer(**answer) for answer in self.answers]


class SecondEntry(models.Model):
    """The same paper typed in again by another officer who did not see the first entry."""

    response = models.OneToOneField(Response, models.CASCADE, related_name="second_entry", verbose_name=_("response"))
    content = models.JSONField(_("content"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))
    settled_at = models.DateTimeField(
        _("settled"), null=True, blank=True, help_text=_("When both agreed, or an officer chose between them.")
    )

    class Meta:
        verbose_name = _("second entry")
        verbose_name_plural = _("second entries")

    def __str__(self) -> str:
        return f"{self.response_id} {self.entered_at:%Y-%m-%d %H:%M}"

"""Who has answered, as far as a consultation must know it. Nothing here leads from a person to an answer."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage
from consultations.models.responses import Response


class Respondent(models.Model):
    """Somebody who has answered, known by a keyed hash of what they proved and by nothing else.

    That it is there at most once is what keeps everybody to one response. It holds no moment and no reference, and
    its key is random, so that neither a column nor an order leads from here to a response.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="respondents", verbose_name=_("consultation")
    )
    digest = models.CharField(_("keyed hash"), max_length=64)

    class Meta:
        verbose_name = _("respondent")
        verbose_name_plural = _("respondents")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "digest"], name="respondent_answers_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Confirmation(models.Model):
    """The address that must be confirmed before a response counts. It is deleted once that is done or too late.

    The link's secret is in the letter alone: ``token_hash`` is its SHA-256. A newer letter puts the link of an older
    one out of use.
    """

    response = models.OneToOneField(
        Response, models.CASCADE, primary_key=True, related_name="confirmation", verbose_name=_("response")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    token_hash = models.CharField(_("hash of the link's secret"), max_length=64, unique=True)
    written_at = models.DateTimeField(_("letter sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("to be confirmed before"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(email=""),
                name="confirmation_forgets_its_address",
            ),
        ]

    def __str__(self) -> str:
        return str(self.response)


class CodeBatch(models.Model):
    """One-time codes made and printed together. ``key`` is the one-use key of the form that asked for them."""

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="code_batches", verbose_name=_("consultation")
    )
    key = models.UUIDField(_("one-use key"), unique=True)
    count = models.PositiveIntegerField(_("codes"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.count}"


class OneTimeCode(models.Model):
    """A code that lets one person answer once, as its keyed hash. Used means: a ``Respondent`` has the same hash."""

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="one_time_codes", verbose_name=_("consultation")
    )
    batch = models.ForeignKey(CodeBatch, models.CASCADE, related_name="codes", verbose_name=_("batch"))
    digest = models.CharField(_("keyed hash"), max_length=64)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "digest"], name="one_time_code_is_made_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

"""Batches of responses that did not come through the site: typed in by officers, or imported from a file."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel
from consultations.models.pages import ConsultationPage


class Batch(models.Model):
    """A pile of forms, an afternoon of calls, a drop-in, a file: what came together and is entered together."""

    consultation = models.ForeignKey(
        ConsultationPage, models.PROTECT, related_name="batches", verbose_name=_("consultation")
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("For example “Library drop-in, 12 November” or “Post of 3 December”.")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    is_entered_twice = models.BooleanField(
        _("entered twice"),
        default=False,
        help_text=_("A second officer types each form in without seeing the first entry. It counts once both agree."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))
    source = models.CharField(
        _("source"),
        max_length=80,
        blank=True,
        help_text=_("Where an imported file came from, in the officer's words."),
    )
    report = models.JSONField(
        _("report"),
        default=dict,
        blank=True,
        help_text=_("Of an import: rows by what became of them, never their words."),
    )

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "name"],
                name="batch_name_once_per_consultation",
                violation_error_message=_("This consultation has a batch of that name already."),
            ),
            models.CheckConstraint(condition=~models.Q(channel=Channel.ONLINE), name="batch_did_not_come_online"),
            models.CheckConstraint(
                condition=models.Q(is_entered_twice=False) | ~models.Q(channel=Channel.IMPORTED),
                name="batch_imported_is_not_typed_twice",
            ),
            models.CheckConstraint(
                condition=models.Q(channel=Channel.IMPORTED) ^ models.Q(source=""), name="batch_imported_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.name

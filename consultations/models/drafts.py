"""Answers that are being written and have not been sent. No account, name or postcode belongs to them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.hands import Hand, hands_after
from consultations.models.pages import ConsultationPage


class Draft(models.Model):
    """What one respondent, or several who share a link, have typed so far: field values by name, as posted.

    ``key`` becomes the key of the response. Whoever holds the token opens the draft; only its SHA-256 is kept.
    ``revision`` grows by one with every change; ``hands`` tell who made them, the last writer last.
    """

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="drafts", verbose_name=_("consultation")
    )
    key = models.UUIDField(_("one-use key"))
    token_hash = models.CharField(_("hash of the link's secret"), max_length=64, unique=True)
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    fields = models.JSONField(_("fields"), default=dict, blank=True, help_text=_("Lists of values by field name."))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    hands = models.JSONField(
        _("hands"), default=list, help_text=_("The open forms that wrote, and what of each stands.")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "key"], name="draft_once_per_key"),
            models.CheckConstraint(
                condition=models.Q(saved_at__gte=models.F("created_at")), name="draft_saved_once_begun"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def hand_list(self) -> list[Hand]:
        return [Hand.read(stored) for stored in self.hands]

    def follows(self, *, revision: int, writer: UUID, names: AbstractSet[str] | None = None) -> bool:
        """Whether ``writer``, who last saw ``revision``, knows what stands in the fields ``names``, or in all."""
        return all(
            hand.is_known_to(str(writer), revision)
            for hand in self.hand_list()
            if hand.names and (names is None or not names.isdisjoint(hand.names))
        )

    def is_overtaken(self, *, writer: UUID, sequence: int) -> bool:
        """Whether a later save of ``writer`` than the one of this number has come."""
        return any(hand.writer == str(writer) and sequence < hand.sequence for hand in self.hand_list())

    def take_down(self, *, writer: UUID, names: AbstractSet[str], sequence: int) -> None:
        """Note that ``writer`` made ``names`` what they are at the present revision."""
        after = hands_after(
            self.hand_list(), writer=str(writer), names=names, revision=self.revision, sequence=sequence
        )
        self.hands = [hand.as_json() for hand in after]


class DraftReminder(models.Model):
    """An address to write to once before the consultation closes. The address goes when the letter is written.

    A draft's link is stored nowhere, so the letter carries a second one: ``token_hash`` is its SHA-256.
    """

    draft = models.OneToOneField(Draft, models.CASCADE, related_name="reminder", verbose_name=_("draft"))
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    token_hash = models.CharField(_("hash of the link's secret"), max_length=64, unique=True, null=True)  # noqa: DJ001

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(sent_at__isnull=True, token_hash__isnull=True) & ~models.Q(email="")
                    | models.Q(sent_at__isnull=False, token_hash__isnull=False)
                ),
                name="draft_reminder_is_waiting_or_sent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.draft)

"""The interests that councillors declare in what a meeting deals with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.business import bars_from_taking_part
from meetings.business_enums import InterestKind
from meetings.models.pages import AgendaItem
from meetings.models.rooms import Room
from wards.models import Councillor

MAX_INTEREST_LENGTH = 500


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def standing(self) -> DeclarationQuerySet:
        """Declarations that were not taken back, each with its councillor."""
        return self.filter(withdrawn_at__isnull=True).select_related("councillor")


class Declaration(models.Model):
    """A councillor's interest in an agenda item, declared by themself or by the clerk for them. Public."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="declarations")
    agenda_item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="+")
    councillor = models.ForeignKey(Councillor, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of interest"), max_length=16, choices=InterestKind.choices)
    nature = models.CharField(_("what it is"), max_length=MAX_INTEREST_LENGTH)
    leaves_room = models.BooleanField(_("leaves the room for the item"), default=False)
    has_dispensation = models.BooleanField(
        _("has a dispensation"), default=False, help_text=_("Granted under section 33 of the Localism Act 2011.")
    )
    declared_at = models.DateTimeField(_("declared at"))
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration of interest")
        verbose_name_plural = _("declarations of interest")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=InterestKind.values), name="interest_kind_is_known"),
            models.CheckConstraint(condition=~models.Q(nature=""), name="interest_says_what_it_is"),
            models.UniqueConstraint(
                fields=["room", "agenda_item", "councillor", "kind"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="interest_declared_once_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.councillor_id} {self.kind}"

    @property
    def reference(self) -> str:
        """The declaration as the record names it."""
        return f"declaration:{self.pk}"

    @property
    def bars(self) -> bool:
        """Whether they may neither speak nor vote on the item."""
        return bars_from_taking_part(
            InterestKind(self.kind), has_dispensation=self.has_dispensation, leaves_room=self.leaves_room
        )

"""Seats, the people who hold them, and the dated holdings."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from wards.models.council import Ward


class Seat(models.Model):
    """One place on the council for a ward."""

    ward = models.ForeignKey(Ward, models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [models.UniqueConstraint(fields=["ward", "number"], name="seat_number_once_in_a_ward")]

    def __str__(self) -> str:
        return f"{self.ward} {self.number}"


class Councillor(models.Model):
    """A person who holds or held a seat."""

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Printed on the ward's page. Left empty when there is none.")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="councillor",
        verbose_name=_("account"),
        help_text=_("The account that sees the ward's dashboard."),
    )

    class Meta:
        verbose_name = _("councillor")
        verbose_name_plural = _("councillors")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="councillor_email_once",
                violation_error_message=_("Another councillor has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TermQuerySet(models.QuerySet["Term"]):
    def held_on(self, day: date) -> TermQuerySet:
        """Terms running on ``day``; their periods are half-open."""
        return self.filter(from_date__lte=day).filter(
            models.Q(until_date__isnull=True) | models.Q(until_date__gt=day)
        )


class Term(models.Model):
    """The dated holding of a seat by a councillor, and the party they sat for."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="terms")
    councillor = models.ForeignKey(Councillor, models.CASCADE, related_name="terms")
    party = models.CharField(_("party"), max_length=120, blank=True)
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True) | models.Q(until_date__gt=models.F("from_date")),
                name="term_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["seat", "from_date"], name="one_term_begins_on_a_day_per_seat"),
            models.UniqueConstraint(
                fields=["seat"], condition=models.Q(until_date__isnull=True), name="one_holder_per_seat_now"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.councillor} ({self.seat})"

    def clean(self) -> None:
        """Two terms of one seat never overlap; the database knows only that one of them is open."""
        if not self.seat_id or not self.from_date:
            return
        others = Term.objects.filter(seat=self.seat_id).exclude(pk=self.pk)
        if self.until_date:
            others = others.filter(from_date__lt=self.until_date)
        running = models.Q(until_date__isnull=True) | models.Q(until_date__gt=self.from_date)
        other = others.filter(running).select_related("councillor").first()
        if other:
            raise ValidationError(
                _("%(name)s holds this seat from %(day)s. Give that term an end first, or choose other days.")
                % {"name": other.councillor.name, "day": other.from_date.isoformat()}
            )

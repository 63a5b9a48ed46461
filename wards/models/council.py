"""The council, and the wards in force between two dates."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Council(models.Model):
    """The local authority the site belongs to."""

    code = models.CharField(_("ONS code"), max_length=9, unique=True, help_text=_("For example E07000202."))
    name = models.CharField(_("name"), max_length=120)
    name_cy = models.CharField(_("name in Welsh"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("council")
        verbose_name_plural = _("councils")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.name_cy if self.name_cy and get_language() == "cy" else self.name


class WardSetQuerySet(models.QuerySet["WardSet"]):
    def in_force_on(self, day: date) -> WardSetQuerySet:
        """Ward sets in force on ``day``; their periods are half-open."""
        return self.filter(from_date__lte=day).filter(
            models.Q(until_date__isnull=True) | models.Q(until_date__gt=day)
        )


class WardSet(models.Model):
    """The wards in force between two dates: boundaries change, history stays."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="ward_sets")
    name = models.CharField(_("name"), max_length=120)
    from_date = models.DateField(_("in force from"))
    until_date = models.DateField(
        _("in force until"),
        null=True,
        blank=True,
        help_text=_("The first day on which they are no longer in force."),
    )
    attribution = models.TextField(
        _("attribution"), blank=True, help_text=_("Printed wherever the boundaries are shown.")
    )
    edition = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("New whenever a ward of the set changes: ends cached maps.")
    )

    objects = WardSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("ward set")
        verbose_name_plural = _("ward sets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True) | models.Q(until_date__gt=models.F("from_date")),
                name="ward_set_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["council"],
                condition=models.Q(until_date__isnull=True),
                name="one_current_ward_set_per_council",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def begin_edition(self) -> None:
        """End what is cached of the wards. The value is random, so no two sets ever share one."""
        self.edition = uuid.uuid4()
        self.save(update_fields=["edition"])


class WardQuerySet(models.QuerySet["Ward"]):
    def in_force_on(self, day: date) -> WardQuerySet:
        return self.filter(ward_set__in=WardSet.objects.in_force_on(day))


class Ward(models.Model):
    """An area that elects councillors ("electoral division" in counties)."""

    ward_set = models.ForeignKey(WardSet, models.CASCADE, related_name="wards")
    code = models.CharField(_("ONS code"), max_length=9)
    name = models.CharField(_("name"), max_length=120)
    name_cy = models.CharField(_("name in Welsh"), max_length=120, blank=True)
    slug = models.SlugField(max_length=120)
    boundary = models.JSONField(_("boundary"), help_text=_("GeoJSON geometry, longitude and latitude in degrees."))
    profile = models.TextField(
        _("profile"), blank=True, help_text=_("A sentence or two about the place, on its page.")
    )
    profile_cy = models.TextField(_("profile in Welsh"), blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    objects = WardQuerySet.as_manager()

    class Meta:
        verbose_name = _("ward")
        verbose_name_plural = _("wards")
        constraints = [
            models.UniqueConstraint(fields=["ward_set", "code"], name="ward_code_once_in_a_set"),
            models.UniqueConstraint(fields=["ward_set", "slug"], name="ward_slug_once_in_a_set"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        WardSet.objects.filter(pk=self.ward_set_id).update(edition=uuid.uuid4())

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        WardSet.objects.filter(pk=self.ward_set_id).update(edition=uuid.uuid4())
        return super().delete(*args, **kwargs)

    @property
    def local_name(self) -> str:
        """The name in the reader's language: Welsh where there is one, else as the directory has it."""
        return self.name_cy if self.name_cy and get_language() == "cy" else self.name

    @property
    def local_profile(self) -> str:
        return self.profile_cy if self.profile_cy and get_language() == "cy" else self.profile

"""Postcodes, each with its ward in a ward set."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wards.models.council import Ward, WardSet
from wards.postcodes import printed


class Postcode(models.Model):
    """A postcode's ward in one ward set, as the ONS Postcode Directory has it."""

    ward_set = models.ForeignKey(WardSet, models.CASCADE, related_name="postcodes")
    ward = models.ForeignKey(Ward, models.CASCADE, related_name="postcodes")
    code = models.CharField(_("postcode"), max_length=7, help_text=_("Upper case, without the space."))
    is_split = models.BooleanField(
        _("split"), default=False, help_text=_("Homes at this postcode lie in more than one ward.")
    )

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        constraints = [
            models.UniqueConstraint(fields=["ward_set", "code", "ward"], name="postcode_once_per_ward"),
        ]

    def __str__(self) -> str:
        return printed(self.code)

"""What placing needs to know of the wards in force on a day: their names, and whose a postcode is."""

from __future__ import annotations

from datetime import date

from sentiment.placement import ward_names
from wards.models import Ward
from wards.queries import PostcodeError, current_wards, find_ward


class Atlas:
    """The wards of one day. Postcodes are looked up once each."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.names = ward_names((ward, (ward.name, ward.name_cy)) for ward in current_wards(day))
        self._postcodes: dict[str, Ward | None] = {}

    def ward_of_postcode(self, postcode: str) -> Ward | None:
        """The one ward of a postcode; None if it lies in several, or outside the council's area."""
        if postcode not in self._postcodes:
            try:
                self._postcodes[postcode] = find_ward(postcode, self.day).ward
            except PostcodeError:
                self._postcodes[postcode] = None
        return self._postcodes[postcode]

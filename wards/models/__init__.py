"""Council, ward sets, wards, postcodes, seats, councillors and their terms."""

from wards.models.council import Council, Ward, WardSet
from wards.models.places import Postcode
from wards.models.seats import Councillor, Seat, Term

__all__ = ["Council", "Councillor", "Postcode", "Seat", "Term", "Ward", "WardSet"]

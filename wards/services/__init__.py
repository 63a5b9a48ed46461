"""Imports: each one transaction, safe to repeat, reported row by row."""

from wards.readers.tables import BadRow, FileRefused
from wards.services.councillors import import_councillors
from wards.services.postcodes import import_postcodes
from wards.services.reports import ImportReport
from wards.services.wards import WardSetDetails, import_wards

__all__ = [
    "BadRow",
    "FileRefused",
    "ImportReport",
    "WardSetDetails",
    "import_councillors",
    "import_postcodes",
    "import_wards",
]

"""What was said, how it was read, where it is listened for, and the figures kept of it."""

from sentiment.models.feedback import SURE_OF_WARD, Correction, Feedback, Flag, Reading
from sentiment.models.sources import Source, Tombstone
from sentiment.models.summaries import WardSummary

__all__ = ["SURE_OF_WARD", "Correction", "Feedback", "Flag", "Reading", "Source", "Tombstone", "WardSummary"]

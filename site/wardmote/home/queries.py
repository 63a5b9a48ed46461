"""What the front page tells, read from the apps below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from consultations.models import ConsultationPage
from consultations.queries import closing_soon, recent_outcomes
from meetings.models import MeetingPage
from meetings.queries import next_or_live
from wardmote.core.translations import tell_in_readers_language
from wards.models import WardSet
from wards.queries import current_ward_set

OPEN_SHOWN = 6
OUTCOMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FrontPage:
    consultations: list[ConsultationPage]
    """Open ones, the one that closes first before the others, in the reader's language."""
    meeting: MeetingPage | None
    """The live or the next one, in the site's first language; its room is its own, its words are in ``told``."""
    ward_set: WardSet | None
    """The wards in force, to be drawn."""
    outcomes: list[ConsultationPage]
    """The latest consultations with an outcome, in the reader's language."""


def front_page(moment: datetime) -> FrontPage:
    """What is open, live, next and decided at ``moment``."""
    meeting = next_or_live(moment)
    tell_in_readers_language([meeting] if meeting else [])
    return FrontPage(
        consultations=closing_soon(moment, OPEN_SHOWN),
        meeting=meeting,
        ward_set=current_ward_set(timezone.localdate(moment)),
        outcomes=recent_outcomes(OUTCOMES_SHOWN, moment),
    )

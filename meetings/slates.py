"""What the public reads while a meeting is interrupted: why, and when it goes on."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.enums import ExemptParagraph, RoomState
from meetings.models import Room
from wardmote.core.moments import say_clock


def next_moment(clock: time, after: datetime) -> datetime:
    """The first moment after ``after`` (timezone-aware) at which the council's clocks show ``clock``."""
    today = timezone.localtime(after).replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0, fold=0)
    return today if today > after else today + timedelta(days=1)


def why(paragraph: int) -> str:
    """Why the press and the public are excluded, with the law."""
    return _(
        "The press and the public are excluded, because otherwise this would be disclosed: %(reason)s. "
        "Local Government Act 1972, section 100A(4) and Schedule 12A, paragraph %(paragraph)d."
    ) % {"reason": ExemptParagraph(paragraph).label, "paragraph": paragraph}


def slate_of(room: Room) -> dict[str, str]:
    """The sentences of a room's slate: ``title``, ``why`` and ``until``, empty where there is nothing to say."""
    words = slate_words()
    until = str(words["until"]).replace("{time}", say_clock(room.resumes_at)) if room.resumes_at else ""
    if room.is_private:
        return {"title": str(words["exempt"]), "why": why(room.exempt_paragraph or 0), "until": until}
    return {"title": str(words["adjourned"]) if room.state == RoomState.ADJOURNED else "", "why": "", "until": until}


def slate_words() -> dict[str, str | dict[int, str]]:
    """What ``room-slate.js`` says."""
    return {
        "exempt": _("The meeting is in private session"),
        "adjourned": _("The meeting is adjourned"),
        "until": _("It goes on at about {time}."),
        "why": {paragraph.value: why(paragraph) for paragraph in ExemptParagraph},
        "midnight": _("midnight"),
        "midday": _("midday"),
        "am": pgettext("time of day", "%(clock)sam") % {"clock": "{clock}"},
        "pm": pgettext("time of day", "%(clock)spm") % {"clock": "{clock}"},
        "zone": timezone.get_default_timezone_name(),
    }

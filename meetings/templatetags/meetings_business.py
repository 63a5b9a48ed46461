"""How speaking times are said on the meeting's pages. No tag makes a query."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from meetings.business_page import Turn, minutes_and_seconds

register = template.Library()

register.filter("minutes_and_seconds", minutes_and_seconds)


@register.simple_tag
def time_left(turn: Turn) -> str:
    """``1:40 left``, or ``0:20 over``."""
    left = turn.speaker.allotted_seconds - turn.seconds
    sentence = _("{time} left") if left >= 0 else _("{time} over")
    return sentence.format(time=minutes_and_seconds(abs(left)))

"""``{% moment value %}``, ``{% day value %}`` and ``{% days_left value %}``: times as people say them."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wardmote.core.moments import say_clock, say_day, say_days_left, say_moment

register = template.Library()


def _now(context: template.Context) -> datetime:
    """The view's ``now`` when it gave one, so that one page speaks from one moment."""
    return context.get("now") or timezone.now()


def _time(exact: str, said: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', exact, said)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime) -> SafeString:
    """``Friday 5 December at 5pm`` in a ``<time>`` that holds the exact moment."""
    return _time(timezone.localtime(value).isoformat(timespec="seconds"), say_moment(value, _now(context)))


@register.simple_tag(takes_context=True)
def day(context: template.Context, value: date | datetime) -> SafeString:
    """``Friday 5 December`` in a ``<time>``."""
    value = timezone.localdate(value) if isinstance(value, datetime) else value
    return _time(value.isoformat(), say_day(value, timezone.localdate(_now(context))))


@register.simple_tag
def clock(value: datetime) -> SafeString:
    """``5pm`` in a ``<time>``."""
    return _time(timezone.localtime(value).isoformat(timespec="seconds"), say_clock(value))


@register.simple_tag(takes_context=True)
def days_left(context: template.Context, value: datetime) -> SafeString:
    """``12 days left``, ``Closes today at 5pm`` or ``Closed``."""
    return _time(timezone.localtime(value).isoformat(timespec="seconds"), say_days_left(value, _now(context)))


@register.simple_tag(takes_context=True)
def milliseconds_until(context: template.Context, value: datetime) -> int:
    """How long until ``value``, for scripts that must not trust the visitor's clock; 0 when it has passed."""
    return max(0, round((value - _now(context)).total_seconds() * 1000))


@register.simple_tag
def exact_moment(value: datetime) -> str:
    """``2026-12-05T17:00:00+00:00``, as scripts read it."""
    return timezone.localtime(value).isoformat(timespec="seconds")

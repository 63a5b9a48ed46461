from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from wardmote.core.moments import say_clock, say_day, say_days_left, say_moment

LONDON = ZoneInfo("Europe/London")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 0, "midnight"), (0, 1, "12:01am"), (9, 30, "9:30am"), (12, 0, "midday"), (12, 1, "12:01pm"), (17, 0, "5pm")],
)
def test_clock_is_said_as_people_say_it(hour: int, minute: int, said: str) -> None:
    assert say_clock(at(2025, 12, 5, hour, minute)) == said


def test_year_is_said_only_when_it_is_another() -> None:
    assert say_day(date(2025, 12, 5), date(2025, 1, 1)) == "Friday 5 December"
    assert say_day(date(2025, 12, 5), date(2026, 1, 1)) == "Friday 5 December 2025"


def test_moment_is_told_in_local_time_whatever_zone_it_came_in() -> None:
    assert say_moment(datetime(2026, 7, 3, 16, 0, tzinfo=UTC), at(2026, 7, 1)) == "Friday 3 July at 5pm"


def test_days_left_counts_calendar_days_and_ends_at_the_second() -> None:
    until = at(2025, 12, 5, 17)
    assert [
        say_days_left(until, now)
        for now in (
            at(2025, 12, 3, 23, 59),
            at(2025, 12, 4, 0, 0),
            at(2025, 12, 5, 0, 0),
            until - timedelta(seconds=1),
            until,
            until + timedelta(seconds=1),
        )
    ] == ["2 days left", "Closes tomorrow at 5pm", "Closes today at 5pm", "Closes today at 5pm", "Closed", "Closed"]


def test_tag_holds_the_exact_moment() -> None:
    drawn = Template("{% load moments %}{% moment value %} {% days_left value %}").render(
        Context({"value": at(2025, 12, 5, 17), "now": at(2025, 12, 1)})
    )
    assert drawn == (
        '<time datetime="2025-12-05T17:00:00+00:00">Friday 5 December at 5pm</time> '
        '<time datetime="2025-12-05T17:00:00+00:00">4 days left</time>'
    )

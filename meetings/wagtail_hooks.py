"""What officers find of meetings in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from meetings.enums import Decision


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """What is written down of each act: by whom, in which role, from what to what."""
    actions.register_action("meetings.room.change", _("Change room"), _("Changed the live room"))
    actions.register_action("meetings.room.agenda", _("Set agenda item"), _("Said which agenda item is being taken"))
    for decision, done in {
        Decision.PUBLISH: _("Published the question"),
        Decision.WITHHOLD: _("Did not publish the question"),
        Decision.ANSWER: _("Marked the question as answered"),
        Decision.REOPEN: _("Marked the question as not answered"),
    }.items():
        actions.register_action(f"meetings.question.{decision.value}", decision.label, done)

"""The sentences that a room's script says, in the page's language."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

PLURALS = {
    "en": {"one": 1, "other": 2},
    "cy": {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 4},
}
"""A number of each plural category of Unicode CLDR, as the browser's ``Intl.PluralRules`` names them."""


def plural(singular: str, many: str) -> dict[str, str]:
    """A counted sentence for each plural category of the page's language; its number stays as ``{n}``."""
    examples = PLURALS.get((get_language() or "en").split("-")[0], PLURALS["en"])
    return {category: ngettext(singular, many, number) for category, number in examples.items()}


def room_words() -> dict[str, str | dict[str, str]]:
    """What ``room.js`` says."""
    return {
        "newQuestions": plural("{n} new question", "{n} new questions"),
        "present": plural("{n} person here now", "{n} people here now"),
        "newQuestion": _("New question: {text}"),
        "live": _("Live: new questions appear by themselves"),
        "connecting": _("Connecting again…"),
        "polling": _("Slow connection: the list is looked up every few seconds"),
        "offline": _("You are offline. What you send is kept here and goes out when you are back."),
        "stopped": _("This page is out of date. Reload it to go on."),
        "held": _("An officer reads it before it is published."),
        "sending": _("Being sent…"),
        "kept": _("Kept on this device. It is sent as soon as you are connected."),
        "published": _("Published"),
        "answered": _("Answered"),
        "withheld": _("Not published: {reason}"),
        "ownHeld": _("Your question has arrived. An officer reads it before it is published."),
        "ownPublished": _("Your question is published."),
        "ownAnswered": _("Your question is marked as answered."),
        "ownWithheld": _("Your question is not published: {reason}"),
        "removed": _("This question is no longer shown."),
        "nowTaken": _("Now: item {number}, {title}"),
        "roomIs": _("The meeting is now: {state}"),
        "from": _("from {ward}"),
        "item": _("item {number}"),
        "support": _("Support"),
        "tooFast": _("That was a lot at once. Wait a moment and try again."),
    }


def desk_words() -> dict[str, str | dict[str, str]]:
    """What ``desk.js`` says."""
    return room_words() | {
        "waiting": plural("{n} question waiting", "{n} questions waiting"),
        "done": _("Done."),
        "supporters": plural("{n} person supports it", "{n} people support it"),
    }


def screen_words() -> dict[str, str | dict[str, str]]:
    """What ``screen.js`` says."""
    return {
        "supporters": plural("{n} person supports it", "{n} people support it"),
        "from": _("from {ward}"),
        "item": _("Item {number}"),
    }

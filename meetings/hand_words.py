"""What the room says of reactions and raised hands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from meetings.enums import Reaction
from meetings.words import Sentences

SIGNS = {Reaction.CLAP: "★", Reaction.AGREE: "✓", Reaction.UNSURE: "?", Reaction.UNHEARD: "×"}
"""Signs that every font has; the words beside them say what is meant."""


def hand_words() -> Sentences:
    """What ``taking-part.js`` says."""
    return {
        "raiseHand": _("Raise your hand"),
        "lowerHand": _("Put your hand down"),
        "handUp": _("Your hand is up. Officers see it."),
        "handDown": _("Your hand is down."),
    }

"""The sentences that the scripts of a meeting's formal business say, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from meetings.business_enums import Casting, Choice, InterestKind, MotionState, Side
from meetings.words import Sentences


def business_words() -> Sentences:
    """What the parts about speakers, motions and votes say, on every page."""
    return {
        "speaks": _("{name} is speaking"),
        "interrupted": _("{name} is interrupted"),
        "following": _("Next: {name}"),
        "timeLeft": _("{time} left"),
        "timeOver": _("{time} over"),
        "timeIsUp": _("Time is up for {name}"),
        "pointOfOrder": _("Point of order"),
        **{f"side_{value}": str(label) for value, label in Side.choices},
        "motion": _("Motion {number}"),
        "amendment": _("Amendment {number} to motion {motion}"),
        "movedBy": _("Moved by {name}"),
        "secondedBy": _("seconded by {name}"),
        "asMoved": _("As it was moved"),
        "voteOpen": _("Vote open: {voted} of {entitled} have voted"),
        "showOpen": _("Being voted on by show of hands"),
        "result": _("{for} for, {against} against, {abstained} abstained"),
        "casting": _("Casting vote of {name}: {choice}"),
        "castingNotUsed": _("Votes were equal and no casting vote was used."),
        "rollTitle": _("How each councillor voted"),
        "councillor": _("Councillor"),
        "vote": _("Vote"),
        "barred": _("Declared an interest"),
        "leavesRoom": _("leaves the room for this item"),
        "dispensation": _("has a dispensation"),
        **{f"motion_{value}": str(label) for value, label in MotionState.choices},
        **{f"choice_{value}": str(label) for value, label in Choice.choices},
        **{f"casting_{value}": str(label) for value, label in Casting.choices},
        **{f"interest_{value}": str(label) for value, label in InterestKind.choices},
        "notReached": _("That did not reach us. Try again."),
    }


def business_kinds() -> dict[str, str]:
    """What a thing of each collection is called."""
    return {
        "speakers": _("Speaker"),
        "declarations": _("Declaration of interest"),
        "motions": _("Motion"),
        "votes": _("Vote"),
    }

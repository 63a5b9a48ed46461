"""The lives of what is done formally at a meeting: speakers, interests, motions and votes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpeakerKind(models.TextChoices):
    """As what somebody speaks."""

    COUNCILLOR = "councillor", _("Councillor")
    OFFICER = "officer", _("Officer")
    PUBLIC = "public", _("Member of the public")


class Side(models.TextChoices):
    """For which side somebody speaks, at meetings that hear sides in turn (planning for one)."""

    FOR = "for", _("Speaking for")
    AGAINST = "against", _("Speaking against")
    NEUTRAL = "neutral", _("Neither for nor against")


class SpeakerState(models.TextChoices):
    """A speaker waits in the queue, speaks, may be interrupted, and has spoken. Who never speaks is taken out."""

    WAITING = "waiting", _("Waiting to speak")
    SPEAKING = "speaking", _("Speaking")
    PAUSED = "paused", _("Interrupted")
    SPOKEN = "spoken", _("Has spoken")
    LEFT = "left", _("Taken out of the queue")


class SpeakerChange(models.TextChoices):
    """What the clerk does with somebody in the queue."""

    START = "start", _("Start")
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    STOP = "stop", _("Stop")
    REMOVE = "remove", _("Take out")


class Move(models.TextChoices):
    """One place forward or back in the queue."""

    UP = "up", _("Move up")
    DOWN = "down", _("Move down")


class InterestKind(models.TextChoices):
    """What sort of interest a councillor declares.

    Disclosable pecuniary interests are those of the Localism Act 2011, sections 30 and 31; the other two are those of
    the Local Government Association's Model Councillor Code of Conduct 2020, appendix B.
    """

    PECUNIARY = "pecuniary", _("Disclosable pecuniary interest")
    REGISTRABLE = "registrable", _("Other registrable interest")
    NON_REGISTRABLE = "non_registrable", _("Non-registrable interest")


class MotionState(models.TextChoices):
    """A motion is moved, seconded, put to the vote, and carried or lost; or withdrawn, or never put."""

    MOVED = "moved", _("Moved")
    SECONDED = "seconded", _("Moved and seconded")
    VOTING = "voting", _("Being voted on")
    CARRIED = "carried", _("Carried")
    LOST = "lost", _("Lost")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NOT_PUT = "not_put", _("Not put to the vote")


class MotionChange(models.TextChoices):
    """What becomes of a motion."""

    SECOND = "second", _("Second")
    PUT = "put", _("Put to the vote")
    CALL_OFF = "call_off", _("Call the vote off")
    CARRY = "carry", _("Declare carried")
    LOSE = "lose", _("Declare lost")
    WITHDRAW = "withdraw", _("Withdraw")
    DROP = "drop", _("Not put")


class VoteMethod(models.TextChoices):
    """How a vote is taken: by name, or by show of hands that the clerk counts."""

    RECORDED = "recorded", _("Recorded vote, by name")
    SHOW = "show", _("Show of hands, counted")


class Choice(models.TextChoices):
    """What a councillor does in a vote. Who says nothing until it is closed was not present or did not vote."""

    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstain")
    NOT_VOTING = "not_voting", _("Not present or not voting")


class Casting(models.TextChoices):
    """What the person presiding does when votes are equal."""

    FOR = "for", _("Casting vote for")
    AGAINST = "against", _("Casting vote against")
    NOT_USED = "not_used", _("No casting vote: the motion is lost")

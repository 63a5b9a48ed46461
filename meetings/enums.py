"""The lives of a room and of a public question, and who may be in a room."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoomState(models.TextChoices):
    """A room waits before its meeting, is in session or adjourned during it, and is closed after it.

    Questions may be asked and supported until it is closed; answers may be recorded after that.
    """

    WAITING = "waiting", _("Waiting to start")
    IN_SESSION = "in_session", _("In session")
    ADJOURNED = "adjourned", _("Adjourned")
    CLOSED = "closed", _("Closed")


class RoomChange(models.TextChoices):
    """What an officer does to a room."""

    START = "start", _("Start the meeting")
    ADJOURN = "adjourn", _("Adjourn")
    RESUME = "resume", _("Resume")
    CLOSE = "close", _("Close the meeting")
    REOPEN = "reopen", _("Reopen as adjourned")


class QuestionState(models.TextChoices):
    """A public question is held until an officer publishes or withholds it; a published one may be answered.

    A published question may still be withheld and a withheld one published: an officer's mistake can be undone.
    """

    HELD = "held", _("Waiting for a moderator")
    PUBLISHED = "published", _("Published")
    ANSWERED = "answered", _("Answered")
    WITHHELD = "withheld", _("Not published")


PUBLIC_STATES = (QuestionState.PUBLISHED, QuestionState.ANSWERED)
"""The states in which a reader may see a question."""


class Decision(models.TextChoices):
    """What an officer does to a public question."""

    PUBLISH = "publish", _("Publish")
    WITHHOLD = "withhold", _("Do not publish")
    ANSWER = "answer", _("Mark as answered")
    REOPEN = "reopen", _("Mark as not answered")


class Role(models.TextChoices):
    """Who somebody is in a room. A councillor takes part as a resident does, until they are given more to do."""

    GUEST = "guest", _("Guest")
    RESIDENT = "resident", _("Resident")
    COUNCILLOR = "councillor", _("Councillor")
    OFFICER = "officer", _("Officer")


class Action(models.TextChoices):
    """What can be done in a room."""

    READ = "read", _("Read")
    ASK = "ask", _("Ask a question")
    SUPPORT = "support", _("Support a question")
    MODERATE = "moderate", _("Publish or withhold questions")
    ANSWER = "answer", _("Mark questions as answered")
    CHANGE_ROOM = "change_room", _("Start, adjourn, resume and close")
    SET_AGENDA = "set_agenda", _("Say which agenda item is being taken")


class Act(StrEnum):
    """What an entry in a meeting's record tells, by the name it bears there for ever."""

    ASK = "question.ask"
    PUBLISH = "question.publish"
    WITHHOLD = "question.withhold"
    ANSWER = "question.answer"
    REOPEN = "question.reopen"
    SUPPORT = "support.give"
    WITHDRAW_SUPPORT = "support.withdraw"
    CHANGE_ROOM = "room.change"
    SET_AGENDA = "room.agenda"


class Audience(models.TextChoices):
    """For whom an event of the room's log is written; each audience has numbers of its own.

    The same column holds ``asker:<key>``, for whoever knows the key of one question, and has room for
    ``councillor:<id>``.
    """

    PUBLIC = "public", _("Everybody")
    MODERATORS = "moderators", _("Moderators")


ASKER_PREFIX = "asker:"


class EventKind(models.TextChoices):
    """What an event of the room's log tells."""

    QUESTION = "question", _("A question is new or has changed")
    QUESTION_REMOVED = "question_removed", _("A question is no longer shown")
    ROOM = "room", _("The room has changed its state")
    AGENDA = "agenda", _("Another agenda item is being taken")
    FATE = "fate", _("What became of somebody's own question")


class StreamKind(models.TextChoices):
    """Where a meeting's picture and sound come from."""

    NONE = "none", _("No picture")
    HLS = "hls", _("HLS stream")
    EMBED = "embed", _("Embedded from a video provider")
    DEMONSTRATION = "demonstration", _("The demonstration stream")

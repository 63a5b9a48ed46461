"""The lives of a room, a public question and a poll, and who may be in a room."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2s

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoomState(models.TextChoices):
    """A room waits before its meeting, is in session or adjourned during it, and is closed after it.

    Questions may be asked and supported until it is closed; answers may be recorded after that. While the press and
    the public are excluded (Local Government Act 1972, section 100A(4)) the room is *exempt*: readers are told that it
    is, and nothing of what is done in it, and the public's questions rest.
    """

    WAITING = "waiting", _("Waiting to start")
    IN_SESSION = "in_session", _("In session")
    ADJOURNED = "adjourned", _("Adjourned")
    EXEMPT = "exempt", _("In private session")
    CLOSED = "closed", _("Closed")


class RoomChange(models.TextChoices):
    """What an officer does to a room."""

    START = "start", _("Start the meeting")
    ADJOURN = "adjourn", _("Adjourn")
    RESUME = "resume", _("Resume")
    CLOSE = "close", _("Close the meeting")
    REOPEN = "reopen", _("Reopen as adjourned")
    EXCLUDE = "exclude", _("Go into private session")
    READMIT = "readmit", _("Return to public session")


class ExemptParagraph(models.IntegerChoices):
    """Why the public may be excluded: the paragraphs of Schedule 12A to the Local Government Act 1972, Part 1.

    The numbers are England's, as substituted by SI 2006/88; in Wales the same kinds stand as paragraphs 12 to 18.
    """

    INDIVIDUAL = 1, _("Information relating to any individual")
    IDENTITY = 2, _("Information which is likely to reveal the identity of an individual")
    BUSINESS = 3, _("Information relating to the financial or business affairs of any particular person")
    LABOUR = 4, _("Information relating to consultations or negotiations about labour relations")
    PRIVILEGE = 5, _("Information in respect of which a claim to legal professional privilege could be maintained")
    NOTICE = 6, _("Information which reveals that a notice, an order or a direction is proposed")
    CRIME = 7, _("Information relating to preventing, investigating or prosecuting crime")


class QuestionState(models.TextChoices):
    """A public question is held until an officer publishes or withholds it; a published one may be answered.

    A published question may still be withheld and a withheld one published: an officer's mistake can be undone.
    A held or published one may be joined to another that asks the same, and separated again as what it was.
    """

    HELD = "held", _("Waiting for a moderator")
    PUBLISHED = "published", _("Published")
    ANSWERED = "answered", _("Answered")
    WITHHELD = "withheld", _("Not published")
    MERGED = "merged", _("Joined to another question")


class Moderation(models.TextChoices):
    """When an officer reads a question from the public: before everybody does, or after."""

    BEFORE = "before", _("An officer reads every question before it appears")
    AFTER = "after", _("Questions appear at once; an officer reads first those that the word check holds")


class Intake(StrEnum):
    """Whether a meeting takes questions at a moment; in a private session they rest."""

    NOT_YET = "not_yet"
    OPEN = "open"
    RESTING = "resting"
    OVER = "over"


PUBLIC_STATES = (QuestionState.PUBLISHED, QuestionState.ANSWERED)
"""The states in which a reader may see a question."""

COUNCILLORS_SEE = (QuestionState.HELD, *PUBLIC_STATES)
"""The states in which a councillor sees a question that is assigned to them."""


class AnsweredHow(models.TextChoices):
    """Where a question was answered."""

    LIVE = "live", _("At the meeting")
    WRITTEN = "written", _("In writing")


class Decision(models.TextChoices):
    """What an officer does to a public question."""

    PUBLISH = "publish", _("Publish")
    WITHHOLD = "withhold", _("Do not publish")
    ANSWER = "answer", _("Mark as answered")
    REOPEN = "reopen", _("Mark as not answered")


class ForgetReason(models.TextChoices):
    """Why an officer forgets who asked a question. A choice, for what is written into the record stays there."""

    ASKED_FOR = "asked for", _("Whoever asked it wants this")
    SOMEBODY_ELSES = "somebody else's", _("The name or the address is somebody else’s")
    HARM = "harm", _("It could do them harm")


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
    GIVE_NOTICE = "give_notice", _("Ask a question on notice")
    SUPPORT = "support", _("Support a question")
    MODERATE = "moderate", _("Publish or withhold questions")
    ANSWER = "answer", _("Mark questions as answered")
    CHANGE_ROOM = "change_room", _("Start, adjourn, resume and close")
    CAST_BALLOT = "cast_ballot", _("Take part in a poll")
    RUN_POLLS = "run_polls", _("Write, open and close polls")
    SHOW_RESULTS = "show_results", _("Show a poll's results or keep them")
    TAKE_QUESTION = "take_question", _("Say which question is being answered")
    PROPOSE_ANSWER = "propose_answer", _("Propose a written answer")
    SET_AGENDA = "set_agenda", _("Say which agenda item is being taken")
    REACT = "react", _("React")
    RAISE_HAND = "raise_hand", _("Raise a hand")
    RUN_HANDS = "run_hands", _("Put hands down, take reactions and hands or not")
    SPEAK = "speak", _("Ask to speak")
    RUN_SPEAKERS = "run_speakers", _("Run the queue of speakers and their clock")
    DECLARE = "declare", _("Declare an interest")
    RUN_MOTIONS = "run_motions", _("Enter motions, amendments and what becomes of them")
    TAKE_VOTE = "take_vote", _("Open, close and call off a vote")
    VOTE = "vote", _("Vote, or enter a vote from the roll")


class Reaction(models.TextChoices):
    """A gesture in the room."""

    CLAP = "clap", _("Applause")
    AGREE = "agree", _("I agree")
    UNSURE = "unsure", _("I am not sure")
    UNHEARD = "unheard", _("I cannot hear")


class PollKind(models.TextChoices):
    """What a poll asks for."""

    SINGLE = "single", _("One choice")
    MULTIPLE = "multiple", _("Several choices")
    RATING = "rating", _("A rating from 1 to 5")
    RANKING = "ranking", _("A ranking")
    WORDS = "words", _("A word cloud")


class PollState(models.TextChoices):
    """A poll is a draft until an officer opens it, and takes ballots until it is closed.

    A closed poll's results are shown to everybody at once, or kept with the officers: the poll's policy says which,
    and an officer may do the other later.
    """

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed, results kept")
    SHOWN = "shown", _("Closed, results shown")


PUBLIC_POLL_STATES = (PollState.OPEN, PollState.CLOSED, PollState.SHOWN)
"""The states in which a reader may see a poll."""


class PollChange(models.TextChoices):
    """What an officer does to a poll."""

    OPEN = "open", _("Open the poll")
    CLOSE = "close", _("Close the poll")
    REOPEN = "reopen", _("Open it again")
    SHOW = "show", _("Show the results")
    KEEP = "keep", _("Keep the results")


class ResultsPolicy(models.TextChoices):
    """When readers see how a poll stands."""

    AFTER_VOTING = "after_voting", _("As soon as they have answered")
    AFTER_CLOSING = "after_closing", _("When the poll is closed")
    OFFICERS = "officers", _("Only when an officer shows them")


class WordStanding(models.TextChoices):
    """A word in a cloud is shown once two people say it; one that was held, and any other, by an officer's word."""

    COUNTED = "counted", _("Shown once two people say it")
    HELD = "held", _("Held back to be looked at")
    ALLOWED = "allowed", _("Let through")
    HIDDEN = "hidden", _("Not shown")


class Act(StrEnum):
    """What an entry in a meeting's record tells, by the name it bears there for ever."""

    ASK = "question.ask"
    PUBLISH = "question.publish"
    WITHHOLD = "question.withhold"
    ANSWER = "question.answer"
    REOPEN = "question.reopen"
    EDIT = "question.edit"
    MERGE = "question.merge"
    UNMERGE = "question.unmerge"
    ASSIGN = "question.assign"
    SHORTLIST = "question.shortlist"
    PROPOSE_ANSWER = "question.propose_answer"
    SUPPORT = "support.give"
    WITHDRAW_SUPPORT = "support.withdraw"
    CHANGE_ROOM = "room.change"
    SET_AGENDA = "room.agenda"
    DISCLOSE = "room.disclose"
    ADD_SPEAKER = "speaker.add"
    START_SPEAKER = "speaker.start"
    PAUSE_SPEAKER = "speaker.pause"
    RESUME_SPEAKER = "speaker.resume"
    STOP_SPEAKER = "speaker.stop"
    REMOVE_SPEAKER = "speaker.remove"
    MOVE_SPEAKER = "speaker.move"
    WRITE_POLL = "poll.write"
    REMOVE_POLL = "poll.remove"
    OPEN_POLL = "poll.open"
    CLOSE_POLL = "poll.close"
    REOPEN_POLL = "poll.reopen"
    SHOW_POLL = "poll.show"
    KEEP_POLL = "poll.keep"
    JUDGE_WORD = "poll.word"
    SETTLE_HANDS = "hands.settle"
    TAKE_PART = "room.take_part"
    DECLARE = "interest.declare"
    WITHDRAW_INTEREST = "interest.withdraw"
    MOVE_MOTION = "motion.move"
    SECOND_MOTION = "motion.second"
    WITHDRAW_MOTION = "motion.withdraw"
    DROP_MOTION = "motion.drop"
    AMEND_MOTION = "motion.amend"
    OPEN_VOTE = "vote.open"
    CAST_VOTE = "vote.cast"
    CLOSE_VOTE = "vote.close"
    CALL_OFF_VOTE = "vote.call_off"
    TAKE_QUESTION = "room.question"
    FORGET_ASKER = "question.forget"
    FORGET_PEOPLE = "room.forget"


class Audience(models.TextChoices):
    """For whom an event of the room's log is written; each audience has numbers of its own.

    The same column holds ``asker:<key>``, for whoever knows the key of one question, and ``councillor:<pk>``, for the
    councillor to whom questions are assigned.
    """

    PUBLIC = "public", _("Everybody")
    MODERATORS = "moderators", _("Moderators")


ASKER_PREFIX = "asker:"
PERSON_PREFIX = "person:"


def person_audience(key: str) -> str:
    """For whom alone news of their own hand is written: an account or device, not to be read from the log."""
    return f"{PERSON_PREFIX}{blake2s(key.encode(), digest_size=16).hexdigest()}"


COUNCILLOR_PREFIX = "councillor:"

INSIDE_AUDIENCES = frozenset({Audience.MODERATORS.value})
"""Who is told what is done in a private session. An audience that is not named here hears nothing of it."""


class EventKind(models.TextChoices):
    """What an event of the room's log tells."""

    QUESTION = "question", _("A question is new or has changed")
    QUESTION_REMOVED = "question_removed", _("A question is no longer shown")
    ROOM = "room", _("The room has changed its state")
    AGENDA = "agenda", _("Another agenda item is being taken")
    FATE = "fate", _("What became of somebody's own question")
    RESET = "reset", _("What there is to see begins anew")
    SPEAKER = "speaker", _("A speaker is new in the queue or has changed")
    SPEAKER_REMOVED = "speaker_removed", _("A speaker was taken out of the queue")
    POLL = "poll", _("A poll is new or has changed")
    POLL_REMOVED = "poll_removed", _("A poll is no longer there")
    HAND = "hand", _("Somebody has raised a hand")
    HAND_REMOVED = "hand_removed", _("A hand was put down")
    OWN_HAND = "own_hand", _("Somebody's own hand went up or down")
    DECLARATION = "declaration", _("An interest was declared or put right")
    DECLARATION_REMOVED = "declaration_removed", _("A declaration of interest was taken back")
    MOTION = "motion", _("A motion is new or has changed")
    VOTE = "vote", _("A vote is open, goes on or is closed")
    VOTE_REMOVED = "vote_removed", _("A vote was called off")


class StreamKind(models.TextChoices):
    """Where a meeting's picture and sound come from."""

    NONE = "none", _("No picture")
    HLS = "hls", _("HLS stream")
    EMBED = "embed", _("Embedded from a video provider")
    DEMONSTRATION = "demonstration", _("The demonstration stream")


class MemberRole(models.TextChoices):
    """What somebody is on a committee. A co-opted member is not a councillor."""

    CHAIR = "chair", _("Chair")
    VICE_CHAIR = "vice_chair", _("Vice-chair")
    MEMBER = "member", _("Member")
    CO_OPTED = "co_opted", _("Co-opted member")

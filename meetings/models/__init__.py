"""Bodies, meetings with their agenda, rooms with their log, questions with their support, speakers, motions, polls."""

from meetings.models.bodies import Body
from meetings.models.documents import AgendaDocument
from meetings.models.hands import Hand
from meetings.models.holds import QuestionHold
from meetings.models.interests import Declaration
from meetings.models.members import CommitteeMember
from meetings.models.motions import Motion, RollEntry, Vote
from meetings.models.pages import AgendaItem, ImportedMeeting, MeetingIndexPage, MeetingPage
from meetings.models.polls import Ballot, BallotMark, PlannedPoll, Poll, PollOption
from meetings.models.questions import PublicQuestion, Upvote
from meetings.models.records import Record, RecordEntry
from meetings.models.rooms import KeptInside, Room, RoomEvent
from meetings.models.speakers import Speaker

__all__ = [
    "AgendaDocument",
    "AgendaItem",
    "Ballot",
    "BallotMark",
    "Body",
    "CommitteeMember",
    "Declaration",
    "Hand",
    "ImportedMeeting",
    "KeptInside",
    "MeetingIndexPage",
    "MeetingPage",
    "Motion",
    "PlannedPoll",
    "Poll",
    "PollOption",
    "PublicQuestion",
    "QuestionHold",
    "Record",
    "RecordEntry",
    "RollEntry",
    "Room",
    "RoomEvent",
    "Speaker",
    "Upvote",
    "Vote",
]

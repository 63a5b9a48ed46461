"""Bodies, meetings with their agenda, rooms with their log, public questions with their support."""

from meetings.models.bodies import Body
from meetings.models.pages import AgendaItem, ImportedMeeting, MeetingIndexPage, MeetingPage
from meetings.models.questions import PublicQuestion, Upvote
from meetings.models.records import Record, RecordEntry
from meetings.models.rooms import Room, RoomEvent

__all__ = [
    "AgendaItem",
    "Body",
    "ImportedMeeting",
    "MeetingIndexPage",
    "MeetingPage",
    "PublicQuestion",
    "Record",
    "RecordEntry",
    "Room",
    "RoomEvent",
    "Upvote",
]

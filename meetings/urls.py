"""Addresses of ``meetings``."""

from django.urls import path

from meetings import desk, downloads, feeds, screens, views

app_name = "meetings"
urlpatterns = [
    path("feed.atom", feeds.MeetingFeed(), name="feed"),
    path("calendar.ics", feeds.all_dates, name="calendar"),
    path("demonstration.m3u8", views.stream, name="stream"),
    path("<int:pk>/", views.room, name="room"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/support/", views.support, name="support"),
    path("<int:pk>/questions.json", views.questions, name="questions"),
    path("<int:pk>/asked/<uuid:key>.json", views.fate, name="fate"),
    path("<int:pk>/dates.ics", feeds.dates_of_one, name="dates"),
    path("<int:pk>/screen/", screens.screen, name="screen"),
    path("<int:pk>/desk/", desk.desk, name="desk"),
    path("<int:pk>/desk/room/", desk.change_room, name="change_room"),
    path("<int:pk>/desk/agenda/", desk.set_agenda, name="set_agenda"),
    path("<int:pk>/desk/question/<int:question_pk>/", desk.decide, name="decide"),
    path("<int:pk>/questions-and-answers.<str:kind>", downloads.public_questions, name="public_questions"),
    path("<int:pk>/desk/questions-and-answers.<str:kind>", downloads.all_questions, name="all_questions"),
    path("<int:pk>/desk/record.jsonl", downloads.meeting_record, name="record"),
    path("<int:pk>/desk/check_record.py", downloads.record_checker, name="check_record"),
]

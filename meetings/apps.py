from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        from meetings.models import MeetingPage  # models cannot be imported before the apps are ready
        from meetings.services import open_room_of_saved_meeting

        post_save.connect(open_room_of_saved_meeting, sender=MeetingPage, dispatch_uid="meetings.open_room")

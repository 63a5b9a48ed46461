from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _
from wagtail.signals import page_published


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        from meetings.models import MeetingPage  # models cannot be imported before the apps are ready
        from meetings.services import (
            forget_deleted_account,
            open_room_of_saved_meeting,
            plan_polls_of_published_meeting,
        )
        from meetings.ward_panel import coming_to_meetings
        from wards import panels

        post_save.connect(open_room_of_saved_meeting, sender=MeetingPage, dispatch_uid="meetings.open_room")
        page_published.connect(
            plan_polls_of_published_meeting, sender=MeetingPage, dispatch_uid="meetings.plan_polls"
        )
        pre_delete.connect(
            forget_deleted_account, sender=settings.AUTH_USER_MODEL, dispatch_uid="meetings.forget_account"
        )
        panels.register(coming_to_meetings)

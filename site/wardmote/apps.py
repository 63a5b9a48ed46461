from django.apps import AppConfig


class WardmoteConfig(AppConfig):
    """The house itself: its commands, styles and translations."""

    name = "wardmote"
    label = "wardmote"
    verbose_name = "Wardmote"

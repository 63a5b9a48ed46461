from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "wardmote.core"
    label = "core"
    verbose_name = "Foundation"

    def ready(self) -> None:
        from wardmote.core import checks  # noqa: F401  registers the start-up checks

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        from consultations.ward_panel import open_consultations
        from wards import panels

        panels.register(open_consultations)

        from django.db.models.signals import post_delete

        from consultations.models import Upload
        from consultations.uploads import delete_bytes

        post_delete.connect(
            lambda sender, instance, **kwargs: delete_bytes(instance), sender=Upload, weak=False, dispatch_uid="bytes"
        )

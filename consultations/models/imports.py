"""What imports need beside the responses: which rows are here already, how columns were mapped, files under way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage
from consultations.models.responses import Response


class ImportedRow(models.Model):
    """The row of a file from which a response was made, so that importing it again adds nothing.

    ``identity`` is the response's own reference in its source, or a hash of the row where it has none; ``digest`` is
    SHA-256 of what the row answered, by which a row that says something else now is told from one that is the same.
    """

    response = models.OneToOneField(Response, models.CASCADE, related_name="imported_row", verbose_name=_("response"))
    consultation = models.ForeignKey(ConsultationPage, models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=80)
    identity = models.CharField(_("identity"), max_length=140)
    digest = models.CharField(max_length=64)
    undone_at = models.DateTimeField(
        _("undone"), null=True, blank=True, help_text=_("From then on the row may be imported again.")
    )

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "source", "identity"],
                condition=models.Q(undone_at__isnull=True),
                name="row_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.identity}"


class ImportMapping(models.Model):
    """What the columns of a source's files are, as an officer chose it: offered for the next file with its headings."""

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="import_mappings", verbose_name=_("consultation")
    )
    source = models.CharField(_("source"), max_length=80)
    targets = models.JSONField(_("targets"), help_text=_("By heading, as consultations.import_columns names them."))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "source"], name="mapping_once_per_source"),
        ]

    def __str__(self) -> str:
        return self.source


class ImportFile(models.Model):
    """A file between its upload and its import. It may hold names and addresses: it goes after a day at most."""

    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="import_files", verbose_name=_("consultation")
    )
    name = models.CharField(_("name"), max_length=200)
    content = models.BinaryField(_("content"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("file to import")
        verbose_name_plural = _("files to import")
        indexes = [models.Index(fields=["uploaded_at"], name="import_file_by_age")]

    def __str__(self) -> str:
        return self.name

"""Files that respondents sent. The bytes lie in the data folder, never below a web address."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.pages import ConsultationPage
from consultations.models.responses import Response


class Upload(models.Model):
    """One file, tied to the one-use key of the form it came with, and once sent to its response.

    Its name on disk is its random ``id``; ``name`` is its sender's, with the extension that its content has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(
        ConsultationPage, models.CASCADE, related_name="uploads", verbose_name=_("consultation")
    )
    key = models.UUIDField(_("one-use key"))
    response = models.ForeignKey(
        Response, models.CASCADE, null=True, blank=True, related_name="uploads", verbose_name=_("response")
    )
    question_id = models.CharField(_("question"), max_length=36)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    uploaded_at = models.DateTimeField(_("taken in"))

    class Meta:
        verbose_name = _("file sent")
        verbose_name_plural = _("files sent")
        constraints = [
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="upload_is_not_empty"),
        ]
        indexes = [models.Index(fields=["consultation", "key"], name="upload_by_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return path_of(self.id)


def path_of(upload_id: uuid.UUID) -> Path:
    """Where the bytes lie."""
    folder: Path = settings.ANSWER_FILES_DIR
    return folder / upload_id.hex[:2] / upload_id.hex

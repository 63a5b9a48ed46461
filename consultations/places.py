"""Which ward the points in answers lie in, on the day they are given."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.enums import QuestionKind
from consultations.kinds.places import OUTSIDE
from consultations.models import Answer
from wards.queries import ward_at


def say_wards(rows: list[Answer], moment: datetime) -> list[Answer]:
    """Unsaved answers, with its ward's ONS code as ``value`` on each point in them, and the ward's name in its label.

    A point outside every ward is allowed, and marked so.
    """
    for row in rows:
        if row.kind == QuestionKind.PLACE:
            for choice in row.choices:
                latitude, longitude = (float(part) for part in choice["id"].split(","))
                ward = ward_at(longitude, latitude, timezone.localdate(moment))
                said = ward.local_name if ward else _("outside the council’s area")
                choice.update(value=ward.code if ward else OUTSIDE, label=f"{choice['label']} ({said})")
    return rows

"""The public, read-only API under ``/api/v1/``; described by ``/api/v1/openapi.json``.

There is no page that draws the description: the ready-made ones load scripts from other hosts.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema, Status

from consultations.queries import closing_soon
from wardmote.core.health import check_health
from wards.models import Ward
from wards.queries import PostcodeMalformed, PostcodeUnknown, find_ward

MAX_CONSULTATIONS = 100
"""Open consultations told at most; a council has a handful at a time."""

api = NinjaAPI(
    title="Wardmote",
    version="1",
    description="What is open to everybody, to be read by programs. No key is needed, and nothing can be changed.",
    docs_url=None,
    urls_namespace="api-v1",
)


class Problem(Schema):
    """Why there is no answer: the field at fault and what was expected."""

    field: str
    message: str


class WardOut(Schema):
    code: str
    """The ONS code, for example E05000201."""
    name: str
    name_cy: str
    url: str


class WardMatchOut(Schema):
    """``ward`` is null when the homes of one postcode lie in several wards; then the resident chooses."""

    ward: WardOut | None
    candidates: list[WardOut]
    is_split: bool


class ConsultationOut(Schema):
    title: str
    intro: str
    opens_at: datetime
    closes_at: datetime
    url: str


class HealthOut(Schema):
    database: bool
    channel_layer: bool


def _told(request: HttpRequest, ward: Ward) -> WardOut:
    url = request.build_absolute_uri(reverse("wards:ward", args=[ward.slug]))
    return WardOut(code=ward.code, name=ward.name, name_cy=ward.name_cy, url=url)


@api.get("/ward", response={200: WardMatchOut, 400: Problem, 404: Problem}, tags=["wards"])
def ward(request: HttpRequest, postcode: str = Query(max_length=50, example="IP1 2DE")) -> Any:
    """The ward of a postcode today."""
    try:
        match = find_ward(postcode, timezone.localdate())
    except PostcodeMalformed as error:
        return Status(400, Problem(field="postcode", message=str(error.message)))
    except PostcodeUnknown as error:
        return Status(404, Problem(field="postcode", message=str(error.message)))
    return WardMatchOut(
        ward=_told(request, match.ward) if match.ward else None,
        candidates=[_told(request, candidate) for candidate in match.candidates],
        is_split=match.is_split,
    )


@api.get("/consultations/open", response=list[ConsultationOut], tags=["consultations"])
def open_consultations(request: HttpRequest) -> Any:
    """Consultations open now, the one that closes first before the others."""
    return [
        ConsultationOut(
            title=page.title,
            intro=page.intro,
            opens_at=page.opens_at,
            closes_at=page.closes_at,
            url=page.get_full_url(request),
        )
        for page in closing_soon(timezone.now(), MAX_CONSULTATIONS)
    ]


@api.get("/health", response={200: HealthOut, 503: HealthOut}, tags=["site"])
def health(request: HttpRequest) -> Any:
    """Whether the database and the channel layer answer."""
    found = check_health()
    return Status(200 if found.is_well else 503, asdict(found))

"""The demonstration's two local outlets: real Atom feeds on this machine, read as any other source is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import condition

from sentiment.enums import LawfulBasis
from sentiment.models import Source
from wardmote.demo.files import comments, days_before, read_json
from wards.models import Ward


def feeds_dir() -> Path:
    return Path(settings.CONFIG.data_dir) / "demonstration"


def write_feeds(moment: datetime) -> None:
    """Write one Atom file per outlet, with its posts at their moments before ``moment``."""
    feeds_dir().mkdir(parents=True, exist_ok=True)
    for outlet in read_json("feeds.json")["outlets"]:
        feed = Atom1Feed(
            title=outlet["title"],
            link=outlet["site_url"],
            description=outlet["description"],
            feed_guid=outlet["feed_id"],
        )
        for post in comments("feed"):
            if post["outlet"] == outlet["key"]:
                said_at = days_before(moment, post["days_ago"])
                feed.add_item(
                    title=post["title"],
                    link=post["link"],
                    description=post["text"],
                    unique_id=post["link"],
                    pubdate=said_at,
                    updateddate=said_at,
                )
        (feeds_dir() / outlet["file"]).write_text(feed.writeString("utf-8"), encoding="utf-8")


def add_sources(wards: dict[str, Ward]) -> None:
    """Switch on a source for each outlet, on the footing a council would need."""
    for outlet in read_json("feeds.json")["outlets"]:
        address = settings.CONFIG.base_url + reverse("demonstration-feed", args=[outlet["file"]])
        Source.objects.get_or_create(
            address=address,
            defaults={
                "name": outlet["title"],
                "purpose": outlet["purpose"],
                "basis": LawfulBasis.PUBLIC_TASK,
                "dpia_url": outlet["site_url"] + "assessment",
                "ward": wards.get(outlet["default_ward"]),
                "retention_days": 90,
                "is_on": True,
            },
        )


def _modified(request: HttpRequest, file: str) -> datetime | None:
    path = feeds_dir() / file
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone() if path.is_file() else None


@condition(last_modified_func=_modified)
def feed(request: HttpRequest, file: str) -> HttpResponseBase:
    """One outlet's feed; known to the site only while it is a demonstration."""
    if file not in {outlet["file"] for outlet in read_json("feeds.json")["outlets"]}:
        raise Http404
    path = feeds_dir() / file
    if not settings.CONFIG.demonstration or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/atom+xml; charset=utf-8")

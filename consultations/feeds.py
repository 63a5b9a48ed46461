"""What is open to answer, as an Atom feed; when each consultation opens and closes, as calendars."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from consultations import queries
from consultations.calendars import MEDIA_TYPE, calendar_of
from consultations.models import ConsultationIndexPage, ConsultationPage
from wardmote.core.moments import say_moment

MOST_ENTRIES = 50


class ConsultationFeed(Feed):
    """Open consultations in the reader's language, the newest first; each entry says when it closes."""

    feed_type = Atom1Feed
    title = _("Consultations open to answer")

    def link(self) -> str:
        index = ConsultationIndexPage.objects.live().filter(locale=Locale.get_active()).first()
        return (index.url if index else None) or "/"

    def items(self) -> list[ConsultationPage]:
        newest_first = queries.open_at(timezone.now()).order_by("-opens_at", "-pk")
        return newest_first[:MOST_ENTRIES].in_language(Locale.get_active().language_code)

    def item_title(self, item: ConsultationPage) -> str:
        return item.title

    def item_description(self, item: ConsultationPage) -> str:
        closes = _("Closes %(moment)s.") % {"moment": say_moment(item.closes_at, timezone.now())}
        return f"{item.intro} {closes}"

    def item_link(self, item: ConsultationPage) -> str:
        return item.url or "/"

    def item_guid(self, item: ConsultationPage) -> str:
        return f"urn:uuid:{item.translation_key}"

    def item_pubdate(self, item: ConsultationPage) -> datetime:
        return item.opens_at

    def item_updateddate(self, item: ConsultationPage) -> datetime:
        return item.last_published_at or item.opens_at


@require_safe
def all_dates(request: HttpRequest) -> HttpResponse:
    """When everything open and forthcoming opens and closes, to subscribe to."""
    now, language = timezone.now(), Locale.get_active().language_code
    soon = queries.for_public().filter(closes_at__gt=now).order_by("closes_at", "pk")
    return _calendar(request, soon[:MOST_ENTRIES].in_language(language), name=gettext("Consultations"))


@require_safe
def dates_of_one(request: HttpRequest, slug: str) -> HttpResponse:
    """When one consultation opens and closes, to keep."""
    found = queries.for_public().filter(slug=slug)[:1].in_language(Locale.get_active().language_code)
    if not found:
        raise Http404
    return _calendar(request, found, name=found[0].title)


def _calendar(request: HttpRequest, pages: list[ConsultationPage], *, name: str) -> HttpResponse:
    with_addresses = [(page, request.build_absolute_uri(page.get_url(request) or "/")) for page in pages]
    made = calendar_of(with_addresses, name=name, made_at=timezone.now())
    return HttpResponse(made, content_type=MEDIA_TYPE)

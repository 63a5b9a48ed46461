"""What is open to answer, as an Atom feed."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from consultations import queries
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

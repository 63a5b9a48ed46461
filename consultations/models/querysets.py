"""Which consultations: by stage, by ward, by who may see them, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from wagtail.models import Locale
from wagtail.query import PageQuerySet

from wards.models import Ward

if TYPE_CHECKING:
    from consultations.models.pages import ConsultationPage


MOST_FOUND = 200
"""Pages that a search looks at, the most relevant first; a list of more helps nobody."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a consultation goes, for officers: responses in all, in the last seven days, and the wards they are from."""

    responses: int
    last_week: int
    wards: int


def progress_of(responses: QuerySet[Any], moment: datetime) -> Progress:
    """``responses`` counted at ``moment``; one query, whose cost does not grow with anything but their number."""
    counts = responses.aggregate(
        responses=Count("pk"),
        last_week=Count("pk", filter=Q(submitted_at__gt=moment - timedelta(days=7))),
        wards=Count("ward", distinct=True),
    )
    return Progress(**counts)


class ConsultationQuerySet(PageQuerySet):
    def canonical(self) -> ConsultationQuerySet:
        """One page per consultation: the one in the site's first language, or the only one there is."""
        default = Locale.get_default()
        in_first_language = self.model.objects.filter(translation_key=OuterRef("translation_key"), locale=default)
        return self.filter(Q(locale=default) | ~Exists(in_first_language)).select_related("locale")

    def for_public(self) -> ConsultationQuerySet:
        """What anybody may see: published, and not behind a password or a group."""
        found: ConsultationQuerySet = self.live().public()
        return found

    def open_at(self, moment: datetime) -> ConsultationQuerySet:
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def forthcoming_at(self, moment: datetime) -> ConsultationQuerySet:
        return self.filter(opens_at__gt=moment)

    def closed_at(self, moment: datetime) -> ConsultationQuerySet:
        """Closed, with or without an outcome."""
        return self.filter(closes_at__lte=moment)

    def reported_at(self, moment: datetime) -> ConsultationQuerySet:
        return self.closed_at(moment).filter(outcome_published_at__lte=moment)

    def for_ward(self, ward: Ward) -> ConsultationQuerySet:
        """Those that ask ``ward``: they name it, or no ward at all."""
        through = self.model.wards.through.objects.filter(consultationpage=OuterRef("pk"))
        return self.filter(Exists(through.filter(ward=ward)) | ~Exists(through))

    def matching(self, words: str) -> ConsultationQuerySet:
        """Those in which every one of ``words`` stands, in whatever language; two queries.

        The search index holds a page in each language, and finds words in their other forms ("parks" for "park")
        where the database knows the language.
        """
        found = self.model.objects.live().search(words, operator="and")[:MOST_FOUND]
        return self.filter(translation_key__in={page.translation_key for page in found})

    def in_language(self, language_code: str) -> list[ConsultationPage]:
        """The pages with their words in ``language_code`` where such a translation is published; two queries.

        A translation takes over the moments of the page it stands for, since they are that page's alone.
        """
        originals = list(self)
        translations = self.model.objects.live().filter(
            translation_key__in=[page.translation_key for page in originals],
            locale__language_code=language_code,
        )
        by_key = {page.translation_key: page for page in translations.select_related("locale")}
        return [_with_moments_of(page, by_key.get(page.translation_key, page)) for page in originals]


def _with_moments_of(canonical: ConsultationPage, page: ConsultationPage) -> ConsultationPage:
    page.opens_at, page.closes_at = canonical.opens_at, canonical.closes_at
    page.outcome_published_at = canonical.outcome_published_at
    return page

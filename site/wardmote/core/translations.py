"""Pages in the reader's language, and which language their words really are in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from django.utils.translation import get_language
from wagtail.models import Locale, Page

AnyPage = TypeVar("AnyPage", bound=Page)


def tell_in_readers_language(pages: Iterable[AnyPage]) -> list[AnyPage]:
    """Give each page, in the site's first language, ``told``: its published twin in the reader's, or itself.

    Two queries more in another language, none in the first. Rows that belong to the page stay with the page itself.
    """
    found = list(pages)
    told: dict[object, AnyPage] = {}
    if found and get_language() != settings.LANGUAGE_CODE:
        first = Locale.get_default()
        for page in found:
            page.locale = first  # so that whoever asks for its language asks the database once for all
        twins = (
            type(found[0])
            .objects.live()
            .filter(
                translation_key__in=[page.translation_key for page in found], locale__language_code=get_language()
            )
        )
        told = {twin.translation_key: twin for twin in twins.select_related("locale")}
    for page in found:
        page.told = told.get(page.translation_key, page)
    return found


def language_of_words(page: Page) -> str:
    """The language an editor wrote ``page`` in. An alias stands in with the words of the first language."""
    return settings.LANGUAGE_CODE if page.alias_of_id else page.locale.language_code

"""``{% lang_of page %}``: marks words in another language than their page's, for voices that read aloud."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.models import Page

from wardmote.core.translations import language_of_words

register = template.Library()

HTML_LANGUAGES = {"en": "en-GB"}


def html_language(code: str) -> str:
    """The value of ``lang``: ``en-GB`` or ``cy``."""
    return HTML_LANGUAGES.get(code, code)


@register.simple_tag
def lang_of(page: Page | None) -> SafeString | str:
    """A ``lang`` attribute with a space before it, where ``page`` is not in the reader's language; else nothing."""
    # Nobody meets a page of another language in the site's first one.
    if page is None or not page.pk or get_language() == settings.LANGUAGE_CODE:
        return ""
    language = language_of_words(page)
    return "" if language == get_language() else format_html(' lang="{}"', html_language(language))

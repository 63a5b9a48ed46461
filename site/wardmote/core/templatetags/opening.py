"""``{{ html|opening }}``: the first paragraph of rich text, as plain words, for lists that lead to the whole."""

from __future__ import annotations

import re
from html import unescape

from django import template
from django.utils.html import strip_tags

register = template.Library()

_FIRST_BLOCK = re.compile(r"<(p|li|h[2-4])\b[^>]*>(.*?)</\1>", re.DOTALL)


@register.filter
def opening(html: str) -> str:
    """The words of the first paragraph, list item or heading in ``html``; of all of it when it has none."""
    found = _FIRST_BLOCK.search(html)
    # Not marked safe: the words are escaped again where they are printed.
    return unescape(strip_tags(found[2] if found else html)).strip()

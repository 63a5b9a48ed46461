"""Links between the pages of a long list; the rest of the address is kept."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.core.paginator import Page

register = template.Library()


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, number: int, parameter: str = "") -> str:
    """The present address's query with the page number set (``parameter`` is "p" when empty)."""
    query = context["request"].GET.copy()
    query[parameter or "p"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page: Page) -> Iterator[int | str]:
    """The numbers worth showing, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)

"""What every page's frame needs: the council's name, the navigation, the same page in the other language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from wardmote.core.roles import is_officer
from wardmote.core.templatetags.languages import html_language
from wardmote.home.models import CouncilBranding
from wards.queries import current_ward_set

register = template.Library()

LANGUAGE_NAMES = {"en": "English", "cy": "Cymraeg"}
"""Each language's own name for itself."""


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class LanguageLink:
    href: str
    text: str
    lang: str
    is_current: bool


@register.simple_tag(name="html_language")
def language_of_the_page() -> str:
    """The value of ``lang``: ``en-GB`` or ``cy``."""
    return html_language(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def is_demonstration() -> bool:
    return settings.CONFIG.demonstration


@register.simple_tag(takes_context=True)
def council_branding(context: template.Context) -> CouncilBranding:
    """The site's branding; named after the software until officers name their council."""
    request = context.get("request")
    site = Site.find_for_request(request) if request else None
    branding = CouncilBranding.for_request(request) if site else CouncilBranding()
    branding.name = branding.name or settings.WAGTAIL_SITE_NAME
    return branding


@register.simple_tag
def brand_css_address(branding: CouncilBranding) -> str:
    """The address of the council's colours, new when they are; empty for the house's own."""
    return f"{reverse('brand_css')}?v={branding.colour.lstrip('#')}" if branding.brand else ""


@register.simple_tag(takes_context=True)
def front_page_address(context: template.Context) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


@register.simple_tag(takes_context=True)
def main_navigation(context: template.Context) -> list[Link]:
    """The front page's children that officers put in menus, then wards and what the reader may open."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    links = [_link(request, page.get_url(request), page.title) for page in _menu_pages(request)]
    links += _named_links(request)
    return links


def _menu_pages(request: HttpRequest) -> list[Page]:
    site = Site.find_for_request(request)
    if site is None or site.root_page.is_root():
        return []
    return list(site.root_page.localized.get_children().live().in_menu())


def _named_links(request: HttpRequest) -> list[Link]:
    user = getattr(request, "user", None)
    wanted = [("wards:index", _("Wards"))]
    if user is not None and user.is_authenticated:
        officer = is_officer(user)
        if officer or hasattr(user, "councillor"):
            wanted.append(("dashboards:index", _("Dashboard")))
        if officer:
            wanted.append(("wagtailadmin_home", _("Administration")))
    return [_link(request, reverse(name), text) for name, text in wanted]


def _link(request: HttpRequest, href: str, text: str) -> Link:
    return Link(href, text, is_current=request.path.startswith(href))


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[LanguageLink]:
    """The same page in each language; the front page where it has no translation."""
    request: HttpRequest | None = context.get("request")
    current = get_language() or settings.LANGUAGE_CODE
    return [
        LanguageLink(
            href=_in_language(request, context.get("page"), code) if request else "/",
            text=LANGUAGE_NAMES[code],
            lang=code,
            is_current=code == current,
        )
        for code, _name in settings.LANGUAGES
    ]


def _in_language(request: HttpRequest, page: Any, code: str) -> str:
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    own_view = request.resolver_match and request.resolver_match.url_name != "wagtail_serve"
    if isinstance(page, Page) and not own_view:  # a form or a room about a page has an address of its own
        locale = Locale.objects.filter(language_code=code).first()
        translation = page.get_translation_or_none(locale) if locale else None
        with override(code):
            return translation.get_url(request) if translation and translation.live else _front(code)
    try:
        resolve(request.path_info)
    except Resolver404:
        return _front(code)
    return translate_url(request.path, code) + query


def _front(code: str) -> str:
    return "/" if code == settings.LANGUAGE_CODE else f"/{code}/"


@register.simple_tag
def localised_address(page: Page | None) -> str:
    """The address of ``page`` in the reader's language; empty when there is none."""
    return (page.localized.get_url() or "") if page else ""


@register.simple_tag
def ward_attribution() -> str:
    """Whom the boundaries and postcodes of today's wards come from."""
    ward_set = current_ward_set(timezone.localdate())
    return ward_set.attribution if ward_set else ""


@register.simple_tag
def council_name() -> str:
    """The default site's council, for letters, which have no request; the software's name until officers set one."""
    site = Site.objects.filter(is_default_site=True).first()
    branding = CouncilBranding.for_site(site) if site else CouncilBranding()
    return branding.local_name or settings.WAGTAIL_SITE_NAME


@register.simple_tag
def site_address() -> str:
    return settings.CONFIG.base_url

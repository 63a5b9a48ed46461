"""Lays out a site: the pages every council needs, in both languages, and its name and look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from string import Template
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from wagtail.models import Locale, Page, Site

from consultations.models import ConsultationIndexPage
from meetings.models import MeetingIndexPage
from wardmote.core.moments import say_day
from wardmote.home.models import CouncilBranding, HomePage, StandardPage
from wardmote.home.officers import provide_officers

WELSH = "cy"

_TITLES = {
    "home": ("What is happening where you live?", "Beth sy’n digwydd lle rydych chi’n byw?"),
    "consultations": ("Consultations", "Ymgyngoriadau"),
    "meetings": ("Meetings", "Cyfarfodydd"),
    "accessibility": ("Accessibility statement", "Datganiad hygyrchedd"),
    "privacy": ("Privacy notice", "Hysbysiad preifatrwydd"),
}
"""Slug: title in English and in Welsh."""

_LEDES = (
    "Enter your postcode to see what is being decided near you, who your councillors are, and where you can have your say.",  # noqa: E501
    "Rhowch eich cod post i weld beth sy’n cael ei benderfynu yn eich ardal, pwy yw eich cynghorwyr, a ble gallwch chi ddweud eich dweud.",  # noqa: E501
)

AnyPage = TypeVar("AnyPage", bound=Page)


@dataclass(frozen=True, slots=True)
class LaidOutSite:
    """The pages under which others are made, in the site's first language."""

    site: Site
    home: HomePage
    consultations: ConsultationIndexPage
    meetings: MeetingIndexPage


@transaction.atomic
def lay_out_site(*, name: str, name_cy: str = "", contact_email: str = "", colour: str = "") -> LaidOutSite:
    """Make what is missing of the site's tree, its Welsh twin and its branding; touch nothing that is there.

    ``colour`` is ``#rrggbb``, or empty for the house's own. Safe to repeat.
    """
    Locale.objects.get_or_create(language_code=WELSH)
    home = _ensure_home()
    site = _ensure_site(home)
    provide_officers(home)
    consultations = _ensure_child(home, ConsultationIndexPage, "consultations", show_in_menus=True)
    meetings = _ensure_child(home, MeetingIndexPage, "meetings", show_in_menus=True)
    words = {"council": (name, name_cy or name), "email": (contact_email, contact_email)}
    accessibility = _ensure_child(home, StandardPage, "accessibility", body=words)
    privacy = _ensure_child(home, StandardPage, "privacy", body=words)
    branding = CouncilBranding.for_site(site)
    _fill_blanks(
        branding,
        name=name,
        name_cy=name_cy,
        contact_email=contact_email,
        colour=colour,
        accessibility_page=accessibility,
        privacy_page=privacy,
    )
    return LaidOutSite(site, home, consultations, meetings)


def _ensure_home() -> HomePage:
    default = Locale.get_default()
    found: HomePage | None = HomePage.objects.filter(locale=default).order_by("path").first()
    if found is not None:
        return found
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=default)
    home = HomePage(title=_TITLES["home"][0], slug="front", lede=_LEDES[0], locale=default)
    root.add_child(instance=home)
    home.save_revision().publish()
    _translate(home, title=_TITLES["home"][1], lede=_LEDES[1])
    return home


def _ensure_site(home: HomePage) -> Site:
    """The default site, starting at ``home``. The page that Wagtail welcomes with makes way for it."""
    address = urlsplit(settings.CONFIG.base_url)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        return Site.objects.create(
            hostname=address.hostname or "localhost", port=port, root_page=home, is_default_site=True
        )
    if not isinstance(site.root_page.specific, HomePage):
        welcome = site.root_page
        site.hostname, site.port, site.root_page = address.hostname or "localhost", port, home
        site.save()
        if not welcome.is_root() and welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    return site


def _ensure_child(
    home: HomePage, kind: type[AnyPage], slug: str, *, body: dict[str, tuple[str, str]] | None = None, **fields: Any
) -> AnyPage:
    found: AnyPage | None = kind.objects.child_of(home).filter(slug=slug).first()
    if found is not None:
        return found
    english, welsh = _TITLES[slug]
    page: AnyPage = kind(title=english, slug=slug, locale=home.locale, **fields, **_body(slug, "en", body, 0))
    home.add_child(instance=page)
    page.save_revision().publish()
    _translate(page, title=welsh, **_body(slug, WELSH, body, 1))
    return page


def _body(slug: str, language: str, words: dict[str, tuple[str, str]] | None, which: int) -> dict[str, Any]:
    """The text of a plain page from ``texts/``, with the council's name, address and today's date in it."""
    if words is None:
        return {}
    told = Template(resources.files("wardmote.home").joinpath(f"texts/{slug}.{language}.html").read_text("utf-8"))
    today: date = timezone.localdate()
    with translation.override(language):
        # The year is always said: a statement is read for years.
        values = {key: pair[which] for key, pair in words.items()} | {
            "date": say_day(today, date(1, 1, 1)),
            "asker_days": str(settings.CONFIG.asker_days),
            "asker_email_days": str(settings.CONFIG.asker_email_days),
        }
    return {"body": [{"type": "text", "value": told.substitute(values)}]}


def _translate(page: Page, **fields: Any) -> None:
    """Give ``page`` a Welsh twin with words of its own."""
    twin = page.copy_for_translation(Locale.objects.get(language_code=WELSH))
    for name, value in fields.items():
        setattr(twin, name, value)
    twin.save_revision().publish()


def _fill_blanks(branding: CouncilBranding, **fields: Any) -> None:
    for name, value in fields.items():
        if not getattr(branding, name):
            setattr(branding, name, value)
    branding.save()

"""Lays out a council's site: front page, lists of consultations and meetings, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from wagtail.models import Locale, Page, Site

from consultations.models import ConsultationIndexPage
from meetings.models import MeetingIndexPage
from wardmote.home.models import CouncilBranding, HomePage
from wardmote.home.officers import provide_officers

PageType = TypeVar("PageType", bound=Page)


@dataclass(frozen=True, slots=True)
class LaidOutSite:
    """The pages under which everything else is published, in the site's first language."""

    home: HomePage
    consultations: ConsultationIndexPage
    meetings: MeetingIndexPage


@transaction.atomic
def lay_out_site(*, name: str, name_cy: str = "", contact_email: str = "", colour: str = "") -> LaidOutSite:
    """Make the pages a council's site begins with, and name it. Safe to repeat: what is there stays as it is."""
    english, _ = Locale.objects.get_or_create(language_code="en")
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=english)
    home = _page(root, HomePage(title=name, slug="front", locale=english), welsh)
    site = _site(home)
    provide_officers(home)
    laid_out = LaidOutSite(
        home=home,
        consultations=_page(home, ConsultationIndexPage(title="Consultations", slug="consultations"), welsh),
        meetings=_page(home, MeetingIndexPage(title="Meetings", slug="meetings"), welsh),
    )
    CouncilBranding.objects.get_or_create(
        site=site, defaults={"name": name, "name_cy": name_cy, "contact_email": contact_email, "colour": colour}
    )
    return laid_out


def _page(parent: Page, page: PageType, welsh: Locale) -> PageType:
    """The child of ``parent`` of this type and slug, published if it is new, standing in under ``/cy/`` as well."""
    found: PageType | None = type(page).objects.child_of(parent).filter(slug=page.slug).first()
    if found is None:
        page.locale = parent.locale
        parent.add_child(instance=page)
        page.save_revision().publish()
        found = page
    if not found.has_translation(welsh):
        found.copy_for_translation(welsh, copy_parents=True, alias=True)
    return found


def _site(home: HomePage) -> Site:
    """The default site, with ``home`` at its root; Wagtail's own welcome page goes."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        return Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    if site.root_page_id != home.pk:
        old = site.root_page
        site.root_page = home
        site.save()
        if old.depth > 1 and type(old.specific) is Page:
            old.delete()
    return site

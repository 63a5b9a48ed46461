from datetime import timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale, Site

from consultations.models import ConsultationPage
from wardmote.core.translations import tell_in_readers_language
from wardmote.home.services import LaidOutSite, lay_out_site


@pytest.fixture
def laid_out(site: Site) -> LaidOutSite:
    return lay_out_site(name="Orwell Borough Council")


@pytest.fixture
def pages(laid_out: LaidOutSite) -> list[ConsultationPage]:
    """Three consultations: one translated, one with a stand-in under /cy/, one with neither."""
    now = timezone.now()
    made = []
    for title in ("Bins", "Buses", "Trees"):
        page = ConsultationPage(title=title, intro="In short.", opens_at=now, closes_at=now + timedelta(days=9))
        laid_out.consultations.add_child(instance=page)
        made.append(page)
    welsh = Locale.objects.get(language_code="cy")
    twin = made[0].copy_for_translation(welsh)
    twin.title = "Biniau"
    twin.save_revision().publish()
    made[1].copy_for_translation(welsh, alias=True)
    return made


def lang_of(page: ConsultationPage) -> str:
    return Template("{% load languages %}<p{% lang_of page %}>").render(Context({"page": page}))


def test_pages_are_told_in_the_readers_language_by_two_queries(pages: list[ConsultationPage]) -> None:
    with translation.override("cy"), CaptureQueriesContext(connection) as queries:
        told = [page.told.title for page in tell_in_readers_language(pages)]
    assert told == ["Biniau", "Buses", "Trees"]
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        assert [page.told for page in tell_in_readers_language(pages)] == pages
    assert len(queries) == 0


def test_words_in_another_language_are_marked(pages: list[ConsultationPage]) -> None:
    assert [lang_of(page) for page in pages] == ["<p>", "<p>", "<p>"]
    with translation.override("cy"):
        told = [page.told for page in tell_in_readers_language(pages)]
        assert [lang_of(page) for page in told] == ["<p>", '<p lang="en-GB">', '<p lang="en-GB">']


def test_welsh_front_page_marks_what_is_still_english(pages: list[ConsultationPage], client: Client) -> None:
    text = client.get("/cy/").content.decode()
    assert text.index("Biniau") > 0
    assert text.count('<div lang="en-GB">') == 2


def test_upload_is_served_and_nothing_beside_it(laid_out: LaidOutSite, client: Client, settings: object) -> None:
    folder = settings.MEDIA_ROOT / "images"  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "crest.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    response = client.get("/media/images/crest.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"
    outside = ("/media/../secret_key", "/media/..%2fsecret_key", "/media/images/", "/media/none.png")
    assert [client.get(path).status_code for path in outside] == [400, 400, 404, 404]

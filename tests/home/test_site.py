import gzip
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from wagtail.models import Page, Site

from consultations.models import ConsultationPage
from wardmote.home.models import CouncilBranding, HomePage, StandardPage
from wardmote.home.queries import front_page
from wardmote.home.services import LaidOutSite, lay_out_site


@pytest.fixture
def laid_out(site: Site) -> LaidOutSite:
    return lay_out_site(
        name="Orwell Borough Council",
        name_cy="Cyngor Bwrdeistref Orwell",
        contact_email="help@orwell.example",
        colour="#12263f",
    )


def make_consultation(laid_out: LaidOutSite, title: str, **fields: object) -> ConsultationPage:
    now = timezone.now()
    page = ConsultationPage(
        title=title,
        intro="In short.",
        **{"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9)} | fields,
    )
    laid_out.consultations.add_child(instance=page)
    return page


def test_site_is_laid_out_in_both_languages(laid_out: LaidOutSite) -> None:
    tree = {
        page.url_path.partition("/")[2]: (page.title, page.locale.language_code, page.live)
        for page in Page.objects.filter(depth__gt=1).select_related("locale")
    }
    assert tree == {
        "front/": ("What is happening where you live?", "en", True),
        "front/consultations/": ("Consultations", "en", True),
        "front/meetings/": ("Meetings", "en", True),
        "front/accessibility/": ("Accessibility statement", "en", True),
        "front/privacy/": ("Privacy notice", "en", True),
        "front-cy/": ("Beth sy’n digwydd lle rydych chi’n byw?", "cy", True),
        "front-cy/consultations/": ("Ymgyngoriadau", "cy", True),
        "front-cy/meetings/": ("Cyfarfodydd", "cy", True),
        "front-cy/accessibility/": ("Datganiad hygyrchedd", "cy", True),
        "front-cy/privacy/": ("Hysbysiad preifatrwydd", "cy", True),
    }


def test_laying_out_again_changes_nothing_that_officers_set(laid_out: LaidOutSite) -> None:
    HomePage.objects.filter(pk=laid_out.home.pk).update(title="Welcome")
    branding = CouncilBranding.for_site(laid_out.site)
    branding.colour = "#aa0000"
    branding.save()
    before = list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision_id"))
    again = lay_out_site(name="Another name", colour="#00ff00")
    assert again == laid_out
    assert list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision_id")) == before
    branding = CouncilBranding.for_site(laid_out.site)
    assert (branding.name, branding.colour) == ("Orwell Borough Council", "#aa0000")


@pytest.mark.parametrize("slug", ["accessibility", "privacy"])
def test_plain_pages_carry_the_council_in_each_language(laid_out: LaidOutSite, slug: str) -> None:
    texts = {page.locale.language_code: str(page.body) for page in StandardPage.objects.filter(slug=slug)}
    assert set(texts) == {"en", "cy"}
    assert "Orwell Borough Council" in texts["en"]
    assert "Cyngor Bwrdeistref Orwell" in texts["cy"]
    assert all("help@orwell.example" in text and "$" not in text for text in texts.values())


def test_front_page_tells_what_is_open_and_what_changed(laid_out: LaidOutSite, client: Client) -> None:
    now = timezone.now()
    soon = make_consultation(laid_out, "Bins", closes_at=now + timedelta(days=2))
    later = make_consultation(laid_out, "Buses")
    make_consultation(laid_out, "Not yet", opens_at=now + timedelta(days=1))
    decided = make_consultation(
        laid_out,
        "Trees",
        closes_at=now - timedelta(days=1),
        outcome_published_at=now,
        you_said="<p>Plant.</p>",
        we_did="<p>Planted.</p>",
    )
    front = front_page(now)
    assert [page.pk for page in front.consultations] == [soon.pk, later.pk]
    assert [page.pk for page in front.outcomes] == [decided.pk]
    assert front.meeting is None
    text = client.get("/").content.decode()
    assert text.index("Bins") < text.index("Buses") < text.index("Planted.")
    assert "Not yet" not in text


def test_front_page_makes_no_more_queries_when_more_is_open(
    laid_out: LaidOutSite, client: Client, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_consultation(laid_out, "One")
    client.get("/")  # content types and site are cached by now
    with CaptureQueriesContext(
        connection,
    ) as with_one:
        client.get("/")
    make_consultation(laid_out, "Two")
    make_consultation(laid_out, "Three")
    with CaptureQueriesContext(connection) as with_three:
        client.get("/")
    assert len(with_three) == len(with_one)


def test_empty_front_page_says_so(laid_out: LaidOutSite, client: Client) -> None:
    assert "Nothing is open at the moment" in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/cy/", "/accessibility/", "/cy/privacy/", "/nothing-here/"])
def test_reading_sets_no_cookie(laid_out: LaidOutSite, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.cookies.output() == ""


def test_language_switch_leads_to_the_same_page(laid_out: LaidOutSite, client: Client) -> None:
    english = client.get("/accessibility/").content.decode()
    assert '<html lang="en-GB"' in english
    assert 'href="/cy/accessibility/" rel="alternate" lang="cy"' in english
    welsh = client.get("/cy/accessibility/").content.decode()
    assert '<html lang="cy"' in welsh
    assert 'href="/accessibility/" rel="alternate" lang="en"' in welsh
    assert "Cyngor Bwrdeistref Orwell" in welsh


def test_language_switch_of_a_view_keeps_its_query(laid_out: LaidOutSite, client: Client) -> None:
    text = client.get("/account/login/?next=/wards/").content.decode()
    assert 'href="/cy/account/login/?next=/wards/"' in text


def test_missing_page_is_told_in_the_house_style_and_language(laid_out: LaidOutSite, client: Client) -> None:
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "<title>This page is not here – Orwell Borough Council</title>" in response.content.decode()
    assert '<html lang="cy"' in client.get("/cy/dim-byd/").content.decode()


def test_broken_page_is_told_without_a_query(laid_out: LaidOutSite, django_assert_num_queries: object) -> None:
    from django.test import RequestFactory
    from django.views.defaults import server_error

    with django_assert_num_queries(0), translation.override("cy"):  # type: ignore[operator]
        response = server_error(RequestFactory().get("/cy/"))
    assert response.status_code == 500
    assert '<html lang="cy"' in response.content.decode()


def test_form_without_its_token_is_refused_in_the_house_style(laid_out: LaidOutSite) -> None:
    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a@example.org"})
    assert response.status_code == 403
    assert "<title>Please send it again – Orwell Borough Council</title>" in response.content.decode()


def test_every_page_says_it_is_a_demonstration_only_when_it_is(
    laid_out: LaidOutSite, client: Client, settings: object
) -> None:
    for path in ("/", "/account/login/", "/nothing-here/"):
        assert "This is a demonstration." in client.get(path).content.decode()
    settings.CONFIG = settings.CONFIG.model_copy(update={"demonstration": False})  # type: ignore[attr-defined]
    assert "This is a demonstration." not in client.get("/").content.decode()


def test_pages_travel_small_to_whoever_can_unpack_them(laid_out: LaidOutSite, client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).decode().count("<main") == plain.content.decode().count("<main") == 1
    assert len(packed.content) * 2 < len(plain.content)

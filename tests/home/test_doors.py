"""Health, security.txt, headers, the API."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.models import Site

from consultations.models import ConsultationPage
from wardmote.home.models import CouncilBranding
from wardmote.home.services import lay_out_site
from wards.models import Postcode, Ward


@pytest.mark.parametrize("path", ["/health/", "/api/v1/health"])
def test_health_is_well(db: None, client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()) == (200, {"database": True, "channel_layer": True})
    assert response.cookies.output() == ""


@pytest.mark.parametrize("path", ["/health/", "/api/v1/health"])
def test_health_is_503_when_the_channel_layer_does_not_answer(db: None, client: Client, path: str) -> None:
    layers = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:1/0", "socket_connect_timeout": 1}]},
        }
    }
    pytest.importorskip("channels_redis")
    with override_settings(CHANNEL_LAYERS=layers):
        response = client.get(path)
    assert (response.status_code, response.json()) == (503, {"database": True, "channel_layer": False})


def test_security_txt_names_whom_to_write_to_until_a_day_to_come(site: Site, client: Client) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    branding = CouncilBranding.for_site(site)
    branding.contact_email = "help@orwell.example"
    branding.save()
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert lines["Contact"] == "mailto:help@orwell.example"
    expires = timezone.datetime.fromisoformat(lines["Expires"])
    assert timedelta(days=178) < expires - timezone.now() <= timedelta(days=180)


def policy(response: object) -> dict[str, list[str]]:
    header = response["Content-Security-Policy"]  # type: ignore[index]
    return {words[0]: sorted(words[1:]) for words in (part.split() for part in header.split(";"))}


def test_public_pages_allow_no_inline_script_and_no_other_host(site: Site, client: Client) -> None:
    for path in ("/account/login/", "/nothing-here/"):
        found = policy(client.get(path))
        assert found["default-src"] == ["'none'"]
        assert found["script-src"] == ["'self'"]
        assert found["style-src"] == ["'self'"]
        assert [source for sources in found.values() for source in sources if "//" in source or source == "*"] == []


def test_admin_alone_allows_inline_scripts(site: Site, client: Client, make_user: object) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))  # type: ignore[operator]
    found = policy(client.get("/admin/"))
    assert found["script-src"] == ["'self'", "'unsafe-inline'"]
    assert found["style-src"] == ["'self'", "'unsafe-inline'"]
    assert [source for sources in found.values() for source in sources if "//" in source or source == "*"] == []


def test_api_tells_the_ward_of_a_postcode(ward: Ward, client: Client) -> None:
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP12DE")
    told = {
        "code": ward.code,
        "name": "Northgate",
        "name_cy": "",
        "url": "http://testserver/wards/northgate/",
    }
    response = client.get("/api/v1/ward", {"postcode": "ip1 2de"})
    assert (response.status_code, response.json()) == (200, {"ward": told, "candidates": [told], "is_split": False})


@pytest.mark.parametrize(("typed", "status"), [("nonsense", 400), ("", 400), ("IP9 9ZZ", 404)])
def test_api_names_the_field_at_fault(db: None, client: Client, typed: str, status: int) -> None:
    response = client.get("/api/v1/ward", {"postcode": typed})
    assert response.status_code == status
    assert response.json()["field"] == "postcode"
    assert response.json()["message"]


def test_api_refuses_a_missing_or_endless_postcode(db: None, client: Client) -> None:
    assert client.get("/api/v1/ward").status_code == 422
    assert client.get("/api/v1/ward", {"postcode": "x" * 51}).status_code == 422


def test_api_lists_open_consultations(site: Site, client: Client) -> None:
    laid_out = lay_out_site(name="Orwell Borough Council")
    now = timezone.now().replace(microsecond=0)
    for title, opens in (("Bins", -1), ("Buses", 1)):
        page = ConsultationPage(
            title=title,
            intro="In short.",
            opens_at=now + timedelta(days=opens),
            closes_at=now + timedelta(days=9),
        )
        laid_out.consultations.add_child(instance=page)
    found = client.get("/api/v1/consultations/open").json()
    assert [(one["title"], one["intro"]) for one in found] == [("Bins", "In short.")]
    assert found[0]["url"].endswith("/consultations/bins/")


def test_api_is_described_but_draws_no_page_from_other_hosts(db: None, client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert sorted(described["paths"]) == ["/api/v1/consultations/open", "/api/v1/health", "/api/v1/ward"]
    assert client.get("/api/v1/docs", follow=True).status_code == 404

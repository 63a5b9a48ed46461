import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from wardmote.accounts.models import User
from wardmote.home.services import lay_out_site
from wards.models import Ward

BACKEND = "django.contrib.auth.backends.ModelBackend"


def navigation(client: Client, path: str) -> list[str]:
    text = client.get(path).content.decode()
    return re.findall(r"<a class=\"govuk-service-navigation__link\"[^>]*>(?:<strong[^>]*>)?([^<]+)", text)


@pytest.fixture(autouse=True)
def _laid_out(site: Site) -> None:
    lay_out_site(name="Orwell Borough Council")


def test_everybody_finds_what_is_theirs(
    client: Client, officer: User, resident: User, make_councillor: Callable[[Ward], User], ward: Ward, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    found = {"nobody": navigation(client, "/")}
    for who, user in {"resident": resident, "councillor": make_councillor(ward), "officer": officer}.items():
        visitor = Client()
        visitor.force_login(user, backend=BACKEND)
        found[who] = navigation(visitor, "/")
    public = ["Consultations", "Meetings", "Wards"]
    assert found == {
        "nobody": [*public, "Sign in"],
        "resident": [*public, "Account", "Sign out"],
        "councillor": [*public, "Dashboard", "Account", "Sign out"],
        "officer": [*public, "Dashboard", "Administration", "Account", "Sign out"],
    }


def test_navigation_marks_where_the_reader_is_in_their_language(client: Client) -> None:
    assert navigation(client, "/cy/") == ["Ymgyngoriadau", "Cyfarfodydd", "Wardiau", "Mewngofnodi"]
    text = client.get("/cy/consultations/").content.decode()
    assert re.findall(r'href="([^"]+)" aria-current="true"', text) == ["/cy/consultations/"]

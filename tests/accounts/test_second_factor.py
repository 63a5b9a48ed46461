"""Officers and councillors get nowhere without a second factor; residents never meet it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.models import Site

from wardmote.accounts.models import User
from wards.models import Ward

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXP"
SET_UP = "/account/second-step/app/"


@pytest.fixture(autouse=True)
def _required(settings: Any, site: Site) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()  # a code works once, and accounts of one test have the keys of another's


@pytest.fixture
def with_password() -> Callable[[User], User]:
    def give(user: User) -> User:
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return give


@pytest.fixture
def duty_holder(
    request: pytest.FixtureRequest, officer: User, make_councillor: Callable[[Ward], User], ward: Ward
) -> User:
    return officer if request.param == "officer" else make_councillor(ward)


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def admin_paths() -> Iterator[str]:
    """Every address under /admin/, its parts filled in with what their converters take."""
    resolvers = (one for one in get_resolver().url_patterns if isinstance(one, URLResolver))
    yield from _paths("/admin/", next(one for one in resolvers if str(one.pattern) == "admin/"))


def _paths(prefix: str, resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _paths(prefix + _filled(pattern.pattern), pattern)
        elif isinstance(pattern, URLPattern):
            yield prefix + _filled(pattern.pattern)


def _filled(pattern: Any) -> str:
    path = str(pattern)
    for name, converter in getattr(pattern, "converters", {}).items():
        kind = type(converter).__name__
        value = {"IntConverter": "1", "UUIDConverter": "00000000-0000-0000-0000-000000000000"}.get(kind, "x")
        for written in ("<", "<int:", "<str:", "<slug:", "<path:", "<uuid:"):
            path = path.replace(f"{written}{name}>", value)
    return "" if path.startswith("^") else path


@pytest.mark.parametrize("duty_holder", ["officer", "councillor"], indirect=True)
def test_password_alone_opens_only_set_up_and_sign_out(
    client: Client, duty_holder: User, with_password: Callable[[User], User]
) -> None:
    sign_in(client, with_password(duty_holder))
    assert client.session["_auth_user_id"] == str(duty_holder.pk)
    for path in ("/admin/", "/account/", "/account/second-step/", "/account/password/set/", "/account/signup/"):
        response = client.get(path)
        assert (path, response.status_code, response["Location"]) == (path, 302, SET_UP)
    assert client.get("/cy/account/second-step/")["Location"] == f"/cy{SET_UP}"
    assert client.get(SET_UP).status_code == 200
    assert client.post("/account/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_password_alone_opens_no_address_of_the_admin(
    client: Client, officer: User, with_password: Callable[[User], User]
) -> None:
    sign_in(client, with_password(officer))
    paths = sorted(set(admin_paths()) - {"/admin/logout/"})
    assert len(paths) > 150
    opened = []
    for path in paths:
        response = client.get(path)
        # No such page; or the set-up; or the same address with its last stroke; or our own sign-in page.
        if response.status_code != 404 and response.get("Location") not in {SET_UP, f"{path}/", "/account/login/"}:
            opened.append((path, response.status_code, response.get("Location")))
    assert opened == []


def test_nothing_is_changed_by_a_form_sent_without_the_second_factor(
    client: Client, officer: User, with_password: Callable[[User], User]
) -> None:
    sign_in(client, with_password(officer))
    response = client.post("/admin/locales/new/", {"language_code": "cy"})
    assert response.status_code == 403
    assert "Nothing was changed." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_setting_it_up_opens_the_admin(client: Client, officer: User, with_password: Callable[[User], User]) -> None:
    sign_in(client, with_password(officer))
    secret = client.get(SET_UP).context["form"].secret
    response = client.post(SET_UP, {"code": code_now(secret)})
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_view_recovery_codes"))
    assert client.get(response["Location"]).status_code == 200
    assert client.get("/admin/").status_code == 200


def test_signing_in_takes_both_and_leads_to_the_admin(
    client: Client, officer: User, with_password: Callable[[User], User]
) -> None:
    TOTP.activate(with_password(officer), SECRET)
    assert sign_in(client, officer)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert "This is not the code your app shows now." in wrong.content.decode()
    right = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert (right.status_code, right["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_session_opened_by_another_door_must_still_give_the_code(
    client: Client, officer: User, with_password: Callable[[User], User]
) -> None:
    TOTP.activate(with_password(officer), SECRET)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/admin/pages/")
    assert (response.status_code, response["Location"]) == (
        302,
        "/account/second-step/confirm/?next=%2Fadmin%2Fpages%2F",
    )
    assert client.post(response["Location"], {"code": code_now()})["Location"] == "/admin/pages/"
    assert client.get("/admin/").status_code == 200


def test_second_factor_of_somebody_else_does_not_count(
    client: Client, officer: User, make_user: Callable[..., User], with_password: Callable[[User], User]
) -> None:
    TOTP.activate(with_password(officer), SECRET)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    client.force_login(make_user(is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/")["Location"] == SET_UP


def test_admins_own_sign_in_leads_to_ours(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/pages/")
    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/admin/pages/")
    assert client.get("/admin/password_reset/").status_code == 404


def test_whoever_needs_it_cannot_remove_it(
    client: Client, officer: User, with_password: Callable[[User], User]
) -> None:
    TOTP.activate(with_password(officer), SECRET)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    response = client.post(reverse("mfa_deactivate_totp"))
    assert response.status_code == 200
    assert "Your account must keep its second step." in response.content.decode()
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).count() == 1


def test_resident_never_meets_it(client: Client, resident: User, with_password: Callable[[User], User]) -> None:
    assert sign_in(client, with_password(resident))["Location"] == "/"
    assert client.get("/account/second-step/").status_code == 200


def test_demonstration_may_do_without(client: Client, settings: Any, officer: User) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200

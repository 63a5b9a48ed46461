import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from wardmote.accounts.models import User
from wards.models import Ward

PASSWORD = "correct horse battery staple"
BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def known(resident: User) -> User:
    return give_password(resident)


def give_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code_in_last_letter() -> str:
    found = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[0]


def test_resident_signs_in_with_a_code_by_e_mail(client: Client, known: User) -> None:
    response = client.post(reverse("account_request_login_code"), {"email": known.email})
    assert response["Location"] == reverse("account_confirm_login_code")
    letter = mail.outbox[-1]
    assert (letter.subject, letter.to) == ("Your code to sign in", [known.email])
    assert known.email in client.get(response["Location"]).content.decode()
    done = client.post(reverse("account_confirm_login_code"), {"code": code_in_last_letter().lower()})
    assert done["Location"] == "/"
    assert client.session["_auth_user_id"] == str(known.pk)


def test_wrong_code_is_named_and_signs_nobody_in(client: Client, known: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": known.email})
    response = client.post(reverse("account_confirm_login_code"), {"code": "ZZZZZZ"})
    text = response.content.decode()
    assert "This is not the code we sent, or it is too old." in text
    assert 'value="ZZZZZZ"' in text
    assert "_auth_user_id" not in client.session


def test_unknown_address_is_answered_like_a_known_one(client: Client, known: User) -> None:
    one = client.post(reverse("account_request_login_code"), {"email": known.email})
    other = Client().post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
    assert (one.status_code, one["Location"]) == (other.status_code, other["Location"])
    assert mail.outbox[-1].subject == "There is no account with this address"


def test_new_account_is_made_by_confirming_the_address(client: Client) -> None:
    response = client.post(reverse("account_signup"), {"email": "new@example.org"})
    assert response["Location"] == reverse("account_email_verification_sent")
    assert client.post(response["Location"], {"code": code_in_last_letter()}).status_code == 302
    assert EmailAddress.objects.get(email="new@example.org").verified
    assert client.session["_auth_user_id"] == str(User.objects.get(email="new@example.org").pk)


def test_each_role_lands_where_its_work_is(
    officer: User, resident: User, make_councillor: Callable[[Ward], User], ward: Ward
) -> None:
    landed = {}
    for role, user in {"officer": officer, "councillor": make_councillor(ward), "resident": resident}.items():
        data = {"login": give_password(user).email, "password": PASSWORD}
        landed[role] = Client().post(reverse("account_login"), data)["Location"]
    assert landed == {"officer": "/admin/", "councillor": reverse("dashboards:index"), "resident": "/"}


def test_next_is_followed_on_this_site_only(client: Client, known: User) -> None:
    data = {"login": known.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), data | {"next": "/wards/"})["Location"] == "/wards/"
    assert Client().post(reverse("account_login"), data | {"next": "https://evil.example/"})["Location"] == "/"


def test_wrong_password_keeps_the_address_and_says_what_to_do(client: Client, known: User) -> None:
    text = client.post(reverse("account_login"), {"login": known.email, "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in" in text
    assert "The e-mail address or the password is not right. Check both and try again." in text
    assert f'value="{known.email}"' in text


def test_sixth_wrong_password_must_wait(client: Client, known: User) -> None:
    texts = [
        client.post(reverse("account_login"), {"login": known.email, "password": "wrong"}).content.decode()
        for _ in range(6)
    ]
    told_to_wait = ["Too many tries. Wait five minutes, then try again." in text for text in texts]
    assert told_to_wait == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("account_request_login_code", "email"),
        ("account_signup", "email"),
        ("account_reset_password", "email"),
        ("account_login", "login"),
    ],
)
def test_empty_form_is_told_by_field(client: Client, name: str, field: str) -> None:
    text = client.post(reverse(name), {}).content.decode()
    assert f'<a href="#id_{field}">Enter your e-mail address.</a>' in text


def test_malformed_address_is_told_what_was_expected(client: Client) -> None:
    text = client.post(reverse("account_signup"), {"email": "me at home"}).content.decode()
    assert "Enter an e-mail address in the usual form, like name@example.com." in text
    assert 'value="me at home"' in text


def test_forgotten_password_is_set_anew_by_letter(client: Client, known: User) -> None:
    client.post(reverse("account_reset_password"), {"email": known.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)
    assert link
    address = client.get(link[1])["Location"]
    client.post(address, {"password1": "four words of mine", "password2": "four words of mine"})
    known.refresh_from_db()
    assert known.check_password("four words of mine")


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "account_request_login_code",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ],
)
def test_every_page_of_signing_in_has_one_heading_and_a_title(client: Client, known: User, name: str) -> None:
    if name == "account_logout":
        client.force_login(known, backend=BACKEND)
    text = client.get(reverse(name)).content.decode()
    assert text.count("<h1") == 1
    title = re.search(r"<title>(.*?) – ", text)
    assert title
    assert title[1].strip()


def test_signing_out_ends_the_session_and_leads_to_the_front_page(client: Client, known: User) -> None:
    client.force_login(known, backend=BACKEND)
    assert client.post("/cy/account/logout/")["Location"] == "/cy/"
    assert "_auth_user_id" not in client.session

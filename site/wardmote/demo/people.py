"""The accounts a newcomer signs in with, and the file that keeps their passwords between starts."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group

from wardmote.accounts.models import User
from wardmote.core.roles import OFFICERS_GROUP
from wards.models import Term

OFFICER_EMAIL = "officer@orwell.example"
RESIDENT_EMAIL = "resident@orwell.example"
COUNCILLOR_WARDS = ("Bridge", "Holywells")
"""The wards whose first seat's councillor gets an account: two, so that one can be refused the other's dashboard."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account to try the house with."""

    who: str
    email: str
    password: str


def _file() -> Path:
    return Path(settings.CONFIG.data_dir) / "demonstration-sign-ins.json"


def read_sign_ins() -> list[SignIn]:
    """The accounts made when the demonstration was loaded; none before that."""
    return [SignIn(**one) for one in json.loads(_file().read_text())] if _file().exists() else []


def make_people(day: date) -> list[SignIn]:
    """Make an officer, two councillors of different wards and a resident, with passwords of their own."""
    people = [SignIn("Democratic services officer", OFFICER_EMAIL, _password())]
    officer = _account(people[0], is_staff=True)
    officer.groups.add(Group.objects.get(name=OFFICERS_GROUP))
    for ward_name in COUNCILLOR_WARDS:
        term = (
            Term.objects.held_on(day)
            .select_related("councillor")
            .filter(seat__ward__name=ward_name)
            .order_by("seat__number")[0]
        )
        people.append(SignIn(f"Councillor for {ward_name}", term.councillor.email, _password()))
        term.councillor.user = _account(people[-1])
        term.councillor.save(update_fields=["user"])
    people.append(SignIn("Resident", RESIDENT_EMAIL, _password()))
    _account(people[-1])
    _keep(people)
    return people


def _password() -> str:
    return secrets.token_urlsafe(9)


def _account(sign_in: SignIn, **fields: bool) -> User:
    user = User.objects.filter(email=sign_in.email).first() or User(email=sign_in.email, **fields)
    user.set_password(sign_in.password)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=sign_in.email, defaults={"verified": True, "primary": True}
    )
    return user


def _keep(people: list[SignIn]) -> None:
    """Readable by its owner only: these are real passwords of a real site, if one for trying."""
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump([asdict(one) for one in people], file, indent=2)
